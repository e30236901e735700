// The columns of /firms: each is the quantity that its name says, in its unit, of that firm and year.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>

#include "results/hdf5_file.hpp"
#include "results/outputs.hpp"
#include "results/run_file.hpp"
#include "tests/folder.hpp"
#include "tests/small_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

TEST(FirmOutputs, EachColumnIsItsOwnQuantity) {
  FirmYearRow r;
  r.activity = 1.5;
  r.baseline = 1000;
  r.emissions = 900;
  r.abatement_cost = 3;
  std::int64_t next = 3;
  for (Tonnes* t : {&r.verified, &r.allocated, &r.entitled, &r.obligation, &r.surrendered, &r.shortfall, &r.holding, &r.bought, &r.sold}) *t = Tonnes{++next};
  for (Cash* c : {&r.paid, &r.received, &r.fined}) *c = Cash{++next};
  r.won = Tonnes{17};
  r.won_for = Cash{18};
  r.retired = Tonnes{19};
  r.credits_paid = Cash{20};
  r.taxed = Cash{21};
  r.supported = Cash{22};
  r.forgiven = Tonnes{23};
  r.written_off = Cash{24};
  const std::map<std::string, double> want{
      {"activity", 1.5}, {"emissions", 900}, {"abatement", 100}, {"abatement_cost", 3}, {"emissions_verified", 4}, {"allocation_issued", 5}, {"allocation_final", 6},
      {"obligation", 7}, {"surrendered", 8}, {"shortfall", 9}, {"bank", 10}, {"bought", 11}, {"sold", 12}, {"paid", 13}, {"received", 14}, {"fines", 15},
      {"auctioned", 17}, {"auction_payments", 18}, {"offsets_used", 19}, {"offset_payments", 20}, {"tax", 21}, {"support", 22}, {"debt_written_off", 23}, {"creditors_lost", 24}};
  std::map<std::string, double> got;
  for (const Output<FirmYearRow>& output : firm_outputs()) got[std::string(output.name)] = output.read(r);
  EXPECT_EQ(got, want) << "a column of /firms is another's, or is new and not in this table";
}

TEST(FirmOutputs, TheFileHasWhatTheFirmsDid) {
  // Forty firms that are short of allowances, half of which are sold, with offsets, a tax and a fine too low to deter all.
  const SmallRun run{std::string(R"({ "policies": { "cap": { "path_mt": { "2021": 17 } }, "compliance": { "later_vintages": false },
    "allocation": { "free_share": 0.5 }, "auction": { "kind": "auction", "share": { "2021": 0.5 } }, "penalty": { "per_tonne": 8, "debt_carried": false },
    "offsets": { "kind": "offsets", "share": { "2021": 0.05 }, "types": { "credits": { "price_from": 2, "price_to": 8, "volume_mt": 5 } } },
    "tax": { "kind": "carbon_tax", "rate": { "given": { "2020": 3 } }, "rebate": 0.5 } } })")};
  const Folder folder;
  write_run((folder / "a.h5").string(), run.simulation, run.recorder, {"0", "0", "x", "{}", "0", 5, 0}, {});
  const ResultReader file((folder / "a.h5").string());
  const auto years = file.read<std::int32_t>("/firms/year");
  const std::size_t firms = file.read<std::int32_t>("/firms/firm").size();
  ASSERT_EQ(firms, run.traits().size());
  // By name: what the firm's account of the year says, -1 where nothing is known yet; whether it happens at all in this market.
  struct Column { const char* name; double (*of)(const FirmYear&, std::size_t row); bool happens; };
  const Column columns[] = {
      {"activity", [](const FirmYear& y, std::size_t i) { return y.activity[i]; }, true},
      {"abatement_cost", [](const FirmYear& y, std::size_t i) { return y.abatement_cost[i]; }, true},
      {"emissions_verified", [](const FirmYear& y, std::size_t i) { return double(y.verified[i].count); }, true},
      {"allocation_issued", [](const FirmYear& y, std::size_t i) { return double(y.allocated[i].count); }, true},
      {"allocation_final", [](const FirmYear& y, std::size_t i) { return double(y.entitled[i].count); }, true},
      {"obligation", [](const FirmYear& y, std::size_t i) { return double(y.obligation[i].count); }, true},
      {"surrendered", [](const FirmYear& y, std::size_t i) { return double(y.surrendered[i].count); }, true},
      {"shortfall", [](const FirmYear& y, std::size_t i) { return double(y.shortfall[i].count); }, true},
      {"bought", [](const FirmYear& y, std::size_t i) { return double(y.bought[i].count); }, true},
      {"sold", [](const FirmYear& y, std::size_t i) { return double(y.sold[i].count); }, true},
      {"paid", [](const FirmYear& y, std::size_t i) { return double(y.paid[i].count) / 100; }, true},
      {"received", [](const FirmYear& y, std::size_t i) { return double(y.received[i].count) / 100; }, true},
      {"fines", [](const FirmYear& y, std::size_t i) { return double(y.fined[i].count) / 100; }, true},
      {"auctioned", [](const FirmYear& y, std::size_t i) { return double(y.won[i].count); }, true},
      {"auction_payments", [](const FirmYear& y, std::size_t i) { return double(y.won_for[i].count) / 100; }, true},
      {"offsets_used", [](const FirmYear& y, std::size_t i) { return double(y.retired[i].count); }, true},
      {"offset_payments", [](const FirmYear& y, std::size_t i) { return double(y.credits_paid[i].count) / 100; }, true},
      {"tax", [](const FirmYear& y, std::size_t i) { return double(y.taxed[i].count) / 100; }, true},
      {"support", [](const FirmYear& y, std::size_t i) { return double(y.supported[i].count) / 100; }, true},
      {"debt_written_off", [](const FirmYear& y, std::size_t i) { return double(y.forgiven[i].count); }, false},
      {"creditors_lost", [](const FirmYear& y, std::size_t i) { return double(y.written_off[i].count) / 100; }, false}};
  for (const Column& column : columns) {
    const auto values = file.read_in_units(std::string("/firms/") + column.name);
    ASSERT_EQ(values.size(), firms * years.size()) << column.name;
    double sum = 0;
    for (std::size_t i = 0; i < firms; ++i)
      for (std::size_t y = 0; y < years.size(); ++y) {
        const double want = column.of(run.firms().year(years[y]), i), got = values[i * years.size() + y];
        if (want >= 0) {
          ASSERT_NEAR(got, want, 1e-9 * std::abs(want)) << column.name << " of firm " << i << " in " << years[y];
          sum += want;
        } else {
          ASSERT_TRUE(std::isnan(got)) << column.name << " of firm " << i << " in " << years[y] << " is not known yet";
        }
      }
    EXPECT_TRUE(sum > 0 || !column.happens) << column.name << " is nothing everywhere; the test shows nothing of it";
  }
}

}  // namespace
