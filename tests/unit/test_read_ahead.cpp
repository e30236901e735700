// Order flow read ahead: the same events in the same order, whatever the two threads do.
#include "scenarios/read_ahead.hpp"

#include <gtest/gtest.h>

#include "sim/input_error.hpp"

namespace tantu {
namespace {

std::string flow(int lines) {
  std::string text = "seq,time,type,order,account,side,price,qty\n";
  for (int i = 1; i <= lines; ++i) text += std::to_string(i) + "," + std::to_string(i) + ".5,L," + std::to_string(i) + ",1,buy,48.50,10\n";
  return text;
}

TEST(ReadAheadThreads, GivesTheEventsOfTheReaderInOrder) {
  const std::string text = flow(30'000);
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{1} << 20}) {
    TextSource source(text, piece);
    OrderFlowReader reader(source, "flow", FlowFormat::tantu, 2, BadLines::refuse);
    ReadAhead ahead(reader);
    std::uint64_t n = 0;
    for (auto events = ahead.next(); !events.empty(); events = ahead.next())
      for (const FlowEvent& event : events) {
        ++n;
        ASSERT_EQ(event.sequence, n);
        ASSERT_EQ(event.time, std::to_string(n) + ".5");
      }
    EXPECT_EQ(n, 30'000u);
    EXPECT_TRUE(ahead.next().empty());
  }
}

TEST(ReadAheadThreads, ThrowsWhatTheReaderThrows) {
  const std::string text = flow(10'000) + "10001,20000.5,Q,1,1,buy,48.50,10\n";
  TextSource source(text);
  OrderFlowReader reader(source, "flow", FlowFormat::tantu, 2, BadLines::refuse);
  ReadAhead ahead(reader);
  std::uint64_t n = 0;
  try {
    for (auto events = ahead.next(); !events.empty(); events = ahead.next()) n += events.size();
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("flow:10002: type \"Q\"")) << error.what();
  }
  EXPECT_GT(n, 9'900u);
}

TEST(ReadAheadThreads, StopsWhereNobodyReadsOn) {
  const std::string text = flow(50'000);
  TextSource source(text);
  OrderFlowReader reader(source, "flow", FlowFormat::tantu, 2, BadLines::refuse);
  ReadAhead ahead(reader);
  EXPECT_FALSE(ahead.next().empty());
}

}  // namespace
}  // namespace tantu
