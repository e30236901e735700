#include "agents/firm.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "agents/attendance.hpp"
#include "agents/bidding.hpp"
#include "agents/decisions.hpp"
#include "agents/fundamental_anchor.hpp"
#include "agents/group_treasury.hpp"
#include "agents/investment_review.hpp"
#include "agents/offset_purchases.hpp"
#include "agents/one_way_sale.hpp"
#include "agents/position.hpp"
#include "agents/zero_intelligence.hpp"
#include "sim/elementary.hpp"
#include "sim/operation.hpp"

namespace tantu {

namespace {

class Firm final : public Strategy {
 public:
  explicit Firm(const FirmBehaviour& b)
      : b_(b), anchor_(b.anchor, b.position.cut_mean, b.position.stigma), model_(b.position, b.value), treasury_(b.group, model_), attendance_(b.participation, b.order.gain_scale, model_),
        investments_(b.investment, model_), purchases_(b.participation, b.order, model_) {}

  void prepare(const StrategyView& view, FirmStore& firms, MarketBoard& board, Outlook& outlook) const override {
    const Rows rows = view.market.rules().rows;
    for (std::uint32_t i = rows.first; i < rows.last; ++i)
      firms.value_noise[i] = b_.value.noise_spread * draw(view.key, Stream::value_noise, view.traits.entity[i], week_of(view.today)).normal(0);
    // Prices are proportional to costs where what the authority sells is that of the opening price, so one computation at
    // unit costs gives the multiplier at which the anchor equals the opening price. A market that is long or choked has none.
    anchor_.refresh(view, outlook);
    const double opening = to_currency(view.listed().opening_reference, view.market.rules().price_scale);
    Workers one;
    const AnchorPrice unit = anchor_.price(view, outlook, one, opening);
    const double most = b_.anchor.most_times_average * opening;
    board.anchor = b_.anchor.fit_costs_to_opening ? unit.mean(most) : anchor_.price(view, outlook, one).mean(most);
    if (const std::optional<double> multiplier = unit.multiplier_for(opening, most); b_.anchor.fit_costs_to_opening && multiplier) {
      board.cost_multiplier = *multiplier;
      board.multiplier_attained = 1;
      board.anchor = opening;
      for (std::size_t s = 0; s < view.traits.sectors.size(); ++s) {
        const Rows sector = view.traits.sectors[s].rows;
        if (sector.first >= rows.first && sector.last <= rows.last) firms.cost_scale[s] = board.cost_multiplier;
      }
    }
    board.anchor_age = 0;
  }

  void update(const StrategyView& view, MarketBoard& board, Outlook& outlook, Workers& workers) const override {
    if (view.listed().is_of_offsets()) return;  // worth what an allowance is, as far as it may be used
    const auto before = outlook.known_year;
    anchor_.refresh(view, outlook);
    const bool news = outlook.known_year != before;
    if (++board.anchor_age < b_.anchor.refresh_days && !news && board.anchor > 0) return;
    board.anchor_age = 0;
    const ComplianceCycle* last = all_die_at(view);
    const double most = b_.anchor.most_times_average * board.average;
    board.anchor = within_reason(view, last ? anchor_.expiring_price(view, *last, workers) : anchor_.price(view, outlook, workers).mean(most));
  }

  std::optional<PathProblem> expects(const StrategyView& view, Outlook outlook, double horizon_years, double rate) const override {
    if (all_die_at(view)) return std::nullopt;
    anchor_.refresh(view, outlook);
    return anchor_.problem(view, outlook, horizon_years, rate);
  }
  double horizon_years() const override { return b_.anchor.horizon_years; }
  std::vector<double> outlooks() const override { return anchor_.outlooks(); }
  PathProblem at_outlook(PathProblem expected, double deviations) const override { return anchor_.at_outlook(std::move(expected), deviations); }
  void expect_linked(const StrategyView& view, std::span<const double> prices, MarketBoard& board) const override {
    const AnchorPrice price{{}, {prices.begin(), prices.end()}};
    board.anchor = within_reason(view, price.mean(b_.anchor.most_times_average * board.average));
  }

