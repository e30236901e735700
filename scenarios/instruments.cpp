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
  static const Table t{"instrument", "Allowances or offsets with a book and a price of their own.",
      {field<&P::offset>("offset", "", anything(), "type of offset that it delivers, as a policy of the kind offsets names it; empty: allowances. It needs a project_developer among agents.traders"),
       field<&P::first_vintage>("first_vintage", "year", in(1990, 2200), "oldest vintage that it delivers; null: any up to last_vintage"),
       field<&P::last_vintage>("last_vintage", "year", in(1990, 2200), "newest vintage; null: any from first_vintage on"),
       field<&P::from>("from", "", "first day of trading; null: from the beginning"),
       field<&P::until>("until", "", "last day of trading; null: to the end"),
       field<&P::exchange>("exchange", "", "its own rules; what is left out is as the market's `exchange`")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.first_vintage && p.last_vintage && *p.last_vintage < *p.first_vintage) problems.push_back({"/last_vintage", "is before first_vintage"});
        if (!p.offset.empty() && (p.first_vintage || p.last_vintage))
          problems.push_back({p.first_vintage ? "/first_vintage" : "/last_vintage", "is of allowances; credits of a type share one book, whatever their vintage"});
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
      if (const auto offset = instrument.find("offset"); offset != instrument.end() && offset->is_string() && !offset->get<std::string>().empty() &&
                                                         (!object_at(instrument, "exchange") || !instrument.at("exchange").contains("opening_reference")))
        throw InputError(document.where(Path{"markets", id, "instruments", name, "exchange"}) +
                         ": has no opening_reference; give what a credit costs at the opening, which is not the price of an allowance");
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
  std::vector<ListingRules> listings;
  // Where only offsets are named, allowances of all vintages share a book under the market's rules.
  if (std::all_of(instruments.begin(), instruments.end(), [](const auto& i) { return !i.second.offset.empty(); })) {
    listings.push_back(rules_at(exchange, {"exchange"}));
    if (!instruments.empty()) listings.back().name = "allowances";
  }
  for (const auto& [name, p] : instruments) {
    if (!listings.empty() && listings.front().name == name) throw refuse({"instruments", name}, "is what the book of the market's allowances is called; give it another name");
    ListingRules& listing = listings.emplace_back(rules_at(p.exchange, {"instruments", name, "exchange"}));
    listing.name = name;
    listing.offset = p.offset;
    if (!p.offset.empty()) listing.instrument.type = UnitType::offset;
    if (p.first_vintage) listing.instrument.first_vintage = static_cast<std::int32_t>(*p.first_vintage);
    if (p.last_vintage) listing.instrument.last_vintage = static_cast<std::int32_t>(*p.last_vintage);
    if (p.from) listing.from = *p.from;
    if (p.until) listing.until = *p.until;
    // A tonne cannot be offered in two books at once.
    for (std::size_t k = 0; k + 1 < listings.size(); ++k)
      if (listings[k].offset == listing.offset && !listings[k].instrument.is_apart_from(listing.instrument))
        throw refuse({"instruments", name}, p.offset.empty() ? fmt::format("delivers vintages that \"{}\" delivers too; give both first_vintage and last_vintage, apart from each other", listings[k].name)
                                                             : fmt::format("delivers offsets of the type \"{}\", as \"{}\" does; keep one", shown(p.offset), listings[k].name));
  }
  std::stable_sort(listings.begin(), listings.end(), [](const ListingRules& a, const ListingRules& b) {
    return a.is_of_offsets() != b.is_of_offsets() ? b.is_of_offsets() : a.instrument.first_vintage < b.instrument.first_vintage;
  });
  return listings;
}

void name_offset_types(std::vector<ListingRules>& listings, std::span<const NamedPolicy> policies, const RefuseBelowMarket& refuse) {
  const NamedPolicy* issuer = nullptr;
  for (const NamedPolicy& policy : policies) {
    if (policy.policy->offset_types().empty()) continue;
    if (issuer && listings.back().is_of_offsets())
      throw refuse({"policies", policy.instance}, fmt::format("is a second policy with offsets beside \"{}\" in a market that trades them; put their types into one", issuer->instance));
    issuer = &policy;
  }
  for (ListingRules& listing : listings) {
    if (!listing.is_of_offsets()) continue;
    const std::vector<std::string> types = issuer ? issuer->policy->offset_types() : std::vector<std::string>{};
    const auto type = std::find(types.begin(), types.end(), listing.offset);
    if (type == types.end())
      throw refuse({"instruments", listing.name, "offset"},
                   issuer ? fmt::format("\"{}\" is no type of \"{}\"; {}", shown(listing.offset), issuer->instance, suggestion(listing.offset, types))
                          : fmt::format("\"{}\" is no type of offset: the market has no policy of the kind \"offsets\"; add one", shown(listing.offset)));
    listing.instrument.origin = static_cast<std::int32_t>(type - types.begin());
  }
}

}  // namespace tantu
