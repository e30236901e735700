// A run that is stopped in the middle of a day, saved, loaded and lived on is the run that was never stopped.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "sim/simulation.hpp"
#include "sim/state.hpp"
#include "tests/national_market.hpp"

namespace tantu::tests {

/// `setup` lived through by one thread, and by three with a stop on the first trading day after `last_whole_day`.
inline void expect_resumes_identically(const std::shared_ptr<const SimulationSetup>& setup, Day last_whole_day) {
  Simulation straight(setup), stopped(setup), resumed(setup);
  Sink sink;
  Workers one(1), three(3);
  live_to_the_end(straight, sink, one);
  live_until(stopped, last_whole_day, sink, three);
  stopped.begin_day(sink, three);
  stopped.step(1, sink);
  load_state(resumed, save_state(stopped));
  while (resumed.step(100, sink)) {}
  resumed.end_day(sink, three);
  live_to_the_end(resumed, sink, three);
  EXPECT_EQ(state_hash(resumed), state_hash(straight)) << "stopped on the day after " << to_string(last_whole_day);
}

}  // namespace tantu::tests
