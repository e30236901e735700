// Columns of years that are over: packed into few bytes, they read as before and can be written again.
#include "sim/firm_store.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "sim/random.hpp"
#include "sim/state.hpp"
#include "tests/unit/columns.hpp"

namespace {

using namespace tantu;

constexpr std::size_t rows = 100;

FirmColumn<Tonnes> column_of(std::int64_t least, std::int64_t range) {
  FirmColumn<Tonnes> column(Tonnes{-1});
  column.resize(rows);
  for (std::uint32_t row = 0; row < rows; ++row)
    column[row] = Tonnes{least + static_cast<std::int64_t>(static_cast<double>(range) * draw({1, 0}, Stream::design, row, 0).fine_uniform(0))};
  column[7] = Tonnes{least};
  column[93] = Tonnes{least + range};
  return column;
}

TEST(FirmColumns, ReadThePackedAsBefore) {
  // From one value for all rows to ranges that need all eight bytes; the last lies on both sides of zero.
  for (const auto& [least, range] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {5, 0}, {-1, 1}, {0, 255}, {0, 256}, {-1, 65'535}, {1'000'000, 3'000'000}, {-40, 1ll << 40}, {-(1ll << 55), (1ll << 56) - 1}, {0, 1ll << 62}}) {
    SCOPED_TRACE(testing::Message() << least << " and " << range << " above");
    const FirmColumn<Tonnes> plain = column_of(least, range);
    FirmColumn<Tonnes> packed = plain;
    packed.pack();
    EXPECT_TRUE(packed.is_stored());
    EXPECT_EQ(values(packed, rows), values(plain, rows));
    packed.pack();
    EXPECT_EQ(values(packed, rows), values(plain, rows)) << "packed twice";
    packed[50] += Tonnes{1};
    EXPECT_EQ(packed[50], plain[50] + Tonnes{1}) << "written after it was packed";
    EXPECT_EQ(std::as_const(packed)[51], plain[51]);
  }
}

TEST(FirmColumns, TakeMemoryForWhatIsInThem) {
  FirmColumn<Tonnes> column = column_of(1'000'000, 3'000'000);
  StateWriter before, after;
  column.visit_state(before);
  column.pack();
  column.visit_state(after);
  const std::size_t plain = std::move(before).take().size(), packed = std::move(after).take().size();
  EXPECT_LT(packed + rows * 4, plain) << "three bytes a row instead of eight";
}

TEST(FirmColumns, OfWhichNothingWasWrittenStayEmpty) {
  FirmColumn<Cash> column;
  column.resize(rows);
  column.pack();
  EXPECT_FALSE(column.is_stored());
  EXPECT_EQ(std::as_const(column)[3], Cash{});
}

TEST(FirmColumns, SavedPackedAreLoadedPacked) {
  FirmColumn<Tonnes> column = column_of(-300, 70'000);
  const std::vector<Tonnes> all = values(column, rows);
  column.pack();
  StateWriter writer;
  column.visit_state(writer);
  const std::vector<std::byte> bytes = std::move(writer).take();
  FirmColumn<Tonnes> other(Tonnes{-1});
  other.resize(rows);
  StateReader reader(bytes);
  other.visit_state(reader);
  EXPECT_EQ(values(other, rows), all);
  other[0] = Tonnes{3};
  EXPECT_EQ(values(other, rows)[1], all[1]);
}

}  // namespace
