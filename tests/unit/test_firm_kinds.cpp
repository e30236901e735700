// Kinds of firms, groups with a treasury, credit and failure.
#include <gtest/gtest.h>

#include <set>

#include "tests/small_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

double holdings_per_emissions(const SmallRun& run, Style style) {
  double held = 0, emissions = 0;
  for (std::uint32_t row = 0; row < run.traits().size(); ++row) {
    if (run.traits().style[row] != style) continue;
    held += static_cast<double>(run.market().registry.holding(run.market().account(row)).count);
    emissions += run.traits().emissions[row];
  }
  return held / emissions;
}

TEST(FirmKinds, AHedgerHoldsAheadWhatItWillLack) {
  const std::string mix = R"("hedger_share": 0.5, "active_share": 0)";
  const SmallRun plain{R"({ "agents": { "firms": { "position": { )" + mix + "} } } }"};
  const SmallRun hedging{R"({ "agents": { "firms": { "position": { )" + mix + R"(, "hedge_ahead": [0.8, 0.5, 0.2] } } } })"};
  EXPECT_GT(holdings_per_emissions(hedging, Style::hedger) - holdings_per_emissions(hedging, Style::compliance_only),
            holdings_per_emissions(plain, Style::hedger) - holdings_per_emissions(plain, Style::compliance_only) + 0.02);
}

TEST(FirmKinds, ActiveFirmsTradeMoreOftenThanThoseThatOnlyComply) {
  const SmallRun run{std::string(R"({ "agents": { "firms": { "participation": { "attention": 0.02, "size_exponent": 0 }, "position": { "hedger_share": 0, "active_share": 0.5 } } } })")};
  double orders[3] = {}, firms[3] = {};
  for (const OrderRecord& order : run.recorder.orders())
    if (run.market().is_firm(order.account) && order.message == MessageKind::order) orders[static_cast<int>(run.traits().style[run.market().row(order.account)])] += 1;
  for (const Style style : run.traits().style) firms[static_cast<int>(style)] += 1;
  EXPECT_GT(orders[2] / firms[2], 2 * orders[0] / firms[0]);
}

const std::string group = R"({ "exchange": { "block_least_t": 1 }, "groups": { "holding": { "share": 0.2 }, "mine": { "share": 0.3, "owner": "holding" } },
  "agents": { "firms": { "block": { "probability": 0 }, "position": { "hedger_share": 0, "active_share": 0 }, "group": { "chance": 0, "chance_at_deadline": 0, "treasury_chance": 0.5, "treasury_share": )";

TEST(GroupTreasury, NetsItsMembersAndTradesForThem) {
  const SmallRun with{group + "1 } } } }"}, without{group + "0 } } } }"};
  const auto volume = [](const SmallRun& run, TradeKind kind) {
    Tonnes sum;
    for (const Trade& trade : run.recorder.trades())
      if (trade.kind == kind) sum += trade.quantity;
    return sum.count;
  };
  EXPECT_EQ(volume(without, TradeKind::group), 0);
  EXPECT_GT(volume(with, TradeKind::group), 100'000) << "what members need and can spare stays inside";
  EXPECT_LT(volume(with, TradeKind::listed), volume(without, TradeKind::listed)) << "and is not traded outside";
  std::set<std::uint32_t> in_the_book;
  const Ownership& ownership = with.simulation.setup().ownership;
  for (const Trade& trade : with.recorder.trades()) {
    if (trade.kind == TradeKind::group) {
      EXPECT_EQ(ownership.group_of(with.market().row(trade.buyer)), ownership.group_of(with.market().row(trade.seller)));
      continue;
    }
    for (const Account account : {trade.buyer, trade.seller})
      if (with.market().is_firm(account) && ownership.group_of(with.market().row(account)) >= 0) in_the_book.insert(with.market().row(account));
  }
  // "mine" belongs to "holding": one treasury for both.
  EXPECT_EQ(in_the_book.size(), 1u) << "only the treasury's lead trades outside";
  Tonnes missing;
  for (std::uint32_t row = 0; row < with.traits().size(); ++row)
    if (ownership.group_of(row) >= 0) missing += with.firms().year(2021).shortfall[row];
  EXPECT_EQ(missing, Tonnes{}) << "and all members comply";
}

TEST(Credit, LimitsWhatAFirmCanBuy) {
  const SmallRun poor{std::string(R"({ "agents": { "firms": { "credit": { "per_t": 0.5 } } } })")};
  for (std::uint32_t row = 0; row < poor.traits().size(); ++row) {
    Cash paid;
    for (int year = 2020; year <= 2022; ++year) paid += poor.firms().year(year).paid[row] - poor.firms().year(year).received[row];
    EXPECT_LE(static_cast<double>(paid.count) * 0.01, 0.5 * poor.traits().emissions[row] + 1) << "firm " << row;
  }
  const SmallRun rich;
  Tonnes bought_poor, bought_rich;
  for (std::uint32_t row = 0; row < rich.traits().size(); ++row) {
    bought_poor += poor.firms().year(2021).bought[row];
    bought_rich += rich.firms().year(2021).bought[row];
  }
  EXPECT_LT(bought_poor, bought_rich);
}

std::string insolvency(const char* plants) {
  return std::string(R"({ "agents": { "firms": { "credit": { "per_t": 0.2 } } }, "sectors": { "works": { "technology": "" } }, "policies": { "cap": { "path_mt": { "2021": 17 } }, "compliance": { "later_vintages": false },
    "insolvency": { "kind": "insolvency", "credit_per_t": 12, "plants": ")") + plants + R"(" } } })";
}

