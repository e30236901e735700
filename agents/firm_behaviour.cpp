#include "agents/firm_behaviour.hpp"

namespace tantu {

template <>
const Table& table<ParticipationParameters>() {
  using P = ParticipationParameters;
  static const Table t{
      "participation",
      "How often a firm comes to market: lambda = 1 - (1-attention)(1 - need u)(1 - gain G)(1 - surplus u).",
      {field<&P::attention>("attention", "1 per trading day", in(0, 1), "chance to look at the market without a reason"),
       field<&P::hedger_factor>("hedger_factor", "1", at_least(0), "times that, for hedgers"),
       field<&P::active_factor>("active_factor", "1", at_least(0), "times that, for active firms"),
       field<&P::size_exponent>("size_exponent", "1", in(-2, 2), "of emissions over size_reference_mt"),
       field<&P::size_reference_mt>("size_reference_mt", "Mt CO2 per year", above(0), "emissions at which the size factor is one"),
       field<&P::most>("most", "1 per trading day", in(0, 1), "largest attention"),
       field<&P::need>("need", "1", in(0, 1), "chance that full urgency adds for a firm that needs allowances"),
       field<&P::surplus>("surplus", "1", in(0, 1), "chance that full urgency adds for a firm whose surplus dies"),
       field<&P::gain_seller>("gain_seller", "1", in(0, 1), "chance that a full gain adds for sellers"),
       field<&P::gain_buyer>("gain_buyer", "1", in(0, 1), "chance that a full gain adds for buyers")}};
  return t;
}

template <>
const Table& table<ValueParameters>() {
  using P = ValueParameters;
  static const Table t{
      "value",
      "What a firm thinks an allowance is worth: V = P exp(clip(w_f (ln(F/P) + opinion) + w_x strength T) + noise).",
      {choice<&P::rule>("rule", {"outlook", "marginal_cost", "zero_intelligence"}, "reservation prices from the value V; from the firm's own marginal cost at what it holds (static market); V, but orders at random prices that do not lose"),
       field<&P::fundamentalist_share>("fundamentalist_share", "1", in(0, 1), "firms that follow the fundamental anchor"),
       field<&P::trend_share>("trend_share", "1", in(0, 1), "firms that follow the trend; the rest take the market's price"),
       field<&P::fundamentalist_weight>("fundamentalist_weight", "1", in(0, 1), "w_f of fundamentalists"),
       field<&P::trend_fundamental_weight>("trend_fundamental_weight", "1", in(0, 1), "w_f of trend followers"),
       field<&P::taker_weight>("taker_weight", "1", in(0, 1), "w_f of market-takers"),
       field<&P::trend_weight>("trend_weight", "1", in(0, 5), "w_x of trend followers"),
       field<&P::trend_strength>("trend_strength", "1", in(0, 5), "multiplies the trend; strength x mean weight above 0.2 explodes"),
       field<&P::opinion_spread>("opinion_spread", "1", in(0, 2), "s.d. of a firm's fixed log deviation from the anchor"),
       field<&P::noise_persistence>("noise_persistence", "1 per week", in(0, 0.9999), "of the weekly AR(1) on the value"),
       field<&P::noise_spread>("noise_spread", "1", in(0, 1), "its stationary s.d."),
       field<&P::clip>("clip", "1", in(0, 3), "largest log distance of the value from the price")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.fundamentalist_share + p.trend_share > 1)
          problems.push_back({"/trend_share", "and fundamentalist_share add up to more than 1"});
      })};
  return t;
}

template <>
const Table& table<AnchorParameters>() {
  using P = AnchorParameters;
  static const Table t{
      "anchor",
      "The fundamental anchor: the competitive price over a rolling horizon, from public knowledge.",
      {field<&P::horizon_years>("horizon_years", "years", in(1, 40), "how far firms look ahead"),
       field<&P::refresh_days>("refresh_days", "trading days", in(1, 250), "between two computations"),
       field<&P::interest_rate>("interest_rate", "1 per year", in(0, 1), "at which the price grows while the bank is positive"),
       field<&P::most_times_average>("most_times_average", "1", above(0), "largest anchor, in 120-day average prices"),
       field<&P::balance_uncertainty>("balance_uncertainty", "1", in(0.0001, 1), "where allowances die at a deadline: s.d. of what is still to come until then, as a share of a year's obligations"),
       field<&P::outlook_uncertainty>("outlook_uncertainty", "1 per year", in(0, 0.2), "s.d. of the growth of emissions over the horizon: the anchor is the mean over five equally likely outlooks, each at most `most_times_average`; 0: the one that is expected"),
       field<&P::fit_costs_to_opening>("fit_costs_to_opening", "", "multiply all abatement costs so that the anchor at the opening is the opening price")}};
  return t;
}

