// Adds up what firms buy and sell in a year and what traders have traded since the start, as trades happen; passes all
// on to the run's tape.
#pragma once

#include <vector>

#include "sim/firm_store.hpp"
#include "sim/market.hpp"
#include "sim/trader.hpp"

namespace tantu {

class YearBooks final : public Tape {
 public:
  /// `traders`: of the market's seats in the order of their accounts. `next` may be null.
  YearBooks(const Market& market, FirmYear& year, std::vector<TraderAccount>& traders, Tape* next)
      : market_(market), year_(year), traders_(traders), next_(next) { hears_orders = next_ != nullptr; }
  void order(const OrderRecord& record) override { if (next_) next_->order(record); }
  void position(const PositionRecord& record) override { if (next_) next_->position(record); }
  void trade(const Trade& trade) override {
    const Cash cash = trade.price * trade.quantity;
    // What firms pay for credits is apart from what they pay for allowances; it is less what they get for those they resell.
    const bool credits = market_.rules().listings[trade.instrument - market_.rules().first_instrument].is_of_offsets();
    if (market_.is_firm(trade.buyer)) {
      const std::uint32_t row = market_.row(trade.buyer);
      if (!credits) year_.bought[row] += trade.quantity;
      (credits ? year_.credits_paid : year_.paid)[row] += cash;
    } else if (TraderAccount* trader = trader_of(trade.buyer)) {
      trader->bought += trade.quantity;
      trader->paid += cash;
      trader->fees += trade.buyer_fee;
    }
    if (market_.is_firm(trade.seller)) {
      const std::uint32_t row = market_.row(trade.seller);
      if (credits) {
        year_.credits_paid[row] -= cash;
      } else {
        year_.sold[row] += trade.quantity;
        year_.received[row] += cash;
      }
    } else if (TraderAccount* trader = trader_of(trade.seller)) {
      trader->sold += trade.quantity;
      trader->received += cash;
      trader->fees += trade.seller_fee;
    }
    if (next_) next_->trade(trade);
  }

 private:
  TraderAccount* trader_of(Account account) const {
    const Account first = market_.first_participant();
    return account >= first && account - first < traders_.size() ? &traders_[account - first] : nullptr;
  }
  const Market& market_;
  FirmYear& year_;
  std::vector<TraderAccount>& traders_;
  Tape* next_;
};

}  // namespace tantu
