// Auctions, reserves and price control as policies, on a market of a few firms: numbers worked in the text,
// conservation checked whenever something is booked.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policies/auction_calendar.hpp"
#include "tests/unit/auction_days.hpp"

namespace tantu {
namespace {

// 100 t a year, four auctions: 2021-02-15, 05-17 (the 17th is the Monday after the 16th), 08-16, 11-15.
struct Quarterly : TinyMarket {
  explicit Quarterly(const std::string& more, const std::string& others = "") : TinyMarket(2020, 2024, {{{"coal", 60, 1}}, {{"coal", 60, 1}}}) {
    add("auction", R"({"basis": "volume", "volume_mt": {"2020": 0.0001}, "calendar": {"per_year": 4})" + (more.empty() ? "" : ", " + more) + "}");
    if (!others.empty()) add("containment_reserve", others);
    rules->opening = day_of(2021, 1, 1);
    start();
  }
};

TEST(AuctionCalendar, SpreadsAuctionsEvenly) {
  const Calendar calendar(day_of(2021, 1, 1), day_of(2022, 12, 31), {});
  const AuctionCalendarParameters p{4, {}};
  EXPECT_EQ(auction_days(p, calendar, 2021), (std::vector<Day>{day_of(2021, 2, 15), day_of(2021, 5, 17), day_of(2021, 8, 17), day_of(2021, 11, 16)}));
  EXPECT_EQ(auctions_left(p, calendar, day_of(2021, 5, 17)), 3);
  EXPECT_EQ(auctions_left(p, calendar, day_of(2021, 5, 18)), 2);
  EXPECT_EQ(auctions_in({0, {day_of(2021, 5, 1), day_of(2022, 5, 1)}}, calendar, 2021), 1);
}

TEST(AuctionPolicy, SellsTheYearsVolumeInEqualParts) {
  Quarterly m(R"("reserve_price": {"given": {"2020": 10}})");
  const auto held = live(m, day_of(2021, 1, 1), day_of(2021, 12, 31), {bid(m, 0, 2000, 20), bid(m, 1, 1500, 20)});
  ASSERT_EQ(held.size(), 4u);
  for (const AuctionRecord& a : held) {
    EXPECT_EQ(a.sold, Tonnes{25});
    EXPECT_EQ(a.price, Price{1500});
    EXPECT_EQ(a.reserve, Price{1000});
  }
  EXPECT_EQ(m.held(0), 80);
  EXPECT_EQ(m.held(1), 20);
  EXPECT_EQ(m.cash("auction"), 100 * 1500) << "revenue waits in the account that sold";
  EXPECT_EQ(m.store.year(2021).won[0], Tonnes{80});
  EXPECT_EQ(m.store.year(2021).paid[0], Cash{80 * 1500});
}

TEST(AuctionPolicy, UnsoldIsOfferedAgainWithinTheYearAndThenCancelled) {
  Quarterly m(R"("unsold": "next")");
  EXPECT_EQ(live(m, day_of(2021, 1, 1), day_of(2021, 9, 30), {bid(m, 0, 2000, 1)})[2].offered, Tonnes{49}) << "(100 - 2) / 2: 24 were not sold in each of two auctions";
  EXPECT_EQ(live(m, day_of(2021, 10, 1), day_of(2021, 12, 31)).front().offered, Tonnes{97});
  EXPECT_EQ(m.stock("auction"), 0);
  EXPECT_EQ(m.market.registry.totals(m.unit(2021)).cancelled, Tonnes{97});
}

TEST(AuctionPolicy, UnsoldIsCancelledAtOnce) {
  Quarterly m(R"("unsold": "cancel")");
  for (const AuctionRecord& a : live(m, day_of(2021, 1, 1), day_of(2021, 12, 31), {bid(m, 0, 2000, 5)})) EXPECT_EQ(a.offered, Tonnes{25});
  EXPECT_EQ(m.market.registry.totals(m.unit(2021)).cancelled, Tonnes{80});
}

TEST(AuctionPolicy, UnsoldIsRolledOverUpToAQuarterMore) {
  // 25 offered, 1 sold: 24 wait, 6 a time over four auctions, and 6 = floor(25% of 25) is the most that is added.
  Quarterly m(R"("unsold": "roll_over", "roll_over_auctions": 4, "most_added": 0.25)");
  EXPECT_EQ(live(m, day_of(2021, 1, 1), day_of(2021, 3, 31), {bid(m, 0, 2000, 1)})[0].offered, Tonnes{25});
  for (const AuctionRecord& a : live(m, day_of(2021, 4, 1), day_of(2021, 12, 31), {bid(m, 0, 2000, 99)})) EXPECT_EQ(a.offered, Tonnes{31});
  EXPECT_EQ(live(m, day_of(2022, 1, 1), day_of(2022, 3, 31), {bid(m, 0, 2000, 99)})[0].offered, Tonnes{31}) << "the last of four, in the next year";
  EXPECT_EQ(live(m, day_of(2022, 4, 1), day_of(2022, 6, 30), {bid(m, 0, 2000, 99)})[0].offered, Tonnes{25});
}

TEST(AuctionPolicy, UnsoldComesBackAfterTwoAuctionsAboveTheFloor) {
  Quarterly m(R"("unsold": "reintroduce", "reserve_price": {"given": {"2020": 10}}, "unsold_months": 24)");
  const auto quarter = [&](int year, unsigned month, std::int64_t ticks, std::int64_t tonnes) {
    return live(m, day_of(year, month, 1), day_of(year, month + 2, 30), {bid(m, 0, ticks, tonnes)}).front().offered.count;
  };
  EXPECT_EQ(quarter(2021, 1, 1000, 5), 25) << "20 are not sold";
  EXPECT_EQ(quarter(2021, 4, 1200, 99), 25);
  EXPECT_EQ(quarter(2021, 7, 1200, 99), 25) << "one auction above the floor is not enough";
  EXPECT_EQ(quarter(2021, 10, 1000, 99), 31) << "two in a row: at most 25% more, 6 of 20; settles at the floor";
  EXPECT_EQ(quarter(2022, 1, 1200, 99), 25) << "the row is broken";
  EXPECT_EQ(quarter(2022, 4, 1200, 99), 25);
  EXPECT_EQ(quarter(2022, 7, 1200, 1), 31) << "14 wait; 6 come back, 30 are not sold";
  live(m, day_of(2022, 10, 1), day_of(2023, 2, 28), {bid(m, 0, 1000, 25)});
  EXPECT_EQ(m.stock("containment"), 0);
  live(m, day_of(2023, 3, 1), day_of(2023, 4, 10), {});
  EXPECT_GT(m.stock("containment"), 0) << "what is older than 24 months goes to the reserve";
}

TEST(AuctionPolicy, SellsPartOfALaterVintageInAdvance) {
  Quarterly m(R"("advance_share": 0.10, "advance_years": 3)");
  const auto held = live(m, day_of(2021, 1, 1), day_of(2021, 12, 31), {bid(m, 0, 2000, 99)});
  ASSERT_EQ(held.size(), 8u);
  EXPECT_EQ(held[1].vintage, 2024);
  EXPECT_EQ(m.held(0, 2021), 90);
  EXPECT_EQ(m.held(0, 2024), 10);
}

TEST(AuctionPolicy, AMarketThatOpensInTheYearSellsTheRest) {
  TinyMarket m(2020, 2024, {{{"coal", 60, 1}}});
  m.add("auction", R"({"basis": "volume", "volume_mt": {"2020": 0.0001}})");
  m.rules->opening = day_of(2021, 7, 16);
  m.start();
  const auto held = live(m, day_of(2021, 7, 16), day_of(2021, 12, 31), {bid(m, 0, 2000, 99)});
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(m.held(0), 50);
}

TEST(AuctionPolicy, AShareNeedsACap) {
  TinyMarket m(2020, 2020, {{{"coal", 60, 1}}});
  EXPECT_THROW(m.add("auction", R"({"share": {"2020": 0.5}})"), ParameterError);
  m.add("cap", R"({"basis": "mass", "path_mt": {"2020": 0.0002}})");
  m.add("auction", R"({"share": {"2020": 0.5}})");
  m.rules->opening = day_of(2020, 1, 1);
  m.start();
  live(m, day_of(2020, 1, 1), day_of(2020, 12, 31), {bid(m, 0, 2000, 99)});
  EXPECT_EQ(m.held(0), 100);
}

TEST(AuctionPolicy, TheRestOfTheCapIsWhatIsNotGivenAway) {
  TinyMarket m(2020, 2020, {{{"coal", 60, 1}}});
  m.add("cap", R"({"basis": "mass", "path_mt": {"2020": 0.0001}})");
  m.add("historical_allocation", R"({"free_share": 0.4})");
  m.add("auction", R"({"basis": "rest_of_cap"})");
  m.rules->opening = day_of(2020, 1, 1);
  m.start();
  live(m, day_of(2020, 1, 1), day_of(2020, 12, 31), {bid(m, 0, 2000, 99)});
  EXPECT_EQ(m.held(0), 60);
}

// ---- containment ----

TEST(ContainmentReserve, AddsItsStockAtTheTriggerAndLapsesYearly) {
  Quarterly m("", R"({"tiers": [{"price": {"given": {"2020": 13}, "growth": {"2020": 0.07}}, "volume_mt": {"2020": 0.00001}}]})");
  auto held = live(m, day_of(2021, 1, 1), day_of(2021, 3, 31), {bid(m, 0, 1500, 29)});
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].sold, Tonnes{29});
  EXPECT_EQ(held[0].contained, Tonnes{4});
  EXPECT_EQ(held[0].price, Price{1391}) << "13.00 x 1.07, rounded";
  EXPECT_EQ(m.stock("containment"), 6);
  held = live(m, day_of(2021, 4, 1), day_of(2021, 6, 30), {bid(m, 0, 1390, 99)});
  EXPECT_EQ(held[0].contained, Tonnes{0}) << "nobody bids the trigger price";
  live(m, day_of(2022, 1, 1), day_of(2022, 1, 5));
  EXPECT_EQ(m.stock("containment"), 10) << "a new year has its own volume";
}

