#include "scenarios/link_parameters.hpp"

#include <fmt/format.h>

#include "scenarios/wording.hpp"

namespace tantu {

template <>
const Table& table<RateParameters>() {
  using P = RateParameters;
  static const Table t{"rate", "A step of an exchange rate's path.",
      {field<&P::from>("from", "", "day from which it holds, until the next step; the first also before it").required(),
       field<&P::rate>("rate", "1", above(0), "what one unit of `of` costs in `in`").required()}};
  return t;
}

template <>
const Table& table<ExchangeRateParameters>() {
  using P = ExchangeRateParameters;
  static const Table t{"exchange_rate", "What a currency costs in another.",
      {field<&P::of>("of", "", "currency that is bought").required(),
       field<&P::in>("in", "", "currency that it costs").required(),
       field<&P::path>("path", "", "rates by date").required()},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.of == p.in) problems.push_back({"/in", fmt::format("\"{}\" is the currency itself; another one", shown(p.in))});
        if (p.path.empty()) problems.push_back({"/path", "is empty; at least one rate"});
        for (std::size_t i = 1; i < p.path.size(); ++i)
          if (p.path[i].from <= p.path[i - 1].from)
            problems.push_back({"/path/" + std::to_string(i) + "/from", to_string(p.path[i].from) + " is not after the step before it, " + to_string(p.path[i - 1].from)});
      })};
  return t;
}

template <>
const Table& table<LinkParameters>() {
  using P = LinkParameters;
  static const Table t{"link", "A market that accepts the allowances of another.",
      {field<&P::from>("from", "", "market that issues them").required(),
       field<&P::to>("to", "", "market that accepts them").required(),
       choice<&P::direction>("direction", {"two_way", "one_way"}, "whether `from` accepts those of `to` as well"),
       field<&P::announced>("announced", "", "day from which firms reckon with it; null: first_day"),
       field<&P::first_day>("first_day", "", "day from which allowances may be transferred"),
       field<&P::last_day>("last_day", "", "last such day"),
       field<&P::quota_mt>("quota_mt", "Mt per calendar year", at_least(0), "most that may be brought in, in units of the market that accepts; null: no such limit"),
       field<&P::quota_share>("quota_share", "1", in(0, 1), "the same as a share of the obligations of the latest year that was settled at the beginning of the calendar year; null: no such limit"),
       choice<&P::quota_of>("quota_of", {"market", "firm"}, "whether quota_share is the market's, first come, first served, or each firm's own"),
       field<&P::exchange_ratio>("exchange_ratio", "1", in(1e-6, 1e6), "allowances of `to` for one of `from`; null: as their measures are, tonne for tonne"),
       field<&P::discount>("discount", "1", in(0, 0.99), "share of foreign allowances that does not count"),
       field<&P::fee_per_t>("fee_per_t", "currency per t", at_least(0), "what a transfer costs, paid to the treasury of the market that receives, in its currency"),
       field<&P::firms_share>("firms_share", "1", in(0, 1), "of the firms of both markets that have an account in the other one's registry and exchange"),
       field<&P::passes_on>("passes_on", "", "allowances that came to `from` over another link may travel on")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.last_day < p.first_day) problems.push_back({"/last_day", to_string(p.last_day) + " is before the first day, " + to_string(p.first_day)});
        if (p.announced && *p.announced > p.first_day)
          problems.push_back({"/announced", to_string(*p.announced) + " is after the first day, " + to_string(p.first_day)});
        if (p.quota_of == QuotaOf::firm && !p.quota_share) problems.push_back({"/quota_of", "\"firm\" needs a quota_share"});
      })};
  return t;
}

template <>
const Table& table<MoveParameters>() {
  using P = MoveParameters;
  static const Table t{"move", "Firms that leave their market for another one, with their allowances, cash and debts.",
      {field<&P::sector>("sector", "", "sector whose firms move; the rules of the new market know it by the same name").required(),
       field<&P::to>("to", "", "market to which they move").required(),
       field<&P::date>("date", "", "a 1 January: emissions from this day on count in the new market; what they hold follows once earlier years are settled in the old one").required(),
       field<&P::exchange_ratio>("exchange_ratio", "1", in(0, 1e6), "allowances of the new market for one of the old; 0: nothing is given for them, they are cancelled"),
       field<&P::vintage_ratios>("vintage_ratios", "1 by vintage", in(0, 1e6), "the same from a vintage on, until the next that is named; older ones at exchange_ratio")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (first_day_of(year_of(p.date)) != p.date)
          problems.push_back({"/date", to_string(p.date) + " is not a 1 January; obligations are those of years"});
      })};
  return t;
}

}  // namespace tantu
