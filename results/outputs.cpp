#include "results/outputs.hpp"

#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace tantu {

namespace {

double of(Tonnes t) { return static_cast<double>(t.count); }
double of(Price p) { return static_cast<double>(p.count); }
double of(Cash c) { return static_cast<double>(c.count); }
/// A price of zero stands for "there was none".
double quoted(Price p) { return p == Price{} ? none : of(p); }
double known(Tonnes t) { return t < Tonnes{} ? none : of(t); }
/// The measures of market quality, with the names and units that they have there.
template <class Row, std::size_t I>
double quality(const Row& row) { return quality_measures()[I].value(row.quality, row.price_scale).value_or(none); }
template <class Row>
void add_quality(std::vector<Output<Row>>& outputs) {
  constexpr std::size_t most = 15;
  if (quality_measures().size() != most) throw std::logic_error("outputs: another number of measures of market quality");
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (outputs.push_back({quality_measures()[I].name, quality_measures()[I].unit, quality_measures()[I].long_name, Stored::number, quality<Row, I>}), ...);
  }(std::make_index_sequence<most>());
}
double traded(const YearTotals& y, double x) { return y.trading_days == 0 ? none : x; }
double compared(const YearTotals& y, double x) { return y.compared ? x : none; }

}  // namespace

std::span<const Output<DayRow>> daily_outputs() {
  using R = DayRow;
  using enum Stored;
  static const std::vector<Output<R>> outputs = [] {
    std::vector<Output<R>> list = {
      {"open", "currency t-1", "first listed trade", price, [](const R& r) { return quoted(r.session.open); }},
      {"high", "currency t-1", "highest listed trade", price, [](const R& r) { return quoted(r.session.high); }},
      {"low", "currency t-1", "lowest listed trade", price, [](const R& r) { return quoted(r.session.low); }},
      {"close", "currency t-1", "close: volume-weighted average of listed trades", price, [](const R& r) { return of(r.session.close); }},
      {"vwap", "currency t-1", "volume-weighted average price of all trades", price, [](const R& r) { return quoted(r.session.vwap_all); }},
      {"limit_low", "currency t-1", "lower daily price limit", price, [](const R& r) { return quoted(r.session.limit_low); }},
      {"limit_high", "currency t-1", "upper daily price limit", price, [](const R& r) { return quoted(r.session.limit_high); }},
      {"bid", "currency t-1", "best bid at the close", price, [](const R& r) { return quoted(r.session.bid); }},
      {"ask", "currency t-1", "best ask at the close", price, [](const R& r) { return quoted(r.session.ask); }},
      {"anchor", "currency t-1", "fundamental anchor F; missing: of offsets, which have none of their own", number, [](const R& r) { return r.anchor > 0 ? r.anchor : none; }},
      {"price_floor", "currency t-1", "price at which the authority buys without limit; missing: none", number, [](const R& r) { return r.bounds.floor > 0 ? r.bounds.floor : none; }},
      {"price_ceiling", "currency t-1", "price at which the authority sells without limit; missing: none", number, [](const R& r) { return std::isfinite(r.bounds.ceiling) ? r.bounds.ceiling : none; }},
      {"reserve_price", "currency t-1", "lowest price at which an auction sells; missing: none", number, [](const R& r) { return r.reserve_price > 0 ? r.reserve_price : none; }},
      {"trigger_price", "currency t-1", "price of the first tier of a containment reserve; missing: none", number, [](const R& r) { return r.trigger_price > 0 ? r.trigger_price : none; }},
      {"volume_listed", "t", "volume of listed trades", tonnes, [](const R& r) { return of(r.session.listed); }},
      {"volume_block", "t", "volume of block trades between firms of different owners", tonnes, [](const R& r) { return of(r.session.block); }},
      {"volume_group", "t", "volume of block trades inside corporate groups", tonnes, [](const R& r) { return of(r.session.group); }},
      {"turnover_listed", "currency", "turnover of listed trades", cash, [](const R& r) { return of(r.session.listed_turnover); }},
      {"turnover_block", "currency", "turnover of block trades between firms of different owners", cash, [](const R& r) { return of(r.session.block_turnover); }},
      {"turnover_group", "currency", "turnover of block trades inside corporate groups", cash, [](const R& r) { return of(r.session.group_turnover); }},
      {"trades_listed", "1", "number of listed trades", count, [](const R& r) { return double(r.session.listed_trades); }},
      {"trades_block", "1", "number of block trades, groups included", count, [](const R& r) { return double(r.session.block_trades + r.session.group_trades); }},
      {"orders", "1", "orders accepted", count, [](const R& r) { return double(r.session.orders); }},
      {"rejected", "1", "orders rejected", count, [](const R& r) { return double(r.session.rejected); }},
      {"arrivals", "1", "firms that came to market", count, [](const R& r) { return double(r.intents); }},
      {"active_accounts", "1", "accounts with an order or a trade", count, [](const R& r) { return double(r.session.active_accounts); }},
      {"spread", "currency t-1", "mean quoted spread after each order while both sides were quoted", number, [](const R& r) { return r.session.spread_count ? r.session.spread_sum / double(r.session.spread_count) * r.price_scale : none; }},
      {"bid_depth", "t", "bids resting at the close", tonnes, [](const R& r) { return of(r.session.bid_depth); }},
      {"ask_depth", "t", "asks resting at the close", tonnes, [](const R& r) { return of(r.session.ask_depth); }},
      {"volume_call", "t", "volume of trades in calls, part of volume_listed", tonnes, [](const R& r) { return of(r.session.call); }},
      {"volume_negotiated", "t", "volume of negotiated trades between named accounts", tonnes, [](const R& r) { return of(r.session.negotiated); }},
      {"volume_one_way", "t", "volume of one-way calls", tonnes, [](const R& r) { return of(r.session.one_way); }},
      {"fees", "currency", "fees paid to the exchange", cash, [](const R& r) { return of(r.session.fees); }},
      {"messages", "1", "orders, replacements and cancellations sent", count, [](const R& r) { return double(r.session.messages); }},
      {"halts", "1", "halts", count, [](const R& r) { return double(r.session.halts); }},
      {"interruptions", "1", "volatility interruptions", count, [](const R& r) { return double(r.session.interruptions); }},
      {"self_trades_prevented", "t", "quantity withdrawn instead of traded between orders of one account", tonnes, [](const R& r) { return of(r.session.self_trades_prevented); }},
      {"maker_presence", "1", "share of the continuous time in which market makers met their obligation, mean over makers", number, [](const R& r) { return r.session.maker_time ? double(r.session.maker_present) / double(r.session.maker_time) : none; }},
      {"trades_at_limit", "1", "listed trades at a price limit", count, [](const R& r) { return double(r.session.trades_at_limit); }},
      {"days_without_trade", "1", "trading days since the last listed trade", count, [](const R& r) { return double(r.days_without_trade); }},
      {"days_to_deadline", "1", "trading days to the next compliance deadline", count, [](const R& r) { return r.days_to_deadline < 0 ? none : double(r.days_to_deadline); }},
      {"bank", "t", "allowances held by all accounts but the authority's", tonnes, [](const R& r) { return of(r.bank); }},
      {"pools", "t", "allowances held by the authority: not yet sold, in reserves", tonnes, [](const R& r) { return of(r.pools); }},
      {"issued", "t", "allowances issued since the start", tonnes, [](const R& r) { return of(r.issued); }},
      {"surrendered", "t", "allowances surrendered since the start", tonnes, [](const R& r) { return of(r.surrendered); }},
      {"cancelled", "t", "allowances cancelled since the start", tonnes, [](const R& r) { return of(r.cancelled); }},
      {"expired", "t", "allowances expired since the start", tonnes, [](const R& r) { return of(r.expired); }},
      {"received_over_links", "t", "allowances received from linked markets since the start", tonnes, [](const R& r) { return of(r.received); }},
      {"sent_over_links", "t", "allowances sent to linked markets since the start", tonnes, [](const R& r) { return of(r.sent); }},
      {"foreign", "t", "allowances of other markets in all accounts", tonnes, [](const R& r) { return of(r.foreign); }},
    };
    add_quality(list);
    return list;
  }();
  return outputs;
}

