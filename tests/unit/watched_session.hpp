// A session that somebody watches: messages in a line each, without a clock unless a time is given.
#pragma once

#include <optional>

#include "sim/market_watch.hpp"
#include "sim/matching_session.hpp"

namespace tantu::tests {

class WatchedSession {
 public:
  explicit WatchedSession(std::vector<Watcher*> watchers, const ExchangeRules& rules = open_rules(), Price reference = {})
      : session(rules, with(reference)),
        watch(std::move(watchers)) {
    session.watch(&watch);
  }
  /// Prices in ticks, `seconds` after midnight.
  Rejection limit(std::uint64_t id, std::uint32_t account, Side side, std::int64_t price, std::int64_t quantity, std::optional<double> seconds = {}) {
    return send(EventKind::limit, id, account, side, price, quantity, seconds);
  }
  Rejection at_once(std::uint64_t id, std::uint32_t account, Side side, std::int64_t price, std::int64_t quantity, std::optional<double> seconds = {}) {
    return send(EventKind::immediate_or_cancel, id, account, side, price, quantity, seconds);
  }
  Rejection cancel(std::uint64_t id, std::optional<double> seconds = {}) { return send(EventKind::cancel, id, no_account, Side::buy, 0, 0, seconds); }
  void next_day() { ++day; }
  void finish() { session.finish(nullptr); }

  MatchingSession session;
  MarketWatch watch;
  std::int32_t day = 18'824;

 private:
  static SessionInputs with(Price reference) {
    SessionInputs inputs;
    inputs.reference = reference;
    return inputs;
  }
  Rejection send(EventKind kind, std::uint64_t id, std::uint32_t account, Side side, std::int64_t price, std::int64_t quantity, std::optional<double> seconds) {
    FlowEvent event;
    event.kind = kind;
    event.order = id;
    event.account = account;
    event.side = side;
    event.price = Price{price};
    event.price_state = PriceState::exact;
    event.quantity = Tonnes{quantity};
    event.has_quantity = true;
    event.day = day;
    if (seconds) event.nanoseconds = static_cast<std::int64_t>(*seconds * 1e9);
    return session.apply(event, nullptr);
  }
};

}  // namespace tantu::tests
