// Trade across links: quotas of the year, transfers between registries, cash between currencies, and firms that have
// accounts in two markets and send an order where it trades better.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/expected_fees.hpp"
#include "sim/simulation.hpp"

namespace tantu {

namespace {

/// Units of a registry that may travel, in the order in which they are delivered.
std::vector<UnitIndex> travellers(const Registry& registry, const LinkRules& link) {
  std::vector<UnitIndex> units;
  for (UnitIndex u = 0; u < registry.units().size(); ++u) {
    const Unit& unit = registry.units()[u];
    if (unit.type != UnitType::allowance || unit.vintage < link.first_vintage || unit.vintage > link.last_vintage) continue;
    if (unit.origin == 0 || unit.origin == foreign_origin(link.to) || link.passes_on) units.push_back(u);
  }
  std::stable_sort(units.begin(), units.end(), [&](UnitIndex a, UnitIndex b) {
    const Unit &x = registry.units()[a], &y = registry.units()[b];
    return x.expires != y.expires ? x.expires < y.expires : x.vintage < y.vintage;
  });
  return units;
}

}  // namespace

void Simulation::renew_quotas() {
  const int year = year_of(today_);
  for (std::size_t d = 0; d < links_.size(); ++d) {
    LinkBooks& books = links_[d];
    if (books.year == year) continue;
    const LinkRules& link = setup_->links[d];
    const Rows rows = markets_[link.to].rules().rows;
    books.year = year;
    books.used = Tonnes{};
    books.limit = link.quota.value_or(Tonnes{-1});
    books.firm_limit.clear();
    books.firm_used.clear();
    if (!link.quota_share) continue;
    // The latest year whose obligations are final; before there is one a year's baseline emissions.
    const FirmYear* settled = nullptr;
    for (int y = std::min(year, firms_.last_year()); y >= firms_.first_year && !settled; --y)
      for (std::uint32_t row = rows.first; row < rows.last && !settled; ++row)
        if (firms_.year(y).obligation[row] >= Tonnes{}) settled = &firms_.year(y);
    const auto base = [&](std::uint32_t row) {
      return settled ? static_cast<double>(std::max(settled->obligation[row], Tonnes{}).count) : firms_.covered[row] ? setup_->traits.emissions[row] : 0.0;
    };
    if (link.quota_of == QuotaOf::firm) {
      for (std::uint32_t row = rows.first; row < rows.last; ++row) books.firm_limit.push_back(whole_tonnes(*link.quota_share * base(row)));
      books.firm_used.resize(rows.size());
    } else {
      double sum = 0;
      for (std::uint32_t row = rows.first; row < rows.last; ++row) sum += base(row);
      const Tonnes share = whole_tonnes(*link.quota_share * sum);
      books.limit = books.limit < Tonnes{} ? share : std::min(books.limit, share);
    }
  }
}

Tonnes Simulation::transfer(std::size_t direction, Account from, Account to, Tonnes quantity, std::optional<std::uint32_t> firm_row) {
  const LinkRules& link = setup_->links[direction];
  LinkBooks& books = links_[direction];
  Market &giver = markets_[link.from], &taker = markets_[link.to];
  const Rows rows = taker.rules().rows;
  const bool of_taker = firm_row && *firm_row >= rows.first && *firm_row < rows.last;
  const std::optional<std::uint32_t> firm = of_taker ? std::optional(*firm_row - rows.first) : std::nullopt;
  LinkFlow moved;
  Tonnes left = quantity;
  for (const UnitIndex u : travellers(giver.registry, link)) {
    const Unit unit = giver.registry.units()[u];
    const bool comes_home = unit.origin == foreign_origin(link.to);
    const Conversion& conversion = comes_home ? link.home : link.accepted;
    Tonnes part = std::min(left, giver.registry.holding(from, u));
    if (!comes_home) part = std::min(part, conversion.most(books.room(link, firm)));
    const Tonnes received = conversion.of(part);
    if (received <= Tonnes{}) continue;
    giver.registry.send(from, u, part);
    Unit there = unit;
    there.origin = comes_home ? std::uint16_t{0} : unit.origin == 0 ? foreign_origin(link.from) : unit.origin;
    taker.registry.receive(to, taker.registry.unit(there), received);
    left -= part;
    moved.sent += part;
    moved.received += received;
    if (comes_home) {
      moved.home += received;
      books.sent_home += part;
      books.received_home += received;
      books.remainder_home += conversion.remainder(part);
    } else {
      books.sent += part;
      books.received += received;
      books.remainder += conversion.remainder(part);
      books.used += received;
      if (firm && !books.firm_used.empty()) books.firm_used[*firm] += received;
    }
  }
  if (moved.sent == Tonnes{}) return {};
  moved.value = taker.board().close * moved.received;
  moved.fees = link.fee * moved.received.count;
  if (moved.fees != Cash{}) taker.clearing.pay(to, Market::treasury, moved.fees);
  const std::int32_t sector = firm_row ? setup_->traits.sector[*firm_row] : -1;
  LinkFlow& flow = books.flow(year_of(today_), sector);
  flow.sent += moved.sent;
  flow.received += moved.received;
  flow.home += moved.home;
  flow.value += moved.value;
  flow.fees += moved.fees;
  ++flow.transfers;
  return moved.received;
}

double Simulation::rate(std::size_t of, std::size_t in) const {
  return setup_->rates.rate(markets_[of].rules().currency, markets_[in].rules().currency, today_).value_or(1);
}

Cash Simulation::remit(std::size_t from, Account payer, std::size_t to, Account payee, Cash amount) {
  Market &here = markets_[from], &there = markets_[to];
  const double worth = to_currency(amount, here.rules().price_scale) * rate(from, to) / there.rules().price_scale;
  const Cash arrives{nearest(worth)};
  here.clearing.pay(payer, here.correspondent(), amount);
  there.clearing.pay(there.correspondent(), payee, arrives);
  remitted_[from] += amount;
  remitted_[to] -= arrives;
  return arrives;
}

bool Simulation::is_trading(std::size_t m) const {
  const Exchange& exchange = markets_[m].exchange();
  return markets_[m].is_traded(markets_[m].front_listing(), today_) && exchange.phase() == SessionPhase::continuous && !exchange.is_halted();
}

void Simulation::trade_abroad(std::size_t home, std::uint32_t row, OrderRequest& request, Sink& sink) {
  for (std::size_t d = 0; d < setup_->links.size() && request.quantity > Tonnes{}; ++d) {
    const LinkRules& link = setup_->links[d];
    const bool buying = request.side == Side::buy;
    if ((buying ? link.to : link.from) != home || !link.is_open(today_)) continue;
    const std::size_t abroad = buying ? link.from : link.to;
    const Account account = setup_->account_abroad(static_cast<std::uint32_t>(home), static_cast<std::uint32_t>(abroad), row);
    if (account == no_account || !is_trading(abroad)) continue;
    if (buying) buy_abroad(d, row, account, request, sink);
    else sell_abroad(d, row, account, request, sink);
  }
}

void Simulation::buy_abroad(std::size_t d, std::uint32_t row, Account account, OrderRequest& request, Sink& sink) {
  const LinkRules& link = setup_->links[d];
  Market &home = markets_[link.to], &abroad = markets_[link.from];
  const ExchangeRules &here = home.front_rules().exchange, &there = abroad.front_rules().exchange;
  const double scale = home.rules().price_scale, scale_there = abroad.rules().price_scale;
  // The most that a unit may cost: what the firm would pay at home.
  double most = to_currency(request.price, scale);
  if (const auto ask = home.exchange().best_ask()) most = std::min(most, ExpectedFees::of_taker(here.fees, scale).paid(to_currency(*ask, scale)));
  const double net = (most - to_currency(link.fee, scale)) * link.accepted.factor() / rate(link.from, link.to);
  const Price price = on_tick_at_most(ExpectedFees::of_taker(there.fees, scale_there).bid(net), there.tick, scale_there);
  const auto ask = abroad.exchange().best_ask();
  if (!ask || *ask > price) return;
  const std::uint32_t firm = row - home.rules().rows.first;
  Tonnes quantity = link.accepted.most(std::min(request.quantity, links_[d].room(link, firm)));
  if (there.listed_most > Tonnes{}) quantity = std::min(quantity, there.listed_most);
  quantity -= Tonnes{quantity.count % there.lot.count};
  if (quantity <= Tonnes{}) return;
  Price limit = price;
  if (there.price_limit > 0) limit = std::min(limit, abroad.exchange().limit_high());
  const Cash before = abroad.clearing.balance(account);
  OrderRequest order{Side::buy, limit, quantity};
  order.type = OrderType::immediate_or_cancel;
  const Tonnes filled = take_abroad(link.from, account, order, sink).filled;
  if (filled <= Tonnes{}) return;
  const Cash spent = before - abroad.clearing.balance(account);
  const Cash paid = -remit(link.from, account, link.to, home.account(row), -spent);
  const Tonnes received = transfer(d, account, home.account(row), filled, row);
  FirmYear& year = firms_.year(year_of(today_));
  year.bought[row] += received;
  year.paid[row] += paid;
  request.quantity -= std::min(request.quantity, received);
}

void Simulation::sell_abroad(std::size_t d, std::uint32_t row, Account account, OrderRequest& request, Sink& sink) {
  const LinkRules& link = setup_->links[d];
  Market &home = markets_[link.from], &abroad = markets_[link.to];
  const ExchangeRules &here = home.front_rules().exchange, &there = abroad.front_rules().exchange;
  const double scale = home.rules().price_scale, scale_there = abroad.rules().price_scale;
  double least = to_currency(request.price, scale);
  if (const auto bid = home.exchange().best_bid()) least = std::max(least, ExpectedFees::of_taker(here.fees, scale).kept(to_currency(*bid, scale)));
  const double net = least * rate(link.from, link.to) / link.accepted.factor() + to_currency(link.fee, scale_there);
  Price limit = on_tick_at_least(ExpectedFees::of_taker(there.fees, scale_there).ask(net), there.tick, scale_there);
  const auto bid = abroad.exchange().best_bid();
  if (!bid || *bid < limit) return;
  if (there.price_limit > 0) limit = std::max(limit, abroad.exchange().limit_low());
  // Only as much is sent as bids are waiting for.
  Tonnes wanted;
  abroad.exchange().book().for_each_level(Side::buy, 8, [&](const PriceLevel& level) { if (level.price >= limit) wanted += level.shown; });
  if (there.listed_most > Tonnes{}) wanted = std::min(wanted, there.listed_most);
  wanted = std::min(wanted, links_[d].room(link, std::nullopt));
  wanted -= Tonnes{wanted.count % there.lot.count};
  const Tonnes sent = std::min(request.quantity, link.accepted.most(wanted));
  if (sent <= Tonnes{} || wanted <= Tonnes{}) return;
  const Cash before = abroad.clearing.balance(account);
  const Tonnes received = transfer(d, home.account(row), account, sent, row);
  if (received <= Tonnes{}) return;
  OrderRequest order{Side::sell, limit, std::min(abroad.registry.holding(account), wanted)};
  order.type = OrderType::immediate_or_cancel;
  take_abroad(link.to, account, order, sink);
  const Cash gained = abroad.clearing.balance(account) - before;
  const Cash arrives = remit(link.to, account, link.from, home.account(row), gained);
  FirmYear& year = firms_.year(year_of(today_));
  year.sold[row] += sent;
  year.received[row] += arrives;
  request.quantity -= sent;
}

void Simulation::check_links() const {
  for (std::size_t d = 0; d < links_.size(); ++d)
    if (!links_[d].closes(setup_->links[d]))
      throw std::logic_error(fmt::format("link {} from {} to {}: allowances are not conserved on {}", setup_->links[d].link,
                                         markets_[setup_->links[d].from].rules().name, markets_[setup_->links[d].to].rules().name, to_string(today_)));
  for (std::size_t m = 0; m < markets_.size() && !links_.empty(); ++m) {
    const Market& market = markets_[m];
    Tonnes sent, received, sent_over, received_over;
    for (UnitIndex u = 0; u < market.registry.units().size(); ++u) {
      sent += market.registry.totals(u).sent;
      received += market.registry.totals(u).received;
    }
    for (std::size_t d = 0; d < links_.size(); ++d) {
      if (setup_->links[d].from == m) sent_over += links_[d].sent + links_[d].sent_home;
      if (setup_->links[d].to == m) received_over += links_[d].received + links_[d].received_home;
    }
    if (sent != sent_over || received != received_over)
      throw std::logic_error(fmt::format("{}: allowances over its links are not conserved on {}", market.rules().name, to_string(today_)));
    if (market.clearing.balance(market.correspondent()) != remitted_[m])
      throw std::logic_error(fmt::format("{}: cash from and to other markets is not conserved on {}", market.rules().name, to_string(today_)));
  }
}

}  // namespace tantu
