// Reads order flow ahead on a thread of its own, so that reading and matching go on at the same time. What comes out, and
// when an error is met, is as if the reader were called directly.
//
// A few batches go round: the thread fills those that are free, next() gives back the one before and takes the next
// full one, so memory does not grow with the file. The reader belongs to the thread until next() has answered with
// nothing or thrown.
//
// Verified by tests/unit/test_replay.cpp and tests/oracle/test_replay.cpp, which run through it.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "scenarios/order_flow_reader.hpp"

namespace tantu {

class ReadAhead {
 public:
  explicit ReadAhead(OrderFlowReader& reader);
  /// Stops reading.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// The next events in their order, none at the end. What they refer to is valid until the next call. Throws what
  /// the reader threw, after the events before it.
  std::span<const FlowEvent> next();

 private:
  struct Batch {
    std::vector<FlowEvent> events;
    std::string text;  // what the events refer to
  };
  void read();
  static bool fill(OrderFlowReader& reader, Batch& batch);
  static void keep_text(Batch& batch);

  OrderFlowReader& reader_;
  std::array<Batch, 4> batches_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t filled_ = 0, taken_ = 0;  // batches so far; taken_ counts the one that next() gave out
  bool holds_ = false;                    // next() has given one out
  bool ended_ = false, stopping_ = false;
  std::exception_ptr error_;
  std::thread thread_;                    // last: it begins when all else is there
};

}  // namespace tantu
