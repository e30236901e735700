#include "scenarios/read_ahead.hpp"

namespace tantu {

namespace {
constexpr std::size_t batch_size = 2048;
}

ReadAhead::ReadAhead(OrderFlowReader& reader) : reader_(reader) {
  for (Batch& batch : batches_) {
    batch.events.reserve(batch_size + 64);
    batch.text.reserve(batch_size * 24);
  }
  thread_ = std::thread([this] { read(); });
}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// False at the end of the flow. Where the reader throws, the events before are in the batch.
bool ReadAhead::fill(OrderFlowReader& reader, Batch& batch) {
  batch.events.clear();
  batch.text.clear();
  bool more = true;
  while (batch.events.size() < batch_size) {
    const auto events = reader.next();
    more = !events.empty();
    if (!more) break;
    for (const FlowEvent& event : events) {
      batch.events.push_back(event);
      batch.text.append(event.time);
    }
  }
  return more;
}

// The reader's text has moved on: the events refer to the copy.
void ReadAhead::keep_text(Batch& batch) {
  const char* at = batch.text.data();
  for (FlowEvent& event : batch.events) {
    event.time = {at, event.time.size()};
    at += event.time.size();
  }
}

void ReadAhead::read() {
  for (std::uint64_t n = 0;; ++n) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || filled_ - taken_ < batches_.size() - (holds_ ? 1 : 0); });
      if (stopping_) return;
    }
    bool more = false;
    std::exception_ptr error;
    Batch& batch = batches_[n % batches_.size()];
    try {
      more = fill(reader_, batch);
    } catch (...) {
      error = std::current_exception();
    }
    keep_text(batch);
    {
      const std::lock_guard lock(mutex_);
      ++filled_;
      ended_ = !more;
      error_ = error;
    }
    changed_.notify_all();
    if (!more) return;
  }
}

std::span<const FlowEvent> ReadAhead::next() {
  std::unique_lock lock(mutex_);
  holds_ = false;
  changed_.notify_all();
  changed_.wait(lock, [&] { return filled_ > taken_ || ended_; });
  const Batch& batch = batches_[taken_ % batches_.size()];
  if (filled_ == taken_ || batch.events.empty()) {
    if (error_) std::rethrow_exception(error_);
    return {};
  }
  ++taken_;
  holds_ = true;
  return batch.events;
}

}  // namespace tantu
