// The recorder: listens to a run and keeps what the results need, a row a day and a row a firm and year.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/market_quality.hpp"
#include "sim/simulation.hpp"
#include "sim/surveillance.hpp"

namespace tantu {

/// What the day of a market, or of one of its instruments, looked like: the session's totals and the board after it.
/// A market with several instruments has the prices and quotes of its front and the activity of all.
struct DayRow {
  Day day;
  SessionTotals session;
  double price_scale = 0.01;     ///< currency per tick of account
  double anchor = 0;             ///< F, currency per t
  PriceBounds bounds;            ///< at which the authority buys and sells without limit
  double reserve_price = 0, trigger_price = 0;  ///< lowest of an auction, of a containment reserve's first tier; 0: none
  Tonnes bank;                   ///< held by all but the authority
  Tonnes pools;                  ///< held by the authority: not yet sold, reserves
  Tonnes issued, surrendered, cancelled, expired;  ///< since the start
  Tonnes sent, received;         ///< over links since the start
  Tonnes foreign, foreign_surrendered;  ///< of other markets: in accounts, surrendered since the start
  std::int64_t intents = 0;      ///< firms that came to market
  std::int32_t days_without_trade = 0;
  std::int32_t days_to_deadline = -1;  ///< trading days; -1: none
  QualitySums quality;           ///< of the day; empty where it is not recorded
};

/// What a trader's seat had at the end of a day.
struct SeatDay {
  Tonnes position;
  Cash cash, profit;
  TraderAccount traded;          ///< since the start
};

/// What to keep besides days and years.
struct RecordWishes {
  bool daily = true, firms = true, trades = false, orders = false, quality = true;
};

class Recorder final : public Sink {
 public:
  explicit Recorder(RecordWishes wishes);
  ~Recorder() override;

  bool wants_tape() const override { return wishes_.trades || wishes_.orders || wishes_.quality; }
  void order(const OrderRecord& order) override {
    // Openings and closes stand in the days of /daily.
    if (wishes_.orders && order.message != MessageKind::opening && order.message != MessageKind::closing) orders_.push_back(order);
    if (wishes_.quality) heard_.emplace_back(order);
  }
  void trade(const Trade& trade) override {
    if (wishes_.trades) trades_.push_back(trade);
    if (wishes_.quality) heard_.emplace_back(trade);
  }
  void position(const PositionRecord& position) override {
    if (wishes_.orders) positions_.push_back(position);
  }
  void settled(const Simulation& simulation, std::uint32_t market, std::uint32_t listing) override {
    if (wishes_.quality) tell(simulation, market, listing);
  }
  void day(const Simulation& simulation, std::uint32_t market) override;

  const RecordWishes& wishes() const { return wishes_; }
  /// [market][trading day]
  const std::vector<std::vector<DayRow>>& days() const { return days_; }
  /// [market][trading day][seat], the days one after the other.
  const std::vector<std::vector<SeatDay>>& seat_days() const { return seat_days_; }
  /// What a firm held at the end of the last trading day of a year; nothing where firms are not recorded.
  std::optional<Tonnes> bank_of_firm(std::uint32_t row, int year) const;
  /// [instrument of the run][trading day]; empty for the instrument of a market that has one.
  const std::vector<std::vector<DayRow>>& instrument_days() const { return instrument_days_; }
  const std::vector<Trade>& trades() const { return trades_; }
  const std::vector<OrderRecord>& orders() const { return orders_; }
  /// With the orders: what their accounts owned before their first message or trade of a day.
  const std::vector<PositionRecord>& positions() const { return positions_; }
  /// [instrument of the run]; empty where quality is not recorded.
  std::vector<std::vector<Alert>> alerts() const;

  /// Everything recorded as bytes, for a run that goes on later in the same build.
  std::string saved() const;
  /// Takes up what another recorder has saved. Throws InputError, naming `file`, where it did not record what is
  /// wished for here.
  void restore(std::string_view bytes, const std::string& file);

 private:
  /// Those who watch one book.
  struct Watch;
  Watch& watch(const Simulation& simulation, std::uint32_t market, std::uint32_t listing);
  void tell(const Simulation& simulation, std::uint32_t market, std::uint32_t listing);
  void add_seats(const Simulation& simulation, std::uint32_t market);
  DayRow row_of(const Simulation& simulation, std::uint32_t market, std::uint32_t listing);
  void look_for_corners(const Simulation& simulation, std::uint32_t market, std::uint32_t listing, const DayRow& row);
  RecordWishes wishes_;
  std::vector<std::vector<DayRow>> days_;                ///< [market]
  std::vector<std::vector<DayRow>> instrument_days_;     ///< [instrument]
  std::vector<std::vector<SeatDay>> seat_days_;          ///< [market][trading day][seat]
  std::map<int, std::vector<Tonnes>> firm_banks_;        ///< by year: [row], below zero: not known
  std::vector<Trade> trades_;
  std::vector<OrderRecord> orders_;
  std::vector<PositionRecord> positions_;
  std::vector<std::variant<OrderRecord, Trade>> heard_;  ///< since a book was last at rest
  std::vector<std::unique_ptr<Watch>> watches_;          ///< [instrument]
  std::vector<std::vector<Alert>> past_alerts_;          ///< [instrument], of the run that this one goes on from
};

}  // namespace tantu
