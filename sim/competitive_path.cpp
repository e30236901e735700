#include "sim/competitive_path.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <stdexcept>

#include <fmt/format.h>

#include "sim/elementary.hpp"

namespace tantu {

double PathPeriod::supplied(double price) const {
  double sum = 0;
  for (const SupplyTerm& t : terms) sum += t.tonnes * t.curve->at(t.price == 1 ? price : price / t.price);
  return sum;
}

double PathPeriod::supplied_below(double price) const {
  double sum = 0;
  for (const SupplyTerm& t : terms) sum += t.tonnes * t.curve->below(t.price == 1 ? price : price / t.price);
  return sum;
}

namespace {

constexpr double endless = std::numeric_limits<double>::infinity();

/// Reads a curve at prices that lie near each other: it looks first where it has found the last one.
class NearbyReader {
 public:
  explicit NearbyReader(const SupplyTerm& term) : points_(term.curve->points()), tonnes_(term.tonnes), price_(term.price) {}
  double at(double price) { return tonnes_ * read(price_ == 1 ? price : price / price_, true); }
  double below(double price) { return tonnes_ * read(price_ == 1 ? price : price / price_, false); }

 private:
  /// As CostCurve::at and ::below.
  double read(double price, bool with_step) {
    const std::size_t n = points_.size();
    if (n == 0 || price < points_[0].price) return 0;
    // The last point at or below the price: from the last one found, in steps that double.
    std::size_t low = 0, high = n;
    if (points_[found_].price <= price) {
      low = found_;
      for (std::size_t step = 1; low + step < n; step *= 2) {
        if (points_[low + step].price > price) {
          high = low + step;
          break;
        }
        low += step;
      }
    } else {
      high = found_;
      for (std::size_t step = 1; step < high; step *= 2) {
        if (points_[high - step].price <= price) {
          low = high - step;
          break;
        }
        high -= step;
      }
    }
    while (low + 1 < high) {
      const std::size_t middle = low + (high - low) / 2;
      (points_[middle].price <= price ? low : high) = middle;
    }
    found_ = low;
    const CostCurve::Point& p = points_[low];
    return !with_step && p.price == price ? p.below : p.above + p.slope * (price - p.price);
  }

  std::span<const CostCurve::Point> points_;
  double tonnes_, price_;
  std::size_t found_ = 0;
};

/// A discounted price, and how much of what exactly it brings about is used: 0 nothing, 1 all. Steps, floors and
/// ceilings become continuous that way, and nothing is lost of the price of a step.
struct Level {
  double q = 0;
  double share = 1;
  friend auto operator<=>(const Level&, const Level&) = default;
};

/// The problem in prices discounted to today, with the lower bound of the bank moved to zero.
class Tube {
 public:
  explicit Tube(const PathProblem& problem) : problem_(problem) {
    const double log_growth = elementary::log(1 + problem.rate);
    double least_before = 0, time = -endless;
    for (std::size_t y = 0; y < problem.periods.size(); ++y) {
      const PathPeriod& p = problem.periods[y];
      const auto refuse = [&](const char* why) { throw std::invalid_argument(fmt::format("competitive path: period {} {}", y, why)); };
      if (p.time < time) refuse("is earlier than the one before");
      if (p.bank_most < p.bank_least) refuse("has an upper bound of the bank below its lower one");
      if (p.ceiling < p.floor) refuse("has a ceiling below its floor");
      for (const SupplyTerm& t : p.terms)
        if (!t.curve || !(t.tonnes > 0) || !(t.price > 0)) refuse("has an empty term of supply");
      readers_.emplace_back(p.terms.begin(), p.terms.end());
      time = p.time;
      growth_.push_back(elementary::exp(log_growth * p.time));
      given_.push_back(p.supply - p.need - (p.bank_least - least_before));
      least_before = p.bank_least;
      measure_ += std::max(0.0, p.need);
    }
  }

