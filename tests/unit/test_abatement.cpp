// Abatement: textbook curves against their own derivatives, catalogues of measures worked by hand, and
// the interval of prices in which an answer holds.
#include "sim/abatement.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "sim/operation.hpp"

namespace tantu {
namespace {

// ---- textbook curves ----

std::vector<SmoothCurve> textbook() {
  return {{CurveShape::linear, 100, 2, 1}, {CurveShape::power, 80, 2, 1}, {CurveShape::power, 120, 0.7, 1}, {CurveShape::exponential, 30, 3, 1}};
}
std::string name(const SmoothCurve& c) {
  constexpr std::array shapes{"none", "linear", "power", "exponential"};
  return std::string(shapes[static_cast<std::size_t>(c.shape)]) + " curve, price " + std::to_string(c.price) + ", exponent " + std::to_string(c.exponent);
}

TEST(SmoothCurve, WorkedNumbers) {
  const SmoothCurve linear{CurveShape::linear, 100, 2, 1}, power{CurveShape::power, 80, 2, 1}, exponential{CurveShape::exponential, 30, 3, 1};
  EXPECT_DOUBLE_EQ(linear.share_at(25, 1), 0.25);
  EXPECT_DOUBLE_EQ(linear.cost_of(0.25, 1), 3.125);    // 100 x 0.25^2 / 2
  EXPECT_NEAR(power.share_at(20, 1), 0.5, 1e-12);      // 80 x 0.5^2 = 20
  EXPECT_NEAR(power.cost_of(0.5, 1), 10.0 / 3, 1e-12); // 80 x 0.5^3 / 3
  EXPECT_NEAR(exponential.share_at(30 * (std::exp(1.5) - 1), 1), 0.5, 1e-12);
  EXPECT_NEAR(exponential.cost_of(0.5, 1), 30 * ((std::exp(1.5) - 1) / 3 - 0.5), 1e-12);
  EXPECT_DOUBLE_EQ(linear.share_at(50, 2), 0.25) << "twice the cost needs twice the price";
}

TEST(SmoothCurve, MarginalCostIsTheDerivativeOfTheCost) {
  for (const SmoothCurve& c : textbook())
    for (const double scale : {1.0, 1.7})
      for (double a = 0.05; a < 0.95; a += 0.05) {
        const double h = 1e-5, derivative = (c.cost_of(a + h, scale) - c.cost_of(a - h, scale)) / (2 * h);
        EXPECT_NEAR(c.marginal_at(a, scale), derivative, 1e-6 * (1 + derivative)) << name(c) << ", scale " << scale << ", share " << a;
      }
}

TEST(SmoothCurve, TheShareAtItsMarginalCostIsItself) {
  for (const SmoothCurve& c : textbook())
    for (const double scale : {1.0, 1.7})
      for (double a = 0.05; a < 0.95; a += 0.05)
        EXPECT_NEAR(c.share_at(c.marginal_at(a, scale), scale), a, 1e-12) << name(c) << ", scale " << scale;
}

TEST(SmoothCurve, NothingIsFreeAndThereIsAMost) {
  for (SmoothCurve c : textbook()) {
    c.most = 0.4;
    EXPECT_EQ(c.share_at(0, 1), 0) << name(c);
    EXPECT_EQ(c.share_at(-5, 1), 0) << name(c);
    EXPECT_EQ(c.share_at(1e6, 1), 0.4) << name(c);
    EXPECT_EQ(c.cost_of(0, 1), 0) << name(c);
    EXPECT_EQ(c.marginal_at(0, 1), 0) << name(c);
  }
  const SmoothCurve none;
  EXPECT_EQ(none.share_at(100, 1), 0);
}

// ---- measures ----

// One firm with 1,000 t a year and a catalogue; costs are the medians.
struct Plant {
  explicit Plant(std::vector<Measure> measures, SmoothCurve curve = {}) {
    Sector sector;
    sector.technology.measures = std::move(measures);
    sector.technology.curve = curve;
    sector.rows = {0, 1};
    for (const Measure& m : sector.technology.measures) traits.measure_cost.push_back(m.cost);
    traits.sectors = {sector};
    traits.sector = {0};
    traits.entity = {7};
    traits.emissions = {1000};
    traits.curve_scale = {1};
    store.first_year = 2021;
    store.abated_share = store.abatement_rate = store.price_low = store.price_high = {0};
    store.changes_on = {never};
    store.cost_scale = {1};
    store.measure.assign(traits.measure_cost.size(), MeasureState::available);
    store.measure_effective.assign(traits.measure_cost.size(), never);
    store.active_share.resize(traits.measure_cost.size());
  }
  AbatementAt at(double price, int year = 2021) const { return abatement_at(traits, store, 0, price, year); }
  FirmTraits traits;
  FirmStore store;
};

Measure operational(double potential, double cost) {
  Measure m;
  m.potential = potential;
  m.cost = cost;
  return m;
}
Measure investment(double potential, double cost) {
  Measure m = operational(potential, cost);
  m.kind = MeasureKind::investment;
  return m;
}

TEST(Abatement, OperationalMeasuresRunWhenThePriceCoversThem) {
  Plant plant({operational(0.10, 60), operational(0.20, 40)});
  EXPECT_EQ(plant.at(39.99).share, 0);
  EXPECT_NEAR(plant.at(40).share, 0.20, 1e-15) << "at its cost a measure runs";
  EXPECT_NEAR(plant.at(59.99).share, 0.20, 1e-15);
  EXPECT_NEAR(plant.at(40).rate, 8, 1e-12);            // 0.20 x 40
  EXPECT_NEAR(plant.at(60).share, 0.28, 1e-15);        // 1 - 0.80 x 0.90
  EXPECT_NEAR(plant.at(60).rate, 8 + 4.8, 1e-12);      // the second works on the 0.80 that are left: 0.08 x 60
}

TEST(Abatement, TheCheapestTakesItsShareFirstWhateverTheOrder) {
  std::array<double, 2> parts{};
  Plant plant({operational(0.10, 60), operational(0.20, 40)});
  abatement_at(plant.traits, plant.store, 0, 100, 2021, parts);
  EXPECT_NEAR(parts[1], 0.20, 1e-15);
  EXPECT_NEAR(parts[0], 0.08, 1e-15);
}

TEST(Abatement, MeasuresMultiplyAndNeverExceedOne) {
  std::vector<Measure> many;
  for (int i = 0; i < 20; ++i) many.push_back(operational(0.5, 1 + i));
  Plant plant(many);
  EXPECT_NEAR(plant.at(5).share, 1 - std::pow(0.5, 5), 1e-15);
  EXPECT_LE(plant.at(1000).share, 1);
  EXPECT_NEAR(plant.at(1000).share, 1 - std::pow(0.5, 20), 1e-15);
  many.push_back(operational(1.0, 3));
  EXPECT_DOUBLE_EQ(Plant(many).at(1000).share, 1);
}

TEST(Abatement, InvestmentsWorkOnlyWhenTheyAreEffective) {
  Plant plant({investment(0.30, 50), operational(0.10, 20)});
  EXPECT_NEAR(plant.at(1000).share, 0.10, 1e-15) << "a price alone builds nothing";
  plant.store.measure[0] = MeasureState::pipeline;
  EXPECT_NEAR(plant.at(1000).share, 0.10, 1e-15);
  plant.store.measure[0] = MeasureState::effective;
  EXPECT_NEAR(plant.at(0).share, 0.30, 1e-15) << "what is built works at any price";
  EXPECT_NEAR(plant.at(20).share, 0.37, 1e-15);  // 1 - 0.70 x 0.90
  plant.store.measure[0] = MeasureState::exhausted;
  plant.store.measure[1] = MeasureState::exhausted;
  EXPECT_EQ(plant.at(1000).share, 0) << "what paid without a carbon price is part of the baseline";
}

TEST(Abatement, AnInstalledOperationalMeasureCountsOnce) {
  Plant plant({operational(0.20, 40)});
  plant.store.measure[0] = MeasureState::effective;
  EXPECT_NEAR(plant.at(10).share, 0.20, 1e-15);
  EXPECT_NEAR(plant.at(50).share, 0.20, 1e-15) << "0.36 = 1 - 0.80 x 0.80 is the measure twice";
  EXPECT_NEAR(plant.at(50).rate, 8, 1e-12);
}

TEST(Abatement, ThePipelineBecomesEffectiveOnItsDay) {
  Plant plant({investment(0.30, 50), investment(0.10, 50)});
  const Day ready = day_of(2022, 3, 1);
  plant.store.measure = {MeasureState::pipeline, MeasureState::pipeline};
  plant.store.measure_effective = {ready, ready + 30};
  update_abatement(plant.traits, plant.store, 0, 48, ready - 1);
  EXPECT_EQ(plant.store.abated_share[0], 0);
  EXPECT_EQ(plant.store.changes_on[0], ready) << "the day on which to look again";
  update_abatement(plant.traits, plant.store, 0, 48, ready);
  EXPECT_EQ(plant.store.measure[0], MeasureState::effective);
  EXPECT_EQ(plant.store.measure[1], MeasureState::pipeline);
  EXPECT_NEAR(plant.store.abated_share[0], 0.30, 1e-15);
  EXPECT_EQ(plant.store.changes_on[0], ready + 30);
  update_abatement(plant.traits, plant.store, 0, 48, ready + 30);
  EXPECT_NEAR(plant.store.abated_share[0], 0.37, 1e-15);
  EXPECT_NEAR(plant.store.active_share[1], 0.07, 1e-15);
  EXPECT_EQ(plant.store.changes_on[0], ready + 7305) << "the first one wears out after 20 years";
}

TEST(Abatement, CostsFollowTheMultiplierAndLearning) {
  Measure m = operational(0.20, 50);
  m.learning = 0.10;
  Plant plant({m});
  plant.store.cost_scale[0] = 2;
  EXPECT_DOUBLE_EQ(measure_cost(plant.traits, plant.store, 0, 0, 2021), 100);
  EXPECT_NEAR(measure_cost(plant.traits, plant.store, 0, 0, 2023), 81, 1e-9);  // 100 x 0.9^2
  EXPECT_EQ(plant.at(90, 2021).share, 0);
  EXPECT_NEAR(plant.at(90, 2023).share, 0.20, 1e-15);
}

TEST(Abatement, TheCurveWorksOnWhatMeasuresLeave) {
  Plant plant({operational(0.20, 40)}, {CurveShape::linear, 100, 2, 1});
  EXPECT_NEAR(plant.at(30).share, 0.30, 1e-12);
  EXPECT_NEAR(plant.at(50).share, 0.60, 1e-12);         // 1 - 0.80 x 0.50
  EXPECT_NEAR(plant.at(50).rate, 8 + 0.8 * 12.5, 1e-12);  // 0.20 x 40, then 0.80 x 100 x 0.5^2 / 2
}

TEST(Abatement, TheIntervalIsFromTheLastCostCoveredToTheNextOne) {
  Plant plant({operational(0.1, 60), operational(0.1, 40)});
  EXPECT_EQ(plant.at(50).low, 40);
  EXPECT_EQ(plant.at(50).high, 60);
  EXPECT_EQ(plant.at(40).low, 40) << "the lower end belongs to it";
  EXPECT_EQ(plant.at(60).low, 60);
  EXPECT_TRUE(std::isinf(plant.at(60).high) && plant.at(60).high > 0);
  EXPECT_TRUE(std::isinf(plant.at(39).low) && plant.at(39).low < 0);
}

RC_GTEST_PROP(AbatementProperty, TheShareHoldsExactlyInItsInterval, ()) {
  const auto cents = [](int least, int most) { return *rc::gen::inRange(least, most) / 100.0; };
  std::vector<Measure> measures;
  for (int n = *rc::gen::inRange(0, 8); n > 0; --n) {
    const bool invests = *rc::gen::inRange(0, 3) == 0;
    measures.push_back((invests ? investment : operational)(cents(1, 60), cents(0, 10'000)));
  }
  Plant plant(measures);
  for (MeasureState& state : plant.store.measure)
    state = *rc::gen::element(MeasureState::available, MeasureState::available, MeasureState::effective, MeasureState::exhausted);
  const double stored_at = cents(0, 10'000);
  update_abatement(plant.traits, plant.store, 0, stored_at, day_of(2021, 7, 16));
  const double low = plant.store.price_low[0], high = plant.store.price_high[0];
  RC_ASSERT(low <= stored_at && stored_at < high);
  RC_ASSERT(plant.store.abated_share[0] >= 0 && plant.store.abated_share[0] <= 1);
  for (const double price : {cents(0, 10'000), cents(0, 10'000), low, high, high - 0.01}) {
    if (!std::isfinite(price)) continue;
    if (price >= low && price < high) RC_ASSERT(plant.at(price).share == plant.store.abated_share[0]);
    if (price >= high) RC_ASSERT(plant.at(price).share > plant.store.abated_share[0]);
    if (price < low) RC_ASSERT(plant.at(price).share < plant.store.abated_share[0]);
  }
}

}  // namespace
}  // namespace tantu