TEST(ContainmentReserve, WithholdsBelowItsPrice) {
  Quarterly m("", R"({"tiers": [], "withhold_below": {"given": {"2020": 6}}, "withhold_share": {"2020": 0.2}})");
  auto held = live(m, day_of(2021, 1, 1), day_of(2021, 3, 31), {bid(m, 0, 500, 99)});
  EXPECT_EQ(held[0].sold, Tonnes{20}) << "a fifth of 25 is withheld";
  EXPECT_EQ(m.market.registry.totals(m.unit(2021)).cancelled, Tonnes{5});
  held = live(m, day_of(2021, 4, 1), day_of(2021, 6, 30), {bid(m, 0, 700, 22), bid(m, 1, 500, 99)});
  EXPECT_EQ(held[0].sold, Tonnes{22});
  EXPECT_EQ(held[0].price, Price{600});
  EXPECT_EQ(m.market.registry.totals(m.unit(2021)).cancelled, Tonnes{8});
}

TEST(ContainmentReserve, HasSalesOfItsOwnAfterADearAuction) {
  Quarterly m("", R"({"tiers": [{"price": {"given": {"2020": 41.40}}, "volume_mt": {"2021": 0.00001}},
                                {"price": {"given": {"2020": 53.20}}, "volume_mt": {"2021": 0.00001}}],
                      "sale": "own_sales", "yearly": false, "offered_at": 0.6, "sale_after_days": 20})");
  // 60% of 41.40 is 24.84.
  auto held = live(m, day_of(2021, 1, 1), day_of(2021, 4, 30), {bid(m, 0, 2483, 25), bid(m, 1, 6000, 0)});
  EXPECT_EQ(held.size(), 1u) << "24.83 is below";
  held = live(m, day_of(2021, 5, 1), day_of(2021, 7, 31), {bid(m, 0, 6000, 25)});
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(held[1].sold, Tonnes{20});
  EXPECT_EQ(held[1].revenue, Cash{10 * 4140 + 10 * 5320}) << "each tier at its own price";
}