  std::shared_ptr<const PlanNotes> plan(const StrategyView& view, Rows block, FirmStore& own, std::vector<Intent>& intents) const override {
    if (view.listed().is_of_offsets()) {
      plan_purchases(view, block, intents);
      return nullptr;
    }
    const DayFacts facts = model_.day_facts(view);
    if (view.listing == view.market.front_listing()) {
      if (week_of(view.today) != week_of(view.yesterday)) renew_noise(view, block, own);
      investments_.hold(view, facts, block, own);
    }

    std::vector<Looker> looking;
    attendance_.find(view, facts, block, own, looking);
    const std::size_t first = intents.size();
    std::shared_ptr<const BlockDues> dues;
    if (b_.value.rule == ValuationRule::marginal_cost) {
      for (const Looker& looker : looking) consider_own_cost(view, facts, looker, intents);
    } else {
      // The rules answer for the whole block at the price of a few firms.
      if (looking.size() >= block.size() / 16) dues = std::make_shared<const BlockDues>(view, facts, b_.position, block);
      for (std::span<const Looker> left = looking; !left.empty(); left = left.subspan(std::min(Positions::most, left.size())))
        consider(view, facts, left.first(std::min(Positions::most, left.size())), dues.get(), intents);
    }
    place(view, std::span(intents).subspan(first));
    return dues;
  }

  void bid(const StrategyView& view, const AuctionNotice& notice, Rows block, std::vector<AuctionBid>& bids) const override {
    bid_at_auction(b_.bidding, b_.credit, b_.position, model_, view, notice, block, bids);
  }

  std::optional<OrderRequest> trade(const StrategyView& view, const Intent& intent) const override {
    const Market& market = view.market;
    const ExchangeRules& rules = view.exchange_rules();
    const Exchange& exchange = view.exchange();
    const double scale = market.rules().price_scale;
    const auto bid = exchange.best_bid(), ask = exchange.best_ask();
    const double last = to_currency(view.board().close, scale);
    double middle = last;
    if (bid && ask) middle = 0.5 * (to_currency(*bid, scale) + to_currency(*ask, scale));
    else if (bid) middle = std::max(last, to_currency(*bid, scale));
    else if (ask) middle = std::min(last, to_currency(*ask, scale));
    const bool buying = intent.side == Side::buy;
    const double gain = (buying ? intent.reservation / middle - 1 : middle / std::max(intent.reservation, 1e-9) - 1) / b_.order.gain_scale;
    const double alpha = std::max(intent.pressed ? intent.urgency : 0.0, std::clamp(gain, 0.0, 3.0));
    double shift = b_.order.aggressiveness * (2 * alpha - 1) + intent.noise;
    const double tick = to_currency(rules.tick, scale);
    // Made where it is returned: a copy would wait for the stores of its parts.
    std::optional<OrderRequest> answer(std::in_place);
    OrderRequest& request = *answer;
    request.side = intent.side;
    request.replaces = true;  // a firm has one order in the book, its newest
    if (b_.value.rule == ValuationRule::zero_intelligence) {
      const Draw chance = draw(view.key, Stream::order_placement, view.traits.entity[intent.row], view.today.number, view.draws());
      const double least = rules.price_limit > 0 ? to_currency(exchange.limit_low(), scale) : tick;
      const double most = rules.price_limit > 0 ? to_currency(exchange.limit_high(), scale) : 2 * last;
      const double price = zero_intelligence_price(buying, intent.reservation, least, most, chance.uniform(2));
      shift = buying ? price / middle - 1 : 1 - price / middle;
    }
    // Never past one's own reservation price, and on the tick on the safe side of it.
    if (buying) {
      request.price = on_tick_at_most(std::min(intent.reservation, middle * (1 + shift)), rules.tick, scale);
    } else {
      request.price = on_tick_at_least(std::max(intent.reservation, middle * (1 - shift)), rules.tick, scale);
    }
    request.price = std::max(request.price, rules.tick);
    if (rules.price_limit > 0 && (request.price < exchange.limit_low() || request.price > exchange.limit_high())) {
      answer.reset();
      return answer;
    }
    double quantity = intent.wanted < b_.order.whole_below_t ? intent.wanted : b_.order.share * intent.wanted;
    if (rules.listed_most > Tonnes{}) quantity = std::min(quantity, static_cast<double>(rules.listed_most.count));
    request.quantity = Tonnes{static_cast<std::int64_t>(quantity)};
    if (buying && !view.listed().is_of_offsets()) request.quantity = std::min(request.quantity, market.room(market.account(intent.row)));
    if (!buying) request.quantity = std::min(request.quantity, view.free(market.account(intent.row)));
    if (buying && b_.credit.per_t > 0) request.quantity = std::min(request.quantity, within_credit(view, intent.row, request.price));
    if (rules.lot.count > 1) request.quantity -= Tonnes{request.quantity.count % rules.lot.count};
    if (request.quantity <= Tonnes{}) answer.reset();
    return answer;
  }

