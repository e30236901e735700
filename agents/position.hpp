// A firm's position: what it holds, will be given and owes for the cycle that falls due, and what an
// allowance is worth to it. Everything counts activity to date, so that neither a future allocation nor a
// future obligation appears as a surplus or a need.
#pragma once

#include <array>
#include <limits>

#include "agents/dues.hpp"
#include "agents/firm_behaviour.hpp"
#include "sim/outlook.hpp"
#include "sim/elementary.hpp"
#include "sim/strategy.hpp"

namespace tantu {

/// The same for all firms of a market on a day.
struct DayFacts {
  double price = 0;         ///< P, currency
  double average = 0;       ///< P120
  double anchor = 0;        ///< F
  double log_anchor = 0;    ///< ln(F/P)
  double trend = 0;         ///< phi T
  double tau = -1;          ///< trading days to the deadline; -1: none
  double tau_early = -1;
  double uncertainty = 0;   ///< sigma of obligations of the cycle that falls due
  double tick = 0.01;       ///< smallest price, currency
  ShortfallTerms terms;
  double floor = 0, ceiling = 0;      ///< prices at which the authority buys and sells without limit
  int first_year = 0, last_year = 0;  ///< of the cycle, up to the current year
  int open_from = 0, open_until = -1; ///< years that are part of a balance
  int hedged_from = 0;                ///< first of the later years that a hedger looks at
  int settles_from = 0;               ///< first year that is still open
  int due_from = 0;                   ///< first year of which something falls due
  bool running = false;               ///< firms buy as they emit (auctions, interim deadlines): obligations to date of all years count
  double share = 1;                   ///< of the cycle's own years that falls due
  int cycle_last_year = 0;
  bool later_vintages = true;         ///< allowances of vintages after the cycle's years may be surrendered for it
  bool settles_debt = true;           ///< debts of earlier deadlines are taken at this one
  int known_year = 0;
  bool keeps_all = true;              ///< nothing dies at a deadline: banking rules limit all firms or none
  bool offset_books = false;          ///< offsets of some type have a book
  double offset_share = 0;            ///< of the cycle's obligations that offsets may meet
  double offset_use = 0;              ///< share of the cycle's obligations that offsets not yet used are counted on to meet
};

/// What a firm lacks or can spare, whatever it is worth. Reads what others have booked, never their value, so that
/// it may be asked of any firm while others plan.
struct Balance {
  double net = 0;         ///< holdings + claims - obligation, t
  double obligation = 0;  ///< expected, to date, t
  double lacking = 0;     ///< of what falls due at the next deadline, beyond what is held and may be surrendered for it
  double need = 0, surplus = 0;
  double urgency = 0;     ///< u, given what is lacking
};

struct Position : Balance {
  double dying = 0;       ///< part of the surplus that expires at `dying_urgency`'s date
  double bank_buy = 0;    ///< wanted for the bank target when nothing is needed
  double dying_urgency = 0;
  double value = 0;       ///< V
  double buy_at = 0, sell_at = 0;  ///< reservation prices R_b, R_s
};

/// The positions of some firms side by side: what is worked out for many of them at once is a loop over columns, in which a
/// firm costs a fraction of what it does alone. The first `size` elements of each column count.
struct Positions {
  static constexpr std::size_t most = 128;
  using Column = std::array<double, most>;
  std::size_t size = 0;
  std::array<std::uint32_t, most> row;
  Column net, obligation, lacking, need, surplus, urgency, dying, bank_buy, dying_urgency, value, buy_at, sell_at;

  Balance balance(std::size_t k) const { return {net[k], obligation[k], lacking[k], need[k], surplus[k], urgency[k]}; }
  void set_balance(std::size_t k, const Balance& b) {
    net[k] = b.net;
    obligation[k] = b.obligation;
    lacking[k] = b.lacking;
    need[k] = b.need;
    surplus[k] = b.surplus;
    urgency[k] = b.urgency;
  }
  Position position(std::size_t k) const {
    return {balance(k), dying[k], bank_buy[k], dying_urgency[k], value[k], buy_at[k], sell_at[k]};
  }
};

/// u = exp(-days / tau); no deadline, `days` below zero: 0. Without a jump, so that loops over firms can be vectorised.
inline double urgency_at(double days, double tau) {
  const double near = elementary::exp(-days / tau);
  return days < 0 ? 0 : near;
}
/// u of who lacks `lacking` t of what falls due; `most`: the most that its u can be.
inline double urgency_given(bool running, double most, double lacking) { return running & (lacking <= 0) ? 0 : most; }

/// What the firm can still pay, currency; infinite without a limit.
double affordable(const CreditParameters& credit, const StrategyView& view, std::uint32_t row);

class PositionModel {
 public:
  PositionModel(const PositionParameters& position, const ValueParameters& value) : position_(position), value_(value) {}

  DayFacts day_facts(const StrategyView& view) const;
  /// V from the day's facts and the firm's traits; `noise` is eta.
  double value_of(const DayFacts& facts, double fundamental_weight, double opinion, double trend_weight, double noise) const;
  double value_of(const StrategyView& view, const DayFacts& facts, std::uint32_t row) const;
  /// V of many firms.
  struct ValueColumns {
    const double *fundamental_weight, *opinion, *trend_weight, *noise;
  };
  void values_of(const DayFacts& facts, std::size_t firms, const ValueColumns& columns, double* value) const;
  /// The most that u can be, whatever the firm lacks.
  double urgency_of(const DayFacts& facts, double tau, bool early) const;

  /// Fills in what is part of a balance; given are `row` and in `urgency` the most that each can be. `dues`: of a block of
  /// firms, if they have been worked out.
  void balance(const StrategyView& view, const DayFacts& facts, const BlockDues* dues, Positions& firms) const;
  Balance balance(const StrategyView& view, const DayFacts& facts, std::uint32_t row, const BlockDues* dues = nullptr) const;
  /// What balances, the firms' own or their groups', are worth to them and where they would trade; `value` is given.
  void assess(const StrategyView& view, const DayFacts& facts, Positions& firms) const;
  Position assess(const StrategyView& view, const DayFacts& facts, std::uint32_t row, const Balance& balance) const;

 private:
  PositionParameters position_;
  ValueParameters value_;
};

}  // namespace tantu