template <>
const Table& table<PositionParameters>() {
  using P = PositionParameters;
  static const Table t{
      "position",
      "What a firm needs or can spare for the cycle that falls due, and how it feels about it.",
      {field<&P::tau_median_days>("tau_median_days", "trading days", above(0), "urgency is exp(-days to the deadline / tau); median tau"),
       field<&P::tau_spread>("tau_spread", "1", in(0, 2), "s.d. of ln tau over firms"),
       field<&P::early_share>("early_share", "1", in(0, 1), "firms that keep the early date"),
       field<&P::caution_most>("caution_most", "1", in(0, 10), "band of inaction: z sigma obligation, z uniform up to this"),
       field<&P::uncertainty_unannounced>("uncertainty_unannounced", "1", in(0, 1), "sigma while the rules of the cycle are not public"),
       field<&P::uncertainty_before_true_up>("uncertainty_before_true_up", "1", in(0, 1), "sigma until the true-up; 0 afterwards"),
       field<&P::cut_mean>("cut_mean", "1 per year", in(-0.5, 0.5), "expected fall of the allocation ratio in years without rules: mean over firms"),
       field<&P::cut_spread>("cut_spread", "1 per year", in(0, 0.5), "its s.d. over firms"),
       field<&P::hoard_most>("hoard_most", "1", in(0, 5), "sellers ask (1 + hoard) V, hoard uniform up to this"),
       field<&P::stigma>("stigma", "1", in(0, 10), "a debt carried over weighs 1 + stigma times its price"),
       field<&P::hedger_share>("hedger_share", "1", in(0, 1), "firms that keep a bank for later"),
       field<&P::active_share>("active_share", "1", in(0, 1), "firms that trade actively"),
       field<&P::hedger_bank>("hedger_bank", "1", in(0, 5), "bank target of hedgers, in yearly emissions"),
       field<&P::active_bank>("active_bank", "1", in(0, 5), "bank target of active firms, in yearly emissions"),
       field<&P::hedge_ahead>("hedge_ahead", "1", in(0, 1), "shares of what it will lack in the next years that a hedger buys ahead, the coming year first, e.g. [0.8, 0.5, 0.2]; what it will have left over it sells ahead"),
       field<&P::counts_on_offsets>("counts_on_offsets", "1", in(0, 1), "share of the offsets it may use for a cycle that a firm counts on before they are used, where they are cheaper than allowances"),
       field<&P::own_abatement>("own_abatement", "", "while the year runs a firm pays no more for what it lacks than it would cost to abate as much until the year's end")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.hedger_share + p.active_share > 1) problems.push_back({"/active_share", "and hedger_share add up to more than 1"});
      })};
  return t;
}

template <>
const Table& table<OrderParameters>() {
  using P = OrderParameters;
  static const Table t{
      "order",
      "Where an order is placed: m (1 + k (2 alpha - 1) + noise) around the live midpoint m, bounded by the reservation price.",
      {field<&P::aggressiveness>("aggressiveness", "1", in(0, 1), "k"),
       field<&P::noise>("noise", "1", in(0, 1), "s.d. of the noise"),
       field<&P::gain_scale>("gain_scale", "1", above(0), "a gain of this share of the price counts as one"),
       field<&P::share>("share", "1", in(0.01, 1), "of the wanted quantity in one order"),
       field<&P::whole_below_t>("whole_below_t", "t", at_least(0), "a smaller quantity is sent whole"),
       field<&P::rounds>("rounds", "", in(1, 100), "rounds of the session; a firm acts in one")}};
  return t;
}

template <>
const Table& table<InvestmentParameters>() {
  using P = InvestmentParameters;
  static const Table t{
      "investment",
      "A measure is adopted if price_outlook x V covers its cost x (1 + hurdle).",
      {field<&P::review_days>("review_days", "days", in(1, 3660), "between two reviews of a firm"),
       field<&P::price_outlook>("price_outlook", "1", in(0, 10), "expected mean price over the lifetime, in values of today"),
       field<&P::hurdle>("hurdle", "1", in(0, 10), "margin asked of an investment"),
       field<&P::capital_cost>("capital_cost", "1 per year", in(0, 1), "cost of capital of the firms: their investments' capital share is an annuity over the lifetime"),
       field<&P::reference_capital_cost>("reference_capital_cost", "1 per year", in(0, 1), "cost of capital in the costs of the measures as given")}};
  return t;
}

