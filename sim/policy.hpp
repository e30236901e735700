// The interface of the rules.
//
// A policy is immutable and shared; what it remembers is a PolicyState owned by the market. It never
// changes the world: it reads a view and returns effects, which the market books in the registry. Its
// pure questions (what would this firm be given, what would it owe) are asked by agents, by the
// yardstick and by `tantu rules` alike.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/calendar.hpp"
#include "sim/firm_store.hpp"
#include "sim/random.hpp"

namespace tantu {

/// The order in which policies act, whatever the order of keys in a file. Within a phase: the catalog's order.
enum class Phase : std::uint8_t {
  coverage,      ///< who is in the market
  cap,           ///< how many allowances there are
  allocation,    ///< who is given what
  relief,        ///< what a firm owes for its emissions
  verification,  ///< what it is found to have emitted
  issue,         ///< pre-allocation and true-up
  compliance,    ///< surrender
  penalty,       ///< what a shortfall costs
  banking,       ///< what may be carried over
};

/// Years that are settled together, and the days on which that happens.
struct ComplianceCycle {
  int first_year = 0, last_year = 0;
  Day announcement;   ///< from this day on the rules of its years are public
  Day pre_allocation; ///< part of the allowances is issued on an estimate
  Day verification;   ///< emissions and output are verified
  Day true_up;        ///< allowances are corrected to verified output
  Day early;          ///< date that the authority urges; no legal effect
  Day deadline;       ///< surrender
};

/// What firms know of the price of a tonne that they do not surrender at a deadline.
struct ShortfallTerms {
  double fine = 0;               ///< currency for a firm, whatever the quantity
  double multiple = 0;           ///< of an average market price, per tonne
  double per_tonne = 0;          ///< currency per tonne
  bool debt_carried = false;     ///< the missing tonnes are still owed
  bool exists = false;
};

/// What may be kept after a deadline.
struct CarryOver {
  bool limited = false;   ///< false: everything may be kept
  Day conversion = never; ///< the day on which what exceeds the limit dies
  double limit = 0;       ///< t that this firm may keep
  double per_sale = 0;    ///< by which each tonne it sells raises the limit
};

struct PolicyView {
  Day today;
  Day next;                  ///< the next trading day
  const Calendar& calendar;
  const FirmTraits& traits;
  const FirmStore& firms;
  const Registry& registry;
  std::span<const ComplianceCycle> cycles;
  Rows rows;                 ///< the market's firms
  Account first_account;     ///< of row rows.first
  RandomKey key;
  double price_scale;        ///< currency per tick of account
  Price average_120;         ///< P120
  Price month_average;       ///< average close of the calendar month before
  Account account(std::uint32_t row) const { return first_account + (row - rows.first); }
  /// What falls due on `date` is done after the close of the last trading day up to it.
  bool closes(Day date) const { return date < next; }
};

struct Effect {
  enum class Kind : std::uint8_t {
    issue,        ///< tonnes of vintage `year` to the firm
    take_back,    ///< tonnes from the firm, back to the regulator (cancelled); what is missing is owed
    entitle,      ///< the firm's final free allocation of `year`
    verify,       ///< the firm's verified emissions of `year`
    oblige,       ///< the firm's obligation for `year`
    surrender,    ///< tonnes from the firm for `year`
    shortfall,    ///< obligation of `year` not met
    fine,         ///< cash from the firm to the treasury
    owe,          ///< tonnes added to the firm's debt
    repay,        ///< tonnes from the firm for its debt
    expire,       ///< tonnes of the firm that die
    leave,        ///< the firm leaves the market
  };
  Kind kind;
  std::uint32_t row = 0;
  int year = 0;
  Tonnes tonnes{};
  Cash cash{};
};
using Effects = std::vector<Effect>;

/// What a policy remembers, declared by it and owned by the market.
struct PolicyState {
  std::vector<std::int64_t> done;   ///< one mark per cycle or event
  std::vector<double> numbers;
  /// True once for each event: marks it as done.
  bool first_time(std::size_t event) {
    if (done.size() <= event) done.resize(event + 1, 0);
    if (done[event]) return false;
    done[event] = 1;
    return true;
  }
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("done", done);
    v("numbers", numbers);
  }
};

struct RuleQuestion;  // sim/history.hpp
class RuleAnswers;

class Policy {
 public:
  virtual ~Policy() = default;
  virtual Phase phase() const = 0;

  /// Before the session of a trading day, in phase order.
  virtual void announce(const PolicyView&, PolicyState&, Effects&) const {}
  /// After the close, in phase order; each policy sees what those before it have booked.
  virtual void comply(const PolicyView&, PolicyState&, Effects&) const {}

  // Pure questions; the default answer is "nothing to say". Spans cover the same rows in order.

  /// Adds each firm's final free allocation (t) for an output of `activity` index-years in `year`.
  virtual void allocate(const FirmTraits&, Rows, int /*year*/, const double* /*activity*/, double* /*allocation*/) const {}
  /// Changes what each firm owes (t) for `emissions`, given its allocation; starts as its emissions.
  virtual void oblige(const FirmTraits&, Rows, int /*year*/, const double* /*emissions*/, const double* /*allocation*/,
                      double* /*obligation*/) const {}
  /// The cap of `year` in tonnes, from the policy that sets one; none: no limit on the mass of allowances.
  virtual std::optional<double> cap(int /*year*/) const { return std::nullopt; }
  /// What a missing tonne costs at `deadline`.
  virtual void price_shortfall(Day /*deadline*/, ShortfallTerms&) const {}
  /// What the firm of `row` may keep and when the rest dies, as far as it is known on view.today.
  virtual void carry_over(const PolicyView&, std::uint32_t /*row*/, CarryOver&) const {}
  /// The cycles, from the policy that sets them.
  virtual std::span<const ComplianceCycle> cycles() const { return {}; }

  // What the rule would have done on a given history, without agents (sim/history.hpp).

  /// Adds each entity's free allocation (t) of `year` for the history's output of `output_year`.
  virtual void allocate_on(const RuleQuestion&, int /*year*/, int /*output_year*/, std::map<std::string, double>& /*allocations*/) const {}
  /// Answers for all years of the history; sees what policies before it have answered.
  virtual void evaluate(const RuleQuestion&, RuleAnswers&) const {}
};

/// A policy as the scenario names it.
struct NamedPolicy {
  std::string instance, kind;
  std::shared_ptr<const Policy> policy;
};

}  // namespace tantu