namespace {
/// What markets and sectors share.
std::vector<Output<YearTotals>> year_outputs() {
  using R = YearTotals;
  using enum Stored;
  return {
      {"firms", "1", "firms covered at the end of the run", count, [](const R& r) { return double(r.firms); }},
      {"firms_traded", "1", "firms that traded in the year", count, [](const R& r) { return double(r.firms_traded); }},
      {"output", "1", "output relative to the baseline year, weighted by baseline emissions", number, [](const R& r) { return r.baseline_emissions > 0 ? r.output / r.baseline_emissions : none; }},
      {"emissions_baseline", "t", "emissions without abatement", number, [](const R& r) { return r.baseline; }},
      {"emissions", "t", "emissions before verification", number, [](const R& r) { return r.emissions; }},
      {"emissions_verified", "t", "verified emissions of covered firms", tonnes, [](const R& r) { return r.verified_known ? of(r.verified) : none; }},
      {"abatement", "t", "emissions abated", number, [](const R& r) { return r.baseline - r.emissions; }},
      {"abatement_cost", "currency", "cost of abatement", number, [](const R& r) { return r.abatement_cost; }},
      {"equilibrium_price", "currency t-1", "competitive price of the year's output (docs/model.md, The yardstick)", number, [](const R& r) { return compared(r, r.equilibrium_price); }},
      {"abatement_least_cost", "t", "emissions that would be abated at the competitive price", number, [](const R& r) { return compared(r, r.against.abatement_least); }},
      {"abatement_excess", "t", "abatement above (below 0: short of) what it would be at the competitive price", number, [](const R& r) { return compared(r, r.against.abatement - r.against.abatement_least); }},
      {"cost_per_tonne", "currency t-1", "cost of a tonne abated", number, [](const R& r) { return r.baseline - r.emissions >= 1 ? r.abatement_cost / (r.baseline - r.emissions) : none; }},
      {"cost_per_tonne_least", "currency t-1", "the same at the competitive price", number, [](const R& r) { return r.compared && r.against.abatement_least >= 1 ? r.against.cost_least / r.against.abatement_least : none; }},
      {"free_allocation_value", "currency", "free allocation at the mean close", number, [](const R& r) { return r.obliged && r.mean_close > 0 ? of(r.entitled) * r.mean_close : none; }},
      {"allocation_rent", "currency", "free allocation less obligation at the mean close, less the cost of abatement: above 0 what free allocation leaves", number, [](const R& r) { return r.obliged && r.mean_close > 0 ? (of(r.entitled) - of(r.obligation)) * r.mean_close - r.abatement_cost : none; }},
      {"allocation_issued", "t", "free allowances issued for the year so far", tonnes, [](const R& r) { return of(r.allocated); }},
      {"allocation_final", "t", "final free allocation for the year", tonnes, [](const R& r) { return r.obliged ? of(r.entitled) : none; }},
      {"obligation", "t", "allowances to surrender for the year", tonnes, [](const R& r) { return r.obliged ? of(r.obligation) : none; }},
      {"surrendered_for_year", "t", "allowances surrendered for the year, whenever that was", tonnes, [](const R& r) { return of(r.surrendered); }},
      {"shortfall", "t", "obligation of the year not met at its deadline", tonnes, [](const R& r) { return of(r.shortfall); }},
      {"fines", "currency", "penalties for the year's shortfall", cash, [](const R& r) { return of(r.fined); }},
      {"bought", "t", "allowances bought by firms in the year", tonnes, [](const R& r) { return of(r.bought); }},
      {"sold", "t", "allowances sold by firms in the year", tonnes, [](const R& r) { return of(r.sold); }},
      {"paid", "currency", "paid for allowances in the year", cash, [](const R& r) { return of(r.paid); }},
      {"received", "currency", "received for allowances in the year", cash, [](const R& r) { return of(r.received); }},
      {"auctioned", "t", "allowances bought at auctions in the year; part of `bought`", tonnes, [](const R& r) { return of(r.won); }},
      {"auction_payments", "currency", "paid at auctions in the year; part of `paid`", cash, [](const R& r) { return of(r.won_for); }},
      {"offsets_used", "t", "offsets used for the year's obligation", tonnes, [](const R& r) { return of(r.retired); }},
      {"offset_payments", "currency", "paid for offsets in the year", cash, [](const R& r) { return of(r.credits_paid); }},
      {"tax", "currency", "carbon tax on the year's emissions", cash, [](const R& r) { return of(r.taxed); }},
      {"support", "currency", "rebates and support received in the year", cash, [](const R& r) { return of(r.supported); }},
      {"failures", "1", "firms that failed in the year", count, [](const R& r) { return double(r.failures); }},
      {"debt_written_off", "t", "allowances that they owed", tonnes, [](const R& r) { return of(r.forgiven); }},
      {"creditors_lost", "currency", "cash that they owed", cash, [](const R& r) { return of(r.written_off); }},
  };
}
}  // namespace