template <>
const Table& table<BlockParameters>() {
  using P = BlockParameters;
  static const Table t{
      "block",
      "Large quantities go to counterparties that the firm knows.",
      {field<&P::probability>("probability", "1", in(0, 1), "that a quantity of block size goes to the block market"),
       field<&P::asked>("asked", "", in(0, 1000), "counterparties asked on a day without urgency"),
       field<&P::asked_when_urgent>("asked_when_urgent", "", in(0, 1000), "at full urgency; in between in proportion"),
       field<&P::discount_least>("discount_least", "1", in(0, 0.9), "smallest discount on the day's price"),
       field<&P::discount_most>("discount_most", "1", in(0, 0.9), "largest discount on the day's price")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.discount_most < p.discount_least) problems.push_back({"/discount_most", "is below discount_least"});
      })};
  return t;
}

template <>
const Table& table<OneWayParameters>() {
  using P = OneWayParameters;
  static const Table t{
      "one_way",
      "Large holders call bids where the exchange takes one-way calls (exchange.one_way_least_t).",
      {field<&P::probability>("probability", "1", in(0, 1), "that a firm which comes to sell and can spare the least quantity of a call calls bids, instead of offering in the book or to counterparties"),
       field<&P::shading>("shading", "1", in(0, 0.9), "of bids below what an allowance is worth to the bidder, where winners pay their own bids")}};
  return t;
}

template <>
const Table& table<GroupParameters>() {
  using P = GroupParameters;
  static const Table t{
      "group",
      "A corporate group nets its members before they trade outside, with a chance of chance + chance_at_deadline exp(-days to the deadline / tau_days) a day.",
      {field<&P::chance>("chance", "1 per trading day", in(0, 1), "far from a deadline"),
       field<&P::chance_at_deadline>("chance_at_deadline", "1 per trading day", in(0, 1), "added at the deadline"),
       field<&P::tau_days>("tau_days", "trading days", above(0), "how fast it rises"),
       field<&P::share>("share", "1", in(0, 1), "of what can be netted that is netted"),
       field<&P::treasury_share>("treasury_share", "1", in(0, 1), "groups with a treasury, which nets all it can and trades for its members"),
       field<&P::treasury_chance>("treasury_chance", "1 per trading day", in(0, 1), "that a treasury nets its members")}};
  return t;
}

template <>
const Table& table<BiddingParameters>() {
  using P = BiddingParameters;
  static const Table t{
      "bidding",
      "Bids at auctions: steps down from the reservation price for this auction's part of what the firm will lack.",
      {field<&P::steps>("steps", "", in(1, 20), "bids of a firm, of equal quantity"),
       field<&P::shading>("shading", "1", in(0, 0.9), "the lowest bid is this share below the highest"),
       field<&P::advance>("advance", "1", in(0, 1), "share of a year's gap that is wanted of vintages that cannot be used yet"),
       field<&P::bargain>("bargain", "1", in(0, 10), "share of a year's gap that a firm buys ahead where an auction sells below what an allowance is worth to it"),
       field<&P::bargain_discount>("bargain_discount", "1", in(0.01, 0.99), "below that value at which it buys all of this share; half of it at half of the discount")}};
  return t;
}

template <>
const Table& table<CreditParameters>() {
  using P = CreditParameters;
  static const Table t{
      "credit",
      "How much a firm can pay for allowances.",
      {field<&P::per_t>("per_t", "currency per t", at_least(0), "how far its cash may fall below zero by purchases, per tonne of yearly baseline emissions; 0: no limit")}};
  return t;
}

template <>
const Table& table<FirmBehaviour>() {
  using P = FirmBehaviour;
  static const Table t{
      "firms",
      "The behaviour of compliance firms.",
      {field<&P::participation>("participation", "", "coming to market"),
       field<&P::value>("value", "", "the value of an allowance"),
       field<&P::anchor>("anchor", "", "the fundamental anchor"),
       field<&P::position>("position", "", "needs and surpluses"),
       field<&P::order>("order", "", "orders"),
       field<&P::investment>("investment", "", "investment in abatement"),
       field<&P::block>("block", "", "block trades"),
       field<&P::one_way>("one_way", "", "one-way calls"),
       field<&P::group>("group", "", "netting inside corporate groups"),
       field<&P::bidding>("bidding", "", "bids at auctions"),
       field<&P::credit>("credit", "", "how much a firm can pay")}};
  return t;
}

}  // namespace tantu
