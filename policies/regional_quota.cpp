#include "policies/regional_quota.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/elementary.hpp"
#include "sim/history.hpp"

namespace tantu {

std::vector<double> entropy_weights(const Indicators& indicators) {
  const std::size_t n = indicators.size(), m = indicators.front().size();
  std::vector<double> weights(m);
  const double scale = elementary::log(static_cast<double>(n));
  for (std::size_t j = 0; j < m; ++j) {
    double sum = 0, entropy = 0;
    for (const auto& region : indicators) sum += region[j];
    for (const auto& region : indicators)
      if (region[j] > 0) entropy -= region[j] / sum * elementary::log(region[j] / sum);
    weights[j] = sum > 0 ? std::max(0.0, 1 - entropy / scale) : 0;
  }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& w : weights) w = total > 0 ? w / total : 1 / static_cast<double>(m);
  return weights;
}

Indicators scaled(const Indicators& indicators, const std::vector<bool>& speaks_against) {
  Indicators out = indicators;
  for (std::size_t j = 0; j < out.front().size(); ++j) {
    double least = out.front()[j], most = least;
    for (const auto& region : out) least = std::min(least, region[j]), most = std::max(most, region[j]);
    for (auto& region : out) {
      region[j] = most > least ? (region[j] - least) / (most - least) : 0.5;
      if (speaks_against[j]) region[j] = 1 - region[j];
    }
  }
  return out;
}

std::vector<double> scores(const Indicators& scaled, const std::vector<double>& weights) {
  std::vector<double> out;
  for (const auto& region : scaled) out.push_back(std::inner_product(region.begin(), region.end(), weights.begin(), 0.0));
  return out;
}

namespace {

double squared_distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/// The first of the farthest or nearest: ties go to the smaller index.
std::size_t nearest_centre(const std::vector<double>& point, const Indicators& centres) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < centres.size(); ++c)
    if (squared_distance(point, centres[c]) < squared_distance(point, centres[best])) best = c;
  return best;
}

}  // namespace

std::vector<int> groups_of(const Indicators& scaled, const std::vector<double>& scores, int k) {
  const std::size_t n = scaled.size();
  Indicators points = scaled;
  for (std::size_t i = 0; i < n; ++i) points[i].push_back(scores[i]);
  Indicators centres{points[static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin())]};
  while (centres.size() < std::min<std::size_t>(static_cast<std::size_t>(k), n)) {
    std::size_t far = 0;
    double most = -1;
    for (std::size_t i = 0; i < n; ++i) {
      const double d = squared_distance(points[i], centres[nearest_centre(points[i], centres)]);
      if (d > most) most = d, far = i;
    }
    centres.push_back(points[far]);
  }
  std::vector<std::size_t> group(n, centres.size());
  for (int round = 0; round < 200; ++round) {
    bool moved = false;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t c = nearest_centre(points[i], centres);
      moved |= c != group[i];
      group[i] = c;
    }
    if (!moved) break;
    for (std::size_t c = 0; c < centres.size(); ++c) {
      std::vector<double> sum(points.front().size());
      double members = 0;
      for (std::size_t i = 0; i < n; ++i)
        if (group[i] == c) {
          ++members;
          for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += points[i][j];
        }
      if (members > 0)
        for (std::size_t j = 0; j < sum.size(); ++j) centres[c][j] = sum[j] / members;
    }
  }
  // Numbered by their best member, so that the order of regions does not name them.
  std::vector<std::pair<double, std::size_t>> best;
  for (std::size_t c = 0; c < centres.size(); ++c) {
    double top = -1;
    for (std::size_t i = 0; i < n; ++i)
      if (group[i] == c) top = std::max(top, scores[i]);
    best.emplace_back(-top, c);
  }
  std::sort(best.begin(), best.end());
  std::vector<int> number(centres.size());
  for (std::size_t rank = 0; rank < best.size(); ++rank) number[best[rank].second] = static_cast<int>(rank);
  std::vector<int> out;
  for (const std::size_t c : group) out.push_back(number[c]);
  return out;
}

