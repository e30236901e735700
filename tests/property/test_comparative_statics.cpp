// What theory says of a market whose rules are changed, asked of whole scenarios: rules read from JSON, firms drawn,
// curves added up, path solved. The same for bare paths: tests/property/test_competitive_path.cpp.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fmt/format.h>

#include <cmath>

#include "scenarios/compose.hpp"
#include "sim/yardstick.hpp"

namespace tantu {
namespace {

/// Thirty firms with linear curves (no-banking), as `changes` say.
Yardstick path_of(std::vector<std::string> changes) {
  std::vector<std::string> all{"agents.firms.anchor.horizon_years=8", "policies.banking.rule=unlimited", "policies.penalty.debt_carried=true",
                               "policies.cap.decline=linear"};
  all.insert(all.end(), changes.begin(), changes.end());
  return yardstick(Simulation(compose(load_scenario("no-banking", all))), 0);
}
std::string set(const char* path, double value) { return fmt::format("{}={:.6g}", path, value); }
double whole(int least, int most) { return static_cast<double>(*rc::gen::inRange(least, most)); }

/// A cap of the first year, Mt, that falls a share of it a year.
std::vector<std::string> any_cap() {
  return {set("policies.cap.path_mt.2005", whole(180, 330) / 10), set("policies.cap.reduction", whole(0, 80) / 1000), set("agents.firms.anchor.interest_rate", whole(0, 12) / 100)};
}

RC_GTEST_PROP(ComparativeStatics, ATighterCapIsDearer, ()) {
  const std::vector<std::string> market = any_cap();
  std::vector<std::string> tighter = market;
  tighter.push_back(set("policies.cap.path_mt.2005", whole(120, 180) / 10));
  const Yardstick before = path_of(market), after = path_of(tighter);
  for (std::size_t k = 0; k < before.years.size(); ++k) RC_ASSERT(after.price(k) >= before.price(k) - 1e-9);
  RC_ASSERT(after.price(0) > before.price(0));
}

RC_GTEST_PROP(ComparativeStatics, BankingSmoothsThePath, ()) {
  const std::vector<std::string> market = any_cap();
  std::vector<std::string> none = market;
  none.push_back("policies.banking.rule=none");
  const auto variation = [](const Yardstick& y) {
    double sum = 0;
    for (std::size_t k = 1; k < y.years.size(); ++k)
      sum += std::fabs(y.price(k) / std::pow(1 + y.problem.rate, y.problem.periods[k].time) - y.price(k - 1) / std::pow(1 + y.problem.rate, y.problem.periods[k - 1].time));
    return sum;
  };
  RC_ASSERT(variation(path_of(market)) <= variation(path_of(none)) + 1e-6);
}

RC_GTEST_PROP(ComparativeStatics, PatienceRaisesTheFirstPrice, ()) {
  std::vector<std::string> market = any_cap(), patient = market;
  market.push_back("agents.firms.anchor.interest_rate=0.1");
  patient.push_back(set("agents.firms.anchor.interest_rate", whole(0, 10) / 100));
  RC_ASSERT(path_of(patient).price(0) >= path_of(market).price(0) - 1e-9);
}

RC_GTEST_PROP(ComparativeStatics, AFineThatEndsTheObligationBoundsThePriceAndAHigherOneAllowsMore, ()) {
  std::vector<std::string> market = any_cap();
  market.push_back("policies.penalty.debt_carried=false");
  // The last cycle of the scenario is 2005: the bound is that year's.
  const double low = whole(1, 60), high = low + whole(1, 60);
  std::vector<std::string> dearer = market;
  market.push_back(set("policies.penalty.per_tonne", low));
  dearer.push_back(set("policies.penalty.per_tonne", high));
  const Yardstick cheap = path_of(market), dear = path_of(dearer);
  RC_ASSERT(cheap.price(0) <= low);
  RC_ASSERT(dear.price(0) <= high);
  RC_ASSERT(dear.price(0) >= cheap.price(0));
}

RC_GTEST_PROP(ComparativeStatics, WhoIsGivenLumpSumsDoesNotMoveThePrice, ()) {
  // Montgomery (1972): the same cap, given away or auctioned in part, leads to the same prices.
  std::vector<std::string> market = any_cap();
  market.push_back("policies.cap.reduction=0");  // what is given free after the last cycle follows that cycle's rules
  std::vector<std::string> auctioned = market;
  const double share = whole(1, 10) / 10;
  auctioned.push_back(set("policies.allocation.free_share", 1 - share));
  auctioned.push_back("policies.auction.kind=auction");
  auctioned.push_back(fmt::format("policies.auction.share.2005={:.6g}", share));
  const Yardstick before = path_of(market), after = path_of(auctioned);
  // The opening auctions of a market that begins within a year are in whole auctions, hence whole years only.
  for (std::size_t k = 1; k < before.years.size(); ++k) RC_ASSERT(std::fabs(after.price(k) - before.price(k)) <= 0.02 * (1 + before.price(k)));
}

}  // namespace
}  // namespace tantu
