// The firms, in columns: row i of every vector is firm i. Parallel phases write their own rows only.
//
// Emissions and activity are physical (double); what the verifier finds is whole tonnes. A firm's
// activity is an index, 1 = one year at the baseline output, and its baseline emissions and allocation
// are proportional to it: one shock moves all of a firm's installations.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/abatement.hpp"
#include "sim/date.hpp"
#include "sim/registry.hpp"
#include "sim/units.hpp"

namespace tantu {

/// A run of rows [first, last).
struct Rows {
  std::uint32_t first = 0, last = 0;
  std::uint32_t size() const { return last - first; }
};

enum class Style : std::uint8_t { compliance_only, hedger, active };

enum class MeasureState : std::uint8_t {
  available,  ///< could be used or adopted
  pipeline,   ///< adopted, not yet effective
  effective,  ///< works
  exhausted,  ///< was worth doing without a carbon price: part of the baseline
};

/// One plant: what benchmarks and verification see. Fixed for the run.
struct Installation {
  std::uint32_t firm = 0;
  std::uint16_t unit_class = 0;    ///< index into the sector's classes
  double activity = 0;             ///< baseline output a year, in the sector's activity unit
  double intensity = 0;            ///< tonnes per unit of output
};

/// A number for a name that does not depend on what else there is: 32-bit FNV-1a. Keys random draws.
constexpr std::uint32_t stable_id(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
  return hash;
}

/// A sector: firms of one trade in one market.
struct Sector {
  std::string name;
  std::uint32_t entity = 0;           ///< of its draws; a firm drawn from it has entity + its number
  std::string activity_unit;
  std::vector<std::string> classes;
  Technology technology;
  Rows rows;
  std::vector<double> activity_path;  ///< [year - first year]: output relative to the baseline
  std::vector<double> intensity_path; ///< [year - first year]: intensity relative to the baseline
  double product_price = 0;           ///< currency per unit of output; 0: output does not react to carbon costs
  double elasticity = 0;              ///< of demand, above 0
  double pass_through = 1;            ///< share of carbon cost that the product's price carries
  double yearly_amplitude = 0, yearly_peak_day = 0, half_yearly_amplitude = 0, half_yearly_peak_day = 0;
  std::uint32_t first_measure = 0;    ///< of row rows.first in the measure columns
};

/// A number a firm that most years never move from where it starts: takes memory with the first write, and little once its year
/// is over. Writing is serial.
template <class T>
class FirmColumn {
 public:
  explicit FirmColumn(T start = {}) : start_(start) {}
  void resize(std::size_t rows) { rows_ = rows; if (!values_.empty()) values_.resize(rows, start_); }
  T operator[](std::size_t row) const { return !values_.empty() ? values_[row] : packed_.empty() ? start_ : unpacked(row); }
  T& operator[](std::size_t row) {
    if (values_.empty()) write();
    return values_[row];
  }
  /// False while every row is where it starts.
  bool is_stored() const { return !values_.empty() || !packed_.empty(); }
  /// Keeps each row in as few bytes as the column's range needs, until one is written again.
  void pack() {
    if (values_.empty()) return;
    const auto [least, most] = std::minmax_element(values_.begin(), values_.end());
    const std::uint64_t range = static_cast<std::uint64_t>(most->count) - static_cast<std::uint64_t>(least->count);
    width_ = static_cast<std::uint32_t>(std::bit_width(range) + 7) / 8;
    if (width_ == sizeof(std::uint64_t)) return;
    least_ = *least;
    packed_.assign(rows_ * width_ + sizeof(std::uint64_t), std::uint8_t{0});
    for (std::size_t row = 0; row < rows_; ++row) {
      const std::uint64_t above = static_cast<std::uint64_t>(values_[row].count) - static_cast<std::uint64_t>(least_.count);
      std::memcpy(&packed_[row * width_], &above, sizeof above);  // what lies beyond its width is written by the next row
    }
    values_ = {};
  }
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("values", values_); v("packed", packed_); v("width", width_); v("least", least_);
  }

 private:
  T unpacked(std::size_t row) const {
    std::uint64_t above = 0;
    std::memcpy(&above, &packed_[row * width_], sizeof above);
    return T{static_cast<std::int64_t>(static_cast<std::uint64_t>(least_.count) + (above & ((std::uint64_t{1} << 8 * width_) - 1)))};
  }
  void write() {
    std::vector<T> all(rows_, start_);
    for (std::size_t row = 0; row < rows_ && !packed_.empty(); ++row) all[row] = unpacked(row);
    values_ = std::move(all);
    packed_ = {};
  }

  T start_;
  std::size_t rows_ = 0;
  std::vector<T> values_;             ///< empty: packed, or where it starts
  std::vector<std::uint8_t> packed_;  ///< little end first; eight bytes more than its rows fill, so that each is read at once
  std::uint32_t width_ = 0;           ///< bytes of a row
  T least_{};
};

