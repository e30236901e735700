// Quotas of regions from their indicators: the arithmetic behind the 30-province method.
//
//   weights     by entropy: an indicator that differs more between regions weighs more. With p_ij the share of
//               region i in indicator j, e_j = -sum_i p_ij ln p_ij / ln n and w_j = (1 - e_j) / sum (1 - e)
//   score       of a region: sum_j w_j times the indicator scaled to [0, 1]; one that speaks against a
//               quota (intensity) is turned round
//   groups      k-means (Lloyd) on scores and scaled indicators, from centres that are spread by
//               farthest-first from the region of the highest score: no draw
//   shares      of a group: its regions' sum of scores over all scores; of a member: its score over the group's
//   balance     quota - emissions, in classes by its size
//   potential   of reduction: scores on the principal components of the standardised indicators, weighted by the
//               variance they explain, components until 85% are explained
//
// Pure functions; matrices are rows of regions by columns of indicators, all finite, at least two regions.
// Verified by tests/unit/test_regional_quota.cpp.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tantu {

using Indicators = std::vector<std::vector<double>>;  ///< [region][indicator]

/// Indicators must be at least 0.
std::vector<double> entropy_weights(const Indicators& indicators);
/// Scaled to [0, 1] over the regions; a column without differences becomes 0.5.
Indicators scaled(const Indicators& indicators, const std::vector<bool>& speaks_against);
std::vector<double> scores(const Indicators& scaled, const std::vector<double>& weights);
/// [region]: its group, 0..k-1, groups in descending order of their highest score.
std::vector<int> groups_of(const Indicators& scaled, const std::vector<double>& scores, int k);
struct QuotaShares {
  std::vector<double> of_group;   ///< [group]
  std::vector<double> of_member;  ///< [region], within its group
};
QuotaShares quota_shares(const std::vector<double>& weights, const std::vector<int>& groups);
/// [region]: potential, of mean 0; higher where the indicators are larger.
std::vector<double> reduction_potential(const Indicators& indicators, double explained = 0.85);

enum class BalanceClass : std::uint8_t { severe_deficit, moderate_deficit, slight_deficit, slight_surplus, moderate_surplus, ample_surplus };
std::string_view name_of(BalanceClass balance);
/// `slight` and `severe` bound the classes, in the unit of the balance. 0 is a slight surplus.
BalanceClass class_of_balance(double balance, double slight, double severe);

}  // namespace tantu
