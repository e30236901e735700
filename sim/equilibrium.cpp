#include "sim/equilibrium.hpp"

#include <algorithm>
#include <array>

#include "sim/elementary.hpp"

namespace tantu {

double AggregateCurve::price_of(std::size_t point) {
  static const std::array<double, points> prices = [] {
    std::array<double, points> all;
    for (std::size_t i = 0; i < points; ++i) all[i] = elementary::exp(log_lowest + step * static_cast<double>(i));
    return all;
  }();
  return prices[point];
}

void AggregateCurve::clear() {
  tonnes_.assign(points, 0.0);
  has_smooth_ = false;
  std::fill(smooth_tonnes_.begin(), smooth_tonnes_.end(), 0.0);
}

void AggregateCurve::add_step(double cost, double lead_years, double tonnes) {
  add_step_at(cost <= lowest ? log_lowest : elementary::log(cost), age_of(lead_years), tonnes);
}

void AggregateCurve::add(const AggregateCurve& other) {
  if (other.tonnes_.size() > tonnes_.size()) tonnes_.resize(other.tonnes_.size());
  for (std::size_t at = 0; at < other.tonnes_.size(); ++at) tonnes_[at] += other.tonnes_[at];
  if (!other.has_smooth_) return;
  for (std::size_t i = 0; i < points; ++i) smooth_(i) += other.smooth_tonnes_[i];
  has_smooth_ = true;
}

void AggregateCurve::finish() {
  const std::size_t used = used_ages();
  for (std::size_t age = 0; age < used; ++age) {
    double* row = &tonnes_[age * points];
    for (std::size_t i = 1; i < points; ++i) row[i] += row[i - 1];
  }
  for (std::size_t age = 1; age < used; ++age)
    for (std::size_t i = 0; i < points; ++i) tonnes_[age * points + i] += tonnes_[(age - 1) * points + i];
  if (has_smooth_)
    for (std::size_t age = 0; age < used; ++age)
      for (std::size_t i = 0; i < points; ++i) tonnes_[age * points + i] += smooth_tonnes_[i];
}

double AggregateCurve::at(double log_price, double age) const {
  const std::size_t row = std::min(static_cast<std::size_t>(std::max(age, 0.0)), used_ages() - 1);
  const double* tonnes = &tonnes_[row * points];
  const double x = (log_price - log_lowest) / step;
  if (!(x > 0)) return tonnes[0];
  if (x >= static_cast<double>(points - 1)) return tonnes[points - 1];
  const auto i = static_cast<std::size_t>(x);
  const double w = x - static_cast<double>(i);
  return tonnes[i] + w * (tonnes[i + 1] - tonnes[i]);
}

CostCurve AggregateCurve::curve_at(double age) const {
  const std::size_t row = std::min(static_cast<std::size_t>(std::max(age, 0.0)), used_ages() - 1);
  const double* tonnes = &tonnes_[row * points];
  std::vector<CurveSegment> segments;
  if (tonnes[0] > 0) segments.push_back({0, 0, tonnes[0]});
  double low = price_of(0);
  for (std::size_t i = 1; i < points; ++i) {
    const double high = price_of(i);
    if (tonnes[i] > tonnes[i - 1]) segments.push_back({low, high, tonnes[i] - tonnes[i - 1]});
    low = high;
  }
  return CostCurve(std::move(segments));
}

RollingPrice first_price(const std::vector<Bucket>& buckets, double bank, double rate, double choke,
                         const AggregateCurve& curve) {
  const double log_growth = elementary::log(1 + rate);
  const double log_choke = elementary::log(choke);
  constexpr double endless = std::numeric_limits<double>::infinity();
  std::vector<double> log_floor, log_ceiling;
  for (const Bucket& b : buckets) {
    log_floor.push_back(b.floor > 0 ? elementary::log(b.floor) : -endless);
    log_ceiling.push_back(b.ceiling < endless ? elementary::log(std::max(b.ceiling, AggregateCurve::lowest)) : endless);
  }
  // What is left at the end of buckets 0..last if today's price is e^log_price. Beyond a floor or a ceiling the authority
  // takes or gives whatever it is asked for.
  const auto left = [&](double log_price, std::size_t last, std::vector<double>* banks = nullptr) {
    double balance = bank;
    for (std::size_t k = 0; k <= last; ++k) {
      const Bucket& b = buckets[k];
      const double lp = std::min(log_price + log_growth * b.middle, log_choke);
      balance += b.supply - b.need + std::min(b.need, b.years * b.scale * curve.at(lp, b.start));
      if (!b.offers.empty()) {
        const double p = elementary::exp(lp);
        for (const CurveSegment& offer : b.offers)
          if (p >= offer.low) balance += p >= offer.high ? offer.tonnes : offer.tonnes * (p - offer.low) / (offer.high - offer.low);
      }
      if (banks) banks->push_back(balance);
      else if (lp < log_floor[k]) return -endless;
      else if (lp >= log_ceiling[k]) return endless;
    }
    return balance;
  };
  RollingPrice result;
  double log_best = AggregateCurve::log_lowest - 1;
  for (std::size_t last = 0; last < buckets.size(); ++last) {
    if (left(log_best, last) >= 0) continue;
    double low = log_best, high = log_choke;
    if (left(high, last) < 0) {
      log_best = high;
      result.choked = true;
      break;
    }
    for (int i = 0; i < 44; ++i) {
      const double middle = 0.5 * (low + high);
      (left(middle, last) < 0 ? low : high) = middle;
    }
    log_best = high;
  }
  if (log_best >= AggregateCurve::log_lowest - 0.999) result.price = elementary::exp(log_best);
  if (!buckets.empty()) left(log_best, buckets.size() - 1, &result.banks);
  return result;
}

}  // namespace tantu
