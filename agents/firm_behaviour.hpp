// How firms behave: the parameters of the compliance firm, with the defaults of docs/model.md.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/parameters.hpp"

namespace tantu {

struct ParticipationParameters {
  double attention = 0.002;        ///< lambda0
  double hedger_factor = 2, active_factor = 6;
  double size_exponent = 0.15;
  double size_reference_mt = 2;
  double most = 0.9;
  double need = 0.6;               ///< weight of urgency for those who need
  double surplus = 0.5;            ///< weight of urgency for those who hold what dies
  double gain_seller = 0.3, gain_buyer = 0.01;
};

/// Where a firm's reservation prices come from.
enum class ValuationRule : std::uint8_t {
  outlook,            ///< its value of an allowance, the deadline and the ways out (docs/model.md)
  marginal_cost,      ///< its own marginal cost of abatement at what it holds: the static textbook market
  zero_intelligence,  ///< as by its value, but orders at random prices that do not lose (Gode and Sunder 1993)
};

struct ValueParameters {
  ValuationRule rule = ValuationRule::outlook;
  double fundamentalist_share = 0.40, trend_share = 0.20;
  double fundamentalist_weight = 0.8, trend_fundamental_weight = 0.2, taker_weight = 0.1;
  double trend_weight = 0.6;
  double trend_strength = 1;       ///< phi
  double opinion_spread = 0.12;    ///< eps
  double noise_persistence = 0.9, noise_spread = 0.03;
  double clip = 0.30;
};

struct AnchorParameters {
  double horizon_years = 6;
  std::int64_t refresh_days = 5;
  double interest_rate = 0.05;
  double most_times_average = 3;
  double balance_uncertainty = 0.02;
  double outlook_uncertainty = 0;
  bool fit_costs_to_opening = true;
};

struct PositionParameters {
  double tau_median_days = 6, tau_spread = 0.4;
  double early_share = 0.40;
  double caution_most = 1.5;
  double uncertainty_unannounced = 0.05, uncertainty_before_true_up = 0.02;
  double cut_mean = 0.012, cut_spread = 0.006;
  double hoard_most = 0.10;
  double stigma = 0.5;
  double hedger_share = 0.15, active_share = 0.08;
  double hedger_bank = 0.04, active_bank = 0.08;
  std::vector<double> hedge_ahead;     ///< of the gaps of the next years; of hedgers
  double counts_on_offsets = 1;
  bool own_abatement = true;
};

struct OrderParameters {
  double aggressiveness = 0.015;   ///< k
  double noise = 0.002;
  double gain_scale = 0.10;
  double share = 0.5;              ///< of what is wanted
  double whole_below_t = 2000;
  std::int64_t rounds = 4;
};

struct InvestmentParameters {
  std::int64_t review_days = 61;
  double price_outlook = 1.2;
  double hurdle = 0.2;
  double capital_cost = 0.08, reference_capital_cost = 0.08;
};

struct BlockParameters {
  double probability = 0.6;
  std::int64_t asked = 6, asked_when_urgent = 6;
  double discount_least = 0.05, discount_most = 0.10;
};

struct OneWayParameters {
  double probability = 0;          ///< that who can spare enough calls bids
  double shading = 0.02;           ///< of a bid below its reservation price, where winners pay their own bids
};

struct GroupParameters {
  double chance = 0.001, chance_at_deadline = 0.5, tau_days = 9;
  double share = 0.25;
  double treasury_share = 0;       ///< of groups that have one
  double treasury_chance = 0.2;    ///< a day, that it nets its members
};

struct CreditParameters {
  double per_t = 0;                ///< currency per tonne of yearly emissions; 0: no limit
};

struct BiddingParameters {
  std::int64_t steps = 3;
  double shading = 0.05;
  double advance = 0.10;           ///< of a year's gap, wanted of later vintages
  double bargain = 0;              ///< of a year's gap, bought ahead where an auction is cheap
  double bargain_discount = 0.5;   ///< below the value at which all of it is bought
};

struct FirmBehaviour {
  ParticipationParameters participation;
  ValueParameters value;
  AnchorParameters anchor;
  PositionParameters position;
  OrderParameters order;
  InvestmentParameters investment;
  BlockParameters block;
  OneWayParameters one_way;
  GroupParameters group;
  BiddingParameters bidding;
  CreditParameters credit;
};

template <> const Table& table<ParticipationParameters>();
template <> const Table& table<ValueParameters>();
template <> const Table& table<AnchorParameters>();
template <> const Table& table<PositionParameters>();
template <> const Table& table<OrderParameters>();
template <> const Table& table<InvestmentParameters>();
template <> const Table& table<BlockParameters>();
template <> const Table& table<OneWayParameters>();
template <> const Table& table<GroupParameters>();
template <> const Table& table<BiddingParameters>();
template <> const Table& table<CreditParameters>();
template <> const Table& table<FirmBehaviour>();

}  // namespace tantu