/// Lowest price of an auction of the small market, where a third of the cap is sold by quarters and nothing else changes hands.
double cheapest_auction(const std::string& bidding) {
  const SmallRun run{R"({ "policies": { "allocation": { "free_share": 0.67 }, "auction": { "kind": "auction", "share": { "2021": 0.33 } } },
    "agents": { "firms": { "bidding": {)" + bidding + R"(}, "position": { "hedger_share": 0, "active_share": 0, "early_share": 0 } } } })"};
  double least = 1e9;
  for (const AuctionRecord& auction : run.market().auctions) least = std::min(least, 0.01 * static_cast<double>(auction.price.count));
  return least;
}

TEST(Bidding, ALittleMoreThanIsNeededDoesNotSellAtAnyPrice) {
  EXPECT_LT(cheapest_auction(R"("bargain": 0)"), 0.02) << "without bids below the value a slack auction sells for nothing: then this test says nothing";
  EXPECT_GT(cheapest_auction(R"("bargain": 0.25)"), 5) << "what is worth keeping is bought ahead";
}

TEST(Insolvency, WritesOffDebtsAndTheFirmIsGone) {
  const SmallRun run{insolvency("close")};  // each day throws where a tonne or a tick is missing
  int failed = 0;
  Cash lost;
  Tonnes forgiven;
  for (std::uint32_t row = 0; row < run.traits().size(); ++row) {
    if (run.firms().failed_on[row] == never) continue;
    ++failed;
    EXPECT_EQ(run.firms().failed_on[row], day_of(2022, 4, 29));
    EXPECT_EQ(run.firms().covered[row], 0);
    EXPECT_EQ(run.firms().debt[row], Tonnes{});
    EXPECT_EQ(run.market().registry.holding(run.market().account(row)), Tonnes{});
    EXPECT_EQ(run.market().clearing.balance(run.market().account(row)), Cash{});
    EXPECT_EQ(run.firms().output_factor[row], 0);
    lost += run.firms().year(2022).written_off[row];
    forgiven += run.firms().year(2022).forgiven[row];
  }
  ASSERT_GT(failed, 0);
  EXPECT_LT(failed, 40) << "not all";
  EXPECT_GT(forgiven, Tonnes{});
  const auto creditors = std::find(run.market().rules().pools.begin(), run.market().rules().pools.end(), "creditors");
  ASSERT_NE(creditors, run.market().rules().pools.end());
  const Account account = run.market().first_pool_account() + static_cast<Account>(creditors - run.market().rules().pools.begin());
  EXPECT_EQ(run.market().clearing.balance(account), -lost) << "what firms owed, their creditors have lost";
}