  std::size_t size() const { return given_.size(); }
  /// A bank of `closing` above its lower bound at the end of period y is at its upper one, and not at both.
  bool ends_full(std::size_t y, double closing) const { return room(y) > 0 && closing >= room(y) - 10 * rounding(); }
  /// At this level too the bank of a stretch changes by `tonnes`.
  bool moves(std::size_t first, std::size_t last, Level at, double tonnes) { return std::fabs(excess(first, last, at) - tonnes) <= 10 * rounding(); }
  double room(std::size_t y) const { return problem_.periods[y].bank_most - problem_.periods[y].bank_least; }

  /// What period y does at a level.
  struct Answer {
    double price = 0, supplied = 0;
    double held = 0;    ///< taken at the floor; +infinity below it
    double given = 0;   ///< at the ceiling or the choke price; +infinity above
    double excess = 0;  ///< of supply over need
  };
  Answer answer(std::size_t y, Level at) {
    const PathPeriod& period = problem_.periods[y];
    const double top = std::min(period.ceiling, problem_.choke);
    Answer a;
    a.price = at.q * growth_[y];
    // The quotient by the growth and the product with it may be off by a bit.
    const double near = 4e-16 * a.price;
    const bool at_top = std::fabs(a.price - top) <= near, at_floor = period.floor > 0 && std::fabs(a.price - period.floor) <= near;
    if (at_top) a.price = top;
    if (at_floor) a.price = period.floor;
    for (NearbyReader& term : readers_[y]) a.supplied += term.at(a.price);
    if (at.share < 1) {
      double below = 0;
      for (NearbyReader& term : readers_[y]) below += term.below(a.price - near);
      a.supplied = below + at.share * (a.supplied - below);
    }
    if (at_top) a.given = at.share < 1 ? measure_ * at.share / (1 - at.share) : endless;
    else if (a.price > top) a.given = endless;
    if (at_floor) a.held = at.share > 0 ? measure_ * (1 - at.share) / at.share : endless;
    else if (a.price < period.floor) a.held = endless;
    a.excess = a.held == endless ? -endless : given_[y] + a.supplied + a.given - a.held;
    return a;
  }
  double excess(std::size_t first, std::size_t last, Level at) {
    double sum = 0;
    for (std::size_t y = first; y <= last; ++y) {
      const double x = answer(y, at).excess;
      if (x == -endless) return x;
      sum += x;
    }
    return sum;
  }
  /// The least level from `low` on at which the excess of the stretch reaches `target`, exactly: doubles are counted
  /// through by their bits, so that the price of a step comes out as that step's.
  /// `guess`: where it may be, 0: anywhere. `high`: a level that is high enough, if one is known.
  Level least(std::size_t first, std::size_t last, double target, Level low, double guess = 0, double high = 0) {
    return level(first, last, low, target, [target](double x) { return x >= target; }, guess, high);
  }
  /// The largest level at which it does not exceed `target`.
  Level most(std::size_t first, std::size_t last, double target) {
    return level(first, last, {0, 1}, target, [target](double x) { return x > target; }, 0, 0);
  }
  double growth(std::size_t y) const { return growth_[y]; }
  /// t: what is lost in rounding.
  double rounding() const { return 1e-13 * measure_; }