/// What a year adds up to, per firm.
struct FirmYear {
  std::vector<double> activity;        ///< index-years of output
  std::vector<double> emissions;       ///< t, before verification, up to the last change of the abated share (sim/operation.hpp)
  std::vector<double> abatement_cost;  ///< currency, likewise
  FirmColumn<Tonnes> verified{Tonnes{-1}}; ///< -1 before verification
  FirmColumn<Tonnes> allocated;            ///< free allowances issued so far for the year, less what was taken back
  FirmColumn<Tonnes> entitled{Tonnes{-1}}; ///< final free allocation; -1 before the true-up
  FirmColumn<Tonnes> obligation{Tonnes{-1}};  ///< tonnes to surrender for the year; -1 before it is fixed
  FirmColumn<Tonnes> surrendered;
  FirmColumn<Tonnes> shortfall;            ///< obligation not met, at all deadlines
  FirmColumn<Tonnes> early_shortfall;      ///< of it at interim deadlines
  FirmColumn<Tonnes> bought, sold;         ///< in this calendar year, all markets
  FirmColumn<Cash> paid, received;         ///< for allowances bought and sold
  FirmColumn<Cash> fined;
  FirmColumn<Tonnes> won;                  ///< bought at auction in this calendar year; part of `bought`, its price of `paid`
  FirmColumn<Cash> won_for;
  FirmColumn<Tonnes> retired;              ///< offsets used for the year's obligation
  FirmColumn<Cash> credits_paid;           ///< for offsets in this calendar year, less what was received for those resold
  FirmColumn<Tonnes> borrowed;             ///< of the next vintage, given ahead of time for the year's obligation
  FirmColumn<Cash> taxed;                  ///< carbon tax on the year's emissions
  FirmColumn<Cash> supported;              ///< rebates and support received in this calendar year
  FirmColumn<Tonnes> forgiven;             ///< debt written off in this calendar year, when the firm failed
  FirmColumn<Cash> written_off;            ///< cash that its creditors lost with it

  /// Of a year that is over.
  void pack() {
    for (FirmColumn<Tonnes>* column : tonnes()) column->pack();
    for (FirmColumn<Cash>* column : cash()) column->pack();
  }
  std::array<FirmColumn<Tonnes>*, 13> tonnes() {
    return {&verified, &allocated, &entitled, &obligation, &surrendered, &shortfall, &early_shortfall, &bought, &sold, &won, &retired, &borrowed, &forgiven};
  }
  std::array<FirmColumn<Cash>*, 8> cash() { return {&paid, &received, &fined, &won_for, &credits_paid, &taxed, &supported, &written_off}; }
  void resize(std::size_t firms) {
    for (std::vector<double>* column : {&activity, &emissions, &abatement_cost}) column->resize(firms);
    for (FirmColumn<Tonnes>* column : tonnes()) column->resize(firms);
    for (FirmColumn<Cash>* column : cash()) column->resize(firms);
  }
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("activity", activity); v("emissions", emissions);
    v("abatement_cost", abatement_cost); v("verified", verified); v("allocated", allocated);
    v("entitled", entitled); v("obligation", obligation); v("surrendered", surrendered);
    v("shortfall", shortfall); v("early_shortfall", early_shortfall); v("bought", bought); v("sold", sold); v("paid", paid);
    v("received", received); v("fined", fined);
    v("won", won); v("won_for", won_for); v("retired", retired); v("credits_paid", credits_paid);
    v("taxed", taxed); v("borrowed", borrowed); v("supported", supported); v("forgiven", forgiven); v("written_off", written_off);
  }
};

/// What is fixed for a run: who the firms are. Shared by all copies of a simulation.
struct FirmTraits {
  std::vector<Sector> sectors;
  std::vector<Installation> installations;       ///< sorted by firm
  std::vector<std::uint32_t> first_installation; ///< [firm], and one past the end
  std::vector<std::string> regions, groups;
  std::vector<std::string> names;                ///< [firm]; empty where the firms are synthetic

  std::vector<std::uint32_t> entity;   ///< stable id for random draws
  std::vector<std::uint16_t> sector, region;
  std::vector<std::int16_t> group;     ///< -1: independent
  std::vector<Style> style;
  std::vector<double> emissions;       ///< E: yearly baseline emissions, t, at index 1
  std::vector<Day> closing;            ///< first day without output; far future if none
  // Of firms that move between markets, which have a row in each (sim/firm_moves.cpp); empty where none does.
  std::vector<Day> opening;            ///< first day with output in this market; far past if always
  std::vector<std::int32_t> member_from, member_until;  ///< years in which it is this market's
  bool is_member(std::uint32_t row, int year) const { return member_from.empty() || (year >= member_from[row] && year <= member_until[row]); }
  bool is_open(std::uint32_t row, Day day) const { return opening.empty() || opening[row] <= day; }
  /// True for the row of a firm in the market that it leaves for another one.
  bool moves_away(std::uint32_t row) const { return !member_from.empty() && member_until[row] != std::numeric_limits<std::int32_t>::max(); }
  /// Makes zero what firms of `rows` have in years in which they belong to another market.
  void keep_members(Rows rows, int year, double* values) const {
    if (member_from.empty()) return;
    for (std::uint32_t i = 0; i < rows.size(); ++i)
      if (!is_member(rows.first + i, year)) values[i] = 0;
  }
  std::vector<double> tau;             ///< urgency: trading days
  std::vector<double> caution;         ///< z of precaution
  std::vector<double> opinion;         ///< eps: fixed log-deviation on the fundamental
  std::vector<double> hoard;           ///< seller's markup on the value
  std::vector<double> fundamental_weight, trend_weight;
  std::vector<double> cut;             ///< expected yearly fall of the allocation ratio
  std::vector<double> attention;       ///< lambda0: daily chance to look at the market without a reason
  double most_attention = 0, most_tau = 0;  ///< over all firms: bounds that need no look at a firm
  std::vector<std::uint8_t> early;     ///< obeys the early date of the cycle
  std::vector<double> curve_scale;     ///< multiplier on the sector's smooth curve
  std::vector<double> log_measure_cost;///< its natural logarithm; -inf where the cost is not above 0
  std::vector<double> measure_cost;    ///< [first_measure of the sector + (row - rows.first) * measures + j], currency/t