std::span<const Output<YearTotals>> sector_outputs() {
  using R = YearTotals;
  static const std::vector<Output<R>> outputs = [] {
    std::vector<Output<R>> list = year_outputs();
    // Units of output differ from sector to sector.
    list.push_back({"cost_per_output", "currency", "cost of compliance for each unit of output: abatement, allowances bought less sold, offsets, fines and tax, less support", Stored::number,
                    [](const R& r) { return r.units > 0 ? (r.abatement_cost + r.price_scale * (of(r.paid) - of(r.received) + of(r.credits_paid) + of(r.fined) + of(r.taxed) - of(r.supported))) / r.units : none; }});
    return list;
  }();
  return outputs;
}

std::span<const Output<YearTotals>> yearly_outputs() {
  using R = YearTotals;
  using enum Stored;
  static const std::vector<Output<R>> outputs = [] {
    std::vector<Output<R>> list = {
        {"close", "currency t-1", "last close of the year", price, [](const R& r) { return traded(r, of(r.close)); }},
        {"mean_close", "currency t-1", "mean of daily closes", number, [](const R& r) { return traded(r, r.mean_close); }},
        {"vwap", "currency t-1", "volume-weighted average price of all trades", price, [](const R& r) { return r.volume() > Tonnes{} ? of(average_price(r.turnover, r.volume())) : none; }},
        {"high", "currency t-1", "highest listed trade", price, [](const R& r) { return quoted(r.high); }},
        {"low", "currency t-1", "lowest listed trade", price, [](const R& r) { return quoted(r.low); }},
        {"share_at_floor", "1", "share of days that close at the floor of the rules, or at the auctions' reserve price; missing: no bounds", number, [](const R& r) { return r.days_bounded ? double(r.days_at_floor) / double(r.days_bounded) : none; }},
        {"share_at_ceiling", "1", "share of days that close at the ceiling, or at the first tier of a containment reserve; missing: no bounds", number, [](const R& r) { return r.days_bounded ? double(r.days_at_ceiling) / double(r.days_bounded) : none; }},
        {"mean_anchor", "currency t-1", "mean fundamental anchor F", number, [](const R& r) { return traded(r, r.mean_anchor); }},
        {"equilibrium_bank", "t", "bank at the end of the year on the competitive path", number, [](const R& r) { return compared(r, r.equilibrium_bank); }},
        {"price_gap", "1", "mean close relative to the competitive price, less one", number, [](const R& r) { return r.compared && r.trading_days > 0 && r.equilibrium_price > 0 ? r.mean_close / r.equilibrium_price - 1 : none; }},
        {"efficiency", "1", "share of the gain from trade that the year's abatement realises (sim/efficiency.hpp)", number, [](const R& r) { return r.efficiency.value_or(none); }},
        {"least_cost_of_abatement", "currency", "what the year's abatement would have cost at least", number, [](const R& r) { return compared(r, r.least_cost); }},
        {"volume", "t", "volume of all trades", tonnes, [](const R& r) { return traded(r, of(r.volume())); }},
        {"volume_listed", "t", "volume of listed trades", tonnes, [](const R& r) { return traded(r, of(r.listed)); }},
        {"volume_block", "t", "volume of block trades between firms of different owners", tonnes, [](const R& r) { return traded(r, of(r.block)); }},
        {"volume_group", "t", "volume of block trades inside corporate groups", tonnes, [](const R& r) { return traded(r, of(r.group)); }},
        {"turnover", "currency", "turnover of all trades", cash, [](const R& r) { return traded(r, of(r.turnover)); }},
        {"share_before_deadline", "1", "share of the volume in the two months that end with a deadline", number, [](const R& r) { return r.deadline_share < 0 ? none : r.deadline_share; }},
        {"share_of_largest_month", "1", "share of the volume in the year's largest month", number, [](const R& r) { return r.volume() > Tonnes{} ? r.best_month_share : none; }},
        {"trades", "1", "number of trades", count, [](const R& r) { return traded(r, double(r.trades)); }},
        {"orders", "1", "orders accepted", count, [](const R& r) { return traded(r, double(r.orders)); }},
        {"trading_days", "1", "trading days", count, [](const R& r) { return double(r.trading_days); }},
        {"limit_days", "1", "days with a listed trade at a price limit", count, [](const R& r) { return traded(r, double(r.limit_days)); }},
        {"days_without_trade", "1", "days without a listed trade", count, [](const R& r) { return traded(r, double(r.days_without_trade)); }},
        {"bank", "t", "allowances held at the end of the year by all but the authority", tonnes, [](const R& r) { return traded(r, of(r.bank)); }},
        {"pools", "t", "allowances held at the end of the year by the authority", tonnes, [](const R& r) { return traded(r, of(r.pools)); }},
        {"issued", "t", "allowances issued in the year", tonnes, [](const R& r) { return of(r.issued); }},
        {"cancelled", "t", "allowances taken back and cancelled in the year", tonnes, [](const R& r) { return of(r.cancelled); }},
        {"expired", "t", "allowances expired in the year", tonnes, [](const R& r) { return of(r.expired); }},
        {"imported", "t", "allowances received from linked markets in the year", tonnes, [](const R& r) { return of(r.imported); }},
        {"exported", "t", "allowances sent to linked markets in the year", tonnes, [](const R& r) { return of(r.exported); }},
        {"foreign_surrendered", "t", "allowances of other markets surrendered in the year", tonnes, [](const R& r) { return of(r.foreign_surrendered); }},
        {"due", "t", "obligation that fell due at a deadline in the year", tonnes, [](const R& r) { return r.settled ? of(r.due) : none; }},
        {"due_missing", "t", "of it not surrendered", tonnes, [](const R& r) { return r.settled ? of(r.missing) : none; }},
        {"compliance_rate", "1", "share of the obligation due in the year that was surrendered", number, [](const R& r) { return r.settled && r.due > Tonnes{} ? 1 - of(r.missing) / of(r.due) : none; }},
        {"compliant_firms", "1", "share of firms with an obligation due in the year that met it in full", number, [](const R& r) { return r.settled && r.firms_due ? double(r.firms_in_full) / double(r.firms_due) : none; }},
    };
    for (const Output<R>& output : year_outputs()) list.push_back(output);
    add_quality(list);
    return list;
  }();
  return outputs;
}

