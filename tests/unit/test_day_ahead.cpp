// What is drawn for a day before it comes is what is drawn on it, and is given for no other day.
#include "sim/day_ahead.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace tantu {
namespace {

const Day tomorrow = day_of(2024, 5, 7);
constexpr std::uint32_t firms = 700;  // more than two chunks, and a rest
constexpr RandomKey key{17, 3};

FirmTraits some_firms() {
  FirmTraits traits;
  traits.entity.resize(firms);
  std::iota(traits.entity.begin(), traits.entity.end(), 4000u);
  return traits;
}

struct Words {
  std::vector<std::uint32_t> arrival = std::vector<std::uint32_t>(firms);
  std::vector<double> normal = std::vector<double>(firms);
  DrawnDay from(std::uint32_t row) { return {&arrival[row], &normal[row]}; }
};

TEST(DayAhead, GivesTheWordsOfItsDay) {
  const FirmTraits traits = some_firms();
  DayAhead ahead(tomorrow);
  ahead.draw(traits, key);
  Words given;
  for (const Rows rows : {Rows{0, 300}, Rows{300, 301}, Rows{301, firms}}) ASSERT_TRUE(ahead.give(rows, tomorrow, given.from(rows.first)));
  for (std::uint32_t row = 0; row < firms; ++row) {
    const Draw firm = draw(key, Stream::arrival, traits.entity[row], tomorrow.number);
    ASSERT_EQ(given.arrival[row], firm.word[0]) << "firm " << row;
    ASSERT_EQ(given.normal[row], firm.normal(3)) << "firm " << row;
  }
}

TEST(DayAhead, GivesNothingForAnotherDayOrBeforeItIsDrawn) {
  const FirmTraits traits = some_firms();
  DayAhead ahead(tomorrow);
  Words given;
  EXPECT_FALSE(ahead.give({0, firms}, tomorrow, given.from(0))) << "it is not drawn yet";
  ahead.draw(traits, key);
  EXPECT_FALSE(ahead.give({0, firms}, tomorrow + 1, given.from(0))) << "it is of the day before";
  EXPECT_EQ(given.arrival, Words().arrival) << "what it does not give it leaves alone";
}

}  // namespace
}  // namespace tantu