QuotaShares quota_shares(const std::vector<double>& weights, const std::vector<int>& groups) {
  QuotaShares shares;
  shares.of_group.resize(groups.empty() ? 0 : static_cast<std::size_t>(*std::max_element(groups.begin(), groups.end())) + 1);
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    shares.of_group[static_cast<std::size_t>(groups[i])] += weights[i];
    total += weights[i];
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double group = shares.of_group[static_cast<std::size_t>(groups[i])];
    shares.of_member.push_back(group > 0 ? weights[i] / group : 0);
  }
  for (double& g : shares.of_group) g = total > 0 ? g / total : 0;
  return shares;
}

std::vector<double> reduction_potential(const Indicators& indicators, double explained) {
  const std::size_t n = indicators.size(), m = indicators.front().size();
  Indicators z = indicators;
  for (std::size_t j = 0; j < m; ++j) {
    double mean = 0, variance = 0;
    for (const auto& region : z) mean += region[j];
    mean /= static_cast<double>(n);
    for (const auto& region : z) variance += (region[j] - mean) * (region[j] - mean);
    const double spread = std::sqrt(variance / static_cast<double>(n));
    for (auto& region : z) region[j] = spread > 0 ? (region[j] - mean) / spread : 0;
  }
  // Eigenvectors of the correlation matrix by cyclic Jacobi rotations.
  Indicators a(m, std::vector<double>(m)), v(m, std::vector<double>(m));
  for (std::size_t j = 0; j < m; ++j) {
    v[j][j] = 1;
    for (std::size_t k = 0; k < m; ++k) {
      for (const auto& region : z) a[j][k] += region[j] * region[k];
      a[j][k] /= static_cast<double>(n);
    }
  }
  for (int sweep = 0; sweep < 60; ++sweep)
    for (std::size_t p = 0; p < m; ++p)
      for (std::size_t q = p + 1; q < m; ++q) {
        if (std::abs(a[p][q]) < 1e-14) continue;
        const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1), s = t * c;
        for (std::size_t k = 0; k < m; ++k) {
          const double kp = a[k][p], kq = a[k][q];
          a[k][p] = c * kp - s * kq;
          a[k][q] = s * kp + c * kq;
        }
        for (std::size_t k = 0; k < m; ++k) {
          const double pk = a[p][k], qk = a[q][k];
          a[p][k] = c * pk - s * qk;
          a[q][k] = s * pk + c * qk;
          const double vp = v[k][p], vq = v[k][q];
          v[k][p] = c * vp - s * vq;
          v[k][q] = s * vp + c * vq;
        }
      }
  std::vector<std::size_t> order(m);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return a[x][x] > a[y][y]; });
  double total = 0, so_far = 0;
  for (std::size_t j = 0; j < m; ++j) total += std::max(0.0, a[j][j]);
  std::vector<double> out(n);
  for (const std::size_t j : order) {
    if (total <= 0 || so_far >= explained * total) break;
    const double variance = std::max(0.0, a[j][j]);
    so_far += variance;
    // The sign of an eigenvector is free: its loadings add up to no less than 0.
    double loadings = 0;
    for (std::size_t k = 0; k < m; ++k) loadings += v[k][j];
    for (std::size_t i = 0; i < n; ++i) {
      double score = 0;
      for (std::size_t k = 0; k < m; ++k) score += z[i][k] * v[k][j];
      out[i] += (loadings < 0 ? -score : score) * variance / total;
    }
  }
  return out;
}

std::string_view name_of(BalanceClass balance) {
  static constexpr std::array<std::string_view, 6> names{"severe_deficit", "moderate_deficit", "slight_deficit", "slight_surplus", "moderate_surplus", "ample_surplus"};
  return names[static_cast<std::size_t>(balance)];
}

BalanceClass class_of_balance(double balance, double slight, double severe) {
  if (balance < 0) return -balance < slight ? BalanceClass::slight_deficit : -balance < severe ? BalanceClass::moderate_deficit : BalanceClass::severe_deficit;
  return balance < slight ? BalanceClass::slight_surplus : balance < severe ? BalanceClass::moderate_surplus : BalanceClass::ample_surplus;
}

// ---- the instrument ----

struct RegionIndicatorsParameters {
  std::vector<double> values;
};

template <>
const Table& table<RegionIndicatorsParameters>() {
  using P = RegionIndicatorsParameters;
  static const Table t{"region_indicators", "The indicators of a region.",
                       {field<&P::values>("values", "", at_least(0), "one figure an indicator, in the order of `indicators`").required()}};
  return t;
}

struct RegionalQuotaParameters {
  std::vector<std::string> indicators, against;
  std::map<std::string, RegionIndicatorsParameters> regions;
  double free_share = 1;
};