std::span<const Output<FirmYearRow>> firm_outputs() {
  using R = FirmYearRow;
  using enum Stored;
  static const std::vector<Output<R>> outputs = {
      {"activity", "1", "output relative to the baseline year", number, [](const R& r) { return r.activity; }},
      {"emissions", "t", "emissions before verification", number, [](const R& r) { return r.emissions; }},
      {"emissions_verified", "t", "verified emissions", tonnes, [](const R& r) { return known(r.verified); }},
      {"abatement", "t", "emissions abated", number, [](const R& r) { return r.baseline - r.emissions; }},
      {"abatement_cost", "currency", "cost of abatement", number, [](const R& r) { return r.abatement_cost; }},
      {"allocation_issued", "t", "free allowances issued for the year so far", tonnes, [](const R& r) { return of(r.allocated); }},
      {"allocation_final", "t", "final free allocation for the year", tonnes, [](const R& r) { return known(r.entitled); }},
      {"obligation", "t", "allowances to surrender for the year", tonnes, [](const R& r) { return known(r.obligation); }},
      {"surrendered", "t", "allowances surrendered for the year", tonnes, [](const R& r) { return of(r.surrendered); }},
      {"shortfall", "t", "obligation not met at the deadline", tonnes, [](const R& r) { return of(r.shortfall); }},
      {"bank", "t", "allowances held at the end of the year's last trading day", tonnes, [](const R& r) { return known(r.holding); }},
      {"bought", "t", "allowances bought in the year", tonnes, [](const R& r) { return of(r.bought); }},
      {"sold", "t", "allowances sold in the year", tonnes, [](const R& r) { return of(r.sold); }},
      {"paid", "currency", "paid for allowances", cash, [](const R& r) { return of(r.paid); }},
      {"received", "currency", "received for allowances", cash, [](const R& r) { return of(r.received); }},
      {"fines", "currency", "penalties", cash, [](const R& r) { return of(r.fined); }},
      {"auctioned", "t", "allowances bought at auctions in the year; part of `bought`", tonnes, [](const R& r) { return of(r.won); }},
      {"auction_payments", "currency", "paid at auctions in the year; part of `paid`", cash, [](const R& r) { return of(r.won_for); }},
      {"offsets_used", "t", "offsets used for the year's obligation", tonnes, [](const R& r) { return of(r.retired); }},
      {"offset_payments", "currency", "paid for offsets in the year", cash, [](const R& r) { return of(r.credits_paid); }},
      {"tax", "currency", "carbon tax on the year's emissions", cash, [](const R& r) { return of(r.taxed); }},
      {"support", "currency", "rebates and support received in the year", cash, [](const R& r) { return of(r.supported); }},
      {"debt_written_off", "t", "allowances it owed when it failed", tonnes, [](const R& r) { return of(r.forgiven); }},
      {"creditors_lost", "currency", "cash it owed when it failed", cash, [](const R& r) { return of(r.written_off); }},
  };
  return outputs;
}

