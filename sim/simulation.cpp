#include "sim/simulation.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "sim/output_response.hpp"
#include "sim/state.hpp"
#include "sim/year_books.hpp"

namespace tantu {

namespace {
constexpr std::uint32_t grain = firms_of_a_block;
// Between years before the opening only totals matter: a month is a step.
constexpr int history_step_days = 30;
}  // namespace

Simulation::Simulation(std::shared_ptr<const SimulationSetup> setup) : setup_(std::move(setup)) {
  const FirmTraits& traits = setup_->traits;
  const std::size_t n = traits.size();
  firms_.first_year = setup_->first_year;
  firms_.years.resize(static_cast<std::size_t>(setup_->last_year - setup_->first_year + 1));
  for (FirmYear& year : firms_.years) year.resize(n);
  firms_.arrival_word.resize(n);
  firms_.shock.resize(n);
  firms_.value_noise.resize(n);
  firms_.abated_share.resize(n);
  firms_.abatement_rate.resize(n);
  firms_.price_low.assign(n, 1);
  firms_.price_high.assign(n, 0);  // an empty interval: evaluated on the first day
  firms_.changes_on.assign(n, never);
  firms_.measure = setup_->initial_measures;
  firms_.measure_effective.assign(firms_.measure.size(), never);
  firms_.active_share.resize(firms_.measure.size());
  firms_.abated_by_firm.resize(firms_.measure.size());
  firms_.activity_at_change.resize(n);
  firms_.covered.assign(n, 1);
  firms_.barred_until.resize(n);
  firms_.debt.resize(n);
  firms_.failed_on.assign(n, never);
  firms_.output_factor.assign(n, 1.0);
  firms_.unit_cost.assign(firms_.years.size(), std::vector<double>(traits.sectors.size()));
  firms_.unit_cost_own = firms_.unit_cost;
  firms_.unit_cost_reviews.resize(firms_.years.size());
  firms_.sector_shock.resize(traits.sectors.size());
  firms_.cost_scale.assign(traits.sectors.size(), 1.0);
  std::size_t measures = 0;
  for (const Sector& sector : traits.sectors) measures += sector.technology.measures.size();
  firms_.abated_by_measure.assign(firms_.years.size(), std::vector<double>(measures));

  std::size_t instruments = 0;
  for (const auto& rules : setup_->markets) instruments += rules->listings.size();
  intents_.resize(instruments);
  next_intent_.resize(instruments);
  notes_.resize(instruments);
  links_.resize(setup_->links.size());
  remitted_.resize(setup_->markets.size());
  moved_.resize(setup_->moves.size());
  for (std::uint32_t row = 0; row < n; ++row)
    if (!traits.is_open(row, setup_->first_day)) firms_.covered[row] = 0;
  markets_.reserve(setup_->markets.size());
  for (const auto& rules : setup_->markets) {
    Market& market = markets_.emplace_back(rules, setup_->first_year, setup_->last_year);
    // Firms of one owner share its limit.
    for (std::size_t k = 0; k < rules->listings.size(); ++k)
      if (rules->listings[k].exchange.group_limit != Tonnes{})
        for (std::uint32_t i = rules->rows.first; i < rules->rows.last; ++i)
          if (traits.group[i] >= 0) market.listings[k].exchange.join_group(market.account(i), static_cast<std::uint32_t>(traits.group[i]));
    double total = 0;
    for (std::uint32_t i = rules->rows.first; i < rules->rows.last; ++i)
      if (traits.is_open(i, setup_->first_day)) total += traits.emissions[i];
    for (const auto& [vintage, tonnes] : rules->initial_bank) {
      const UnitIndex unit = market.registry.unit({UnitType::allowance, 0, vintage, std::numeric_limits<std::int32_t>::max()});
      for (std::uint32_t i = rules->rows.first; i < rules->rows.last; ++i)
        if (traits.is_open(i, setup_->first_day)) market.registry.issue(market.account(i), unit, whole_tonnes(tonnes * traits.emissions[i] / total));
    }
  }
  for (const Market& market : markets_)
    for (const Sector& sector : traits.sectors)
      if (sector.rows.first >= market.rules().rows.first && sector.rows.last <= market.rules().rows.last && !market.covers(sector, setup_->first_day))
        std::fill(firms_.covered.begin() + sector.rows.first, firms_.covered.begin() + sector.rows.last, std::uint8_t{0});
  seat_traders();
  today_ = yesterday_ = setup_->first_day - 1;
  live_through_history();
  for (std::size_t m = 0; m < markets_.size(); ++m) {
    Market& market = markets_[m];
    market.begin_boards(setup_->first_day);
    setup_->strategies[m]->prepare(view(m, market.front_listing(), market.board().today), firms_, market.board(), market.outlook);
    for (Listing& listing : market.listings) {
      listing.board.cost_multiplier = market.board().cost_multiplier;
      listing.board.multiplier_attained = market.board().multiplier_attained;
    }
  }
}

Day Simulation::next_trading_day() const {
  Day next = never;
  for (const Market& market : markets_) next = std::min(next, market.rules().calendar.first_on_or_after(today_ + 1));
  return next;
}

bool Simulation::trades_today(std::size_t market) const { return markets_[market].rules().calendar.is_trading(today_); }

StrategyView Simulation::view(std::size_t market, std::size_t listing, Day yesterday) const {
  return {markets_[market], setup_->traits, firms_, setup_->counterparties, setup_->ownership, setup_->key, today_, yesterday, static_cast<std::uint32_t>(listing)};
}

void Simulation::live_through_history() {
  Workers inline_workers(1);
  const Day start = setup_->history_from - 1, opening = setup_->first_day - 1;
  start_operation(setup_->traits, firms_, setup_->shocks, setup_->key, start);
  for (Day last = start; last < opening;) {
    const Day year_end = first_day_of(year_of(last + 1) + 1) - 1;
    const Day next = std::min({last + history_step_days, year_end, opening});
    operate(last, next, inline_workers);
    last = next;
  }
}

void Simulation::operate(Day last, Day today, Workers& workers) {
  const FirmTraits& traits = setup_->traits;
  operate_sectors(traits, firms_, setup_->shocks, setup_->key, last, today);
  // The blocks of all sectors together: one by one small sectors would leave threads without work.
  struct Part {
    Rows rows;
    double price;
  };
  std::vector<Part> parts;
  for (const Sector& sector : traits.sectors) {
    std::size_t m = 0;
    while (m + 1 < markets_.size() && sector.rows.first >= markets_[m].rules().rows.last) ++m;
    // Before the opening there is no carbon price: only what pays without one runs.
    const double price = today < setup_->first_day ? 0.0 : markets_[m].carbon_price(sector, today);
    for (std::uint32_t at = sector.rows.first; at < sector.rows.last; at += grain) parts.push_back({{at, std::min(at + grain, sector.rows.last)}, price});
  }
  workers.wait();
  workers.for_blocks({0, static_cast<std::uint32_t>(parts.size())}, 1, [&](std::size_t p, Rows) {
    tantu::operate(traits, firms_, setup_->shocks, setup_->key, parts[p].rows, last, today, parts[p].price, ahead_.get());
  });
  firms_.running_year = year_of(today);
  if (year_of(last) == year_of(today)) return;
  if (year_of(last) >= firms_.first_year) collect_measures(traits, firms_, year_of(last));
  // Last year still awaits its deadline; those before are hardly touched again.
  for (int year = firms_.first_year; year < year_of(today) - 1; ++year) firms_.year(year).pack();
}

void Simulation::announce(std::size_t m, Sink& sink) {
  Market& market = markets_[m];
  const MarketRules& rules = market.rules();
  const std::int32_t month = market.board().month;
  market.turn_boards(today_);
  if (market.board().month != month) market.limit_holdings(market.policy_view(setup_->traits, firms_, setup_->key));
  Effects effects;
  for (std::size_t p = 0; p < rules.policies.size(); ++p) {
    effects.clear();
    rules.policies[p].policy->announce(market.policy_view(setup_->traits, firms_, setup_->key, static_cast<std::int32_t>(p)), market.policy_states[p], effects);
    market.book(static_cast<std::int32_t>(p), effects, setup_->traits, firms_, sink.wants_tape() ? &sink : nullptr);
  }
  sink.settled(*this, static_cast<std::uint32_t>(m), market.front_listing());
}

void Simulation::plan(std::size_t m, std::size_t listing, Day yesterday, Workers& workers) {
  Market& market = markets_[m];
  const Strategy& strategy = *setup_->strategies[m];
  const Rows rows = market.rules().rows;
  std::vector<std::vector<Intent>> by_block((rows.size() + grain - 1) / grain);
  const StrategyView look = view(m, listing, yesterday);
  BlockNotes& notes = notes_[book(m, listing)];
  notes.assign(by_block.size(), nullptr);
  workers.for_blocks(rows, grain, [&](std::size_t b, Rows block) { notes[b] = strategy.plan(look, block, firms_, by_block[b]); });
  std::size_t count = 0;
  std::uint64_t last = 0;
  for (const auto& block : by_block) {
    count += block.size();
    for (const Intent& intent : block) last = std::max(last, intent.arrival);
  }
  // Sorted by key and place, which are a third of an intent to move: first into as many parts of the day as there are
  // arrivals, for keys are spread evenly, then by insertion.
  struct Arrival {
    std::uint64_t at;
    std::uint32_t row, place, block;
  };
  const int shift = std::max(0, static_cast<int>(std::bit_width(last)) - static_cast<int>(std::bit_width(count)));
  std::vector<std::uint32_t> begins((last >> shift) + 2);
  for (const auto& block : by_block)
    for (const Intent& intent : block) ++begins[(intent.arrival >> shift) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<Arrival> order(count);
  for (std::uint32_t b = 0; b < by_block.size(); ++b)
    for (std::uint32_t i = 0; i < by_block[b].size(); ++i) {
      const Intent& intent = by_block[b][i];
      order[begins[intent.arrival >> shift]++] = {intent.arrival, intent.row, i, b};
    }
  const auto earlier = [](const Arrival& a, const Arrival& b) { return a.at != b.at ? a.at < b.at : a.row < b.row; };
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (!earlier(order[i], order[i - 1])) continue;
    const Arrival moved = order[i];
    std::size_t k = i;
    for (; k > 0 && earlier(moved, order[k - 1]); --k) order[k] = order[k - 1];
    order[k] = moved;
  }
  std::vector<Intent>& intents = intents_[book(m, listing)];
  intents.clear();
  intents.reserve(order.size());
  for (const Arrival& a : order) intents.push_back(by_block[a.block][a.place]);
  next_intent_[book(m, listing)] = 0;
}

namespace {
/// The block market of one day: prices and quantities are checked by the exchange, purchases recorded.
class Desk final : public BlockDesk {
 public:
  Desk(Market& market, std::uint32_t listing, Tape* tape) : market_(market), listing_(listing), tape_(tape) {}
  Rejection trade(std::uint32_t seller, std::uint32_t buyer, Price price, Tonnes quantity, TradeKind kind) override {
    if (quantity > market_.room(market_.account(buyer))) return Rejection::position_limit;
    MarketCustody accounts = market_.custody(listing_);
    return market_.listings[listing_].exchange.trade_block(market_.account(seller), market_.account(buyer), price, quantity, kind,
                                                           market_.rules().listings[listing_].exchange, accounts, tape_);
  }