 private:
  template <class Reached>
  Level level(std::size_t first, std::size_t last, Level low, double target, Reached reached, double guess, double high) {
    double below = excess(first, last, low);
    if (reached(below)) return low;
    if (low.share < 1) below = excess(first, last, {low.q, 1});
    // Not reached at `from`, reached at `to`.
    double from = low.q, to = 0, above = 0;
    const auto try_at = [&](double q) {
      const double x = excess(first, last, {q, 1});
      (reached(x) ? to : from) = q;
      (reached(x) ? above : below) = x;
      return reached(x);
    };
    if (reached(below)) {
      to = from;
    } else {
      // Around the guess, wider and wider; else up to where the regulator or the choke price gives any quantity.
      double width = 1e-4;
      if (guess > from && try_at(guess)) {
        while (width < 1 && guess * (1 - width) > from && try_at(guess * (1 - width))) width *= 30;
      } else if (guess > 0) {
        while (width < 10 && !try_at(std::max(from, guess) * (1 + width))) width *= 30;
      }
      if (to == 0) {
        if (high <= from)
          for (std::size_t y = first; y <= last; ++y) high = std::max(high, std::min(problem_.periods[y].ceiling, problem_.choke) / growth_[y]);
        while (!try_at(high)) high *= 1 + 1e-15;
      }
    }
    std::uint64_t a = std::bit_cast<std::uint64_t>(from), b = std::bit_cast<std::uint64_t>(to);
    // Interpolation, aimed a little beyond what it finds so that both ends close in, finds straight pieces at once; halving
    // deals with steps and with the ends of the range.
    for (bool halve = false; a + 1 < b;) {
      const std::uint64_t width = b - a;
      std::uint64_t middle = a + width / 2;
      if (!halve && std::fabs(below) < endless && std::fabs(above) < endless && above > below) {
        from = std::bit_cast<double>(a);
        to = std::bit_cast<double>(b);
        const std::uint64_t found = std::clamp(std::bit_cast<std::uint64_t>(from + (to - from) * std::clamp((target - below) / (above - below), 0.0, 1.0)), a, b);
        const std::uint64_t beyond = width / 64 + 1;
        middle = std::clamp(found < middle ? std::min(found + beyond, middle) : std::max(found - std::min(found, beyond), middle), a + 1, b - 1);
      }
      const double x = excess(first, last, {std::bit_cast<double>(middle), 1});
      (reached(x) ? b : a) = middle;
      (reached(x) ? above : below) = x;
      halve = b - a > width / 2;
    }
    Level found{std::bit_cast<double>(b), 1};
    if (found.q == 0) return found;
    const double without = excess(first, last, {found.q, 0});
    if (reached(without)) return {found.q, 0};
    double none = 0, all = 1;
    // Linear in the share, but where a floor or a ceiling moves any quantity.
    if (above = excess(first, last, found); std::fabs(without) < endless && above < endless && above > without) {
      const double share = std::clamp((target - without) / (above - without), 0.0, 1.0);
      all = std::min(1.0, share + 1e-15);
      none = std::max(0.0, share - 1e-15);
      if (!reached(excess(first, last, {found.q, all})) || reached(excess(first, last, {found.q, none}))) {
        none = 0;
        all = 1;
      }
    }
    for (int i = 0; i < 60 && all - none > 1e-16; ++i) {
      const double middle = 0.5 * (none + all);
      (reached(excess(first, last, {found.q, middle})) ? all : none) = middle;
    }
    found.share = all;
    return found;
  }

