// The interface of the rules.
//
// A policy is immutable and shared; what it remembers is a PolicyState owned by the market. It never
// changes the world: it reads a view and returns effects (sim/effect.hpp), calls for auctions
// (sim/auction.hpp) and standing offers, which the market books in registry, clearing and exchange. Its
// pure questions (what would this firm be given, what would it owe) are asked by agents, by the
// yardstick and by `tantu rules` alike.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/auction.hpp"
#include "sim/calendar.hpp"
#include "sim/clearing.hpp"
#include "sim/effect.hpp"
#include "sim/firm_store.hpp"
#include "sim/order.hpp"
#include "sim/price_history.hpp"
#include "sim/random.hpp"
#include "sim/supply_outlook.hpp"

namespace tantu {

/// The order in which policies act, whatever the order of keys in a file. Within a phase: the catalog's order.
/// What comes later sees what was booked before: a reserve withholds before the auction is called, a
/// containment reserve adds to an auction that has been called, offsets are retired before allowances.
enum class Phase : std::uint8_t {
  coverage,      ///< who is in the market
  cap,           ///< how many allowances there are
  allocation,    ///< who is given what
  relief,        ///< what a firm owes for its emissions
  tax,           ///< what emissions cost besides
  verification,  ///< what a firm is found to have emitted
  issue,         ///< pre-allocation and true-up
  reserve,       ///< what is withheld from auctions or returned to them
  auction,       ///< auctions are called
  containment,   ///< auctions are amended, allowances offered or bought at fixed prices
  offset,        ///< credits are issued and used
  compliance,    ///< surrender
  penalty,       ///< what a shortfall costs
  banking,       ///< what may be carried over
  revenue,       ///< what becomes of the authority's cash
};

/// Years that are settled together, and the days on which that happens.
struct ComplianceCycle {
  int first_year = 0, last_year = 0;
  Day announcement;   ///< from this day on the rules of its years are public
  Day pre_allocation; ///< part of the allowances is issued on an estimate
  Day verification;   ///< emissions and output are verified
  Day true_up;        ///< allowances are corrected to verified output
  Day early;          ///< date that the authority urges; no legal effect
  Day deadline;       ///< surrender
  double share = 1;   ///< of its years' obligations that falls due (an interim deadline asks for less)
  int balance_from = 0; ///< first year of its period, whose obligations may still be open; 0: of no earlier year
  bool later_vintages = true;  ///< allowances of vintages after its years may be surrendered for it
  /// First year that is still open before the deadline.
  int settles_from() const { return balance_from ? balance_from : first_year; }
  /// First year of which something falls due: an interim deadline asks for its own years alone, the last for the rest of all.
  int due_from() const { return share < 1 ? first_year : settles_from(); }
};

/// What firms know of the price of a tonne that they do not surrender at a deadline.
struct ShortfallTerms {
  double fine = 0;               ///< currency for a firm, whatever the quantity
  double multiple = 0;           ///< of an average market price, per tonne
  double per_tonne = 0;          ///< currency per tonne
  bool debt_carried = false;     ///< the missing tonnes are still owed
  double owed_ratio = 1;         ///< tonnes owed for each missing one
  double most_per_tonne = std::numeric_limits<double>::infinity();  ///< currency, of all but the fine
  double most_per_firm = std::numeric_limits<double>::infinity();   ///< currency, of all
  bool exists = false;
};

/// What may be kept after a deadline.
struct CarryOver {
  bool limited = false;   ///< false: everything may be kept
  Day conversion = never; ///< the day on which what exceeds the limit dies
  double limit = 0;       ///< t that this firm may keep
  double per_sale = 0;    ///< by which each tonne it sells raises the limit
  int vintages_through = std::numeric_limits<int>::max();  ///< later vintages are not limited
  /// Whether an instrument whose oldest vintage this is loses what is not carried over.
  bool limits(std::int32_t first_vintage) const { return limited && first_vintage <= vintages_through; }
};

/// Prices at which the authority sells or buys without limit, currency.
struct PriceBounds {
  double floor = 0;
  double ceiling = std::numeric_limits<double>::infinity();
};

/// What the credits of a type cost those who develop its projects: any cost between the two is as frequent, currency per tonne.
struct OffsetCosts { double from = 0, to = 0; };

/// A year's obligation that a firm has not met yet, as far as offsets are concerned.
struct OpenObligation {
  int year = 0;
  Day deadline;
  double tonnes = 0;   ///< owed for the year
  double met = 0;      ///< of it met with offsets already
};

/// A standing offer of the authority on the exchange, for one session.
struct Quote {
  Pool pool;             ///< what is sold comes from it, what is bought goes to it
  Side side = Side::sell;
  Price price;
  Tonnes quantity;       ///< 0: without limit; what a sale needs is created, what is not sold was never issued
  int vintage = 0;       ///< of what is created
};

/// A series that a policy reports: a figure by day, in the results under /policies.
struct SeriesName {
  std::string_view name, unit, meaning;
};

struct PolicyView {
  Day today;
  Day next;                  ///< the next trading day
  const Calendar& calendar;
  const FirmTraits& traits;
  const FirmStore& firms;
  const Registry& registry;
  std::span<const ComplianceCycle> cycles;
  Rows rows;                 ///< the market's firms
  Account first_account;     ///< of row rows.first
  RandomKey key;
  double price_scale;        ///< currency per tick of account
  Price average_120;         ///< P120
  Price month_average;       ///< average close of the calendar month before
  const Clearing& clearing;
  const PriceHistory& prices;                   ///< closes up to yesterday; after the close up to today
  std::span<const AuctionRecord> auctions;      ///< all so far, in order of time
  Account first_pool;                           ///< of the named pools
  std::uint32_t pools;                          ///< how many there are
  Day opening;                                  ///< first day of the run
  std::int32_t index;                           ///< of the policy that looks; -1: somebody else
  std::uint32_t participants = 0;               ///< accounts of others than firms, after the pools
  Account account_of(Pool pool) const {
    const auto n = static_cast<std::uint16_t>(pool);
    return n < first_named_pool ? n : first_pool + (n - first_named_pool);
  }
  Tonnes stock(Pool pool) const { return registry.holding(account_of(pool)); }
  Cash cash(Pool pool) const { return clearing.balance(account_of(pool)); }
  Account account(std::uint32_t row) const { return first_account + (row - rows.first); }
  /// Whose allowances die when a vintage does: the firms' rows, then numbers in their place for the participants.
  template <class F>
  void for_each_holder(F&& f) const {
    for (std::uint32_t row = rows.first; row < rows.last; ++row) f(row);
    for (std::uint32_t k = 0; k < participants; ++k) f(rows.last + pools + k);
  }
  /// What falls due on `date` is done after the close of the last trading day up to it.
  bool closes(Day date) const { return date < next; }
};

/// What a policy remembers, declared by it and owned by the market.
struct PolicyState {
  struct Point {
    std::int32_t series = 0;
    Day day;
    double value = 0;
    template <class Visitor>
    void visit_state(Visitor& v) { v("series", series); v("day", day); v("value", value); }
  };
  std::vector<std::int64_t> done;   ///< one mark per cycle or event
  std::deque<double> numbers;
  std::vector<Point> points;        ///< of its series, in order of time
  void report(std::size_t series, Day day, double value) { points.push_back({static_cast<std::int32_t>(series), day, value}); }
  /// numbers[i], which is made zero first where it does not exist. A reference to it stays good when others come to be.
  double& number(std::size_t i) {
    if (numbers.size() <= i) numbers.resize(i + 1, 0.0);
    return numbers[i];
  }
  /// True once for each event: marks it as done.
  bool first_time(std::size_t event) {
    if (done.size() <= event) done.resize(event + 1, 0);
    if (done[event]) return false;
    done[event] = 1;
    return true;
  }
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("done", done);
    v("numbers", numbers);
    v("points", points);
  }
};

