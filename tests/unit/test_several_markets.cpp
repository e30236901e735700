// Several markets in one run: each with its own currency, unit and price steps, told apart in the results.
#include <gtest/gtest.h>

#include <algorithm>

#include "results/denomination.hpp"
#include "results/run_file.hpp"
#include "results/summary.hpp"
#include "tests/two_markets.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

const std::vector<std::string> apart{"markets.south.currency=CNY", "markets.south.unit.price_scale=0.1", "markets.south.exchange.tick=0.1",
                                     "markets.south.unit.measure=short_ton", "run.last_day=2021-02-26"};

const std::vector<std::int32_t>& ints(const Dataset& file, const std::string& group, const std::string& name) {
  return std::get<std::vector<std::int32_t>>(file.find(group)->find(name)->values);
}

std::string refusal_of(const std::string& more, const std::vector<std::string>& changes = {}) {
  try {
    compose(two_markets(more, changes));
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing is refused";
}

TEST(SeveralMarkets, HaveCurrenciesAndUnitsOfTheirOwnInTheResults) {
  Simulation simulation(compose(two_markets("", apart)));
  Recorder recorder({});
  Workers workers;
  while (!simulation.finished()) simulation.live_one_day(recorder, workers);
  simulation.finish();
  const Dataset file = run_dataset(simulation, recorder, {});
  const auto& summary = *file.find("/summary");
  EXPECT_EQ(std::get<std::vector<std::string>>(summary.find("currency")->values), (std::vector<std::string>{"EUR", "CNY"}));
  EXPECT_EQ(std::get<std::vector<std::string>>(summary.find("unit")->values), (std::vector<std::string>{"t", "short_ton"}));
  const Meaning& close = file.find("/daily")->find("close")->meaning;
  EXPECT_EQ(close.units, "currency unit-1") << "no one currency or unit holds for both markets";
  EXPECT_EQ(close.more, (Attributes{{"currency_of_market", std::string("north EUR; south CNY")}, {"unit_of_market", std::string("north t; south short_ton")}}));
  EXPECT_EQ(close.scale_factor, 0.01) << "the finer of the steps 0.01 and 0.1";
  // Last closes: the south's steps of 0.1 are ten of the file's.
  const std::int64_t north = simulation.markets()[0].board().close.count, south = simulation.markets()[1].board().close.count;
  EXPECT_EQ(ints(file, "/summary", "close"), (std::vector<std::int32_t>{static_cast<std::int32_t>(north), static_cast<std::int32_t>(10 * south)}));
  const auto& closes = ints(file, "/daily", "close");
  EXPECT_EQ(closes.back(), 10 * south) << "the last day of the south in /daily";
  EXPECT_EQ(closes[closes.size() / 2 - 1], north) << "the last day of the north in /daily";
  EXPECT_EQ(std::get<std::vector<std::string>>(file.find("/sectors")->find("market")->values), (std::vector<std::string>{"north", "south"}));
  const std::string table = summary_table(simulation, recorder, efficiencies(simulation));
  EXPECT_NE(table.find("EUR/t"), std::string::npos) << table;
  EXPECT_NE(table.find("CNY/sh tn"), std::string::npos) << table;
}

TEST(SeveralMarkets, OfOneCurrencyNeedNoListOfThem) {
  const Simulation simulation(compose(two_markets()));
  const Denomination in(simulation);
  EXPECT_EQ(in.meaning("currency t-1", "x").units, "EUR t-1");
  EXPECT_TRUE(in.meaning("currency t-1", "x").more.empty());
  EXPECT_EQ(in.meaning("t", "x").units, "t");
  EXPECT_EQ(in.meaning("1", "x").units, "1");
}

TEST(SeveralMarkets, WithoutACommonStepShareAFinerOne) {
  const Simulation simulation(compose(two_markets("", {"markets.north.unit.price_scale=0.02", "markets.north.exchange.tick=0.02", "markets.south.unit.price_scale=0.05", "markets.south.exchange.tick=0.05"})));
  const Denomination in(simulation);
  EXPECT_DOUBLE_EQ(in.scale(), 0.01);
  EXPECT_EQ(in.steps(0), 2);
  EXPECT_EQ(in.steps(1), 5);
}

TEST(SeveralMarkets, BeginWithTheirOwnBankAndPrice) {
  const auto setup = compose(two_markets(R"("initial": {"markets": {"south": {"bank_mt": {"2020": 3}, "price": 12}}},)"));
  EXPECT_EQ(setup->markets[0]->listings[0].opening_reference, Price{3000});
  EXPECT_EQ(setup->markets[1]->listings[0].opening_reference, Price{1200});
  const Simulation simulation(setup);
  const auto held = [&](std::size_t m) {
    const Market& market = simulation.markets()[m];
    Tonnes sum;
    for (std::uint32_t row = market.rules().rows.first; row < market.rules().rows.last; ++row) sum += market.registry.holding(market.account(row));
    return sum;
  };
  EXPECT_EQ(held(0), Tonnes{}) << "the bank is the south's";
  EXPECT_EQ(held(1), Tonnes{3'000'000});
}

TEST(SeveralMarkets, AreRefusedWhereTheScenarioContradictsItself) {
  EXPECT_EQ(refusal_of(R"("initial": {"price": 12},)"), "two.json:/initial/price: does not say of which of the 2 markets; write initial.markets.<id>.price");
  EXPECT_EQ(refusal_of(R"("initial": {"markets": {"soth": {"price": 12}}},)"), R"(two.json:/initial/markets/soth: there is no market "soth"; nearest: south, north)");
  EXPECT_EQ(refusal_of(R"("initial": {"markets": {"south": {"bank_mt": {"1999": 3}}}},)"), "two.json:/initial/markets/south/bank_mt/1999: is not a year of the run, 2020 to 2022");
  EXPECT_EQ(refusal_of(R"("exchange_rates": [{"of": "EUR", "in": "EUR", "path": [{"from": "2021-01-01", "rate": 1}]}],)"),
            R"(two.json:/exchange_rates/0/in: "EUR" is the currency itself; another one)");
  EXPECT_EQ(refusal_of(R"("exchange_rates": [{"of": "EUR", "in": "CHF", "path": []}],)"), "two.json:/exchange_rates/0/path: is empty; at least one rate");
  EXPECT_EQ(refusal_of(R"("exchange_rates": [{"of": "EUR", "in": "CHF", "path": [{"from": "2021-01-01", "rate": 1.1}, {"from": "2021-01-01", "rate": 1.2}]}],)"),
            "two.json:/exchange_rates/0/path/1/from: 2021-01-01 is not after the step before it, 2021-01-01");
  const std::string one = R"("path": [{"from": "2021-01-01", "rate": 1.1}])";
  EXPECT_EQ(refusal_of(R"("exchange_rates": [{"of": "EUR", "in": "CHF", )" + one + R"(}, {"of": "CHF", "in": "GBP", )" + one + R"(}, {"of": "GBP", "in": "EUR", )" + one + "}],"),
            "two.json:/exchange_rates/2: the rates before it give GBP in EUR already; leave one out");
}

}  // namespace