 private:
  Market& market_;
  std::uint32_t listing_;
  Tape* tape_;
};
}  // namespace

namespace {
/// The one-way calls of one session: quantities and prices are checked by the exchange.
class OneWayDesk final : public CallDesk {
 public:
  OneWayDesk(Market& market, std::uint32_t listing, Tape* tape) : market_(market), listing_(listing), tape_(tape) {}
  Rejection call_bids(std::uint32_t row, Side side, Price worst, Tonnes quantity) override {
    return send([&](Exchange& exchange, const ExchangeRules& rules, Custody& custody) { return exchange.call_bids(market_.account(row), side, worst, quantity, rules, custody, tape_); });
  }
  Rejection bid(std::uint32_t row, Price price, Tonnes quantity) override {
    return send([&](Exchange& exchange, const ExchangeRules& rules, Custody& custody) { return exchange.bid(market_.account(row), no_order, price, quantity, rules, custody, tape_); });
  }
  void end_bids() override {
    send([&](Exchange& exchange, const ExchangeRules& rules, Custody& custody) { exchange.end_bids(rules, custody, tape_); return Rejection::none; });
  }

 private:
  template <class Message>
  Rejection send(Message message) {
    MarketCustody custody = market_.custody(listing_);
    return message(market_.listings[listing_].exchange, market_.rules().listings[listing_].exchange, custody);
  }
  Market& market_;
  std::uint32_t listing_;
  Tape* tape_;
};
}  // namespace

void Simulation::hold_calls(std::size_t m, std::uint32_t k, Sink& sink) {
  Market& market = markets_[m];
  if (market.rules().listings[k].exchange.one_way_least == Tonnes{}) return;
  YearBooks books(market, firms_.year(year_of(today_)), trader_accounts_[m], sink.wants_tape() ? &sink : nullptr);
  OneWayDesk desk(market, k, &books);
  setup_->strategies[m]->hold_calls(view(m, k, yesterday_), intents_[book(m, k)], desk);
  sink.settled(*this, static_cast<std::uint32_t>(m), k);
}

OrderAnswer Simulation::take_abroad(std::size_t abroad, Account account, const OrderRequest& request, Sink& sink) {
  Market& market = markets_[abroad];
  ExchangeRules rules = market.front_rules().exchange;
  rules.credit.reset();  // what the firm has at home pays, at once
  YearBooks books(market, firms_.year(year_of(today_)), trader_accounts_[abroad], sink.wants_tape() ? &sink : nullptr);
  MarketCustody accounts = market.custody(market.front_listing());
  const OrderAnswer answer = market.exchange().submit(account, request, rules, accounts, &books);
  sink.settled(*this, static_cast<std::uint32_t>(abroad), market.front_listing());
  return answer;
}

void Simulation::hold_auctions(std::size_t m, Day yesterday, Workers& workers) {
  Market& market = markets_[m];
  const MarketRules& rules = market.rules();
  std::vector<AuctionNotice> notices;
  for (std::size_t p = 0; p < rules.policies.size(); ++p) {
    const std::size_t before = notices.size();
    rules.policies[p].policy->call_auctions(market.policy_view(setup_->traits, firms_, setup_->key, static_cast<std::int32_t>(p)), market.policy_states[p], notices);
    for (std::size_t n = before; n < notices.size(); ++n) notices[n].policy = static_cast<std::int32_t>(p);
  }
  for (AuctionNotice& notice : notices) {
    market.limit_to_holdings(notice);
    // What a bidder won in one auction it knows in the next of the same day.
    std::vector<std::vector<AuctionBid>> by_block((rules.rows.size() + grain - 1) / grain);
    const std::uint32_t listing = notice.vintage != 0 ? market.listing_of(notice.vintage) : market.front_listing();
    const StrategyView look = view(m, listing, yesterday);
    workers.for_blocks(rules.rows, grain, [&](std::size_t b, Rows block) { setup_->strategies[m]->bid(look, notice, block, by_block[b]); });
    std::vector<AuctionBid> bids;
    for (const auto& block : by_block) bids.insert(bids.end(), block.begin(), block.end());
    market.settle_auction(notice, bids, clear_auction(notice.supply, notice.rules, bids), firms_);
    // Undersold without a reserve price an auction clears at the lowest price there is, which is no news.
    if (notice.opens_session && market.auctions.back().price > Price{1}) market.open_at(listing, market.auctions.back().price);
  }
}

void Simulation::begin_day(Sink& sink, Workers& workers) {
  const Day yesterday = today_;
  today_ = next_trading_day();
  if (today_ > setup_->last_day) throw std::logic_error("the run is over");
  yesterday_ = yesterday;
  move_firms(sink);
  for (std::size_t m = 0; m < markets_.size(); ++m)
    if (trades_today(m)) announce(m, sink);
  if (month_of(yesterday) != month_of(today_)) review_output(setup_->traits, firms_, setup_->supply_chain, markets_, today_);
  operate(yesterday, today_, workers);
  step_ = 0;
  renew_quotas();
  for (std::size_t m = 0; m < markets_.size(); ++m) {
    if (!trades_today(m)) continue;
    Market& market = markets_[m];
    for (std::uint32_t k = 0; k < market.listings.size(); ++k)
      if (market.is_traded(k, today_)) setup_->strategies[m]->update(view(m, k, yesterday), market.listings[k].board, market.outlook, workers);
    expect_links(m, yesterday);
    // Firms plan the session knowing what they have won in the morning, and at what price.
    hold_auctions(m, yesterday, workers);
    for (std::uint32_t k = 0; k < market.listings.size(); ++k)
      if (market.is_traded(k, today_)) plan(m, k, yesterday, workers);
      else intents_[book(m, k)].clear();
    for (std::uint32_t k = 0; k < market.listings.size(); ++k)
      if (market.is_traded(k, today_)) open_exchange(m, k, sink);
    YearBooks books(market, firms_.year(year_of(today_)), trader_accounts_[m], sink.wants_tape() ? &sink : nullptr);
    market.place_quotes(setup_->traits, firms_, setup_->key, &books);
    sink.settled(*this, static_cast<std::uint32_t>(m), market.front_listing());
    for (std::uint32_t k = 0; k < market.listings.size(); ++k)
      if (market.is_traded(k, today_)) hold_calls(m, k, sink);
    for (std::uint32_t k = 0; k < market.listings.size(); ++k) plan_turns(m, k);
  }
}

void Simulation::open_exchange(std::size_t m, std::size_t listing, Sink& sink) {
  const auto k = static_cast<std::uint32_t>(listing);
  Market& market = markets_[m];
  MarketCustody accounts = market.custody(k);
  const ExchangeRules& rules = market.rules().listings[k].exchange;
  Exchange& exchange = market.listings[k].exchange;
  Tape* tape = sink.wants_tape() ? &sink : nullptr;
  exchange.open(today_, rules, accounts, tape);
  if (!rules.timetable.empty()) exchange.advance(Exchange::time_at(0, rules), rules, accounts, tape);
  sink.settled(*this, static_cast<std::uint32_t>(m), k);
}

void Simulation::send_due_inbox(Sink& sink) {
  while (next_inbox_ < inbox_.size()) {
    const InboxOrder& message = inbox_[next_inbox_];
    if (message.day != today_.number || message.step > step_) break;
    ++next_inbox_;
    send(message, sink);
    sink.settled(*this, message.market, message.listing);
  }
}

void Simulation::tell_time(std::size_t m, std::uint32_t k, Sink& sink) {
  Market& market = markets_[m];
  const ExchangeRules& rules = market.rules().listings[k].exchange;
  if (rules.timetable.empty()) return;
  YearBooks books(market, firms_.year(year_of(today_)), trader_accounts_[m], sink.wants_tape() ? &sink : nullptr);
  MarketCustody accounts = market.custody(k);
  const std::size_t b = book(m, k);
  // Arrivals are spread over the day's trading time, in their order.
  const double share = (static_cast<double>(next_intent_[b] + next_turn_[b]) + 0.5) / static_cast<double>(intents_[b].size() + turns_[b].size());
  market.listings[k].exchange.advance(Exchange::time_at(share, rules), rules, accounts, &books);
}

namespace {
/// What the next arrivals touch lies all over memory; fetched while those before them act, in the order in which one address
/// leads to the next.
void fetch_ahead(const Market& market, const Exchange& exchange, const std::vector<Intent>& intents, std::size_t next) {
  const auto ahead = [&](std::size_t k, auto&& fetch) {
    if (next + k < intents.size()) fetch(market.account(intents[next + k].row));
  };
  ahead(12, [&](Account a) { exchange.prefetch(a); market.registry.prefetch(a); market.clearing.prefetch(a); });
  ahead(8, [&](Account a) { exchange.prefetch_orders(a); });
  ahead(5, [&](Account a) { exchange.prefetch_book(a); });
  ahead(2, [&](Account a) { exchange.prefetch_withdrawal(a); });
}
}  // namespace

/// The arrivals of firms in one book, and what their acts have in common.
class Simulation::Arrivals {
 public:
  Arrivals(Simulation& s, std::size_t m, std::uint32_t k, Sink& sink)
      : s_(s), m_(m), k_(k), sink_(sink), market_(s.markets_[m]), look_(s.view(m, k, s.yesterday_)),
        books_(market_, s.firms_.year(year_of(s.today_)), s.trader_accounts_[m], sink.wants_tape() ? &sink : nullptr), accounts_(market_.custody(k)) {}