  void hold_calls(const StrategyView& view, std::vector<Intent>& intents, CallDesk& desk) const override {
    if (b_.one_way.probability <= 0 || view.listed().is_of_offsets()) return;
    hold_one_way_sales(b_.one_way, b_.credit, model_, treasury_, view, intents, desk);
  }

  void negotiate(const StrategyView& view, const std::vector<Intent>& intents, const BlockNotes& notes, BlockDesk& desk) const override {
    const ExchangeRules& rules = view.exchange_rules();
    if (view.listed().is_of_offsets() || (rules.block_least <= Tonnes{} && rules.negotiated_least <= Tonnes{})) return;
    const DayFacts facts = model_.day_facts(view);
    const DuesOfSession dues(view, notes);
    treasury_.net(view, facts, dues, [&](double uniform) { return block_price(view, facts, uniform, 0, facts.price); }, desk);
    for (const Intent& intent : intents)
      if (intent.to_blocks) seek_block(view, facts, dues, intent, desk);
  }

 private:
  static ExpectedFees fees(const StrategyView& view) { return ExpectedFees::of_either(view.exchange_rules().fees, view.market.rules().price_scale); }
  static double after_fees(const StrategyView& view, Side side, double reservation) { return side == Side::buy ? fees(view).bid(reservation) : fees(view).ask(reservation); }

  /// The cycle at whose deadline all that is held dies; null where it does not.
  static const ComplianceCycle* all_die_at(const StrategyView& view) {
    const CarryOver carry = view.market.carry_over(view.market.policy_view(view.traits, view.firms, view.key), view.market.rules().rows.first);
    return carry.limits(view.listed().instrument.first_vintage) && carry.limit == 0 ? view.market.cycle_due_on(carry.conversion) : nullptr;
  }
  double within_reason(const StrategyView& view, double anchor) const {
    return std::max(to_currency(view.exchange_rules().tick, view.market.rules().price_scale), std::min(anchor, b_.anchor.most_times_average * view.board().average));
  }

  /// What the firm can pay at a price.
  Tonnes within_credit(const StrategyView& view, std::uint32_t row, Price price) const {
    const double cost = to_currency(price, view.market.rules().price_scale);
    return Tonnes{static_cast<std::int64_t>(std::clamp(affordable(b_.credit, view, row) / std::max(cost, 1e-9), 0.0, 9e15))};
  }

  void renew_noise(const StrategyView& view, Rows block, FirmStore& own) const {
    const double keep = elementary::power(b_.value.noise_persistence, week_of(view.today) - week_of(view.yesterday));
    const double fresh = b_.value.noise_spread * elementary::sqrt(1 - keep * keep);
    constexpr std::uint32_t chunk = 256;
    std::array<std::uint32_t, 4 * chunk> words;
    for (std::uint32_t at = block.first; at < block.last; at += chunk) {
      const std::uint32_t n = std::min(chunk, block.last - at);
      draw_block(view.key, Stream::value_noise, std::span(&view.traits.entity[at], n), week_of(view.today), 0, words.data());
      for (std::uint32_t i = 0; i < n; ++i)
        own.value_noise[at + i] = keep * own.value_noise[at + i] + fresh * elementary::normal_from_bits(words[i]);
    }
  }

  /// The static textbook market: what the firm's emissions until the end of the cycle, its holdings and its own curve
  /// say. It wants to hold what it would emit at the market's price, and pays or asks its marginal cost at what it holds.
  void consider_own_cost(const StrategyView& view, const DayFacts& facts, const Looker& looker, std::vector<Intent>& intents) const {
    const FirmTraits& traits = view.traits;
    const std::uint32_t row = looker.row;
    if (looker.uniform > traits.attention[row] || facts.last_year < facts.first_year) return;
    double emissions = 0;
    for (int y = std::max(facts.first_year, view.firms.first_year); y <= facts.cycle_last_year; ++y) emissions += planned_emissions(traits, view.firms, row, y);
    const double held = static_cast<double>((view.holding(view.market.account(row)) - view.firms.debt[row]).count);
    const int year = year_of(view.today);
    const auto share_at = [&](double price) { return abatement_at(traits, view.firms, row, price, year).share; };
    const double missing = std::clamp(1 - held / emissions, 0.0, 1.0);
    double low = 0, high = 1e6;
    if (share_at(low) >= missing) high = facts.tick;
    else
      for (int i = 0; i < 50; ++i) {
        const double middle = 0.5 * (low + high);
        (share_at(middle) < missing ? low : high) = middle;
      }
    const double wanted = emissions * (1 - share_at(facts.price)) - held;
    Intent intent;
    intent.row = row;
    intent.side = wanted > 0 ? Side::buy : Side::sell;
    intent.wanted = std::fabs(wanted);
    intent.reservation = after_fees(view, intent.side, std::max(high, facts.tick));
    if (intent.wanted >= 1) intents.push_back(intent);
  }

