// A run that is stopped in the middle of a day, saved, loaded and lived on is the run that was never stopped.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "sim/simulation.hpp"
#include "sim/state.hpp"
#include "tests/national_market.hpp"

namespace tantu::tests {

/// Lived through by three threads with a stop on the first trading day after `last_whole_day`, it is the run that ended as
/// `straight` has.
inline void expect_resumes_as(Simulation& straight, const std::shared_ptr<const SimulationSetup>& setup, Day last_whole_day) {
  Simulation stopped(setup), resumed(setup);
  Sink sink;
  Workers three(3);
  live_until(stopped, last_whole_day, sink, three);
  stopped.begin_day(sink, three);
  stopped.step(1, sink);
  load_state(resumed, save_state(stopped));
  while (resumed.step(100, sink)) {}
  resumed.end_day(sink, three);
  live_to_the_end(resumed, sink, three);
  EXPECT_EQ(state_hash(resumed), state_hash(straight)) << "stopped on the day after " << to_string(last_whole_day);
}

/// The same, with the straight run lived by one thread.
inline void expect_resumes_identically(const std::shared_ptr<const SimulationSetup>& setup, Day last_whole_day) {
  Simulation straight(setup);
  Sink sink;
  Workers one(1);
  live_to_the_end(straight, sink, one);
  expect_resumes_as(straight, setup, last_whole_day);
}

}  // namespace tantu::tests