TEST(Auction, OffersWhatItsPoolsHoldAndNoMore) {
  // 100 t in the pool: 80 and 50 offered from it in steps become 80 and 20; after a sale of 60 by another auction, 40 and 0.
  TinyMarket m(2020, 2022, {{{"coal", 60, 1}}});
  m.start();
  const UnitIndex unit = m.market.registry.unit({UnitType::allowance, 0, 2020});
  m.market.registry.issue(Market::regulator, unit, Tonnes{100});
  AuctionNotice notice;
  notice.supply = {{Price{100}, Tonnes{80}, Pool::regulator}, {Price{200}, Tonnes{50}, Pool::regulator}};
  AuctionNotice later = notice;
  m.market.limit_to_holdings(notice);
  EXPECT_EQ(notice.supply[0].quantity, Tonnes{80});
  EXPECT_EQ(notice.supply[1].quantity, Tonnes{20});
  m.market.registry.transfer(Market::regulator, m.market.account(0u), unit, Tonnes{60});
  m.market.limit_to_holdings(later);
  EXPECT_EQ(later.supply[0].quantity, Tonnes{40});
  EXPECT_EQ(later.supply[1].quantity, Tonnes{});
}

// ---- floor and ceiling ----

struct Collar : TinyMarket {
  explicit Collar(const std::string& more = "") : TinyMarket(2020, 2022, {{{"coal", 60'000, 1}}, {{"coal", 60'000, 1}}}) {
    add("price_collar", R"({"floor": {"given": {"2020": 40}}, "ceiling": {"given": {"2020": 50}})" + (more.empty() ? "" : ", " + more) + "}");
    rules->opening = day_of(2021, 1, 4);
    start();
  }
  /// One order a firm in a session with the authority's offers standing.
  void session(Day day, std::vector<std::pair<std::uint32_t, OrderRequest>> orders) {
    announce(day);
    MarketCustody accounts = market.custody(0);
    market.exchange().open(day, rules->listings[0].exchange, accounts, nullptr);
    market.place_quotes(traits, store, RandomKey{1, 0}, nullptr);
    for (const auto& [row, order] : orders) market.exchange().submit(market.account(row), order, rules->listings[0].exchange, accounts, nullptr);
    market.withdraw_quotes(nullptr);
    market.exchange().close(rules->listings[0].exchange, accounts, nullptr);
    expect_conserved("the session of " + to_string(day));
    comply(day);
  }
};