struct RuleQuestion;  // sim/history.hpp
class RuleAnswers;

class Policy {
 public:
  virtual ~Policy() = default;
  virtual Phase phase() const = 0;

  /// Before the session of a trading day, in phase order.
  virtual void announce(const PolicyView&, PolicyState&, Effects&) const {}
  /// After the close, in phase order; each policy sees what those before it have booked.
  virtual void comply(const PolicyView&, PolicyState&, Effects&) const {}

  /// Before the session, in phase order: appends the auctions of today and may amend those called by policies
  /// before it. They are held at once, before the exchange opens; `view.auctions` tells how they went.
  virtual void call_auctions(const PolicyView&, PolicyState&, std::vector<AuctionNotice>&) const {}
  /// The standing offers of today's session.
  virtual void quote(const PolicyView&, const PolicyState&, std::vector<Quote>&) const {}
  /// What it reports by PolicyState::report, in order of the series' numbers.
  virtual std::span<const SeriesName> series() const { return {}; }

  // Pure questions; the default answer is "nothing to say". Spans cover the same rows in order.

  /// Adds each firm's final free allocation (t) for an output of `activity` index-years in `year`.
  virtual void allocate(const FirmTraits&, Rows, int /*year*/, const double* /*activity*/, double* /*allocation*/) const {}
  /// Changes what each firm owes (t) for `emissions`, given its allocation; starts as its emissions.
  virtual void oblige(const FirmTraits&, Rows, int /*year*/, const double* /*emissions*/, const double* /*allocation*/,
                      double* /*obligation*/) const {}
  /// The cap of `year` in tonnes, from the policy that sets one; none: no limit on the mass of allowances.
  virtual std::optional<double> cap(int /*year*/) const { return std::nullopt; }
  /// What a missing tonne costs at `deadline`.
  virtual void price_shortfall(Day /*deadline*/, ShortfallTerms&) const {}
  /// What the firm of `row` may keep and when the rest dies, as far as it is known on view.today.
  virtual void carry_over(const PolicyView&, std::uint32_t /*row*/, CarryOver&) const {}
  /// What it is expected to auction, withhold, return, sell at a price or lend in the years of the outlook, as the rules
  /// stand today; the auctions' policies are asked first. A state that is empty is that of the eve of the opening.
  virtual void expect(const PolicyView&, const PolicyState&, SupplyOutlook&) const {}
  /// Narrows the prices at which the authority sells or buys without limit.
  virtual void price_bounds(Day, PriceBounds&) const {}
  /// Lowest price at which auctions of a year sell, currency; 0: any.
  virtual double auction_floor(int /*year*/) const { return 0; }
  /// What emissions of the sector cost besides allowances, currency per tonne.
  virtual double tax(const Sector&, Day) const { return 0; }
  /// False while the sector is not in the market.
  virtual bool covers(const Sector&, Day) const { return true; }
  /// The share of an obligation of `year` that offsets may meet.
  virtual double offset_share(int /*year*/) const { return 0; }
  /// The share of an obligation of `year` that offsets are expected to meet while allowances cost `price` (currency).
  virtual double expected_offsets(int /*year*/, double /*price*/) const { return 0; }
  /// Types of offset, by their number (Unit::origin).
  virtual std::vector<std::string> offset_types() const { return {}; }
  /// Requires a number of offset_types().
  virtual OffsetCosts offset_costs(std::size_t /*type*/) const { return {}; }
  /// Credits of a type that a firm with these obligations can still put to use beside those that it holds (by type), t; below
  /// zero: what it holds beyond its use.
  virtual double offset_room(std::span<const OpenObligation>, std::span<const Tonnes> /*held*/, std::size_t /*type*/) const { return 0; }
  /// The most that the firm may hold; lowers `most`.
  virtual void holding_limit(const PolicyView&, std::uint32_t /*row*/, Tonnes& /*most*/) const {}
  /// The days on which it applies, if no two policies of its kind may apply on one day.
  virtual std::optional<std::pair<Day, Day>> window() const { return std::nullopt; }
  /// The cycles, from the policy that sets them.
  virtual std::span<const ComplianceCycle> cycles() const { return {}; }

  // What the rule would have done on a given history, without agents (sim/history.hpp).

  /// Adds each entity's free allocation (t) of `year` for the history's output of `output_year`.
  virtual void allocate_on(const RuleQuestion&, int /*year*/, int /*output_year*/, std::map<std::string, double>& /*allocations*/) const {}
  /// Answers for all years of the history; sees what policies before it have answered.
  virtual void evaluate(const RuleQuestion&, RuleAnswers&) const {}
};

/// A policy as the scenario names it.
struct NamedPolicy {
  std::string instance, kind;
  std::shared_ptr<const Policy> policy;
};

}  // namespace tantu
