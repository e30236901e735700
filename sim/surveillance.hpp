// Surveillance: alerts for conduct that the rules of carbon markets forbid (in the EU the Market Abuse Regulation
// 596/2014, article 12, and its indicators in Delegated Regulation 2016/522, annex II; in China the trading rules of
// each exchange). Watches a run or a replay (sim/market_watch.hpp). An alert is a reason to look, no proof; each names
// the figure that set it off and its threshold, which is a parameter of AlertRules.
//
//   spoofing   an account trades on one side while its own orders on the other, sent within the window before, amount to
//              at least `spoof_ratio` times that trade and `spoof_share` of the ten best levels of their side; within
//              the window after it they are withdrawn, all but a tenth. Orders without an intention to trade mislead.
//              Accounts that the exchange has appointed as market makers are left out: they must quote both sides and
//              renew their quotes
//   layering   the same with orders at `layering_prices` prices or more
//   wash       trades that change nobody's position: an account with itself; or within a stretch of `wash_trades` trades
//              (at most a day) a pair or a ring of three accounts in which each member has at least
//              `wash_share` of its volume with the others, has bought what it sold but for `wash_net`, and which has
//              traded inside at least `wash_repeats` times; or a group with as much and as often inside, and more
//              often by `wash_deviations` roots than its members would meet by chance
//   closing    marking the close: in the last `close_span` of a day (without a clock its last tenth of trades), of at least
//              `close_trades` trades, one account has sent `close_share` of the volume that came in, on one side, and
//              the price has moved its way by `close_move` or more, and by more than `close_times` the mean
//              absolute move over so many trades on that day
//   corner     into a deadline, an account or a group holds at least `corner_share` of the free float (what holders
//              have above their own obligations), the others cannot cover without it, and it bought at least half of
//              what it has to spare (see corners())
//
// Memory: the orders that rest and one stretch of trades; of the close, at most 2^16 trades.
// Verified by tests/unit/test_surveillance.cpp: each planted and seen, all silent on ordinary flow.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/account_numbers.hpp"
#include "sim/market_watch.hpp"

namespace tantu {

enum class AlertKind : std::uint8_t { spoofing, layering, wash, closing, corner };
inline constexpr std::array<std::string_view, 5> alert_names{"spoofing", "layering", "wash", "closing", "corner"};

struct Alert {
  AlertKind kind = AlertKind::spoofing;
  Moment at;
  std::uint32_t account = no_account;   ///< who; of a ring or a group the first of them
  std::uint32_t other = no_account;     ///< whom with, where there is one
  Side side = Side::buy;                ///< of the orders that mislead, of the pressure on the close
  Tonnes quantity;                      ///< withdrawn, traded in a ring, sent at the close, held above obligations
  double value = 0, threshold = 0;      ///< the figure that the definition asks for, and what it had to reach
};

struct AlertRules {
  Span spoof_span{60, 50};
  double spoof_ratio = 4;
  double spoof_share = 0.3;
  std::uint32_t layering_prices = 3;
  std::uint32_t wash_trades = 1000, wash_repeats = 4;
  double wash_share = 0.5, wash_net = 0.1, wash_deviations = 3;
  double close_span = 300;              ///< seconds
  std::uint32_t close_trades = 5;
  double close_share = 0.6, close_move = 0.02, close_times = 4;
  double corner_share = 0.5;
  int corner_days = 20;                 ///< trading days before the deadline
};

/// What an account has when a deadline nears.
struct DeadlineHolding {
  std::uint32_t account = 0;
  std::int32_t group = -1;              ///< -1: none
  Tonnes held, due;                     ///< allowances; what it must still surrender at the deadline
  Tonnes bought;                        ///< net, since the last deadline
};
/// Who corners the market: alerts of kind corner, the account of a group being its first member in `holdings`.
std::vector<Alert> corners(std::span<const DeadlineHolding> holdings, const AlertRules& rules, const Moment& now);

class Surveillance final : public Watcher {
 public:
  /// `group_of`: accounts of one owner; `makers`: appointed market makers. All may be empty.
  explicit Surveillance(const AlertRules& rules = {}, std::unordered_map<std::uint32_t, std::uint32_t> group_of = {}, std::vector<std::uint32_t> makers = {})
      : rules_(rules), group_of_(std::move(group_of)), makers_(std::move(makers)) {}

