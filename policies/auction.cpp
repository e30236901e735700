// Auctions: a calendar, a volume, a reserve price, and what becomes of what is not sold.
//
// A year's volume is created in the pool `auction` on its first trading day and offered in equal parts: each
// auction offers what the pool holds, less what waits for a later one, over the auctions left in the year.
// What other instruments take from the pool or add to it (a stability reserve) changes the offers of the
// rest of the year by itself.
//
// Unsold: `cancel` at once; `next` to the auctions left in the year, what remains after the last is cancelled
// (New Zealand); `roll_over` in equal parts over the next auctions, each at most a share above its own offer
// (United Kingdom: four, 25%); `reintroduce` after a number of auctions in a row that settled above the
// reserve price, at most a share of an offer, and to a reserve once it is too old (California, 17 CCR
// 95911: two, 25%, 24 months); `reserve` at once;
// `keep` like `next`, over the turn of the year.
//
// The reserve price is given by year, or follows the market (Korea): the mean of the average closes of the last
// three whole months, of the last month and of the last three trading days.
#include <algorithm>
#include <cmath>

#include "policies/auction_calendar.hpp"
#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

enum class AuctionBasis : std::uint8_t { volume, share_of_cap, rest_of_cap };
enum class Unsold : std::uint8_t { cancel, next, roll_over, reintroduce, reserve, keep };

struct AuctionParameters {
  AuctionCalendarParameters calendar;
  AuctionBasis basis = AuctionBasis::share_of_cap;
  std::map<int, double> share, volume_mt, adjustment_mt;
  AuctionKind kind = AuctionKind::uniform;
  TieRule ties = TieRule::pro_rata;
  double lot_t = 1;
  PricePathParameters reserve_price;
  bool floor_by_averages = false;
  bool confidential = false;
  bool decline_under_covered = false;
  double most_covered = 0, most_other = 0;
  Unsold unsold = Unsold::next;
  std::string unsold_to = "containment";
  std::int64_t roll_over_auctions = 4;
  double most_added = 0.25;
  std::int64_t auctions_above = 2;
  std::int64_t unsold_months = 24;
  double advance_share = 0;
  std::int64_t advance_years = 3;
  bool opens_session = true;
};

template <>
const Table& table<AuctionParameters>() {
  using P = AuctionParameters;
  static const Table t{
      "auction",
      "Sealed-bid auctions of a share of the cap or of a given volume.",
      {field<&P::calendar>("calendar", "", "when"),
       choice<&P::basis>("basis", {"volume", "share_of_cap", "rest_of_cap"}, "what is sold of a year: volume_mt, share of the cap, or the cap less the expected free allocation"),
       field<&P::share>("share", "1, by year", in(0, 1), "share_of_cap: share that is sold; the last given one holds on"),
       field<&P::volume_mt>("volume_mt", "Mt by year", at_least(0), "volume: what is sold; the last given one holds on"),
       field<&P::adjustment_mt>("adjustment_mt", "Mt by year", "added to the volume of that year alone: what is held back or brought forward"),
       choice<&P::kind>("kind_of_price", {"uniform", "pay_as_bid"}, "all pay the lowest winning bid, or each its own"),
       choice<&P::ties>("ties", {"pro_rata", "by_order"}, "how bids at the lowest winning price share what is left: in proportion, or in a drawn order"),
       field<&P::lot_t>("lot_t", "t", in(1, 1e6), "allowances in a lot"),
       field<&P::reserve_price>("reserve_price", "", "lowest price at which anything is sold; none: a price step"),
       field<&P::floor_by_averages>("floor_by_averages", "", "the reserve price is the mean of the average closes of the last three months, the last month and the last three trading days"),
       field<&P::confidential>("confidential", "", "the reserve price is secret: bids below it count, but an auction that would clear below it is called off"),
       field<&P::decline_under_covered>("decline_under_covered", "", "an auction whose bids do not cover its volume is called off"),
       field<&P::most_covered>("most_covered", "1", in(0, 1), "share of an auction's volume that one covered entity may buy; 0: no limit"),
       field<&P::most_other>("most_other", "1", in(0, 1), "the same for others"),
       choice<&P::unsold>("unsold", {"cancel", "next", "roll_over", "reintroduce", "reserve", "keep"}, "what becomes of what is not sold"),
       field<&P::unsold_to>("unsold_to", "", "reintroduce and reserve: the account it goes to at last"),
       field<&P::roll_over_auctions>("roll_over_auctions", "", in(1, 100), "roll_over: auctions over which it is spread"),
       field<&P::most_added>("most_added", "1", in(0, 10), "roll_over and reintroduce: most that is added, as a share of the auction's own volume"),
       field<&P::auctions_above>("auctions_above", "", in(1, 100), "reintroduce: auctions in a row that have to settle above the reserve price"),
       field<&P::unsold_months>("unsold_months", "months", in(0, 600), "reintroduce: after so long it goes to unsold_to; 0: never"),
       field<&P::advance_share>("advance_share", "1", in(0, 1), "share of a year's volume that is sold advance_years before"),
       field<&P::advance_years>("advance_years", "years", in(1, 10), "how long before"),
       field<&P::opens_session>("opens_session", "", "the day's session opens at the price of the auction, if it sold anything: it is what firms know, and the exchange's reference")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.basis == AuctionBasis::volume && p.volume_mt.empty()) problems.push_back({"/volume_mt", "is empty; basis \"volume\" needs at least one year, e.g. {\"2021\": 69}"});
        if (p.basis == AuctionBasis::share_of_cap && p.share.empty()) problems.push_back({"/share", "is empty; basis \"share_of_cap\" needs at least one year, e.g. {\"2021\": 0.57}"});
        if (p.basis != AuctionBasis::volume && !p.volume_mt.empty()) problems.push_back({"/volume_mt", "has no effect; leave it out or set basis to \"volume\""});
        if (p.basis != AuctionBasis::share_of_cap && !p.share.empty()) problems.push_back({"/share", "has no effect; leave it out or set basis to \"share_of_cap\""});
        if (p.floor_by_averages && !p.reserve_price.given.empty()) problems.push_back({"/reserve_price", "and floor_by_averages both set the reserve price; keep one"});
        if (p.confidential && p.reserve_price.given.empty() && !p.floor_by_averages) problems.push_back({"/confidential", "needs a reserve_price"});
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"auction_volume", "t", "volume of the year, created for auctions"},
    {"reserve_price", "currency t-1", "lowest price at which an auction sells"},
    {"unsold", "t", "waiting to be offered again, after an auction"},
};
enum : std::size_t { volume_series, reserve_price_series, unsold_series };

