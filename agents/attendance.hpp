// Who may come to market on a day (docs/model.md, Arrival).
//
// Each firm has a random word for the day and comes if it is at most the chance that one of four reasons brings it: that it
// looks anyway, that it needs allowances, that it gains by trading, that its surplus dies. The chance needs the firm's
// position, which is dear; so the word is held against bounds first.
#pragma once

#include <vector>

#include "agents/firm_behaviour.hpp"
#include "agents/position.hpp"

namespace tantu {

/// The chance that at least one of four reasons brings a firm to market: 1 - (1-a)(1-b)(1-c)(1-d).
inline double any_of(double attention, double need, double gain, double surplus) { return 1 - (1 - attention) * (1 - need) * (1 - gain) * (1 - surplus); }

/// A firm that may come to market today, if its position gives it a reason.
struct Looker {
  std::uint32_t row;
  double uniform;  ///< the day's random word
  double value;    ///< V
  double urgency;  ///< the most that u can be

  Looker() {}  ///< left as it is: there is room for all before it is known who looks
  Looker(std::uint32_t row, double uniform, double value, double urgency) : row(row), uniform(uniform), value(value), urgency(urgency) {}
};

class Attendance {
 public:
  Attendance(const ParticipationParameters& participation, double gain_scale, const PositionModel& model)
      : participation_(participation), gain_scale_(gain_scale), model_(model) {}

  /// Appends the firms of the block whose word passes the bounds, in the order of rows. A word that comes to market passes
  /// them: each bound is at least the chance itself. `own`: columns that the block may have changed today.
  void find(const StrategyView& view, const DayFacts& facts, Rows block, const FirmStore& own, std::vector<Looker>& looking) const;

 private:
  ParticipationParameters participation_;
  double gain_scale_;
  PositionModel model_;
};

}  // namespace tantu