  /// False where none is left for the book.
  bool find() {
    while (next_ < intents_.size() && intents_[next_].to_blocks) ++next_;
    return next_ < intents_.size();
  }
  /// Requires that one was found.
  void act() {
    const ExchangeRules& rules = market_.rules().listings[k_].exchange;
    Exchange& exchange = market_.listings[k_].exchange;
    fetch_ahead(market_, exchange, intents_, next_);
    const Intent& intent = intents_[next_++];
    auto request = s_.setup_->strategies[m_]->trade(look_, intent);
    if (request && !s_.setup_->foreign_accounts.empty() && k_ == market_.front_listing()) {
      s_.trade_abroad(m_, intent.row, *request, sink_);
      request->quantity -= Tonnes{request->quantity.count % rules.lot.count};
    }
    if (!request || request->quantity <= Tonnes{}) return;
    exchange.submit(market_.account(intent.row), *request, rules, accounts_, &books_);
    sink_.settled(s_, static_cast<std::uint32_t>(m_), k_);
  }

 private:
  Simulation& s_;
  std::size_t m_;
  std::uint32_t k_;
  Sink& sink_;
  Market& market_;
  StrategyView look_;
  YearBooks books_;
  MarketCustody accounts_;
  const std::vector<Intent>& intents_ = s_.intents_[s_.book(m_, k_)];
  std::uint32_t& next_ = s_.next_intent_[s_.book(m_, k_)];
};

bool Simulation::let_one_act(std::size_t m, std::size_t listing, Sink& sink) {
  const auto k = static_cast<std::uint32_t>(listing);
  Arrivals arrivals(*this, m, k, sink);
  const bool any = arrivals.find();
  if (act_due_trader(m, k, sink)) return true;
  if (!any) return false;
  tell_time(m, k, sink);
  arrivals.act();
  return true;
}

std::optional<Simulation::Book> Simulation::only_book_of_firms() const {
  std::optional<Book> only;
  for (std::size_t m = 0; m < markets_.size(); ++m)
    for (std::uint32_t k = 0; k < markets_[m].listings.size(); ++k) {
      if (!markets_[m].is_traded(k, today_)) continue;
      if (only) return std::nullopt;
      only = Book{m, k};
    }
  const bool firms_alone = only && next_inbox_ == inbox_.size() && turns_[book(only->market, only->listing)].empty() &&
                           markets_[only->market].rules().listings[only->listing].exchange.timetable.empty();
  return firms_alone ? only : std::nullopt;
}

bool Simulation::step(std::uint32_t arrivals, Sink& sink) {
  // The common case: nothing comes between the acts of firms, and what they have in common is set up once.
  if (const std::optional<Book> only = only_book_of_firms()) {
    Arrivals firms(*this, only->market, only->listing, sink);
    for (std::uint32_t n = 0; n < arrivals; ++n, ++step_) {
      if (!firms.find()) return false;
      firms.act();
    }
    return arrivals > 0;
  }
  bool more = false;
  for (std::uint32_t n = 0; n < arrivals; ++n) {
    send_due_inbox(sink);
    more = false;
    for (std::size_t m = 0; m < markets_.size(); ++m)
      for (std::uint32_t k = 0; k < markets_[m].listings.size(); ++k)
        if (markets_[m].is_traded(k, today_)) more |= let_one_act(m, k, sink);
    if (!more) break;
    ++step_;
  }
  return more;
}

void Simulation::publish(std::size_t m, std::size_t listing) {
  Market& market = markets_[m];
  Listing& l = market.listings[listing];
  l.exchange.finish_day();
  const SessionTotals& totals = l.exchange.totals();
  l.board.add_day(totals, market.rules().price_scale);
  if (listing == market.front_listing()) market.prices.add(today_, totals.close, totals.listed);
  if (market.listings.size() > 1) l.prices.add(today_, totals.close, totals.listed);
}

void Simulation::check_conservation(std::size_t m, bool all_units) {
  Market& market = markets_[m];
  if (const auto unit = all_units ? market.registry.imbalance() : market.registry.imbalance_of_moved())
    throw std::logic_error(fmt::format("{}: allowances of vintage {} are not conserved on {}", market.rules().name,
                                       market.registry.units()[*unit].vintage, to_string(today_)));
  if (market.clearing.total() != Cash{})
    throw std::logic_error(fmt::format("{}: cash is not conserved on {}", market.rules().name, to_string(today_)));
}

void Simulation::comply(std::size_t m, Sink& sink) {
  Market& market = markets_[m];
  Effects effects;
  for (std::size_t p = 0; p < market.rules().policies.size(); ++p) {
    effects.clear();
    market.rules().policies[p].policy->comply(market.policy_view(setup_->traits, firms_, setup_->key, static_cast<std::int32_t>(p)), market.policy_states[p], effects);
    market.book(static_cast<std::int32_t>(p), effects, setup_->traits, firms_, sink.wants_tape() ? &sink : nullptr);
  }
}

void Simulation::draw_ahead(Workers& workers) {
  if (workers.threads() < 2 || finished()) return;
  ahead_ = std::make_shared<DayAhead>(next_trading_day());
  workers.start([ahead = ahead_, setup = setup_] { ahead->draw(setup->traits, setup->key); });
}

void Simulation::end_day(Sink& sink, Workers& workers) {
  draw_ahead(workers);
  for (std::size_t m = 0; m < markets_.size(); ++m) {
    if (!trades_today(m)) continue;
    Market& market = markets_[m];
    YearBooks books(market, firms_.year(year_of(today_)), trader_accounts_[m], sink.wants_tape() ? &sink : nullptr);
    const auto for_each_traded = [&](auto&& act) {
      for (std::uint32_t k = 0; k < market.listings.size(); ++k)
        if (market.is_traded(k, today_)) act(k, market.listings[k].exchange, market.rules().listings[k].exchange);
    };
    for_each_traded([&](std::uint32_t k, Exchange& exchange, const ExchangeRules& rules) {
      MarketCustody accounts = market.custody(k);
      exchange.end_parts(rules, accounts, &books);  // a closing call still sees the standing offers
    });
    market.withdraw_quotes(sink.wants_tape() ? &sink : nullptr);
    for_each_traded([&](std::uint32_t k, Exchange& exchange, const ExchangeRules& rules) {
      MarketCustody accounts = market.custody(k);
      exchange.close(rules, accounts, &books);
      Desk desk(market, k, &books);
      setup_->strategies[m]->negotiate(view(m, k, yesterday_), intents_[book(m, k)], notes_[book(m, k)], desk);
      notes_[book(m, k)].clear();
      publish(m, k);
    });
    comply(m, sink);
    check_conservation(m, false);
    check_links();
    sink.day(*this, static_cast<std::uint32_t>(m));
  }
}

void Simulation::live_one_day(Sink& sink, Workers& workers) {
  begin_day(sink, workers);
  while (step(std::numeric_limits<std::uint32_t>::max(), sink)) {}
  end_day(sink, workers);
}

bool Simulation::live(Sink& sink, Workers& workers, const std::function<bool()>& go_on) {
  while (!finished()) {
    live_one_day(sink, workers);
    if (!go_on()) return false;
  }
  return true;
}

void Simulation::finish() {
  for (std::size_t m = 0; m < markets_.size(); ++m) check_conservation(m, true);
  const int year = year_of(today_);
  for (std::uint32_t i = 0; i < setup_->traits.size(); ++i) settle_abatement(setup_->traits, firms_, i, year);
  collect_measures(setup_->traits, firms_, year);
}

std::vector<std::byte> save_state(Simulation& simulation) {
  StateWriter writer;
  simulation.visit_state(writer);
  return std::move(writer).take();
}

void load_state(Simulation& simulation, std::span<const std::byte> bytes) {
  StateReader reader(bytes);
  simulation.forget();
  simulation.visit_state(reader);
  if (!reader.finished()) throw std::runtime_error("the saved state holds more than this scenario has");
}

}  // namespace tantu
