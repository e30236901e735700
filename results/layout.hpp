// How the numbers of one run's dataset lie behind one another, so that many runs stack along an axis `run`.
//
// A layout lists groups, their axes with labels and the variables over them; the values of a run are then one
// stretch of bytes, each variable at its offset, in the machine's order. Left out: root attributes, tables,
// groups whose labels belong to one run, and variables of text (which cannot be written in blocks).
// Runs of a sweep nearly always share one layout; where axes differ, `unite` takes every label and `Spread`
// puts a run's values to their places, with fill values in between.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/dataset.hpp"

namespace tantu {

struct LayoutVariable {
  std::string name;
  std::vector<std::string> axes;
  ElementType type = ElementType::float64;
  Meaning meaning;
  std::size_t offset = 0;  ///< bytes
  std::size_t values = 1;
};

struct LayoutAxis {
  std::string name;
  Array labels;
  Meaning meaning;
};

struct LayoutGroup {
  std::string path;
  std::vector<LayoutAxis> axes;
  std::vector<LayoutVariable> variables;
};

struct Layout {
  std::vector<LayoutGroup> groups;
  std::size_t bytes = 0;  ///< of the values of one run
};

std::size_t bytes_of(ElementType type);

Layout layout_of(const Dataset& dataset);
/// Whether layout_of(dataset) is `layout`, without making it: most runs of a sweep are laid out as the run before.
bool is_laid_out(const Dataset& dataset, const Layout& layout);
/// The values in the order of layout_of(dataset), appended to `bytes`.
void append_values(const Dataset& dataset, std::vector<char>& bytes);

/// A layout as bytes: equal layouts give equal bytes. `decode` throws std::runtime_error for anything else.
std::string encode(const Layout& layout);
Layout decode(std::string_view bytes);

/// For each label of `from` its place in `to`, which holds them all.
std::vector<std::size_t> places_of(const Array& from, const Array& to);

/// The labels of both: numbers sorted, names in the order in which they came. Throws std::runtime_error where the
/// two mean different things by one name ("/yearly/close is in EUR t-1 and in CNY t-1").
Layout unite(const Layout& a, const Layout& b);

/// Moves a run's values from its own layout into the united one.
class Spread {
 public:
  Spread(const Layout& from, const Layout& to);
  /// `to` holds the values of one run of the united layout and is filled whole.
  void operator()(const char* from, char* to) const;

 private:
  struct Move { std::size_t from, to, bytes; };
  std::vector<char> missing_;  ///< a run without any value
  std::vector<Move> moves_;    ///< neighbours joined
};

/// A run of nothing but fill values.
std::vector<char> missing_values(const Layout& layout);

}  // namespace tantu
