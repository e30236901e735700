#include "scenarios/instruments.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/document.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

template <>
const Table& table<InstrumentParameters>() {
  using P = InstrumentParameters;
  static const Table t{"instrument", "Allowances with a book and a price of their own.",
      {field<&P::first_vintage>("first_vintage", "year", in(1990, 2200), "oldest vintage that it delivers; null: any up to last_vintage"),
       field<&P::last_vintage>("last_vintage", "year", in(1990, 2200), "newest vintage; null: any from first_vintage on"),
       field<&P::from>("from", "", "first day of trading; null: from the beginning"),
       field<&P::until>("until", "", "last day of trading; null: to the end"),
       field<&P::exchange>("exchange", "", "its own rules; what is left out is as the market's `exchange`")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.first_vintage && p.last_vintage && *p.last_vintage < *p.first_vintage) problems.push_back({"/last_vintage", "is before first_vintage"});
        if (p.from && p.until && *p.until < *p.from) problems.push_back({"/until", to_string(*p.until) + " is before `from`, " + to_string(*p.from)});
      })};
  return t;
}

void complete_exchange_rules(Document& document) {
  const auto object_at = [](const nlohmann::ordered_json& node, const char* key) -> const nlohmann::ordered_json* {
    const auto at = node.is_object() ? node.find(key) : node.end();
    return node.is_object() && at != node.end() && at->is_object() ? &*at : nullptr;
  };
  std::vector<std::pair<Path, nlohmann::ordered_json>> rules;
  const auto* markets = object_at(document.root(), "markets");
  if (!markets) return;
  for (const auto& [id, market] : markets->items()) {
    const auto* instruments = object_at(market, "instruments");
    if (!instruments) continue;
    for (const auto& [name, instrument] : instruments->items()) {
      if (!instrument.is_object()) continue;
      nlohmann::ordered_json all = object_at(market, "exchange") ? market.at("exchange") : nlohmann::ordered_json::object();
      if (instrument.contains("exchange")) {
        if (!instrument.at("exchange").is_object()) continue;  // refused when it is read
        merge_patch(all, instrument.at("exchange"));
      }
      rules.emplace_back(Path{"markets", id, "instruments", name, "exchange"}, std::move(all));
    }
  }
  for (auto& [path, value] : rules) {
    const std::string place = document.where(path);  // how messages call what is put there
    document.set(path, std::move(value), place);
  }
}

Price opening_price(double currency, double scale, const std::function<InputError(const std::string&)>& refuse) {
  constexpr double most_ticks = 1 << 30;
  if (currency / scale > most_ticks)
    throw refuse(fmt::format("{} is above {}, the highest price in steps of {}", currency, most_ticks * scale, scale));
  const Price price = price_from_currency(currency, scale);
  if (price <= Price{}) throw refuse(fmt::format("{} is less than one price step, {}", currency, scale));
  return price;
}

std::vector<ListingRules> listings_of(const std::map<std::string, InstrumentParameters>& instruments, const ExchangeParameters& exchange,
                                      double price_scale, const AccountNamed& account_named, const RefuseBelowMarket& refuse) {
  const auto rules_at = [&](const ExchangeParameters& p, std::vector<std::string> place) {
    const RefuseKey refuse_key = [&](const std::string& key, const std::string& message) {
      std::vector<std::string> at = place;
      at.push_back(key);
      return refuse(at, message);
    };
    // A run delivers at once and has a clock only where there is a timetable.
    if (p.short_sale) throw refuse_key("short_sale", "a run delivers at once, and nobody can deliver what they do not hold; false is for runs");
    if (p.timetable.empty() && p.messages_per_second > 0) throw refuse_key("messages_per_second", "needs a clock: give a timetable");
    if (p.timetable.empty() && !p.halts.empty()) throw refuse_key("halts", "need a clock: give a timetable");
    ListingRules listing;
    listing.exchange = exchange_rules(p, price_scale, refuse_key);
    if (const ExchangeRules& r = listing.exchange; r.block_until > 0 && r.block_least > Tonnes{}) {
      if (r.timetable.empty()) throw refuse_key("block_until", "needs a clock: give a timetable");
      const std::int64_t end = r.timetable.back().until;
      if (end < r.block_from || end > r.block_until)
        throw refuse_key("block_until", "leaves out the end of the timetable, when a run trades blocks; none would be traded");
    }
    listing.opening_reference = opening_price(p.opening_reference, price_scale, [&](const std::string& message) { return refuse_key("opening_reference", message); });
    for (std::size_t i = 0; i < p.maker.accounts.size(); ++i) {
      const std::string& name = p.maker.accounts[i];
      const auto account = account_named(name);
      if (!account) {
        std::vector<std::string> at = place;
        at.insert(at.end(), {"maker", "accounts", std::to_string(i)});
        throw refuse(at, fmt::format("\"{}\" is no firm of this market; firms are called as in population.installations_csv, else SECTOR-N with N from 1", shown(name)));
      }
      listing.makers.emplace_back(*account, name);
    }
    return listing;
  };
  if (instruments.empty()) return {rules_at(exchange, {"exchange"})};
  std::vector<ListingRules> listings;
  for (const auto& [name, p] : instruments) {
    ListingRules& listing = listings.emplace_back(rules_at(p.exchange, {"instruments", name, "exchange"}));
    listing.name = name;
    if (p.first_vintage) listing.instrument.first_vintage = static_cast<std::int32_t>(*p.first_vintage);
    if (p.last_vintage) listing.instrument.last_vintage = static_cast<std::int32_t>(*p.last_vintage);
    if (p.from) listing.from = *p.from;
    if (p.until) listing.until = *p.until;
    // A tonne cannot be offered in two books at once.
    for (std::size_t k = 0; k + 1 < listings.size(); ++k)
      if (!listings[k].instrument.is_apart_from(listing.instrument))
        throw refuse({"instruments", name}, fmt::format("delivers vintages that \"{}\" delivers too; give both first_vintage and last_vintage, apart from each other", listings[k].name));
  }
  std::sort(listings.begin(), listings.end(), [](const ListingRules& a, const ListingRules& b) { return a.instrument.first_vintage < b.instrument.first_vintage; });
  return listings;
}

}  // namespace tantu
