// Exact quantities: arithmetic, the checked product, the rounding of regulations.
#include "sim/units.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace tantu {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Multiplicable = requires(A a, B b) {
  a* b;
};

TEST(Units, StayApart) {
  static_assert(Addable<Tonnes, Tonnes> && Addable<Price, Price> && Addable<Cash, Cash>);
  static_assert(!Addable<Tonnes, Price> && !Addable<Cash, Price> && !Addable<Cash, Tonnes>);
  static_assert(!Addable<Tonnes, std::int64_t>);
  static_assert(Multiplicable<Price, Tonnes> && !Multiplicable<Tonnes, Tonnes> && !Multiplicable<Price, Price>);
  static_assert(!std::is_convertible_v<std::int64_t, Tonnes> && !std::is_convertible_v<Tonnes, std::int64_t>);
}

TEST(Units, AddAndSubtract) {
  Tonnes bank{100};
  bank += Tonnes{20};
  bank -= Tonnes{150};
  EXPECT_EQ(bank, Tonnes{-30});
  EXPECT_EQ(-bank, Tonnes{30});
  EXPECT_EQ(Tonnes{7} + Tonnes{5}, Tonnes{12});
  EXPECT_EQ(Tonnes{7} - Tonnes{12}, Tonnes{-5});
  EXPECT_EQ(Price{3} * 4, Price{12});
  EXPECT_LT(Price{-1}, Price{0});
  EXPECT_EQ(Cash{}, Cash{0});
}

TEST(Units, PriceTimesTonnesIsCash) {
  static_assert(std::is_same_v<decltype(Price{} * Tonnes{}), Cash>);
  EXPECT_EQ(Price{4800} * Tonnes{1000}, Cash{4'800'000});
  EXPECT_EQ(Price{4800} * Tonnes{-1000}, Cash{-4'800'000});
  EXPECT_EQ(Price{0} * Tonnes{most}, Cash{0});
}

TEST(Units, ProductBeyond64BitsThrows) {
  EXPECT_EQ(Price{1} * Tonnes{most}, Cash{most});
  EXPECT_EQ(Price{1} * Tonnes{least}, Cash{least});
  EXPECT_THROW(Price{2} * Tonnes{most / 2 + 1}, std::overflow_error);
  EXPECT_THROW(Price{-2} * Tonnes{most / 2 + 2}, std::overflow_error);
  EXPECT_THROW(Price{-1} * Tonnes{least}, std::overflow_error);
  // The widest price and quantity that a scenario may hold do not fit: the product is checked, not trusted.
  EXPECT_THROW(Price{(std::int64_t{1} << 31) - 1} * Tonnes{(std::int64_t{1} << 53) - 1}, std::overflow_error);
}

TEST(Units, NearestRoundsHalvesUp) {
  EXPECT_EQ(nearest(2.4), 2);
  EXPECT_EQ(nearest(2.5), 3);
  EXPECT_EQ(nearest(2.6), 3);
  EXPECT_EQ(nearest(-2.4), -2);
  EXPECT_EQ(nearest(-2.5), -2);  // up, not away from zero
  EXPECT_EQ(nearest(-2.6), -3);
  EXPECT_EQ(nearest(-0.5), 0);
  EXPECT_EQ(nearest(0.0), 0);
  EXPECT_EQ(whole_tonnes(1234.5), Tonnes{1235});
}

TEST(Units, CurrencyToTicksAndBack) {
  EXPECT_EQ(price_from_currency(48.00, 0.01), Price{4800});
  EXPECT_EQ(price_from_currency(0.29, 0.01), Price{29});  // 0.29 / 0.01 is 28.999999999999996
  EXPECT_EQ(price_from_currency(-5.00, 0.01), Price{-500});
  EXPECT_EQ(price_from_currency(48.00, 1.0), Price{48});
  EXPECT_DOUBLE_EQ(to_currency(Price{4800}, 0.01), 48.0);
  EXPECT_DOUBLE_EQ(to_currency(Cash{-150}, 0.01), -1.5);
  for (std::int64_t ticks = 0; ticks <= 20'000; ++ticks)
    ASSERT_EQ(price_from_currency(to_currency(Price{ticks}, 0.01), 0.01), Price{ticks});
}

TEST(Units, AveragePriceRoundsHalvesUp) {
  EXPECT_EQ(average_price(Cash{300}, Tonnes{100}), Price{3});
  EXPECT_EQ(average_price(Cash{349}, Tonnes{100}), Price{3});
  EXPECT_EQ(average_price(Cash{350}, Tonnes{100}), Price{4});
  EXPECT_EQ(average_price(Cash{7}, Tonnes{2}), Price{4});
  EXPECT_EQ(average_price(Cash{0}, Tonnes{9}), Price{0});
  // Below zero as well: -3.5 becomes -3, -3.51 becomes -4.
  EXPECT_EQ(average_price(Cash{-7}, Tonnes{2}), Price{-3});
  EXPECT_EQ(average_price(Cash{-350}, Tonnes{100}), Price{-3});
  EXPECT_EQ(average_price(Cash{-351}, Tonnes{100}), Price{-4});
  EXPECT_EQ(average_price(Cash{-300}, Tonnes{100}), Price{-3});
  EXPECT_EQ(average_price(Cash{-1}, Tonnes{3}), Price{0});
}

TEST(Units, AveragePriceLiesBetweenTheExtremes) {
  for (std::int64_t low = -5; low <= 5; ++low)
    for (std::int64_t high = low; high <= 5; ++high)
      for (std::int64_t at_low = 1; at_low <= 4; ++at_low)
        for (std::int64_t at_high = 1; at_high <= 4; ++at_high) {
          const Cash turnover = Price{low} * Tonnes{at_low} + Price{high} * Tonnes{at_high};
          const Price average = average_price(turnover, Tonnes{at_low + at_high});
          ASSERT_LE(Price{low}, average) << low << " x " << at_low << ", " << high << " x " << at_high;
          ASSERT_LE(average, Price{high}) << low << " x " << at_low << ", " << high << " x " << at_high;
        }
}

}  // namespace
}  // namespace tantu