  /// Firms look at their positions and decide whether and what to trade.
  void consider(const StrategyView& view, const DayFacts& facts, std::span<const Looker> looking, const BlockDues* dues, std::vector<Intent>& intents) const {
    const FirmTraits& traits = view.traits;
    Positions p;
    Decisions d;
    p.size = looking.size();
    for (std::size_t k = 0; k < p.size; ++k) {
      p.row[k] = looking[k].row;
      p.urgency[k] = looking[k].urgency;
      p.value[k] = looking[k].value;
      d.uniform[k] = looking[k].uniform;
      d.attention[k] = traits.attention[looking[k].row];
    }
    model_.balance(view, facts, dues, p);
    std::array<std::uint8_t, Positions::most> represented{};  // its treasury trades for it
    for (std::size_t k = 0; k < p.size && treasury_.exists(); ++k) {
      const auto balance = treasury_.balance(view, facts, p.row[k], p.balance(k), looking[k].urgency, dues);
      represented[k] = !balance;
      if (balance) p.set_balance(k, *balance);
    }
    model_.assess(view, facts, p);
    decide({b_.participation, fees(view), facts.price, facts.tick, facts.floor, b_.order.gain_scale}, p, d);
    for (std::size_t k = 0; k < p.size; ++k) {
      if (d.comes[k] == 0 || represented[k]) continue;
      Intent& intent = intents.emplace_back();
      intent.row = p.row[k];
      intent.side = d.sells[k] != 0 ? Side::sell : Side::buy;
      intent.pressed = d.pressed[k] != 0;
      intent.wanted = d.wanted[k];
      intent.reservation = d.reservation[k];
      intent.urgency = d.urgency[k];
    }
  }

  void plan_purchases(const StrategyView& view, Rows block, std::vector<Intent>& intents) const {
    const std::size_t first = intents.size();
    purchases_.plan(view, block, intents);
    const std::span<Intent> planned = std::span(intents).subspan(first);
    for (Intent& intent : planned) intent.reservation = after_fees(view, intent.side, intent.reservation);
    place(view, planned);
    for (Intent& intent : planned) intent.to_blocks = 0;  // credits change hands in the book
  }

  /// Order of arrival, the round, then a number of the firm's own for the day; where it goes and its noise.
  void place(const StrategyView& view, std::span<Intent> intents) const {
    const double least = static_cast<double>(view.exchange_rules().block_least.count);
    constexpr std::size_t chunk = 256;
    std::array<std::uint32_t, chunk> entity;
    std::array<std::uint32_t, 4 * chunk> arrival, placement;
    for (; !intents.empty(); intents = intents.subspan(std::min(chunk, intents.size()))) {
      const std::size_t n = std::min(chunk, intents.size());
      for (std::size_t i = 0; i < n; ++i) entity[i] = view.traits.entity[intents[i].row];
      draw_block(view.key, Stream::arrival, std::span(entity).first(n), view.today.number, view.draws(), arrival.data());
      draw_block(view.key, Stream::order_placement, std::span(entity).first(n), view.today.number, view.draws(), placement.data());
      for (std::size_t i = 0; i < n; ++i) {
        Intent& intent = intents[i];
        const auto round = integer_below(arrival[n + i], static_cast<std::uint32_t>(b_.order.rounds));
        intent.arrival = (static_cast<std::uint64_t>(round) << 32) | arrival[2 * n + i];
        intent.noise = b_.order.noise * elementary::normal_from_bits(placement[i]);
        intent.to_blocks = least > 0 && intent.wanted >= least && uniform_from_bits(placement[n + i]) < b_.block.probability;
      }
    }
  }