class Auction final : public Policy {
 public:
  using Parameters = AuctionParameters;
  static constexpr Phase acts_in = Phase::auction;

  Auction(const Parameters& p, const PolicyContext& context)
      : p_(p), pool_(context.pool("auction")), advance_pool_(context.pool("auction_advance")), unsold_to_(context.pool(p.unsold_to)), cap_(context.cap), allocate_(context.allocate),
        scale_(context.price_scale), rows_(context.rows), traits_(&context.traits), first_year_(context.first_year) {
    if (p.basis != AuctionBasis::volume && !context.cap(context.first_year))
      throw ParameterError({"basis"}, "needs a cap on the mass of allowances; set basis to \"volume\", or the cap's basis to \"mass\"");
  }
  Phase phase() const override { return acts_in; }

  /// What is offered of each year, less what a reserve has taken, and the reserve price.
  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    const HistoryView& history = question.history;
    for (int year = history.first_year(); year <= history.last_year(); ++year) {
      if (question.asks(Answer::auction_volume)) {
        double offered = p_.basis == AuctionBasis::rest_of_cap ? question.cap(year).value_or(0) - answers.find(Answer::free_allocation, {year}).value_or(0) : volume(year);
        for (int month = 1; month <= 12; ++month)
          offered += answers.find(Answer::reserve_release, {year, month}).value_or(0) - answers.find(Answer::reserve_intake, {year, month}).value_or(0);
        answers.put(Answer::auction_volume, {year}, std::max(0.0, std::floor(offered + 0.5)));
      }
      if (p_.floor_by_averages && question.asks(Answer::reserve_price)) {
        for (int month = month_number(year, 1); month <= month_number(year, 12); ++month)
          if (history.covers((month - 3) / 12))
            if (const auto floor = floor_of(history, month)) answers.put(Answer::reserve_price, {year, month % 12 + 1}, *floor);
      } else if (question.asks(Answer::reserve_price))
        if (const auto price = price_in(p_.reserve_price, year, history, "the reserve price")) answers.put(Answer::reserve_price, {year}, *price);
    }
  }
  std::span<const SeriesName> series() const override { return series_names; }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    const int year = year_of(view.today);
    state.number(ages - 1);
    for (int y = std::max(year_of(view.opening), first_year_); y <= year; ++y) {
      if (!state.first_time(static_cast<std::size_t>(y - first_year_))) continue;
      // A market that opens within a year sells the part of its volume that falls on the auctions to come.
      const int all = auctions_in(p_.calendar, view.calendar, y);
      const int left = auctions_left(p_.calendar, view.calendar, view.today);
      const double part = all == 0 ? 0 : y == year ? static_cast<double>(left) / all : 0;
      const Tonnes current = whole_tonnes((1 - p_.advance_share) * volume(y) * part);
      const Tonnes advance = whole_tonnes(p_.advance_share * volume(y + static_cast<int>(p_.advance_years)) * part);
      add_stock(effects, pool_, y, current);
      add_stock(effects, advance_pool_, y + static_cast<int>(p_.advance_years), advance);
      state.report(volume_series, view.today, static_cast<double>((current + advance).count));
    }
    if (p_.unsold == Unsold::reintroduce && p_.unsold_months > 0) retire_old(view, state, effects);
  }

  void call_auctions(const PolicyView& view, PolicyState& state, std::vector<AuctionNotice>& notices) const override {
    if (!is_auction_day(p_.calendar, view.calendar, view.today)) return;
    const int left = std::max(1, auctions_left(p_.calendar, view.calendar, view.today));
    const auto waiting = static_cast<std::int64_t>(state.number(unsold_stock));
    const Tonnes own{std::max<std::int64_t>(0, (view.stock(pool_).count - waiting) / left)};
    const Tonnes again = reintroduced(state, own);
    state.number(offered_own) = static_cast<double>(own.count);
    state.number(offered_again) = static_cast<double>(again.count);
    state.number(unsold_stock) -= static_cast<double>(again.count);
    add_notice(view, state, notices, 0, year_of(view.today), own + again, left);
    if (const Tonnes advance = view.stock(advance_pool_); advance > Tonnes{})
      add_notice(view, state, notices, 1, year_of(view.today) + static_cast<int>(p_.advance_years), Tonnes{advance.count / left}, left);
  }

  /// After the close: what the day's auctions did not sell.
  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    const bool last_of_year = year_of(view.next) != year_of(view.today);
    for (const AuctionRecord& a : todays(view)) {
      if (a.tag > 1 || a.policy != mine(view)) continue;
      // What is not sold of a later vintage is offered again as long as the year lasts.
      if (a.tag == 1) continue;
      const Tonnes offered{static_cast<std::int64_t>(state.number(offered_own) + state.number(offered_again))};
      const Tonnes unsold = std::max(Tonnes{}, offered - (a.sold - a.contained));
      const bool above = unsold == Tonnes{} && a.price > a.reserve;
      state.number(in_a_row) = above ? state.number(in_a_row) + 1 : 0;
      if (unsold == Tonnes{}) continue;
      switch (p_.unsold) {
        case Unsold::cancel: out(effects, Effect::Kind::cancel, unsold); break;
        case Unsold::reserve: out(effects, Effect::Kind::move, unsold); break;
        case Unsold::next:
        case Unsold::keep: break;  // the pool's stock is offered again by itself
        case Unsold::roll_over:
        case Unsold::reintroduce:
          state.number(unsold_stock) += static_cast<double>(unsold.count);
          if (p_.unsold == Unsold::reintroduce) {
            state.numbers.push_back(view.today.number);
            state.numbers.push_back(static_cast<double>(unsold.count));
          } else {
            state.number(roll_part) = std::ceil(state.number(unsold_stock) / static_cast<double>(p_.roll_over_auctions));
          }
          break;
      }
    }
    if (!todays(view).empty()) state.report(unsold_series, view.today, state.number(unsold_stock));
    if (last_of_year && p_.unsold == Unsold::next && view.stock(pool_) > Tonnes{}) out(effects, Effect::Kind::cancel, view.stock(pool_));
    if (const Tonnes rest = view.stock(advance_pool_); last_of_year && rest > Tonnes{}) {
      Effect e{Effect::Kind::cancel, 0, 0, rest};
      e.from = advance_pool_;
      effects.push_back(e);
    }
  }

  double auction_floor(int year) const override { return price_in(p_.reserve_price, year).value_or(0); }
  /// The volume from the reserve price on; of what stays unsold, where it is offered again, a second offer. Advance
  /// vintages count in their own year.
  void expect(const PolicyView& view, const PolicyState& state, SupplyOutlook& outlook) const override {
    double unsold = outlook.at_opening || state.numbers.size() <= unsold_stock ? 0 : state.numbers[unsold_stock];
    for (std::size_t k = 0; k < outlook.years.size(); ++k) {
      SupplyYear& y = outlook.years[k];
      const auto mark = static_cast<std::size_t>(std::max(0, y.year - first_year_));
      const bool created = !outlook.at_opening && mark < state.done.size() && state.done[mark];
      double tonnes = y.year >= first_year_ ? volume(y.year) : 0;
      if (created && y.year == year_of(view.today)) {
        tonnes = std::max(0.0, static_cast<double>(view.stock(pool_).count) - unsold);
      } else if (y.ahead < 1) {
        const int all = auctions_in(p_.calendar, view.calendar, y.year);
        tonnes *= all == 0 ? 0 : static_cast<double>(auctions_left(p_.calendar, view.calendar, outlook.at_opening ? view.opening : view.today)) / all;
      }
      const auto reserve = price_in(p_.reserve_price, y.year);
      if (!reserve) {
        y.auctioned += tonnes;
        continue;
      }
      y.offers.push_back({SupplySource::auction, *reserve, *reserve, tonnes});
      if (p_.unsold != Unsold::keep && p_.unsold != Unsold::roll_over && p_.unsold != Unsold::reintroduce) continue;
      y.offers.push_back({SupplySource::auction, *reserve, *reserve, p_.unsold == Unsold::keep ? unsold : std::min(unsold, p_.most_added * tonnes)});
      if (outlook.before) unsold = std::max(0.0, unsold + tonnes - outlook.taken(k, view.index, 0) - outlook.taken(k, view.index, 1));
    }
  }

 private:
  // What the state's numbers are; from `ages` on pairs (day, tonnes) of what waits to be reintroduced, the oldest first.
  enum : std::size_t { unsold_stock, in_a_row, roll_part, offered_own, offered_again, ages };

  double volume(int year) const {
    const auto adjustment = p_.adjustment_mt.find(year);
    return std::max(0.0, planned(year) + (adjustment == p_.adjustment_mt.end() ? 0 : adjustment->second * 1e6));
  }
  double planned(int year) const {
    switch (p_.basis) {
      case AuctionBasis::volume: return value_in(p_.volume_mt, year, 0) * 1e6;
      case AuctionBasis::share_of_cap: return value_in(p_.share, year, 0) * cap_(year).value_or(0);
      case AuctionBasis::rest_of_cap: break;
    }
    std::vector<double> activity(rows_.size()), allocation(rows_.size());
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
      const std::vector<double>& path = traits_->sectors[traits_->sector[rows_.first + i]].activity_path;
      activity[i] = path[static_cast<std::size_t>(std::clamp(year - first_year_, 0, static_cast<int>(path.size()) - 1))];
    }
    allocate_(rows_, year, activity.data(), allocation.data());
    double free = 0;
    for (const double a : allocation) free += a;
    return std::max(0.0, cap_(year).value_or(0) - free);
  }
  /// The reserve price of an auction today, currency.
  std::optional<double> reserve_today(const PolicyView& view) const {
    if (!p_.floor_by_averages) return price_in(p_.reserve_price, year_of(view.today));
    const auto quarter = view.prices.months(view.today, 3), month = view.prices.months(view.today, 1), days = view.prices.last(3);
    if (!quarter || !month || !days) return std::nullopt;
    return in_decimals((*quarter + *month + *days) / 3, 0) * scale_;
  }
  /// Of an auction on the first day of a month of a history; none where no days are given.
  std::optional<double> floor_of(const HistoryView& history, int month) const {
    const HistoryDate first{month / 12, month % 12 + 1, 1};
    double days = 0;
    int n = 0;
    const auto rows = history.rows(Given::price);
    for (auto row = rows.rbegin(); row != rows.rend() && n < 3; ++row)
      if (row->when.day != 0 && row->when < first && row->entity.empty()) days += row->value, ++n;
    if (n < 3) return std::nullopt;
    const auto quarter = history.mean(Given::price, month - 3, month - 1), last = history.mean(Given::price, month - 1, month - 1);
    if (!quarter || !last) return std::nullopt;
    return in_decimals((*quarter + *last + days / 3) / 3 / scale_, 0) * scale_;
  }
  static void add_stock(Effects& effects, Pool pool, int vintage, Tonnes tonnes) {
    if (tonnes <= Tonnes{}) return;
    Effect e{Effect::Kind::create, 0, vintage, tonnes};
    e.to = pool;
    effects.push_back(e);
  }
  void out(Effects& effects, Effect::Kind kind, Tonnes tonnes) const {
    Effect e{kind, 0, 0, tonnes};
    e.from = pool_;
    e.to = unsold_to_;
    effects.push_back(e);
  }
  static std::span<const AuctionRecord> todays(const PolicyView& view) {
    std::size_t first = view.auctions.size();
    while (first > 0 && view.auctions[first - 1].day == view.today) --first;
    return view.auctions.subspan(first);
  }
  std::int32_t mine(const PolicyView& view) const { return view.index; }

  Tonnes reintroduced(const PolicyState& state, Tonnes own) const {
    const double waiting = state.numbers[unsold_stock];
    if (waiting <= 0) return {};
    const double most = std::floor(p_.most_added * static_cast<double>(own.count));
    if (p_.unsold == Unsold::roll_over) {
      const double part = state.numbers.size() > roll_part ? state.numbers[roll_part] : 0;
      return Tonnes{static_cast<std::int64_t>(std::min({waiting, part, most}))};
    }
    if (p_.unsold == Unsold::reintroduce && state.numbers[in_a_row] >= static_cast<double>(p_.auctions_above))
      return Tonnes{static_cast<std::int64_t>(std::min(waiting, most))};
    return {};
  }

  /// What has waited for too long goes to the reserve. What was offered again is the oldest.
  void retire_old(const PolicyView& view, PolicyState& state, Effects& effects) const {
    state.number(ages - 1);
    double waiting = state.numbers[unsold_stock], listed = 0;
    for (std::size_t i = ages; i + 1 < state.numbers.size(); i += 2) listed += state.numbers[i + 1];
    double sold = std::max(0.0, listed - waiting), old = 0;
    std::vector<double> kept(state.numbers.begin(), state.numbers.begin() + static_cast<std::ptrdiff_t>(std::min(state.numbers.size(), std::size_t{ages})));
    const Day limit = first_of_month(view.today, -static_cast<int>(p_.unsold_months));
    for (std::size_t i = ages; i + 1 < state.numbers.size(); i += 2) {
      const double left = state.numbers[i + 1] - std::min(sold, state.numbers[i + 1]);
      sold -= std::min(sold, state.numbers[i + 1]);
      if (left <= 0) continue;
      if (Day{static_cast<std::int32_t>(state.numbers[i])} < limit) old += left;
      else kept.insert(kept.end(), {state.numbers[i], left});
    }
    state.numbers.assign(kept.begin(), kept.end());
    if (old <= 0) return;
    state.numbers[unsold_stock] -= old;
    out(effects, Effect::Kind::move, Tonnes{static_cast<std::int64_t>(old)});
  }

  void add_notice(const PolicyView& view, PolicyState& state, std::vector<AuctionNotice>& notices, int tag, int vintage, Tonnes tonnes, int left) const {
    if (tonnes < whole_tonnes(p_.lot_t)) return;
    AuctionNotice n;
    n.tag = tag;
    n.vintage = vintage;
    n.own = tag == 1 ? advance_pool_ : pool_;
    n.left_this_year = left;
    n.opens_session = p_.opens_session && tag == 0;
    n.rules.kind = p_.kind;
    n.rules.ties = p_.ties;
    n.rules.lot = whole_tonnes(p_.lot_t);
    n.rules.most_covered = whole_tonnes(p_.most_covered * static_cast<double>(tonnes.count));
    n.rules.most_other = whole_tonnes(p_.most_other * static_cast<double>(tonnes.count));
    n.rules.all_or_nothing = p_.decline_under_covered;
    Price least{1};
    if (const auto reserve = reserve_today(view)) {
      const Price price = std::max(Price{1}, price_from_currency(*reserve, scale_));
      if (p_.confidential) n.rules.confidential = price;
      else least = price;
      if (tag == 0) state.report(reserve_price_series, view.today, *reserve);
    }
    n.supply.push_back({least, tonnes, tag == 1 ? advance_pool_ : pool_});
    notices.push_back(std::move(n));
  }

  Parameters p_;
  Pool pool_, advance_pool_, unsold_to_;
  std::function<std::optional<double>(int)> cap_;
  AllocationRule allocate_;
  double scale_;
  Rows rows_;
  const FirmTraits* traits_;
  int first_year_;
};

}  // namespace

PolicyKind auction_kind() { return policy_kind<Auction>("auction"); }

}  // namespace tantu