std::span<const Output<SeatDay>> seat_day_outputs() {
  using R = SeatDay;
  using enum Stored;
  static const std::vector<Output<R>> outputs = {
      {"position", "t", "allowances held at the end of the day", tonnes, [](const R& r) { return of(r.position); }},
      {"cash", "currency", "cash at the end of the day", cash, [](const R& r) { return of(r.cash); }},
      {"profit", "currency", "gained since the start, holdings at the close", cash, [](const R& r) { return of(r.profit); }},
  };
  return outputs;
}

std::span<const Output<SeatYear>> seat_year_outputs() {
  using R = SeatYear;
  using enum Stored;
  static const std::vector<Output<R>> outputs = {
      {"position_at_year_end", "t", "allowances held", tonnes, [](const R& r) { return of(r.position); }},
      {"profit_of_year", "currency", "gained in the year, holdings at the close", cash, [](const R& r) { return of(r.profit); }},
      {"bought", "t", "allowances bought in the year", tonnes, [](const R& r) { return of(r.bought); }},
      {"sold", "t", "allowances sold in the year", tonnes, [](const R& r) { return of(r.sold); }},
      {"paid", "currency", "paid for allowances in the year", cash, [](const R& r) { return of(r.paid); }},
      {"received", "currency", "received for allowances in the year", cash, [](const R& r) { return of(r.received); }},
      {"fees", "currency", "fees paid to the exchange in the year", cash, [](const R& r) { return of(r.fees); }},
      {"orders", "1", "orders accepted in the year", count, [](const R& r) { return double(r.orders); }},
      {"refused", "1", "orders refused in the year", count, [](const R& r) { return double(r.refused); }},
      {"cancelled", "1", "orders it withdrew in the year", count, [](const R& r) { return double(r.cancelled); }},
  };
  return outputs;
}

