#include "scenarios/exchange_rules.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/document.hpp"
#include "scenarios/table_reader.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

ExchangeRules exchange_rules(const ExchangeParameters& p, double scale, const RefuseKey& refuse) {
  ExchangeRules rules;
  rules.tick = price_from_currency(p.tick, scale);
  if (rules.tick <= Price{} || std::abs(to_currency(rules.tick, scale) - p.tick) > 1e-9 * p.tick)
    throw refuse("tick", fmt::format("{} is not a multiple of the unit's price_scale, {}", p.tick, scale));
  rules.price_limit = p.price_limit;
  rules.listed_most = whole_tonnes(p.listed_most_t);
  rules.block_least = whole_tonnes(p.block_least_t);
  rules.block_limit = p.block_limit;
  if (!p.block_until.empty()) {
    rules.block_from = *time_of_day(p.block_from);
    rules.block_until = *time_of_day(p.block_until);
  }
  rules.resale_same_day = p.resale_same_day;
  rules.reference_without_trade = p.reference_without_trade;
  rules.order_days = static_cast<int>(p.order_days);
  if (p.credit) rules.credit = Cash{nearest(*p.credit / scale)};
  rules.lot = whole_tonnes(p.lot_t);
  rules.matching = p.matching;
  rules.self_trade = p.self_trade;
  rules.market_orders = p.market_orders;
  rules.short_sale = p.short_sale;
  const auto amount = [scale](double currency) { return Cash{nearest(currency / scale)}; };
  const auto parts = [](double share) { return nearest(share * 1e9); };
  rules.value_most = amount(p.value_most);
  rules.price_away = p.price_away;
  rules.negative_prices = p.negative_prices;
  for (const SessionPartParameters& part : p.timetable)
    if (part.phase != SessionPhase::closed) rules.timetable.push_back({part.phase, *time_of_day(part.from), *time_of_day(part.until)});
  for (const HaltParameters& halt : p.halts)
    rules.halts.push_back({halt.day ? halt.day->number : ScheduledHalt::every_day, *time_of_day(halt.from), *time_of_day(halt.until)});
  rules.close_by = p.close_by;
  rules.static_collar = p.static_collar;
  rules.dynamic_collar = p.dynamic_collar;
  rules.interruption = nearest(p.interruption_minutes * 60e9);
  rules.negotiated_least = whole_tonnes(p.negotiated_least_t);
  rules.negotiated_limit = p.negotiated_limit;
  rules.one_way_least = whole_tonnes(p.one_way_least_t);
  rules.one_way_limit = p.one_way_limit;
  rules.one_way_pricing = p.one_way_pricing;
  rules.position_limit = whole_tonnes(p.position_limit_t);
  rules.group_limit = whole_tonnes(p.group_limit_t);
  rules.messages_per_second = p.messages_per_second;
  rules.order_to_trade = p.order_to_trade;
  rules.order_to_trade_free = p.order_to_trade_free;
  rules.fees = {parts(p.fees.taker), parts(p.fees.maker), parts(p.fees.per_t / scale), amount(p.fees.least)};
  rules.maker_spread = p.maker.spread;
  rules.maker_size = whole_tonnes(p.maker.size_t_);
  rules.maker_presence = p.maker.presence;
  return rules;
}

ReplayRules default_replay_rules() { return {open_rules(), 2, std::nullopt}; }

ReplayRules read_replay_rules(const std::string& text, const std::string& name) {
  nlohmann::ordered_json json = parse_json(text, name);
  if (!json.is_object()) throw InputError(name, "", shown_value(json) + " is not an object");
  json.erase("$schema");
  ExchangeParameters p;
  // What is not written is off; these values need not lie in the ranges of what is.
  const ExchangeRules open = open_rules();
  p.opening_reference = std::numeric_limits<double>::infinity();
  p.price_limit = p.block_limit = 0;
  p.listed_most_t = p.block_least_t = 0;
  p.resale_same_day = open.resale_same_day;
  p.short_sale = open.short_sale;
  p.order_days = open.order_days;
  p.negative_prices = open.negative_prices;
  read_object(json, table<ExchangeParameters>(), &p, Place(name));

  constexpr int most_decimals = 8;
  int decimals = 2;
  double units_of_currency = 100;
  const auto off = [&] {
    const double ticks = p.tick * units_of_currency;
    return ticks < 0.5 || std::abs(ticks - std::round(ticks)) > 1e-9 * ticks;
  };
  for (; decimals < most_decimals && off(); ++decimals) units_of_currency *= 10;
  if (off())
    throw InputError(name, "/tick", fmt::format("{} has more than {} decimals", p.tick, most_decimals));
  if (p.tick * units_of_currency >= 0x1p31) throw InputError(name, "/tick", fmt::format("{} is more than a price can be", p.tick));
  const double scale = 1 / units_of_currency;
  ReplayRules rules{exchange_rules(p, scale, [&](const std::string& key, const std::string& message) { return InputError(name, "/" + key, message); }), decimals, std::nullopt};
  if (std::isfinite(p.opening_reference)) rules.reference = price_from_currency(p.opening_reference, scale);
  return rules;
}

ReplayRules load_replay_rules(const std::string& file) { return read_replay_rules(read_text(file, shown(file, 300)), shown(file, 300)); }

}  // namespace tantu
