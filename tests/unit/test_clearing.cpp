// Clearing: cash moves, is frozen and covered, and never comes from nowhere.
#include "sim/clearing.hpp"

#include <gtest/gtest.h>

namespace tantu {
namespace {

TEST(Clearing, PaymentsSumToZero) {
  Clearing clearing(3);
  clearing.pay(1, 2, Cash{500});
  clearing.pay(2, 0, Cash{125});
  EXPECT_EQ(clearing.balance(1), Cash{-500}) << "a balance below zero is borrowed money";
  EXPECT_EQ(clearing.balance(2), Cash{375});
  EXPECT_EQ(clearing.balance(0), Cash{125});
  EXPECT_EQ(clearing.total(), Cash{0});
  clearing.pay(2, 2, Cash{9});
  EXPECT_EQ(clearing.balance(2), Cash{375});
}

TEST(Clearing, FrozenCashIsOwnedButNotFree) {
  Clearing clearing(2);
  clearing.pay(0, 1, Cash{100});
  clearing.freeze(1, Cash{60});
  EXPECT_EQ(clearing.balance(1), Cash{100});
  EXPECT_EQ(clearing.frozen(1), Cash{60});
  EXPECT_TRUE(clearing.covers(1, Cash{40}, Cash{0}));
  EXPECT_FALSE(clearing.covers(1, Cash{41}, Cash{0})) << "100 less 60 frozen covers 40";
  clearing.release(1, Cash{60});
  EXPECT_TRUE(clearing.covers(1, Cash{100}, Cash{0}));
  EXPECT_EQ(clearing.total(), Cash{0});
}

TEST(Clearing, CreditAddsToTheBalanceAndNoLimitMeansAlways) {
  Clearing clearing(2);
  EXPECT_TRUE(clearing.covers(1, Cash{250}, Cash{250}));
  EXPECT_FALSE(clearing.covers(1, Cash{251}, Cash{250}));
  clearing.pay(1, 0, Cash{50});
  EXPECT_TRUE(clearing.covers(1, Cash{200}, Cash{250}));
  EXPECT_FALSE(clearing.covers(1, Cash{201}, Cash{250})) << "50 of the credit of 250 is used";
  EXPECT_TRUE(clearing.covers(1, Cash{1'000'000'000'000}, std::nullopt));
}

TEST(Clearing, OpensAccounts) {
  Clearing clearing(1);
  const Account late = clearing.open_account();
  EXPECT_EQ(late, 1u);
  EXPECT_EQ(clearing.balance(late), Cash{0});
  clearing.freeze(late, Cash{3});
  EXPECT_EQ(clearing.frozen(late), Cash{3});
  EXPECT_EQ(clearing.frozen(0), Cash{0});
}

}  // namespace
}  // namespace tantu