namespace {
template <class Row>
std::string section(std::string_view title, std::string_view axes, std::span<const Output<Row>> outputs) {
  std::string page = fmt::format("\n## {}\n\nAxes: {}.\n\n| variable | unit | meaning |\n|---|---|---|\n", title, axes);
  for (const Output<Row>& o : outputs) page += fmt::format("| `{}` | {} | {} |\n", o.name, o.unit, o.long_name);
  return page;
}
}  // namespace

std::string outputs_page() {
  std::string page =
      "# Outputs\n\nMade from the declarations in `results/outputs.cpp` by `tantu schema --as outputs`; a test keeps them equal.\n\n"
      "`currency` stands for the market's currency. Prices and cash are stored as whole ticks of account with a\n"
      "`scale_factor`; xarray and netCDF readers apply it. A value that does not exist is the `_FillValue`.\n";
  page += section("/daily", "market, day", daily_outputs());
  page += section("/yearly", "market, year", yearly_outputs());
  page += section("/sectors", "sector, year; and `abatement_by_measure` (measure, year)", sector_outputs());
  page += section("/firms", "firm, year; and the firm's sector, region, group, style, centrality and baseline emissions", firm_outputs());
  page += section("/traders", "account, day; where daily outputs are recorded. Where there are traders: an account's trader, kind, market and number", seat_day_outputs());
  page += section("/traders by year", "account, year; in the same group", seat_year_outputs());
  page += "\n## /summary\n\nAxes: market. The figures of the summary table over the whole run: `close`, `vwap`, `volume`, `emissions`,\n"
          "`abatement`, `compliance_rate`, `cost_multiplier`, `efficiency`; and on axes (market, size, year) `abatement_by_size` and\n`abatement_by_size_least_cost`, sizes being quarters of the firms by baseline emissions, the smallest first.\n"
          "\n## /network\n\nRelations between agents. Axes: relation (counterparties, ownership, supply\nchain; market links where there are any): `nodes`, `links`, `components`,\n`largest_component`, `mean_clustering`. Market, year: `concentration_of_emissions`, `concentration_of_trade` and, by market,\n`concentration_of_holdings`: Herfindahl-Hirschman indices over controlling owners. Sector, year: `unit_cost` and\n`unit_cost_of_inputs`, carbon cost of a unit of output and what suppliers pass on, where output reacts or there is a supply chain.\n"
          "\n## /rules\n\nAxis: effect. What each policy instrument has moved: instrument, kind of effect, year, from and to which account of\nthe authority, tonnes, cash.\n"
          "\n## /policies\n\nAxis: observation. What the policy instruments report (thresholds, stocks, trigger prices): market, instrument, series,\nunit, day, value.\n"
          "\n## /links\n\nAxis: flow. What links between markets carried, where there are links: from, to, year, by whom (the sector of the firms,\nor traders), units sent (of `from`) and received (of `to`), of them units of `to` that came home, their value at the last\nclose of `to`, fees, number of transfers.\n"
          "\n## /auctions\n\nAxis: auction. Every auction: market, instrument, day, vintage, reserve price, price, tonnes offered, bid for and sold,\nof them from containment reserves, revenue, bidders, winners, declined.\n"
          "\n## /curve\n\nAxes: market, point. The aggregate abatement cost curve, with `/firms`: at about two hundred rising prices (`price`,\n"
          "currency/t) what all covered firms could abate in a year of baseline output at most at that price, in t: `at_once` with what\n"
          "can be used at once, `in_time` with all that can be built. `tantu equilibrium --curve` gives every point of it.\n"
          "\n## /trades, /orders\n\nOn request (`--record trades,orders`): every trade; every order, cancellation and refusal.\n";
  return page;
}

}  // namespace tantu
