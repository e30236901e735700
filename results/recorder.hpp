// The recorder: listens to a run and keeps what the results need, a row a day and a row a firm and year.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/simulation.hpp"

namespace tantu {

/// What a market's day looked like: the session's totals and the board after it.
struct DayRow {
  Day day;
  SessionTotals session;
  double price_scale = 0.01;     ///< currency per tick of account
  double anchor = 0;             ///< F, currency per t
  Tonnes bank;                   ///< held by firms
  Tonnes issued, surrendered, cancelled, expired;  ///< since the start
  std::int64_t intents = 0;      ///< firms that came to market
  std::int32_t days_without_trade = 0;
  std::int32_t days_to_deadline = -1;  ///< trading days; -1: none
};

/// What to keep besides days and years.
struct RecordWishes {
  bool daily = true, firms = true, trades = false, orders = false;
};

class Recorder final : public Sink {
 public:
  explicit Recorder(RecordWishes wishes) : wishes_(wishes) {}

  bool wants_tape() const override { return wishes_.trades || wishes_.orders; }
  void order(const OrderRecord& order) override {
    if (wishes_.orders && order.message <= MessageKind::replace) orders_.push_back(order);
  }
  void trade(const Trade& trade) override { if (wishes_.trades) trades_.push_back(trade); }
  void day(const Simulation& simulation, std::uint32_t market) override;

  const RecordWishes& wishes() const { return wishes_; }
  /// [market][trading day]
  const std::vector<std::vector<DayRow>>& days() const { return days_; }
  const std::vector<Trade>& trades() const { return trades_; }
  const std::vector<OrderRecord>& orders() const { return orders_; }

 private:
  RecordWishes wishes_;
  std::vector<std::vector<DayRow>> days_;
  std::vector<Trade> trades_;
  std::vector<OrderRecord> orders_;
};

}  // namespace tantu