template <>
const Table& table<RegionalQuotaParameters>() {
  using P = RegionalQuotaParameters;
  static const Table t{
      "regional_quota",
      "The cap is shared among regions by the entropy weights of indicators, and within a region in proportion to baseline emissions. Needs a mass cap.",
      {field<&P::indicators>("indicators", "", "names of the indicators").required(),
       field<&P::against>("against", "", "those that speak against a quota: the larger, the less"),
       field<&P::regions>("regions", "", "indicators by region, as named in the sectors").required(),
       field<&P::free_share>("free_share", "1", in(0, 1), "share of the cap that is given away")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.indicators.empty()) problems.push_back({"/indicators", "is empty; at least one name"});
        if (p.regions.size() < 2) problems.push_back({"/regions", "has fewer than two regions"});
        for (const auto& [name, region] : p.regions)
          if (region.values.size() != p.indicators.size())
            problems.push_back({"/regions/" + name + "/values", "has " + std::to_string(region.values.size()) + " figures, not " + std::to_string(p.indicators.size())});
        for (std::size_t i = 0; i < p.against.size(); ++i)
          if (std::find(p.indicators.begin(), p.indicators.end(), p.against[i]) == p.indicators.end())
            problems.push_back({"/against/" + std::to_string(i), "is not among indicators"});
      })};
  return t;
}

namespace {

class RegionalQuota final : public Policy {
 public:
  using Parameters = RegionalQuotaParameters;
  static constexpr Phase acts_in = Phase::allocation;

  RegionalQuota(const Parameters& p, const PolicyContext& context) : p_(p), cap_(context.cap) {
    Indicators indicators;
    for (const auto& [name, region] : p.regions) {
      indicators.push_back(region.values);
      names_.push_back(name);
    }
    std::vector<bool> against;
    for (const std::string& name : p.indicators) against.push_back(std::find(p.against.begin(), p.against.end(), name) != p.against.end());
    share_ = scores(scaled(indicators, against), entropy_weights(indicators));
    const double total = std::accumulate(share_.begin(), share_.end(), 0.0);
    for (double& s : share_) s = total > 0 ? s / total : 1 / static_cast<double>(share_.size());
    const FirmTraits& traits = context.traits;
    region_.assign(traits.regions.size(), names_.size());
    for (std::size_t r = 0; r < traits.regions.size(); ++r) {
      const auto at = std::find(names_.begin(), names_.end(), traits.regions[r]);
      if (at != names_.end()) region_[r] = static_cast<std::size_t>(at - names_.begin());
    }
    emissions_.assign(names_.size() + 1, 0);
    for (std::uint32_t row = context.rows.first; row < context.rows.last; ++row) {
      const std::size_t r = region_[traits.region[row]];
      if (r == names_.size()) throw ParameterError({"regions"}, "has no region \"" + traits.regions[traits.region[row]] + "\", in which a sector has firms");
      emissions_[r] += traits.emissions[row];
    }
    for (std::uint32_t row = context.rows.first; row < context.rows.last; ++row) baseline_ += traits.emissions[row];
  }
  Phase phase() const override { return acts_in; }

  void allocate(const FirmTraits& traits, Rows rows, int year, const double*, double* allocation) const override {
    const double total = p_.free_share * cap_(year).value_or(baseline_);
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t row = rows.first + i;
      const std::size_t r = region_[traits.region[row]];
      if (emissions_[r] > 0) allocation[i] += total * share_[r] * traits.emissions[row] / emissions_[r];
    }
  }

  void allocate_on(const RuleQuestion&, int year, int, Allocations& allocations) const override {
    for (std::size_t r = 0; r < names_.size(); ++r) allocations[names_[r]] += p_.free_share * cap_(year).value_or(baseline_) * share_[r];
  }

 private:
  Parameters p_;
  std::function<std::optional<double>(int)> cap_;
  std::vector<std::string> names_;
  std::vector<double> share_;            // [region of the rule]: of the cap
  std::vector<std::size_t> region_;      // [region of the traits]: region of the rule
  std::vector<double> emissions_;        // [region of the rule]: of its firms, t a year
  double baseline_ = 0;
};

}  // namespace

PolicyKind regional_quota_kind() { return policy_kind<RegionalQuota>("regional_quota"); }

}  // namespace tantu