  const PathProblem& problem_;
  std::vector<double> growth_, given_;
  std::vector<std::vector<NearbyReader>> readers_;  ///< [period][term]
  double measure_ = 1;  ///< t: the scale of what floors and ceilings move
};

/// A stretch of periods at one level; `opening` and `closing` are banks above the lower bound.
struct Stretch {
  std::size_t first = 0, last = 0;
  Level level;
  double opening = 0, closing = 0;
};

PathResult settle(const PathProblem& problem, Tube& tube, const std::vector<Stretch>& stretches) {
  PathResult result;
  for (const Stretch& s : stretches) result.stretches.push_back(static_cast<std::uint32_t>(s.first));
  result.periods.resize(tube.size());
  for (const Stretch& s : stretches) {
    double bank = s.opening;
    for (std::size_t y = s.first; y <= s.last; ++y) {
      const PathPeriod& period = problem.periods[y];
      PathResult::Period& r = result.periods[y];
      const Tube::Answer a = tube.answer(y, s.level);
      r.price = a.price;
      r.supplied = a.supplied;
      r.withheld = a.held;
      (period.ceiling <= problem.choke ? r.released : r.shortage) = a.given;
      bank += a.excess;
      if (s.level.q == 0 && bank > tube.room(y)) {
        r.expired = bank - tube.room(y);
        bank = tube.room(y);
      }
      if (y == s.last && s.level.q > 0) bank = s.closing;  // equal but for rounding
      r.bank = bank + period.bank_least;
    }
  }
  return result;
}

/// The stretches of a path that differs little, with levels of their own, if they are those of this problem too: the bank
/// is between its bounds inside each, the level does not rise where a stretch ends on the lower bound and does not fall where it
/// ends on the upper one. Empty if they are not, or if a price of nothing leaves it open where stretches end.
std::vector<Stretch> stretches_like(const PathProblem& problem, Tube& tube, const PathResult& like) {
  std::vector<Stretch> stretches;
  double opening = problem.bank;
  bool may_rise = false, may_fall = true;
  for (std::size_t k = 0; k < like.stretches.size(); ++k) {
    const std::size_t first = like.stretches[k], last = k + 1 < like.stretches.size() ? like.stretches[k + 1] - 1 : tube.size() - 1;
    if (!(like.periods[first].price > 0)) return {};  // else it ends on a bound
    const double room = tube.room(last);
    const bool full = room < endless && like.periods[last].bank - problem.periods[last].bank_least > room / 2;
    const double closing = full ? room : 0.0;
    const Level level = tube.least(first, last, closing - opening, {0, 1}, like.periods[first].price / tube.growth(first));
    if (level.q == 0 || (!stretches.empty() && ((level > stretches.back().level && !may_rise) || (level < stretches.back().level && !may_fall)))) return {};
    double bank = opening;
    for (std::size_t y = first; y < last; ++y) {
      bank += tube.answer(y, level).excess;
      // On a bound a stretch could end, and another may begin there at another price that does as well.
      if (!(bank > tube.rounding() && bank < tube.room(y) - tube.rounding())) return {};
    }
    stretches.push_back({first, last, level, opening, closing});
    opening = closing;
    may_rise = full || room <= 0;  // without room both bounds bind
    may_fall = !full || room <= 0;
  }
  return stretches;
}

/// Where a stretch touches a bound on its way, or does as well at any price of a range, several paths are optimal: this is the one of
/// the least prices. They do not fall after a full bank and do not rise after an empty one.
std::vector<Stretch> least_of(Tube& tube, const std::vector<Stretch>& stretches) {
  std::vector<Stretch> least;
  const auto add = [&](Stretch s) {
    // Before a full bank the price may be as low as fills it; before an empty one it holds up what comes after.
    if (s.level.q > 0 && tube.ends_full(s.last, s.closing)) s.level = std::min(s.level, tube.least(s.first, s.last, s.closing - s.opening, {0, 1}, s.level.q));
    if (!least.empty() && s.level < least.back().level && tube.ends_full(least.back().last, least.back().closing) && tube.moves(s.first, s.last, least.back().level, s.closing - s.opening))
      s.level = least.back().level;
    least.push_back(s);
  };
  for (Stretch s : stretches) {
    double bank = s.opening;
    for (std::size_t y = s.first; y < s.last && s.level.q > 0; ++y) {
      bank += tube.answer(y, s.level).excess;
      const bool empty = std::fabs(bank) <= 10 * tube.rounding(), full = bank >= tube.room(y) - 10 * tube.rounding();
      if (!full && !empty) continue;
      const double closing = full ? tube.room(y) : 0;
      Stretch before{s.first, y, s.level, s.opening, closing}, after{y + 1, s.last, s.level, closing, s.closing};
      for (Stretch* part : {&before, &after})
        if (part == &before ? full : empty) part->level = std::min(s.level, tube.least(part->first, part->last, part->closing - part->opening, {0, 1}, s.level.q));
      if (before.level == s.level && after.level == s.level) continue;
      add(before);
      s = after;
      bank = closing;
    }
    add(s);
  }
  return least;
}

}  // namespace

PathResult pooled_path(const PathProblem& problem, const PathResult* like) {
  for (std::size_t y = 0; y < problem.periods.size(); ++y)
    if (problem.periods[y].bank_most < endless)
      throw std::invalid_argument(fmt::format("competitive path: period {} has an upper bound of the bank; pooling knows none", y));
  Tube tube(problem);
  if (like && like->periods.size() == tube.size())
    if (const std::vector<Stretch> same = stretches_like(problem, tube, *like); !same.empty()) return settle(problem, tube, same);
  std::vector<Stretch> stretches;
  for (std::size_t y = 0; y < tube.size(); ++y) {
    const double opening = y == 0 ? problem.bank : 0.0;
    stretches.push_back({y, y, tube.least(y, y, -opening, {0, 1}, y == 0 ? 0 : stretches.back().level.q), opening, 0});
    // A dearer tomorrow is provided for today: the price of both lies between.
    while (stretches.size() > 1 && stretches.back().level > stretches[stretches.size() - 2].level) {
      const Stretch later = stretches.back();
      stretches.pop_back();
      Stretch& s = stretches.back();
      s.last = later.last;
      s.level = tube.least(s.first, s.last, -s.opening, s.level, s.level.q, later.level.q);
    }
  }
  // A stretch without a price may leave allowances; they open the next one.
  double left = 0;
  for (Stretch& s : stretches) {
    s.opening += left;
    left = s.level.q > 0 ? 0 : s.opening + tube.excess(s.first, s.last, s.level);
    s.closing = left;
  }
  return settle(problem, tube, stretches);
}

PathResult taut_path(const PathProblem& problem, const PathResult* like) {
  Tube tube(problem);
  if (like && like->periods.size() == tube.size())
    if (const std::vector<Stretch> same = stretches_like(problem, tube, *like); !same.empty()) return settle(problem, tube, same);
  std::vector<Stretch> stretches;
  double opening = problem.bank;
  for (std::size_t first = 0; first < tube.size(); first = stretches.back().last + 1) {
    // Levels that keep the bank inside its bounds so far: at least `low`, else it falls below the lower bound at
    // `low_at`; at most `high`, else it rises above the upper one at `high_at`.
    Level low{0, 1}, high{endless, 1};
    std::size_t low_at = first, high_at = first;
    Stretch s{first, tube.size() - 1, low, opening, 0};
    bool bent = false;
    for (std::size_t y = first; y < tube.size() && !bent; ++y) {
      if (opening + tube.excess(first, y, low) < 0) {
        const Level need = tube.least(first, y, -opening, low, low.q);
        if (need > high) {  // the string bends over the upper bound
          s = {first, high_at, std::max(low, tube.least(first, high_at, tube.room(high_at) - opening, {0, 1})), opening, tube.room(high_at)};
          if (high.q == 0) s.level = {0, 1};
          bent = true;
          break;
        }
        low = need;
        low_at = y;
      }
      if (tube.room(y) == endless) continue;
      const Level most = tube.most(first, y, tube.room(y) - opening);
      if (most >= high) continue;
      high = most;
      high_at = y;
      if (low > high) {  // the string bends under the lower bound
        s = {first, low_at, low, opening, 0};
        bent = true;
      }
    }
    if (!bent && low.q > 0) {
      s = {first, low_at, low, opening, 0};  // what follows starts on the lower bound
    } else if (!bent) {
      // No price, up to where the bank overflows: there it is cut.
      if (high.q == 0) s.last = high_at;
      s.closing = std::min(tube.room(s.last), opening + tube.excess(first, s.last, {0, 1}));
    }
    stretches.push_back(s);
    opening = s.closing;
  }
  return settle(problem, tube, least_of(tube, stretches));
}

PathResult competitive_path(const PathProblem& problem, const PathResult* like) {
  const bool bounded = std::any_of(problem.periods.begin(), problem.periods.end(), [](const PathPeriod& p) { return p.bank_most < endless; });
  return bounded ? taut_path(problem, like) : pooled_path(problem, like);
}

}  // namespace tantu
