#include "results/denomination.hpp"

#include <algorithm>
#include <cmath>

namespace tantu {

namespace {

/// The word of all markets, or `general` and a list of each market's.
void name(const std::vector<Market>& markets, const char* general, std::string& word, std::string& list, auto word_of) {
  word = word_of(markets.front().rules());
  if (std::all_of(markets.begin(), markets.end(), [&](const Market& m) { return word_of(m.rules()) == word; })) return;
  word = general;
  for (const Market& m : markets) list += (list.empty() ? "" : "; ") + m.rules().name + " " + word_of(m.rules());
}

bool is_whole(double x) { return std::fabs(x - std::round(x)) < 1e-6; }

}  // namespace

Denomination::Denomination(const Simulation& simulation) {
  const std::vector<Market>& markets = simulation.markets();
  name(markets, "currency", currency_, currencies_, [](const MarketRules& r) { return r.currency; });
  name(markets, "unit", tonne_, tonnes_, [](const MarketRules& r) { return std::string(symbol_of(r.measure)); });
  double finest = markets.front().rules().price_scale;
  for (const Market& m : markets) finest = std::min(finest, m.rules().price_scale);
  const auto divides = [&](double step) {
    return std::all_of(markets.begin(), markets.end(), [&](const Market& m) { return is_whole(m.rules().price_scale / step); });
  };
  constexpr int most_parts = 1000;  // steps without a common measure are told apart down to a thousandth of the finest
  int parts = 1;
  while (parts < most_parts && !divides(finest / parts)) ++parts;
  scale_ = finest / parts;
  for (const Market& m : markets) steps_.push_back(static_cast<std::int64_t>(std::llround(m.rules().price_scale / scale_)));
}

Meaning Denomination::meaning(std::string_view unit, std::string_view long_name) const {
  Meaning m{std::string(unit), std::string(long_name)};
  // Words apart by spaces; "t-1" is per tonne.
  std::string words;
  bool money = false, mass = false;
  for (std::size_t at = 0; at < unit.size();) {
    const std::size_t end = std::min(unit.find(' ', at), unit.size());
    const std::string_view word = unit.substr(at, end - at);
    if (!words.empty()) words += ' ';
    if (word == "currency") { words += currency_; money = true; }
    else if (word == "t" || word == "t-1") { words += tonne_ + std::string(word.substr(1)); mass = true; }
    else words += word;
    at = end + 1;
  }
  m.units = words;
  if (money && !currencies_.empty()) m.more.emplace_back("currency_of_market", currencies_);
  if (mass && !tonnes_.empty()) m.more.emplace_back("unit_of_market", tonnes_);
  return m;
}

Meaning Denomination::money(std::string_view unit, std::string_view long_name) const {
  Meaning m = meaning(unit, long_name);
  m.scale_factor = scale_;
  return m;
}

}  // namespace tantu
