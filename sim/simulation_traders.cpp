// The traders' part of a simulation: their means, their turns among the firms' arrivals, their messages.
#include <algorithm>

#include "sim/simulation.hpp"
#include "sim/year_books.hpp"

namespace tantu {

namespace {
std::vector<BookView> books_of(const std::vector<Market>& markets, const std::vector<std::vector<TraderAccount>>& accounts, const TraderSetup& trader) {
  std::vector<BookView> books;
  for (const TraderSeat& seat : trader.seats)
    books.emplace_back(markets[seat.market], seat, accounts[seat.market][seat.account - markets[seat.market].first_participant()]);
  return books;
}
}  // namespace

/// The messages of one trader in one of its turns.
class SeatDesk final : public TraderDesk {
  template <class Message>
  auto send(std::size_t seat, Message message) {
    const std::uint32_t m = trader_.seats[seat].market;
    Market& market = s_.markets_[m];
    std::vector<TraderAccount>& accounts = s_.trader_accounts_[m];
    YearBooks books(market, s_.firms_.year(year_of(s_.today_)), accounts, sink_.wants_tape() ? &sink_ : nullptr);
    MarketCustody custody = market.custody(trader_.seats[seat].listing);
    const auto answer = message(market, accounts[trader_.seats[seat].account - market.first_participant()], custody, books);
    sink_.settled(s_, m, trader_.seats[seat].listing);
    return answer;
  }

 public:
  SeatDesk(Simulation& simulation, const TraderSetup& trader, Sink& sink) : s_(simulation), trader_(trader), sink_(sink) {}

  OrderAnswer submit(std::size_t seat, const OrderRequest& request) override {
    return send(seat, [&](Market& market, TraderAccount& account, Custody& custody, Tape& tape) {
      const TraderSeat& from = trader_.seats[seat];
      const OrderAnswer answer = s_.today_ < from.admitted ? OrderAnswer{Rejection::not_admitted, 0, {}, {}}
                                                           : market.listings[from.listing].exchange.submit(from.account, request, from.rules, custody, &tape);
      ++(answer.rejection == Rejection::none ? account.orders : account.refused);
      return answer;
    });
  }
  Rejection cancel(std::size_t seat, std::uint64_t order) override {
    return send(seat, [&](Market& market, TraderAccount& account, Custody& custody, Tape& tape) {
      const Rejection answer = market.listings[trader_.seats[seat].listing].exchange.cancel(trader_.seats[seat].account, order, trader_.seats[seat].rules, custody, &tape);
      if (answer == Rejection::none) ++account.cancelled;
      return answer;
    });
  }

  Tonnes transfer(const SeatLink& link, Tonnes quantity) override {
    const TraderSeat &a = trader_.seats[link.from], &b = trader_.seats[link.to];
    const Market& market = s_.markets_[a.market];
    const Tonnes before = market.registry.holding(a.account);
    const Tonnes arrived = s_.transfer(link.direction, a.account, b.account, std::min(quantity, market.listings[a.listing].exchange.free(market.registry, a.account, a.rules)), std::nullopt);
    account_of(a).moved -= before - market.registry.holding(a.account);
    account_of(b).moved += arrived;
    return arrived;
  }
  Cash remit(std::size_t from, std::size_t to, Cash amount) override {
    const TraderSeat &a = trader_.seats[from], &b = trader_.seats[to];
    const bool linked = std::any_of(s_.setup().links.begin(), s_.setup().links.end(), [&](const LinkRules& link) {
      return (link.from == a.market && link.to == b.market) || (link.from == b.market && link.to == a.market);
    });
    if (!linked || amount <= Cash{}) return {};
    const Cash arrived = s_.remit(a.market, a.account, b.market, b.account, amount);
    account_of(a).remitted -= amount;
    account_of(b).remitted += arrived;
    return arrived;
  }

