// What of a day can be drawn before it comes: the random words of firms depend on nothing that happens.
//
// A second thread has nothing to do while the day's books are closed. It draws the next day's words then, which also has it
// awake when the next day begins. No result depends on whether it did.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "sim/firm_store.hpp"
#include "sim/random.hpp"

namespace tantu {

/// Words and normals of some firms for one day.
struct DrawnDay {
  std::uint32_t* arrival;  ///< whether a firm comes to market
  double* normal;          ///< the shock to its output
};
void draw_day(const FirmTraits& traits, RandomKey key, Rows rows, Day day, const DrawnDay& into);

class DayAhead {
 public:
  explicit DayAhead(Day day) : day_(day) {}

  /// Once, by one thread; others may ask meanwhile. It makes the room too: to clear it would cost who waits for the day more
  /// than the words do.
  void draw(const FirmTraits& traits, RandomKey key);
  /// Copies what has been drawn; false where it is of another day or not finished.
  bool give(Rows rows, Day day, const DrawnDay& into) const;

 private:
  Day day_;
  std::unique_ptr<std::uint32_t[]> arrival_;  ///< [firm]
  std::unique_ptr<double[]> normal_;          ///< [firm]
  std::atomic<bool> drawn_{false};
};

}  // namespace tantu