  /// A firm asks counterparties it knows, one after the other, until its quantity is placed.
  void seek_block(const StrategyView& view, const DayFacts& facts, const DuesOfSession& dues, const Intent& intent, BlockDesk& desk) const {
    const auto known = view.counterparties.neighbours(intent.row);
    if (known.empty()) return;
    const Market& market = view.market;
    const ExchangeRules& rules = view.exchange_rules();
    const Draw start = draw(view.key, Stream::block, view.traits.entity[intent.row], view.today.number, view.draws());
    const std::size_t first = integer_below(start.word[0], static_cast<std::uint32_t>(known.size()));
    double left = intent.wanted;
    const double least = static_cast<double>(rules.block_least.count);
    const double calls = static_cast<double>(b_.block.asked) + intent.urgency * static_cast<double>(b_.block.asked_when_urgent - b_.block.asked);
    for (std::size_t k = 0; k < known.size() && static_cast<double>(k) < calls; ++k) {
      if (left < least) return;
      const std::uint32_t other = known[(first + k) % known.size()];
      if (!market.is_firm(market.account(other)) || !view.firms.covered[other]) continue;  // it may be of another market
      const auto balance = treasury_.balance(view, facts, other, dues.of(other));
      const bool buying = intent.side == Side::buy;
      if (!balance || (buying && balance->surplus < least)) continue;
      const Position p = model_.assess(view, facts, other, *balance);
      const double offered = buying ? p.surplus : std::max(p.need, p.bank_buy);
      if (offered < least) continue;
      const double seller_at = buying ? after_fees(view, Side::sell, p.dying > 0 ? p.value * (1 - p.dying_urgency) : p.sell_at) : intent.reservation;
      const double buyer_at = buying ? intent.reservation : after_fees(view, Side::buy, p.need > 0 ? p.buy_at : p.value);
      const Draw terms = draw(view.key, Stream::block, view.traits.entity[intent.row], view.today.number, view.draws() + static_cast<std::uint32_t>(k) + 1);
      const auto price = block_price(view, facts, terms.uniform(0), seller_at, buyer_at);
      if (!price) continue;
      const std::uint32_t seller = buying ? other : intent.row, buyer = buying ? intent.row : other;
      auto quantity = Tonnes{static_cast<std::int64_t>(std::min(left, offered))};
      quantity = std::min(quantity, view.free(market.account(seller)));
      if (b_.credit.per_t > 0) quantity = std::min(quantity, within_credit(view, buyer, *price));
      if (quantity < rules.block_least) continue;
      if (desk.trade(seller, buyer, *price, quantity, TradeKind::block) == Rejection::none) left -= static_cast<double>(quantity.count);
    }
  }

  /// The day's average less a negotiated discount, but not below the seller's reservation less the same;
  /// none if the buyer would not pay it or the band does not hold it.
  std::optional<Price> block_price(const StrategyView& view, const DayFacts& facts, double uniform, double seller_at, double buyer_at) const {
    const Market& market = view.market;
    const ExchangeRules& rules = view.exchange_rules();
    const double scale = market.rules().price_scale;
    const SessionTotals& totals = view.exchange().totals();
    const double day = totals.listed > Tonnes{} ? to_currency(totals.close, scale) : facts.price;
    const double discount = b_.block.discount_least + (b_.block.discount_most - b_.block.discount_least) * uniform;
    const double asked = std::max(day, seller_at) * (1 - discount);
    Price price = on_tick_at_least(asked, rules.tick, scale);
    // Without a block market it is a negotiated trade, in the band of those.
    const bool blocks = rules.block_least > Tonnes{};
    price = std::max(price, blocks ? view.exchange().block_low(rules) : view.exchange().negotiated_low(rules));
    if (price > (blocks ? view.exchange().block_high(rules) : view.exchange().negotiated_high(rules)) || to_currency(price, scale) > buyer_at) return std::nullopt;
    return price;
  }

  FirmBehaviour b_;
  FundamentalAnchor anchor_;
  PositionModel model_;
  GroupTreasury treasury_;
  Attendance attendance_;
  InvestmentReview investments_;
  OffsetPurchases purchases_;
};

}  // namespace

std::shared_ptr<const Strategy> make_firm_strategy(const FirmBehaviour& behaviour) { return std::make_shared<Firm>(behaviour); }

}  // namespace tantu
