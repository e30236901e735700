// Links between markets: whose allowances a market accepts, from when, up to what quota, at what exchange ratio.
//
// A link has one or two directions. Over a direction allowances leave the registry `from` and arrive in the registry
// `to`, where they keep their origin and serve like its own: they are traded in its book and surrendered in its terms
// (one unit of `to` each). Units of `to` that come home are accepted without quota, at the ratio at which they left.
//
//   received = floor(sent x numerator / denominator)      the fraction of a unit that a transfer leaves is lost, and counted
//
// so that over each direction, with ==:   sent x numerator = received x denominator + remainder.
//
// A quota bounds what a direction brings in a calendar year, in units of `to`: tonnes, or a share of the obligations of
// the latest year whose obligations were final at the beginning of the calendar year (before there are any: of yearly
// baseline emissions). A share may be that of the whole market, first come, first served, or of each firm, which only it
// can use: the form of the entitlements to international credits in the EU's third trading period (Regulation (EU) No
// 1123/2013), where a credit likewise became an ordinary allowance once exchanged.
//
// No price is set here. Prices of linked markets meet because those who have accounts in both trade the difference
// (sim/linked_trading.cpp, agents/), and because firms know of the link (sim/linked_outlook.cpp).
// Verified by tests/unit/test_link.cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "sim/date.hpp"
#include "sim/registry.hpp"
#include "sim/units.hpp"

namespace tantu {

/// Units of one registry for units of another.
struct Conversion {
  std::int64_t numerator = 1, denominator = 1;  ///< both from 1 to 10^12

  /// The whole units that `sent` become.
  Tonnes of(Tonnes sent) const;
  /// What is lost of one unit, times the denominator.
  std::int64_t remainder(Tonnes sent) const;
  /// The most units that become at most `received`.
  Tonnes most(Tonnes received) const;
  Conversion inverse() const { return {denominator, numerator}; }
  double factor() const { return static_cast<double>(numerator) / static_cast<double>(denominator); }
  /// `ratio` in whole millionths; above 0 and at most 10^6.
  static Conversion of_ratio(double ratio);
};

enum class QuotaOf : std::uint8_t { market, firm };

/// One direction of a link. Fixed for the run.
struct LinkRules {
  std::uint32_t link = 0;      ///< number in the scenario's list
  std::uint32_t from = 0, to = 0;
  Day announced;               ///< from this day on everybody reckons with it; not after first_day
  Day first_day, last_day;     ///< open on days between
  Conversion accepted;         ///< of units that are not of `to`
  Conversion home;             ///< of units of `to` that come back
  std::int32_t first_vintage = std::numeric_limits<std::int32_t>::min(), last_vintage = std::numeric_limits<std::int32_t>::max();  ///< that travel
  bool moves_firms = false;    ///< not a link: how what firms bring to `to` is exchanged when they move there (sim/firm_moves.cpp)
  bool passes_on = false;      ///< units that `from` has over another link may travel on
  std::optional<Tonnes> quota; ///< units of `to` in a calendar year
  std::optional<double> quota_share;
  QuotaOf quota_of = QuotaOf::market;
  Cash fee;                    ///< a unit received, to the treasury of `to`, in its ticks of account

  bool is_open(Day day) const { return !moves_firms && day >= first_day && day <= last_day; }
};

/// Tonnes over a direction in a year, by whom.
struct LinkFlow {
  std::int32_t year = 0;
  std::int32_t sector = -1;   ///< of the firm that moved them; -1: others than firms
  Tonnes sent, received, home;///< `home`: of those received, units of the market that receives
  Tonnes lapsed;              ///< of firms that moved: cancelled in `from` because nothing is given for them
  Cash value;                 ///< received at that market's last close, its ticks of account
  Cash fees;
  std::int64_t transfers = 0;
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("year", year); v("sector", sector); v("sent", sent); v("received", received); v("home", home); v("lapsed", lapsed); v("value", value); v("fees", fees); v("transfers", transfers);
  }
};

/// What a direction has carried so far.
struct LinkBooks {
  std::int32_t year = 0, padding = 0;
  Tonnes limit, used;                ///< of the running calendar year; limit of -1: none
  std::vector<Tonnes> firm_limit, firm_used;  ///< [firm of `to`]; empty unless the quota is of firms
  Tonnes sent, received, sent_home, received_home;
  std::int64_t remainder = 0, remainder_home = 0;  ///< of one unit times the denominator
  std::vector<LinkFlow> flows;       ///< in order of year, then of first transfer

  /// The flow of a year and sector, new if there is none yet.
  LinkFlow& flow(std::int32_t year, std::int32_t sector);
  /// What may still be brought in, besides units that come home; `firm`: number among those of `to`, none: nobody of `to`.
  Tonnes room(const LinkRules& rules, std::optional<std::uint32_t> firm) const;
  /// True if nothing was lost on the way.
  bool closes(const LinkRules& rules) const;

  template <class Visitor>
  void visit_state(Visitor& v) {
    v("year", year); v("padding", padding); v("limit", limit); v("used", used); v("firm_limit", firm_limit); v("firm_used", firm_used);
    v("sent", sent); v("received", received); v("sent_home", sent_home); v("received_home", received_home);
    v("remainder", remainder); v("remainder_home", remainder_home); v("flows", flows);
  }
};

/// The origin that units of a market have in another registry; at home it is 0.
constexpr std::uint16_t foreign_origin(std::uint32_t market) { return static_cast<std::uint16_t>(market + 1); }

}  // namespace tantu
