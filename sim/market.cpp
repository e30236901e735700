#include "sim/market.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/elementary.hpp"

namespace tantu {

namespace {
std::uint32_t accounts_of(const MarketRules& rules) {
  return Market::first_firm_account + rules.rows.size() + static_cast<std::uint32_t>(rules.pools.size()) + rules.participants + 1;  // and the exchange
}
}  // namespace

Market::Market(std::shared_ptr<const MarketRules> rules, std::int32_t first_vintage, std::int32_t last_vintage)
    : registry(accounts_of(*rules)),
      clearing(accounts_of(*rules)),
      policy_states(rules->policies.size()),
      rules_(std::move(rules)) {
  for (std::int32_t vintage = first_vintage; vintage <= last_vintage; ++vintage)
    registry.unit({UnitType::allowance, 0, vintage, std::numeric_limits<std::int32_t>::max()});
  for (const ListingRules& l : rules_->listings) {
    const auto number = rules_->first_instrument + static_cast<std::uint32_t>(listings.size());
    listings.push_back({Exchange(accounts_of(*rules_), l.opening_reference, true, l.instrument, number), {}, {}});
    listings.back().board.begin(l.opening_reference, rules_->price_scale);
    for (const auto& [account, name] : l.makers) listings.back().exchange.appoint_maker(account);
  }
}

std::uint32_t Market::listing_of(std::int32_t vintage) const {
  for (std::uint32_t k = 0; k < listings.size(); ++k) {
    const Instrument& instrument = rules_->listings[k].instrument;
    if (instrument.type == UnitType::allowance && instrument.is_of(vintage)) return k;
  }
  return front_;
}

const ComplianceCycle* Market::due_cycle() const {
  const ComplianceCycle* first = nullptr;
  for (std::uint32_t k = 0; k < listings.size(); ++k)
    if (const ComplianceCycle* due = due_cycle(k); due && (!first || due->deadline < first->deadline)) first = due;
  return first;
}

const ComplianceCycle* Market::cycle_due_on(Day deadline) const {
  const auto found = std::find_if(rules_->cycles.begin(), rules_->cycles.end(), [&](const ComplianceCycle& cycle) { return cycle.deadline == deadline; });
  return found == rules_->cycles.end() ? nullptr : &*found;
}

std::int32_t Market::next_due(std::uint32_t listing, std::int32_t from, Day today) const {
  if (from < 0) return -1;
  for (std::size_t c = static_cast<std::size_t>(from); c < rules_->cycles.size(); ++c) {
    const ComplianceCycle& cycle = rules_->cycles[c];
    if (today <= cycle.deadline && rules_->listings[listing].instrument.settles(cycle.first_year, cycle.last_year)) return static_cast<std::int32_t>(c);
  }
  return -1;
}

void Market::begin_boards(Day first_day) {
  const Day next = rules_->calendar.first_on_or_after(first_day);
  front_ = listing_of(year_of(next));
  for (std::uint32_t k = 0; k < listings.size(); ++k) {
    MarketBoard& board = listings[k].board;
    board.today = first_day - 1;
    board.next = next;
    board.due = next_due(k, 0, next);
    for (const ComplianceCycle& cycle : rules_->cycles)
      if (cycle.announcement <= next) board.known_year = std::max(board.known_year, cycle.last_year);
  }
}

void Market::turn_boards(Day today) {
  front_ = listing_of(year_of(today));
  const PriceBounds bounds = price_bounds(today);
  for (std::uint32_t k = 0; k < listings.size(); ++k) {
    MarketBoard& board = listings[k].board;
    board.today = today;
    board.next = rules_->calendar.first_on_or_after(today + 1);
    board.due = next_due(k, board.due, today);
    for (const ComplianceCycle& cycle : rules_->cycles)
      if (cycle.announcement <= today) board.known_year = std::max(board.known_year, cycle.last_year);
    board.turn_month(rules_->price_scale);
    if (rules_->listings[k].is_of_offsets()) continue;  // the authority offers allowances alone
    board.floor = bounds.floor;
    board.ceiling = bounds.ceiling;
  }
}

PolicyView Market::policy_view(const FirmTraits& traits, const FirmStore& firms, RandomKey key, std::int32_t index) const {
  const MarketBoard& board = this->board();
  return {board.today, board.next, rules_->calendar, traits, firms, registry, rules_->cycles, rules_->rows,
          first_firm_account, key, rules_->price_scale, board.average_120, board.month_average, clearing, prices, auctions,
          first_pool_account(), static_cast<std::uint32_t>(rules_->pools.size()), rules_->opening, index, rules_->participants};
}

std::string_view Market::pool_name(Pool pool) const {
  const auto n = static_cast<std::size_t>(pool);
  return n == 0 ? "treasury" : n == 1 ? "regulator" : std::string_view(rules_->pools[n - first_named_pool]);
}

void Market::record(std::int32_t policy, const Effect& e, Tonnes tonnes, Cash cash) {
  const auto pool = [](bool named, Pool p) { return static_cast<std::uint16_t>(named ? static_cast<std::uint16_t>(p) + 1 : 0); };
  const std::uint16_t from = pool(takes_from_pool(e.kind), e.from), to = pool(gives_to_pool(e.kind), e.to);
  for (Moved& m : moved)
    if (m.policy == policy && m.year == e.year && m.kind == e.kind && m.from == from && m.to == to) {
      m.tonnes += tonnes;
      m.cash += cash;
      return;
    }
  moved.push_back({policy, e.year, e.kind, from, to, tonnes, cash});
}

/// Tonnes out of a pool: of one vintage, or the oldest first. What the pool does not hold is not moved.
Tonnes Market::book_between_pools(const Effect& e) {
  const Account from = account(e.from);
  const bool firm = e.kind == Effect::Kind::grant;
  const Account to = firm ? account(e.row) : account(e.to);
  if (e.year != 0) {
    const UnitIndex unit = allowance(e.year);
    const Tonnes part = std::min(e.tonnes, registry.holding(from, unit));
    if (e.kind == Effect::Kind::cancel) registry.cancel(from, unit, part);
    else registry.transfer(from, to, unit, part);
    return part;
  }
  return e.kind == Effect::Kind::cancel ? registry.cancel_up_to(from, e.tonnes) : registry.deliver(from, to, e.tonnes);
}

void Market::book(std::int32_t policy, const Effects& effects, const FirmTraits&, FirmStore& firms, Tape* tape) {
  if (effects.empty()) return;
  using K = Effect::Kind;
  // Allowances in resting orders cannot be taken; units change hands here, so the book empties first.
  const bool moves = std::any_of(effects.begin(), effects.end(), [](const Effect& e) {
    return e.kind == K::take_back || e.kind == K::surrender || e.kind == K::repay || e.kind == K::expire || e.kind == K::void_ ||
           e.kind == K::collect;
  });
  const bool retires = std::any_of(effects.begin(), effects.end(), [](const Effect& e) { return e.kind == K::retire; });
  for (std::uint32_t k = 0; k < listings.size(); ++k) {
    if (!(rules_->listings[k].is_of_offsets() ? retires : moves)) continue;
    MarketCustody accounts = custody(k);
    listings[k].exchange.clear_book(accounts, tape);
  }
  const int this_year = std::clamp(year_of(board().today), firms.first_year, firms.last_year());
  for (const Effect& e : effects) {
    const Account account = this->account(e.row);
    Tonnes moved_tonnes = e.tonnes;
    switch (e.kind) {
      case K::issue:
        registry.issue(account, allowance(e.year), e.tonnes);
        firms.year(e.year).allocated[e.row] += e.tonnes;
        break;
      case K::take_back: {
        // First the vintage itself, then whatever the firm holds; what it has sold already it owes.
        const UnitIndex u = allowance(e.year);
        const Tonnes same = std::min(e.tonnes, registry.holding(account, u));
        registry.cancel(account, u, same);
        const Tonnes other = registry.cancel_up_to(account, e.tonnes - same);
        firms.debt[e.row] += e.tonnes - same - other;
        firms.year(e.year).allocated[e.row] -= e.tonnes;
        break;
      }
      case K::entitle: firms.year(e.year).entitled[e.row] = e.tonnes; break;
      case K::verify: firms.year(e.year).verified[e.row] = e.tonnes; break;
      case K::oblige: firms.year(e.year).obligation[e.row] = e.tonnes; break;
      case K::surrender:
        moved_tonnes = registry.surrender_up_to(account, e.tonnes);
        firms.year(e.year).surrendered[e.row] += moved_tonnes;
        break;
      case K::shortfall:
        firms.year(e.year).shortfall[e.row] += e.tonnes;
        if (const ComplianceCycle* due = due_cycle(); due && due->share < 1) firms.year(e.year).early_shortfall[e.row] += e.tonnes;
        break;
      case K::fine:
        clearing.pay(account, this->account(e.to), e.cash);
        firms.year(e.year).fined[e.row] += e.cash;
        break;
      case K::owe: firms.debt[e.row] += e.tonnes; break;
      case K::repay:
        moved_tonnes = registry.surrender_up_to(account, e.tonnes);
        firms.debt[e.row] -= moved_tonnes;
        break;
      case K::expire:
      case K::void_:
      case K::collect: {
        // Vintages up to `year`, the oldest first.
        Tonnes left = e.tonnes;
        for (UnitIndex u = 0; u < registry.units().size() && left > Tonnes{}; ++u) {
          const Unit& unit = registry.units()[u];
          if (unit.type != UnitType::allowance || unit.vintage > e.year) continue;
          const Tonnes part = std::min(left, registry.holding(account, u));
          if (e.kind == K::expire) registry.expire(account, u, part);
          else if (e.kind == K::void_) registry.cancel(account, u, part);
          else registry.transfer(account, this->account(e.to), u, part);
          left -= part;
        }
        moved_tonnes = e.tonnes - left;
        break;
      }
      case K::leave: firms.covered[e.row] = 0; break;
      case K::join: firms.covered[e.row] = 1; break;
      case K::create: registry.issue(this->account(e.to), allowance(e.year), e.tonnes); break;
      case K::move:
      case K::cancel: moved_tonnes = book_between_pools(e); break;
      case K::grant:
        moved_tonnes = book_between_pools(e);
        firms.year(e.year ? e.year : this_year).allocated[e.row] += moved_tonnes;
        break;
      case K::transfer: clearing.pay(this->account(e.from), this->account(e.to), e.cash); break;
      case K::spend:
        clearing.pay(this->account(e.from), account, e.cash);
        firms.year(this_year).supported[e.row] += e.cash;
        break;
      case K::tax:
        clearing.pay(account, this->account(e.to), e.cash);
        firms.year(e.year).taxed[e.row] += e.cash;
        break;
      case K::credit:
        registry.issue(account, registry.unit({UnitType::offset, e.origin, e.year, std::numeric_limits<std::int32_t>::max()}), e.tonnes);
        clearing.pay(account, this->account(e.to), e.cash);
        firms.year(this_year).credits_paid[e.row] += e.cash;
        break;
      case K::certify: {
        const auto listing = std::find_if(rules_->listings.begin(), rules_->listings.end(), [&](const ListingRules& l) { return l.is_of_offsets() && l.instrument.origin == e.origin; });
        if (listing == rules_->listings.end() || listing->developers.empty()) throw std::logic_error("offsets of a type without a book are certified");
        const UnitIndex unit = registry.unit({UnitType::offset, e.origin, e.year, std::numeric_limits<std::int32_t>::max()});
        const auto developers = static_cast<std::int64_t>(listing->developers.size());
        for (std::int64_t i = 0; i < developers; ++i)  // what does not divide goes to the first ones
          registry.issue(listing->developers[static_cast<std::size_t>(i)], unit, Tonnes{e.tonnes.count / developers + (i < e.tonnes.count % developers)});
        break;
      }
      case K::retire: {
        std::vector<UnitIndex> units;
        for (UnitIndex u = 0; u < registry.units().size(); ++u)
          if (registry.units()[u].type == UnitType::offset && registry.units()[u].origin == e.origin) units.push_back(u);
        std::sort(units.begin(), units.end(), [&](UnitIndex a, UnitIndex b) { return registry.units()[a].vintage < registry.units()[b].vintage; });
        Tonnes left = e.tonnes;
        for (const UnitIndex u : units) {
          const Tonnes part = std::min(left, registry.holding(account, u));
          registry.surrender(account, u, part);
          left -= part;
        }
        moved_tonnes = e.tonnes - left;
        firms.year(e.year).retired[e.row] += moved_tonnes;
        break;
      }
      case K::advance:
        registry.issue(account, allowance(e.year + 1), e.tonnes);
        firms.year(e.year + 1).allocated[e.row] += e.tonnes;
        firms.year(e.year).borrowed[e.row] += e.tonnes;
        break;
      case K::forgive:
        firms.debt[e.row] -= e.tonnes;
        firms.year(this_year).forgiven[e.row] += e.tonnes;
        break;
      case K::write_off:
        clearing.pay(this->account(e.from), account, e.cash);
        firms.year(this_year).written_off[e.row] += e.cash;
        break;
      case K::fail:
        firms.failed_on[e.row] = board().today;
        if (e.year == 1) {
          firms.output_factor[e.row] = 0;
          firms.output_reacts = 1;
          ++firms.output_reviews;
        }
        break;
      case K::bar: firms.barred_until[e.row] = std::max(firms.barred_until[e.row], board().today + e.year); break;
      case K::sold:
      case K::bought:
      case K::supplied: break;  // booked where they happen
    }
    record(policy, e, moved_tonnes, e.cash);
  }
}

void Market::limit_to_holdings(AuctionNotice& notice) const {
  for (std::size_t k = 0; k < notice.supply.size(); ++k) {
    SupplyStep& step = notice.supply[k];
    Tonnes left = registry.holding(account(step.source));
    for (std::size_t before = 0; before < k; ++before)
      if (notice.supply[before].source == step.source) left -= notice.supply[before].quantity;
    step.quantity = std::clamp(step.quantity, Tonnes{}, std::max(left, Tonnes{}));
  }
}

void Market::settle_auction(const AuctionNotice& notice, std::span<const AuctionBid> bids, const AuctionResult& result, FirmStore& firms) {
  const int this_year = std::clamp(year_of(board().today), firms.first_year, firms.last_year());
  for (const Award& award : result.awards) {
    const Pool source = notice.supply[award.step].source;
    const Account seller = account(source), buyer = bids[award.bid].account;
    const Cash cash = award.price * award.quantity;
    if (registry.deliver(seller, buyer, award.quantity) != award.quantity)
      throw std::logic_error("an auction sells allowances that its pool does not hold");
    clearing.pay(buyer, seller, cash);
    if (is_firm(buyer)) {
      FirmYear& year = firms.year(this_year);
      year.bought[row(buyer)] += award.quantity;
      year.paid[row(buyer)] += cash;
      year.won[row(buyer)] += award.quantity;
      year.won_for[row(buyer)] += cash;
    }
    Effect e{Effect::Kind::sold, 0, notice.vintage};
    e.from = source;
    record(notice.policy, e, award.quantity, cash);
  }
  AuctionRecord r;
  r.day = board().today;
  r.policy = notice.policy;
  r.tag = notice.tag;
  r.vintage = notice.vintage;
  r.reserve = notice.supply.empty() ? Price{} : notice.supply.front().from;
  r.price = result.price;
  r.marginal = result.marginal;
  r.offered = result.offered;
  r.demanded = result.demanded;
  r.sold = result.sold;
  for (std::size_t k = 0; k < result.sold_of_step.size(); ++k)
    if (notice.supply[k].source != notice.own) r.contained += result.sold_of_step[k];
  r.revenue = result.revenue;
  r.bidders = static_cast<std::int32_t>(result.bidders);
  r.winners = static_cast<std::int32_t>(result.winners);
  r.declined = result.declined;
  auctions.push_back(r);
}

namespace {
/// The authority is not bound by order sizes or credit.
ExchangeRules rules_of_the_authority(ExchangeRules rules) {
  rules.listed_most = rules.position_limit = rules.group_limit = Tonnes{};
  rules.value_most = Cash{};
  rules.price_away = rules.order_to_trade = 0;
  rules.messages_per_second = 0;
  rules.credit.reset();
  rules.resale_same_day = true;
  return rules;
}
}  // namespace

void Market::place_quotes(const FirmTraits& traits, const FirmStore& firms, RandomKey key, Tape* tape) {
  std::vector<Quote> quotes;
  for (std::size_t p = 0; p < rules_->policies.size(); ++p) {
    quotes.clear();
    rules_->policies[p].policy->quote(policy_view(traits, firms, key, static_cast<std::int32_t>(p)), policy_states[p], quotes);
    for (const Quote& q : quotes) {
      Placed placed;
      placed.listing = q.vintage != 0 ? listing_of(q.vintage) : front_;
      if (!is_traded(placed.listing, board().today)) continue;
      const ListingRules& listed = rules_->listings[placed.listing];
      const ExchangeRules rules = rules_of_the_authority(listed.exchange);
      Exchange& exchange = listings[placed.listing].exchange;
      const Account account = this->account(q.pool);
      const std::int64_t tick = rules.tick.count;
      const bool selling = q.side == Side::sell;
      // On the tick that is not better for the other side than the price of the rule.
      Price price{selling ? (q.price.count + tick - 1) / tick * tick : q.price.count / tick * tick};
      if (rules.price_limit > 0) {
        price = selling ? std::max(price, exchange.limit_low()) : std::min(price, exchange.limit_high());
        if (price > exchange.limit_high() || price < exchange.limit_low()) continue;  // nobody can trade there today
      }
      placed.policy = static_cast<std::int32_t>(p);
      placed.account = account;
      placed.side = q.side;
      placed.pool = static_cast<std::uint16_t>(q.pool);
      placed.vintage = q.vintage;
      Tonnes quantity = q.quantity;
      if (quantity == Tonnes{}) {
        double baseline = 0;
        for (std::uint32_t i = rules_->rows.first; i < rules_->rows.last; ++i) baseline += traits.emissions[i];
        quantity = Tonnes{1} + whole_tonnes(10 * baseline);  // more than all firms could ever want in a day
        if (selling) {
          placed.created = std::max(Tonnes{}, quantity - listed.instrument.holding(registry, account));
          registry.issue(account, allowance(q.vintage), placed.created);
        }
      }
      placed.before = listed.instrument.holding(registry, account);
      if (selling) quantity = std::min(quantity, placed.before);
      placed.cash_before = clearing.balance(account);
      MarketCustody accounts = custody(placed.listing);
      if (quantity > Tonnes{} && price > Price{})
        exchange.submit(account, {q.side, price, quantity}, rules, accounts, tape);
      quotes_.push_back(placed);
    }
  }
}

void Market::withdraw_quotes(Tape* tape) {
  for (const Placed& q : quotes_) {
    MarketCustody accounts = custody(q.listing);
    listings[q.listing].exchange.withdraw(q.account, accounts, tape);
    const Tonnes now = rules_->listings[q.listing].instrument.holding(registry, q.account);
    const bool selling = q.side == Side::sell;
    const Tonnes traded = selling ? q.before - now : now - q.before;
    if (q.created > Tonnes{}) {
      const UnitIndex unit = allowance(q.vintage);
      const Tonnes unsold = std::min(q.created, registry.holding(q.account, unit));
      registry.withdraw(q.account, unit, unsold);
      Effect created{Effect::Kind::create, 0, q.vintage};
      created.to = Pool{q.pool};
      if (q.created > unsold) record(q.policy, created, q.created - unsold, {});
    }
    if (traded == Tonnes{}) continue;
    Effect e{selling ? Effect::Kind::supplied : Effect::Kind::bought, 0, year_of(board().today)};
    e.from = e.to = Pool{q.pool};
    const Cash cash = clearing.balance(q.account) - q.cash_before;
    record(q.policy, e, traded, selling ? cash : -cash);
  }
  quotes_.clear();
}

void Market::allocate(const FirmTraits& traits, Rows rows, int year, const double* activity, double* allocation) const {
  std::fill(allocation, allocation + rows.size(), 0.0);
  for (const NamedPolicy& p : rules_->policies) p.policy->allocate(traits, rows, year, activity, allocation);
  traits.keep_members(rows, year, allocation);
}

void Market::oblige(const FirmTraits& traits, Rows rows, int year, const double* emissions, const double* allocation,
                    double* obligation) const {
  std::copy(emissions, emissions + rows.size(), obligation);
  for (const NamedPolicy& p : rules_->policies) p.policy->oblige(traits, rows, year, emissions, allocation, obligation);
  traits.keep_members(rows, year, obligation);
}

ShortfallTerms Market::shortfall_terms(Day deadline) const {
  ShortfallTerms terms;
  for (const NamedPolicy& p : rules_->policies) p.policy->price_shortfall(deadline, terms);
  return terms;
}

CarryOver Market::carry_over(const PolicyView& view, std::uint32_t row) const {
  CarryOver terms;
  for (const NamedPolicy& p : rules_->policies) p.policy->carry_over(view, row, terms);
  return terms;
}

void Market::open_at(std::uint32_t listing, Price price) {
  const Price tick = rules_->listings[listing].exchange.tick;
  MarketBoard& board = listings[listing].board;
  price = std::max(tick, Price{(price.count + tick.count / 2) / tick.count * tick.count});
  // Firms that follow the trend see the step from the last price to this one.
  board.trend = std::clamp(board.trend + elementary::log(to_currency(price, rules_->price_scale) / to_currency(board.close, rules_->price_scale)), -0.15, 0.15);
  board.close = price;
  listings[listing].exchange.set_reference(price);
}

void Market::limit_holdings(const PolicyView& view) {
  constexpr Tonnes none{std::numeric_limits<std::int64_t>::max()};
  holding_limits.clear();
  for (std::uint32_t row = rules_->rows.first; row < rules_->rows.last; ++row) {
    Tonnes most = none;
    for (const NamedPolicy& p : rules_->policies) p.policy->holding_limit(view, row, most);
    if (most == none) continue;
    holding_limits.resize(registry.accounts());
    holding_limits[account(row)] = std::max(most, Tonnes{1});
  }
}

void Market::expect(const PolicyView& view, SupplyOutlook& outlook) const {
  const PolicyState fresh;
  const auto ask = [&](std::size_t p) {
    PolicyView look = view;
    look.index = static_cast<std::int32_t>(p);
    std::vector<std::size_t> known;
    for (const SupplyYear& y : outlook.years) known.push_back(y.offers.size());
    rules_->policies[p].policy->expect(look, outlook.at_opening ? fresh : policy_states[p], outlook);
    for (std::size_t k = 0; k < known.size(); ++k)
      for (std::size_t i = known[k]; i < outlook.years[k].offers.size(); ++i) outlook.years[k].offers[i].policy = static_cast<std::int32_t>(p);
  };
  // Reserves act on auctions before they are held, but can take only what these would offer.
  const auto is_auction = [&](std::size_t p) { return rules_->policies[p].policy->phase() == Phase::auction; };
  for (std::size_t p = 0; p < rules_->policies.size(); ++p)
    if (is_auction(p)) ask(p);
  for (std::size_t p = 0; p < rules_->policies.size(); ++p)
    if (!is_auction(p)) ask(p);
}

PriceBounds Market::price_bounds(Day day) const {
  PriceBounds bounds;
  for (const NamedPolicy& p : rules_->policies) p.policy->price_bounds(day, bounds);
  return bounds;
}

bool Market::covers(const Sector& sector, Day day) const {
  for (const NamedPolicy& p : rules_->policies)
    if (!p.policy->covers(sector, day)) return false;
  return true;
}

double Market::tax(const Sector& sector, Day day) const {
  double rate = 0;
  for (const NamedPolicy& p : rules_->policies) rate += p.policy->tax(sector, day);
  return rate;
}

double Market::carbon_price(const Sector& sector, Day day) const {
  return (covers(sector, day) ? to_currency(board().close, rules_->price_scale) : 0) + tax(sector, day);
}

std::vector<Tonnes> Market::credits(Account account) const {
  std::vector<Tonnes> held;
  for (const ListingRules& l : rules_->listings) {
    if (!l.is_of_offsets()) continue;
    const auto type = static_cast<std::size_t>(l.instrument.origin);
    if (held.size() <= type) held.resize(type + 1);
    held[type] = l.instrument.holding(registry, account);
  }
  return held;
}

double Market::offset_room(std::span<const OpenObligation> open, std::span<const Tonnes> held, std::size_t type) const {
  double room = 0;
  for (const NamedPolicy& p : rules_->policies) room += p.policy->offset_room(open, held, type);
  return room;
}

OffsetCosts Market::offset_costs(std::uint32_t listing) const {
  const ListingRules& l = rules_->listings[listing];
  for (const NamedPolicy& p : rules_->policies)
    if (l.is_of_offsets() && !p.policy->offset_types().empty()) return p.policy->offset_costs(static_cast<std::size_t>(l.instrument.origin));
  return {};
}

double Market::expected_offsets(int year, double price) const {
  double share = 0;
  for (const NamedPolicy& p : rules_->policies) share += p.policy->expected_offsets(year, price);
  return std::min(share, offset_share(year));
}

double Market::offset_share(int year) const {
  double share = 0;
  for (const NamedPolicy& p : rules_->policies) share += p.policy->offset_share(year);
  return std::min(share, 1.0);
}

}  // namespace tantu
