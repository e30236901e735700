// The market stability reserve: withholds from auctions or returns to them by the allowances in circulation.
//
//   TNAC(t) = allowances held outside the authority at the end of t - emissions up to t not yet surrendered for
//
// It is published on a day of t+1 and rules the months from September of t+1 to August of t+2 (twelfths, in
// whole allowances that add up). What is withheld moves from the pool `auction` to `stability_reserve`, what is
// returned the other way; what auctions do not hold is not withheld. Above a limit the reserve's allowances
// are invalidated at the beginning of a year: the volume auctioned in the year before (2023) or a number
// (400 Mt from 2024). Arithmetic and sources: policies/stability_reserve.hpp.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "policies/stability_reserve.hpp"
#include "sim/history.hpp"
#include "sim/operation.hpp"

namespace tantu {

struct MarketStabilityReserveParameters {
  std::vector<ReserveFormParameters> forms;
  Day works_from = day_of(2019, 1, 1);
  std::int64_t publication_month = 5, publication_day = 15;
  double stock_mt = 0;
  std::map<int, double> placed_mt;
  std::map<int, double> tnac_mt;
  std::map<int, double> invalidate_above_mt;
  std::vector<std::int64_t> invalidate_above_auctions;
};

template <>
const Table& table<MarketStabilityReserveParameters>() {
  using P = MarketStabilityReserveParameters;
  static const Table t{
      "market_stability_reserve",
      "Withholds from auctions, or returns to them, by the number of allowances in circulation (TNAC). Needs auctions.",
      {field<&P::forms>("forms", "", "rules by first year, in order").required(),
       field<&P::works_from>("works_from", "", "first day on which anything is withheld or returned"),
       field<&P::publication_month>("publication_month", "", in(1, 8), "month in which the TNAC of the year before is published"),
       field<&P::publication_day>("publication_day", "", in(1, 28), "day of it"),
       field<&P::stock_mt>("stock_mt", "Mt", at_least(0), "what the reserve holds at the opening"),
       field<&P::placed_mt>("placed_mt", "Mt by year", at_least(0), "put into it at the beginning of a year: allowances withheld before it worked, or never allocated"),
       field<&P::tnac_mt>("tnac_mt", "Mt by year", at_least(0), "TNAC of years before the run; a year that is given is not computed"),
       field<&P::invalidate_above_mt>("invalidate_above_mt", "Mt by year", at_least(0), "from 1 January of a year on, holdings above this become invalid; the last given one holds on"),
       field<&P::invalidate_above_auctions>("invalidate_above_auctions", "years", in(1990, 2200), "years on whose 1 January holdings above the auctions of the year before become invalid")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.forms.empty()) problems.push_back({"/forms", "is empty; a reserve needs a rule for the allowances in circulation (TNAC)"});
        for (std::size_t i = 1; i < p.forms.size(); ++i)
          if (p.forms[i].from_year <= p.forms[i - 1].from_year) problems.push_back({"/forms/" + std::to_string(i) + "/from_year", "is not after the form before it"});
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"tnac", "t", "allowances in circulation at the end of the year before"},
    {"reserve_intake", "t", "withheld from auctions this month"},
    {"reserve_release", "t", "returned to auctions this month"},
    {"reserve_stock", "t", "held by the reserve, at the beginning of a month"},
    {"invalidated", "t", "cancelled from the reserve"},
};
enum : std::size_t { tnac_series, intake_series, release_series, stock_series, invalidated_series };

class MarketStabilityReserve final : public Policy {
 public:
  using Parameters = MarketStabilityReserveParameters;
  static constexpr Phase acts_in = Phase::reserve;
  MarketStabilityReserve(const Parameters& p, const PolicyContext& context)
      : p_(p), auction_(context.pool("auction")), reserve_(context.pool("stability_reserve")) {}
  Phase phase() const override { return acts_in; }

