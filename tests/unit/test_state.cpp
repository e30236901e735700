// Declared state: what is written is read back, bytes that end early are refused, every member counts.
#include "sim/state.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <new>

#include "sim/simulation.hpp"

namespace tantu {
namespace {

struct Inner {
  std::int32_t count = 0;
  std::vector<double> prices;
  bool operator==(const Inner&) const = default;
  template <class Visitor>
  void visit_state(Visitor& v) { v("count", count); v("prices", prices); }
};
struct Outer {
  double level = 0;
  bool open = false;
  Tonnes tonnes;
  std::array<std::int64_t, 2> best{};
  Inner inner;
  std::vector<Inner> inners;
  std::vector<std::vector<Tonnes>> holdings;
  std::vector<std::vector<Inner>> deep;
  bool operator==(const Outer&) const = default;
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("level", level); v("open", open); v("tonnes", tonnes); v("best", best);
    v("inner", inner); v("inners", inners); v("holdings", holdings); v("deep", deep);
  }
};

Outer example() {
  return {1.5, true, Tonnes{-7}, {3, 4}, {11, {0.1, 0.2}}, {{1, {}}, {2, {9}}}, {{Tonnes{1}}, {}, {Tonnes{2}, Tonnes{3}}}, {{}, {{5, {6}}}}};
}
template <class State>
std::vector<std::byte> written(State& state) {
  StateWriter writer;
  state.visit_state(writer);
  return std::move(writer).take();
}

TEST(State, RoundTripOfNestedStructsAndVectors) {
  Outer original = example();
  const std::vector<std::byte> bytes = written(original);
  // Whatever was there before is gone afterwards.
  Outer restored{9, false, Tonnes{9}, {9, 9}, {9, {9, 9, 9}}, {{9, {9}}, {}, {}, {}}, {{}, {}, {}, {Tonnes{9}}}, {{{9, {9}}}}};
  StateReader reader(bytes);
  restored.visit_state(reader);
  EXPECT_TRUE(reader.finished());
  EXPECT_EQ(restored, original);
  EXPECT_EQ(written(restored), bytes);
}

template <class Memory>
void expect_references_to_stay() {
  Memory memory;
  double& first = memory.number(1);
  for (std::size_t i = 2; i < 5000; ++i) memory.number(i) = static_cast<double>(i);
  EXPECT_EQ(&first, &memory.number(1)) << "it was taken before others came to be";
  const std::vector<std::byte> bytes = written(memory);
  Memory restored;
  StateReader reader(bytes);
  restored.visit_state(reader);
  EXPECT_TRUE(reader.finished());
  EXPECT_EQ(restored.numbers, memory.numbers);
}

TEST(State, AReferenceToARememberedNumberStaysGood) {
  expect_references_to_stay<TraderState>();
  expect_references_to_stay<PolicyState>();
}

TEST(State, BytesThatEndEarlyThrow) {
  Outer original = example();
  const std::vector<std::byte> bytes = written(original);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    Outer restored;
    StateReader reader(std::span<const std::byte>(bytes).first(length));
    EXPECT_THROW(restored.visit_state(reader), std::runtime_error) << length << " of " << bytes.size() << " bytes";
  }
  Outer empty;
  StateReader nothing({});
  try {
    empty.visit_state(nothing);
    FAIL() << "no bytes at all were read as a state";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "the saved state ends early, at level");
  }
}

TEST(State, BytesLeftOverAreSeen) {
  Outer original = example();
  std::vector<std::byte> bytes = written(original);
  bytes.push_back({});
  Outer restored;
  StateReader reader(bytes);
  restored.visit_state(reader);
  EXPECT_FALSE(reader.finished());
}

TEST(State, AnAbsurdLengthIsRefusedBeforeMemoryIsTaken) {
  Inner inner{1, {2, 3}};
  std::vector<std::byte> bytes = written(inner);
  for (std::size_t i = 4; i < 12; ++i) bytes[i] = std::byte{0xff};  // the length of `prices`
  StateReader reader(bytes);
  EXPECT_THROW(inner.visit_state(reader), std::runtime_error);
}

TEST(State, TheHashChangesWithAnyMember) {
  Outer original = example();
  const std::uint64_t hash = state_hash(original);
  EXPECT_EQ(state_hash(original), hash);
  const std::vector<std::pair<const char*, std::function<void(Outer&)>>> changes{
      {"level", [](Outer& o) { o.level += 1e-12; }},
      {"open", [](Outer& o) { o.open = false; }},
      {"tonnes", [](Outer& o) { o.tonnes += Tonnes{1}; }},
      {"best", [](Outer& o) { o.best[1] = 5; }},
      {"inner.count", [](Outer& o) { ++o.inner.count; }},
      {"inner.prices", [](Outer& o) { o.inner.prices[1] = 0.3; }},
      {"inners[1].prices", [](Outer& o) { o.inners[1].prices[0] = 8; }},
      {"holdings, an element", [](Outer& o) { o.holdings[2][0] = Tonnes{9}; }},
      {"holdings, from one row to another", [](Outer& o) { o.holdings = {{}, {Tonnes{1}}, {Tonnes{2}, Tonnes{3}}}; }},
      {"deep", [](Outer& o) { o.deep[1][0].prices.push_back(0); }},
  };
  for (const auto& [member, change] : changes) {
    Outer changed = example();
    change(changed);
    EXPECT_NE(state_hash(changed), hash) << "a change of " << member << " is not in the hash";
  }
}

template <class State>
struct Holder {
  State& state;
  template <class Visitor>
  void visit_state(Visitor& v) { v("state", state); }
};
/// The bytes of a default state that was made in memory full of `fill`.
template <class State>
std::vector<std::byte> made_in(int fill) {
  alignas(State) std::array<std::byte, sizeof(State)> memory;
  std::memset(memory.data(), fill, memory.size());
  Holder<State> holder{*new (memory.data()) State};
  return written(holder);
}

TEST(State, BytesBetweenMembersAreNotPartOfIt) {
  // Two equal states may differ in the unused bytes of a struct; neither hash nor file may see them.
  EXPECT_EQ(made_in<Unit>(0), made_in<Unit>(0xff)) << "Unit";
  EXPECT_EQ(made_in<MarketBoard>(0), made_in<MarketBoard>(0xff)) << "MarketBoard";
  EXPECT_EQ(made_in<Moved>(0), made_in<Moved>(0xff)) << "Moved";
  EXPECT_EQ(made_in<InboxOrder>(0), made_in<InboxOrder>(0xff)) << "InboxOrder";
  EXPECT_EQ(made_in<SessionTotals>(0), made_in<SessionTotals>(0xff)) << "SessionTotals";
  EXPECT_EQ(made_in<Intent>(0), made_in<Intent>(0xff)) << "Intent";
}

}  // namespace
}  // namespace tantu