TEST(PriceCollar, SellsAnyQuantityAtTheCeiling) {
  Collar m;
  m.session(day_of(2021, 1, 4), {{0, {Side::buy, Price{5200}, Tonnes{90'000}}}});
  EXPECT_EQ(m.held(0), 90'000);
  EXPECT_EQ(m.market.clearing.balance(m.market.account(0)), Cash{-90'000 * 5000});
  EXPECT_EQ(m.market.registry.totals(m.unit(2021)).issued, Tonnes{90'000}) << "what is not sold was never issued";
}

TEST(PriceCollar, BuysAnyQuantityAtTheFloorAndCancelsIt) {
  Collar m;
  m.rules->listings[0].exchange.price_limit = 0.30;
  m.give(0, 2020, 70'000);
  m.session(day_of(2021, 1, 4), {{0, {Side::sell, Price{3500}, Tonnes{70'000}}}});
  EXPECT_EQ(m.held(0), 0);
  EXPECT_EQ(m.market.clearing.balance(m.market.account(0)), Cash{70'000 * 4000});
  EXPECT_EQ(m.market.registry.totals(m.unit(2020)).cancelled, Tonnes{70'000});
}

TEST(PriceCollar, MayKeepWhatItBuys) {
  Collar m(R"("bought": "reserve", "reserve": "containment")");
  m.rules->listings[0].exchange.price_limit = 0.30;
  m.give(0, 2020, 70'000);
  m.session(day_of(2021, 1, 4), {{0, {Side::sell, Price{3500}, Tonnes{70'000}}}});
  EXPECT_EQ(m.stock("containment"), 70'000);
}

TEST(PriceCollar, IsKnownToAll) {
  Collar m;
  const PriceBounds bounds = m.market.price_bounds(day_of(2021, 1, 4));
  EXPECT_EQ(bounds.floor, 40);
  EXPECT_EQ(bounds.ceiling, 50);
}

}  // namespace
}  // namespace tantu