TEST(Insolvency, PlantsMayGoOnUnderANewOwner) {
  const SmallRun run{insolvency("continue")};
  int failed = 0;
  for (std::uint32_t row = 0; row < run.traits().size(); ++row) {
    if (run.firms().failed_on[row] == never) continue;
    ++failed;
    EXPECT_EQ(run.firms().covered[row], 1);
    EXPECT_EQ(run.firms().output_factor[row], 1);
    EXPECT_EQ(run.firms().debt[row], Tonnes{});
  }
  EXPECT_GT(failed, 0);
}

TEST(LaterVintages, ThatMayNotBeSurrenderedAreNoAnswerToADeadline) {
  // A market with auctions, where firms look at all years to date. Two months before the deadline for 2021 everybody is given
  // plenty for 2022.
  const SmallRun run{std::string(R"({ "policies": { "cap": { "path_mt": { "2021": 18, "2022": 24 } }, "allocation": { "free_share": 0.95 },
    "auction": { "kind": "auction", "share": { "2021": 0.05 } }, "compliance": { "later_vintages": false } } })")};
  double missing = 0, due = 0;
  for (std::uint32_t row = 0; row < run.traits().size(); ++row) {
    missing += static_cast<double>(run.firms().year(2021).shortfall[row].count);
    due += static_cast<double>(run.firms().year(2021).obligation[row].count);
  }
  EXPECT_LT(missing / due, 0.002) << "who holds only what will be of use a year later has to buy";
  Tonnes bought;
  for (const Trade& trade : run.recorder.trades())
    if (trade.kind == TradeKind::listed && trade.day > day_of(2022, 2, 28).number && trade.day <= day_of(2022, 4, 29).number) bought += trade.quantity;
  EXPECT_GT(bought, Tonnes{100'000}) << "and does";
}

TEST(Offsets, AreCountedOnBeforeTheyAreUsed) {
  const auto bought = [](const char* counts_on) {
    const SmallRun run{std::string(R"({ "policies": { "offsets": { "kind": "offsets", "share": { "2021": 0.1 }, "types": { "ccer": { "price_from": 1, "price_to": 5, "volume_mt": 50 } } } },
      "agents": { "firms": { "position": { "counts_on_offsets": )") + counts_on + " } } } }"};
    // Purchases before the offsets are used, on the day after the true-up.
    Tonnes sum;
    for (const Trade& trade : run.recorder.trades())
      if (trade.day < day_of(2022, 3, 1).number) sum += trade.quantity;
    return sum.count;
  };
  EXPECT_LT(bought("1"), bought("0")) << "who counts on a tenth of its obligation from offsets buys fewer allowances";
}

TEST(FirmBanks, OfTheYearsEndAddUpToTheMarkets) {
  const SmallRun run;
  for (const int year : {2021, 2022}) {
    Tonnes firms, market;
    for (std::uint32_t row = 0; row < run.traits().size(); ++row) firms += run.recorder.bank_of_firm(row, year).value_or(Tonnes{-1'000'000'000});
    for (const DayRow& day : run.recorder.days()[0])
      if (year_of(day.day) == year) market = day.bank;
    EXPECT_EQ(firms, market) << year;
    EXPECT_GT(firms, Tonnes{}) << year;
  }
  EXPECT_FALSE(run.recorder.bank_of_firm(0, 2020)) << "before the opening nobody had any";
}

TEST(CapitalCost, CheaperPublicMoneyBringsAnInvestmentForward) {
  const auto adopted = [](const std::string& money) {
    const SmallRun run{std::string(R"({ "technologies": { "works": { "measures": [
      { "name": "retrofit", "kind": "investment", "potential": 0.1, "cost_per_t": 30, "cost_spread": 0.5, "capex_share": 1, "lifetime_years": 20, "lead_time_years": 0.1)") + money + "} ] } } }"};
    int firms = 0;
    for (const MeasureState state : run.firms().measure) firms += state == MeasureState::effective || state == MeasureState::pipeline;
    return firms;
  };
  EXPECT_GT(adopted(R"(, "capital_cost": 0.02)"), adopted(""));
}

}  // namespace
