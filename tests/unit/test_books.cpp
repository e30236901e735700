// A run whose books do not close ends: at once where the unit moved, at the end of the run where it never did.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/national_market.hpp"

namespace tantu::tests {
namespace {

/// Gives somebody a tonne that nobody issued: reaches the holdings by the names under which they are saved.
struct Forger {
  std::int32_t vintage;
  std::vector<Unit> units = {};
  bool done = false;
  template <class T>
  void operator()(std::string_view, T&) {}
  void operator()(std::string_view, std::vector<Market>& markets) { markets[0].visit_state(*this); }
  void operator()(std::string_view, Registry& registry) { registry.visit_state(*this); }
  void operator()(std::string_view, std::vector<Unit>& known) { units = known; }
  void operator()(std::string_view name, std::vector<std::vector<Tonnes>>& holdings) {
    for (std::size_t u = 0; name == "holdings" && u < holdings.size(); ++u)
      if (units[u].vintage == vintage) {
        holdings[u].back() += Tonnes{1};
        done = true;
      }
  }
};

std::string complaint(const std::function<void()>& act) {
  try {
    act();
  } catch (const std::logic_error& e) {
    return e.what();
  }
  return "";
}

TEST(Books, ATonneTooManyEndsTheRun) {
  const auto setup = national_setup(small_national({"run.first_day=2021-12-01"}));
  Sink sink;
  Workers workers;
  // Of the vintage that is traded: seen on the first day on which it moves.
  Simulation simulation(setup);
  live_until(simulation, day_of(2021, 12, 6), sink, workers);
  Simulation whole = simulation;
  Forger traded{2020};
  simulation.visit_state(traded);
  ASSERT_TRUE(traded.done);
  EXPECT_THAT(complaint([&] { live_to_the_end(simulation, sink, workers); }), testing::HasSubstr("allowances of vintage 2020 are not conserved on 2021-12-"));

  // Where nothing moves any more it is seen at the end.
  live_to_the_end(whole, sink, workers);
  EXPECT_EQ(complaint([copy = whole]() mutable { copy.finish(); }), "");
  Forger late{2020};
  whole.visit_state(late);
  EXPECT_THAT(complaint([&] { whole.finish(); }), testing::HasSubstr("allowances of vintage 2020 are not conserved on 2021-12-31"));
}

}  // namespace
}  // namespace tantu::tests