  std::uint32_t size() const { return static_cast<std::uint32_t>(entity.size()); }
  std::uint32_t measure_index(std::uint32_t row, std::uint32_t j) const {
    const Sector& s = sectors[sector[row]];
    return s.first_measure + (row - s.rows.first) * static_cast<std::uint32_t>(s.technology.measures.size()) + j;
  }
};

/// What changes: state of the firms.
struct FirmStore {
  int first_year = 0;
  int running_year = 0;                   ///< the year of the last day lived through
  std::vector<FirmYear> years;            ///< [year - first_year]

  std::vector<std::uint32_t> arrival_word;///< today's random word: does the firm come to market?
  std::vector<double> shock;              ///< AR(1) in log activity
  std::vector<double> value_noise;        ///< eta: AR(1) on the value
  std::vector<double> abated_share;       ///< of emissions, today
  std::vector<double> abatement_rate;     ///< currency per tonne of baseline emissions, today
  std::vector<double> price_low, price_high; ///< the abated share holds while the price is in [low, high)
  std::vector<Day> changes_on;            ///< next day on which a measure becomes effective
  std::vector<MeasureState> measure;      ///< as FirmTraits::measure_cost
  std::vector<Day> measure_effective;     ///< day from which a measure works
  std::vector<std::uint8_t> covered;      ///< 0 once a firm has left the market
  std::vector<Day> barred_until;          ///< last day on which the firm may not trade
  std::vector<Tonnes> debt;               ///< allowances still owed from earlier cycles
  std::vector<Day> failed_on;             ///< day on which the firm failed; never
  std::vector<double> output_factor;      ///< what carbon costs leave of its output (sim/output_response.hpp)
  std::int32_t output_reacts = 0;         ///< 1: some factor is not one
  std::int32_t output_reviews = 0;        ///< how often the factors were renewed
  std::vector<std::vector<double>> unit_cost, unit_cost_own;  ///< [year][sector], summed over the year's reviews, currency per unit of output
  std::vector<std::int32_t> unit_cost_reviews;                ///< [year]
  std::vector<double> sector_shock;       ///< [sector]
  std::vector<double> cost_scale;         ///< [sector]: multiplier on all abatement costs
  std::vector<double> active_share;       ///< as measure: its share of the firm's emissions, today
  std::vector<double> abated_by_firm;     ///< as measure: t this year, up to the firm's last change
  std::vector<double> activity_at_change; ///< [firm]: this year's index when the abated share last changed
  std::vector<std::vector<double>> abated_by_measure;  ///< [year][measures of all sectors in order], t

  FirmYear& year(int y) { return years[static_cast<std::size_t>(y - first_year)]; }
  const FirmYear& year(int y) const { return years[static_cast<std::size_t>(y - first_year)]; }
  int last_year() const { return first_year + static_cast<int>(years.size()) - 1; }

  template <class Visitor>
  void visit_state(Visitor& v) {
    v("first_year", first_year); v("running_year", running_year); v("years", years); v("arrival_word", arrival_word); v("shock", shock); v("value_noise", value_noise);
    v("abated_share", abated_share); v("abatement_rate", abatement_rate); v("price_low", price_low);
    v("price_high", price_high); v("changes_on", changes_on); v("measure", measure);
    v("measure_effective", measure_effective); v("covered", covered); v("barred_until", barred_until); v("debt", debt);
    v("failed_on", failed_on); v("output_factor", output_factor); v("output_reacts", output_reacts); v("output_reviews", output_reviews);
    v("unit_cost", unit_cost); v("unit_cost_own", unit_cost_own); v("unit_cost_reviews", unit_cost_reviews);
    v("sector_shock", sector_shock); v("cost_scale", cost_scale); v("active_share", active_share);
    v("abated_by_firm", abated_by_firm); v("activity_at_change", activity_at_change);
    v("abated_by_measure", abated_by_measure);
  }
};

inline constexpr Day never{std::numeric_limits<std::int32_t>::max()};

}  // namespace tantu