 private:
  TraderAccount& account_of(const TraderSeat& seat) { return s_.trader_accounts_[seat.market][seat.account - s_.markets_[seat.market].first_participant()]; }
  Simulation& s_;
  const TraderSetup& trader_;
  Sink& sink_;
};

void Simulation::seat_traders() {
  trader_states_.resize(setup_->traders.size());
  trader_accounts_.resize(markets_.size());
  turns_.resize(intents_.size());
  next_turn_.resize(intents_.size());
  for (const TraderSetup& trader : setup_->traders)
    for (const TraderSeat& seat : trader.seats) {
      Market& market = markets_[seat.market];
      trader_accounts_[seat.market].emplace_back();
      market.clearing.pay(market.owners_account(), seat.account, seat.cash);
      const Instrument& instrument = market.rules().listings[seat.listing].instrument;
      const std::int32_t vintage = std::clamp(year_of(setup_->first_day), std::max(instrument.first_vintage, setup_->first_year), std::min(instrument.last_vintage, setup_->last_year));
      const auto origin = static_cast<std::uint16_t>(instrument.type == UnitType::offset ? instrument.origin : 0);
      const UnitIndex unit = market.registry.unit({instrument.type, origin, vintage, std::numeric_limits<std::int32_t>::max()});
      market.registry.issue(seat.account, unit, seat.allowances);
    }
}

bool Simulation::is_admitted(std::uint32_t m, Account account) const {
  for (const TraderSetup& trader : setup_->traders)
    for (const TraderSeat& seat : trader.seats)
      if (seat.market == m && seat.account == account && today_ < seat.admitted) return false;
  return true;
}

void Simulation::plan_turns(std::size_t m, std::uint32_t listing) {
  const std::size_t b = book(m, listing);
  std::vector<TraderTurn>& turns = turns_[b];
  turns.clear();
  next_turn_[b] = 0;
  if (!markets_[m].is_traded(listing, today_)) return;
  std::vector<double> moments;
  for (std::uint32_t t = 0; t < setup_->traders.size(); ++t) {
    const TraderSetup& trader = setup_->traders[t];
    if (trader.seats.front().market != m || trader.seats.front().listing != listing) continue;
    const std::vector<BookView> books = books_of(markets_, trader_accounts_, trader);
    moments.clear();
    trader.trader->schedule({books, setup_->key, trader.entity, today_, 0, 1}, moments);
    for (std::uint32_t k = 0; k < moments.size(); ++k) turns.push_back({moments[k], t, k});
  }
  std::stable_sort(turns.begin(), turns.end(), [](const TraderTurn& a, const TraderTurn& b) { return a.at < b.at; });
}

bool Simulation::act_due_trader(std::size_t m, std::uint32_t listing, Sink& sink) {
  const std::size_t b = book(m, listing);
  std::uint32_t& next = next_turn_[b];
  if (next == turns_[b].size()) return false;
  const TraderTurn& turn = turns_[b][next];
  const auto arrivals = static_cast<double>(intents_[b].size());
  if (next_intent_[b] < intents_[b].size() && static_cast<double>(next_intent_[b]) < turn.at * arrivals) return false;
  tell_time(m, listing, sink);
  ++next;
  const TraderSetup& trader = setup_->traders[turn.trader];
  const std::vector<BookView> books = books_of(markets_, trader_accounts_, trader);
  std::uint32_t turns = 0;
  for (const TraderTurn& other : turns_[b]) turns += other.trader == turn.trader;
  SeatDesk desk(*this, trader, sink);
  std::vector<SeatLink> links;
  std::vector<double> rates;
  for (std::size_t to = 0; to < trader.seats.size(); ++to) {
    const std::uint32_t there = trader.seats[to].market;
    const MarketRules& first = markets_[trader.seats.front().market].rules();
    rates.push_back(setup_->rates.rate(markets_[there].rules().currency, first.currency, today_).value_or(0));
    for (std::size_t from = 0; from < trader.seats.size(); ++from)
      for (std::uint32_t d = 0; d < links_.size(); ++d) {
        const LinkRules& link = setup_->links[d];
        if (link.from != trader.seats[from].market || link.to != there || !link.is_open(today_)) continue;
        links.push_back({from, to, d, link.accepted.factor(), static_cast<double>(link.fee.count), links_[d].room(link, std::nullopt)});
      }
  }
  trader.trader->act({books, setup_->key, trader.entity, today_, turn.number, turns, links, rates}, trader_states_[turn.trader], desk);
  return true;
}

}  // namespace tantu