  void filled(const WatchedOrder&, Tonnes quantity, const Moment&) override;
  void traded(const Trade&, const WatchedOrder*, const Moment&) override;
  void entered(const WatchedOrder&) override;
  void left(const WatchedOrder&, const Moment&) override;
  void settled(const DepthView&, const Moment&) override;
  void closed(const Moment&) override;

  const std::vector<Alert>& alerts() const { return alerts_; }
  void add(const Alert& alert) { alerts_.push_back(alert); }

 private:
  /// What an order that is known has left, in a column by its slot (WatchedOrder).
  struct Left {
    std::uint64_t number = 0;             // in the order of their coming; 0: none
    Tonnes open;
  };
  struct Sent {
    std::uint64_t number;
    Price price;
    Moment entered;
    std::uint32_t slot;
  };
  /// What an account has resting on one side.
  struct alignas(64) Desk {
    std::vector<Sent> orders;             // and some that have gone since: they are dropped when there may be more of them
    std::size_t resting = 0;
    Tonnes counted;                       // at least what was sent within the last spoof_span
    std::uint64_t suspicion = 0;          // number of the one that is open; 0: none
  };
  /// A trade against which an account's orders on `side` look out of proportion. A desk has at most one.
  struct Suspicion {
    std::uint64_t number;
    std::uint32_t desk;
    Moment at;
    Tonnes shown, withdrawn;
    std::uint32_t prices;
    double ratio;
  };
  struct Deal {
    std::uint32_t seller, buyer;          // numbers of accounts
    Tonnes quantity;
  };
  struct Flow {
    Tonnes bought, sold;
    Tonnes both() const { return bought + sold; }
  };
  /// What was traded from one account to another in a stretch.
  struct Edge {
    std::uint32_t seller, buyer;          // names of accounts
    Tonnes quantity;
    std::uint32_t trades;
  };
  struct Printed {
    Moment at;
    std::uint32_t account;
    Side side;
    Price price, before;
    Tonnes quantity;
  };
  static constexpr std::uint32_t none = 0xffffffff;
  std::uint32_t desk_of(std::uint32_t account, Side side) {
    const std::uint32_t number = accounts_.of(account);
    if (number >= known_accounts_) [[unlikely]] add_account();
    return 2 * number + static_cast<std::uint32_t>(side);
  }
  void add_account();
  void take(std::uint32_t desk, const WatchedOrder& order, Tonnes quantity, const Moment& now);
  Suspicion* open_suspicion(std::uint32_t desk, const Moment& now);
  void suspect(std::uint32_t account, Side traded_side, Tonnes quantity, const Moment& now);
  void look_at_groups(const std::vector<Edge>& edges, const Moment& now);
  void look_at_pairs(const std::vector<Edge>& edges, const Moment& now);
  void look_at_circles(const std::vector<Edge>& edges, const Moment& now);
  void look_at_rings(const Moment& now);
  void look_at_close(const Moment& now);
  bool is_flat(std::uint32_t number) const;
  double volume(std::uint32_t name) { return static_cast<double>(flows_[accounts_.of(name)].both().count); }

  AlertRules rules_;
  std::unordered_map<std::uint32_t, std::uint32_t> group_of_;
  std::vector<std::uint32_t> makers_;
  AccountNumbers accounts_;
  std::size_t known_accounts_ = 0;        // that have desks and flows
  std::vector<Desk> desks_;               // [2 number + side]
  std::vector<Left> left_;                // [slot]
  std::uint64_t last_order_ = 0;
  std::array<Tonnes, 2> depth_{};         // at ten levels, before the message that is under way
  std::deque<Suspicion> suspicions_;      // in order of their numbers; of those that are done, `desk` is none
  std::uint64_t last_suspicion_ = 0;
  std::vector<Deal> deals_;               // of the stretch
  std::vector<Flow> flows_;               // [number], of the stretch
  std::deque<Printed> prints_;            // of the end of the day so far
  std::uint64_t day_trades_ = 0;
  double day_moves_ = 0;                  // sum of |ln| of the day's price changes, from trade to trade
  Price last_price_;
  std::vector<Alert> alerts_;
};

}  // namespace tantu