  /// A year's TNAC, what it leads to, and month by month what is withheld or returned. The TNAC that is not given is
  /// that of the year before, and the cap, less emissions and what the reserve has withheld.
  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    const auto asks = [&](Answer a) { return question.asks(a); };
    const bool stock_asked = asks(Answer::reserve_stock) || asks(Answer::cancelled);
    if (!stock_asked && !asks(Answer::tnac) && !asks(Answer::reserve_intake) && !asks(Answer::reserve_release) && !asks(Answer::auction_volume)) return;
    const HistoryView& history = question.history;
    const int works = month_number(year_of(p_.works_from), static_cast<int>(month_of(p_.works_from)));
    // What the reserve holds is known where the history reaches back to its beginning.
    const bool stock_known = history.first_year() <= works / 12;
    std::map<int, Tonnes> tnac;
    for (const auto& [year, mt] : p_.tnac_mt) tnac[year] = whole_tonnes(mt * 1e6);
    Tonnes stock = whole_tonnes(p_.stock_mt * 1e6);
    for (int year = history.first_year(); year <= history.last_year(); ++year) {
      if (const auto placed = p_.placed_mt.find(year); placed != p_.placed_mt.end()) stock += whole_tonnes(placed->second * 1e6);
      if (stock_known && stock_asked && year > history.first_year()) invalidate_on(question, answers, year, stock);
      Tonnes withheld{};
      for (int m = 1; m <= 12; ++m) {
        const int month = month_number(year, m), ruling = m >= 9 ? year - 1 : year - 2;
        const ReserveMonths months = reserve_months(ruling, works);
        const ReserveFormParameters* form = form_of(ruling);
        if (!form || month < months.first || !tnac.contains(ruling)) continue;
        const Tonnes in = month_share(reserve_intake(*form, tnac[ruling], months.size()), month - months.first, months.size());
        Tonnes out = month_share(reserve_release(*form, tnac[ruling], Tonnes{most_tonnes}, months.size()), month - months.first, months.size());
        if (stock_known) out = std::min(out, stock);
        stock += in - out;
        withheld += in - out;
        if (in > Tonnes{}) answers.put(Answer::reserve_intake, {year, m}, static_cast<double>(in.count));
        if (out > Tonnes{}) answers.put(Answer::reserve_release, {year, m}, static_cast<double>(out.count));
      }
      if (stock_known) answers.put(Answer::reserve_stock, {year}, static_cast<double>(stock.count));
      if (const auto given = history.find(Given::tnac, {year})) tnac[year] = whole_tonnes(*given);
      else if (const auto supply = question.cap(year); supply && tnac.contains(year - 1))
        tnac[year] = tnac[year - 1] + whole_tonnes(*supply) - withheld - whole_tonnes(history.need_sum(Given::verified_emissions, year, "the allowances in circulation"));
      else if (form_of(year) && reserve_months(year, works).size() > 0) history.refuse_missing(Given::tnac, std::to_string(year), "the stability reserve");
      if (!tnac.contains(year)) continue;
      answers.put(Answer::tnac, {year}, static_cast<double>(tnac[year].count));
      const ReserveFormParameters* form = form_of(year);
      const int months = form ? reserve_months(year, works).size() : 0;
      if (months <= 0) continue;
      answers.put(Answer::reserve_intake, {year}, static_cast<double>(reserve_intake(*form, tnac[year], months).count));
      answers.put(Answer::reserve_release, {year}, static_cast<double>(reserve_release(*form, tnac[year], stock_known ? stock : Tonnes{most_tonnes}, months).count));
    }
  }
  std::span<const SeriesName> series() const override { return series_names; }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    state.number(last_number);
    const int year = year_of(view.today), month = month_number(year, static_cast<int>(month_of(view.today)));
    if (state.first_time(0)) {
      if (const Tonnes stock = whole_tonnes(p_.stock_mt * 1e6); stock > Tonnes{}) {
        Effect e{Effect::Kind::create, 0, year, stock};
        e.to = reserve_;
        effects.push_back(e);
      }
      // The programme that runs at the opening follows from TNACs that are given.
      const int running = month % 12 < 8 ? year - 2 : year - 1;
      if (const auto given = p_.tnac_mt.find(running); given != p_.tnac_mt.end()) set_programme(state, running, given->second * 1e6, view.stock(reserve_) + whole_tonnes(p_.stock_mt * 1e6));
      state.numbers[month_done] = month - 1;
    }
    place(view, state, effects);
    invalidate(view, state, effects);
    // Published once a year; in force from September.
    const Day publication = day_of(year, static_cast<unsigned>(p_.publication_month), static_cast<unsigned>(p_.publication_day));
    if (view.today >= publication && state.numbers[published] < year) {
      if (const auto tnac = tnac_of(view, state, year - 1)) {
        state.numbers[published] = year;
        state.report(tnac_series, view.today, *tnac);
        state.numbers[next_tnac] = *tnac;
      }
    }
    while (state.numbers[month_done] < month) {
      const int m = static_cast<int>(++state.numbers[month_done]);
      if (m % 12 == 8 && state.numbers[published] == m / 12) set_programme(state, m / 12 - 1, state.numbers[next_tnac], view.stock(reserve_));
      const int first = static_cast<int>(state.numbers[first_month]), months = static_cast<int>(state.numbers[months_of]);
      if (m < first || m >= first + months || months == 0) continue;
      state.numbers[pending] += static_cast<double>(month_share(Tonnes{static_cast<std::int64_t>(state.numbers[intake])}, m - first, months).count);
      const Tonnes out = month_share(Tonnes{static_cast<std::int64_t>(state.numbers[release])}, m - first, months);
      state.report(stock_series, view.today, static_cast<double>(view.stock(reserve_).count));
      move(effects, reserve_, auction_, out);
      if (out > Tonnes{}) state.report(release_series, view.today, static_cast<double>(out.count));
    }
    // What auctions do not hold yet (the volume of a year is created after this) is withheld as soon as they do.
    const Tonnes in = std::min(Tonnes{static_cast<std::int64_t>(state.numbers[pending])}, view.stock(auction_));
    if (in <= Tonnes{}) return;
    state.numbers[pending] -= static_cast<double>(in.count);
    move(effects, auction_, reserve_, in);
    state.report(intake_series, view.today, static_cast<double>(in.count));
  }

  /// After the last close of a year: what is in circulation before anything of the new year is issued.
  void comply(const PolicyView& view, PolicyState& state, Effects&) const override {
    if (year_of(view.next) == year_of(view.today)) return;
    double held = 0;
    for (Account a = 0; a < view.registry.accounts(); ++a)
      if (a >= view.first_account && (a < view.first_pool || a >= view.first_pool + view.pools)) held += static_cast<double>(view.registry.holding(a).count);
    // What an interim deadline has taken already counts as held: all of these years' emissions are deducted.
    for (const ComplianceCycle& cycle : view.cycles) {
      if (cycle.deadline <= view.today) continue;
      for (int y = std::max(cycle.settles_from(), view.firms.first_year); y <= std::min(cycle.last_year, year_of(view.today)); ++y)
        for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) held += static_cast<double>(view.firms.year(y).surrendered[row].count);
      break;
    }
    state.number(last_number);
    state.numbers[snapshot] = held;
    state.numbers[snapshot_year] = year_of(view.today);
  }

  /// Month by month as the rule will act on the allowances in circulation on the path.
  void expect(const PolicyView& view, const PolicyState& state, SupplyOutlook& outlook) const override {
    const bool begun = !outlook.at_opening && state.numbers.size() > last_number;
    const auto number = [&](std::size_t i) { return begun ? state.numbers[i] : 0.0; };
    const int works = month_number(year_of(p_.works_from), static_cast<int>(month_of(p_.works_from)));
    const Day from = outlook.at_opening ? view.opening : view.today;
    double stock = begun ? static_cast<double>(view.stock(reserve_).count) : p_.stock_mt * 1e6, auctions = 0;
    for (SupplyYear& y : outlook.years) {
      const bool running = &y == &outlook.years.front() && y.year == year_of(from);
      if (const auto placed = p_.placed_mt.find(y.year); placed != p_.placed_mt.end() && !(begun && running)) stock += placed->second * 1e6;
      if (!running) stock = std::min(stock, most_held(y.year, auctions));
      double in = running ? number(pending) : 0, out = 0;
      for (int m = 1; m <= 12; ++m) {
        const int month = month_number(y.year, m);
        if (running && (month < month_number(y.year, static_cast<int>(month_of(from))) || (begun && month <= number(month_done)))) continue;
        if (begun && number(months_of) > 0 && month < number(first_month) + number(months_of)) {
          if (month < number(first_month)) continue;
          in += number(intake) / number(months_of);
          out += number(release) / number(months_of);
          continue;
        }
        const int ruling = m >= 9 ? y.year - 1 : y.year - 2;
        const ReserveFormParameters* form = form_of(ruling);
        if (!form || month < reserve_months(ruling, works).first) continue;
        const auto given = p_.tnac_mt.find(ruling);
        const Tonnes tnac = whole_tonnes(given != p_.tnac_mt.end() ? given->second * 1e6 : std::max(0.0, outlook.circulation_after(ruling)));
        in += static_cast<double>(reserve_intake(*form, tnac, 12).count) / 12;
        out += static_cast<double>(reserve_release(*form, tnac, Tonnes{most_tonnes}, 12).count) / 12;
      }
      auctions = y.auctioned;
      for (const Offer& offer : y.offers)
        if (offer.source == SupplySource::auction) auctions += offer.tonnes;
      const double withheld = y.withhold(in), returned = std::min(out, stock + withheld);
      stock += withheld - returned;
      auctions += returned - withheld;
      y.auctioned += returned;
      y.reserve += returned - withheld;
    }
  }

 private:
  static constexpr std::int64_t most_tonnes = 1'000'000'000'000'000;
  enum : std::size_t { snapshot, snapshot_year, published, next_tnac, month_done, first_month, months_of, intake, release, placed_year, pending, last_number };

  const ReserveFormParameters* form_of(int tnac_year) const {
    const ReserveFormParameters* form = nullptr;
    for (const ReserveFormParameters& f : p_.forms)
      if (f.from_year <= tnac_year) form = &f;
    return form;
  }
  /// What the reserve may hold on 1 January, after auctions of `auctions` t in the year before; without a limit more than it can have.
  double most_held(int year, double auctions) const {
    if (std::find(p_.invalidate_above_auctions.begin(), p_.invalidate_above_auctions.end(), year) != p_.invalidate_above_auctions.end()) return auctions;
    if (!p_.invalidate_above_mt.empty() && year >= p_.invalidate_above_mt.begin()->first) return value_in(p_.invalidate_above_mt, year, 0) * 1e6;
    return static_cast<double>(most_tonnes);
  }
  void set_programme(PolicyState& state, int tnac_year, double tnac, Tonnes stock) const {
    const ReserveMonths months = reserve_months(tnac_year, month_number(year_of(p_.works_from), static_cast<int>(month_of(p_.works_from))));
    const ReserveFormParameters* form = form_of(tnac_year);
    state.numbers[first_month] = months.first;
    state.numbers[months_of] = form ? std::max(0, months.size()) : 0;
    if (!form) return;
    state.numbers[intake] = static_cast<double>(reserve_intake(*form, whole_tonnes(tnac), months.size()).count);
    state.numbers[release] = static_cast<double>(reserve_release(*form, whole_tonnes(tnac), stock, months.size()).count);
  }
  std::optional<double> tnac_of(const PolicyView& view, const PolicyState& state, int year) const {
    if (const auto given = p_.tnac_mt.find(year); given != p_.tnac_mt.end()) return given->second * 1e6;
    if (state.numbers[snapshot_year] != year) return std::nullopt;
    double owed = 0;
    for (const ComplianceCycle& cycle : view.cycles) {
      if (cycle.deadline <= day_of(year, 12, 31)) continue;
      for (int y = std::max(cycle.settles_from(), view.firms.first_year); y <= std::min(cycle.last_year, year); ++y)
        for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
          if (!view.firms.covered[row]) continue;
          const Tonnes verified = view.firms.year(y).verified[row];
          owed += verified >= Tonnes{} ? static_cast<double>(verified.count) : emissions_to_date(view.traits, view.firms, row, y);
        }
      break;  // later cycles settle later years
    }
    return std::max(0.0, state.numbers[snapshot] - owed);
  }
  void place(const PolicyView& view, PolicyState& state, Effects& effects) const {
    const int year = year_of(view.today);
    const auto placed = p_.placed_mt.find(year);
    if (placed == p_.placed_mt.end() || state.number(placed_year) >= year) return;
    state.numbers[placed_year] = year;
    Effect e{Effect::Kind::create, 0, year, whole_tonnes(placed->second * 1e6)};
    e.to = reserve_;
    if (e.tonnes > Tonnes{}) effects.push_back(e);
  }
  void invalidate(const PolicyView& view, PolicyState& state, Effects& effects) const {
    const int year = year_of(view.today);
    if (year_of(view.opening) == year || !state.first_time(static_cast<std::size_t>(1 + year - year_of(view.opening)))) return;
    double limit = -1;
    if (std::find(p_.invalidate_above_auctions.begin(), p_.invalidate_above_auctions.end(), year) != p_.invalidate_above_auctions.end()) {
      limit = 0;
      for (const AuctionRecord& a : view.auctions)
        if (year_of(a.day) == year - 1) limit += static_cast<double>(a.sold.count);
    } else if (!p_.invalidate_above_mt.empty() && year >= p_.invalidate_above_mt.begin()->first) {
      limit = value_in(p_.invalidate_above_mt, year, 0) * 1e6;
    }
    const Tonnes stock = view.stock(reserve_);
    if (limit < 0 || static_cast<double>(stock.count) <= limit) return;
    Effect e{Effect::Kind::cancel, 0, 0, stock - whole_tonnes(limit)};
    e.from = reserve_;
    effects.push_back(e);
    state.report(invalidated_series, view.today, static_cast<double>(e.tonnes.count));
  }
  /// On 1 January of a year of a history.
  void invalidate_on(const RuleQuestion& question, RuleAnswers& answers, int year, Tonnes& stock) const {
    double limit = -1;
    if (std::find(p_.invalidate_above_auctions.begin(), p_.invalidate_above_auctions.end(), year) != p_.invalidate_above_auctions.end())
      limit = question.history.need_sum(Given::auction_sold, year - 1, "the invalidation of what the reserve holds");
    else if (!p_.invalidate_above_mt.empty() && year >= p_.invalidate_above_mt.begin()->first)
      limit = value_in(p_.invalidate_above_mt, year, 0) * 1e6;
    if (limit < 0 || static_cast<double>(stock.count) <= limit) return;
    answers.put(Answer::cancelled, {year, 1, 1}, static_cast<double>(stock.count) - limit);
    stock = whole_tonnes(limit);
  }
  static void move(Effects& effects, Pool from, Pool to, Tonnes tonnes) {
    if (tonnes <= Tonnes{}) return;
    Effect e{Effect::Kind::move, 0, 0, tonnes};
    e.from = from;
    e.to = to;
    effects.push_back(e);
  }
  Parameters p_;
  Pool auction_, reserve_;
};

}  // namespace

PolicyKind market_stability_reserve_kind() { return policy_kind<MarketStabilityReserve>("market_stability_reserve"); }

}  // namespace tantu
