// The parts of a report, a file each. All append to an open JSON object.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/hdf5_file.hpp"
#include "results/json_text.hpp"

namespace tantu {

/// A text attribute, "" if there is none; others as text.
std::string text_attribute(const std::map<std::string, AttributeValue>& attributes, const std::string& name);
/// The names that the attribute `codes` ("0 Huaneng; 1 Datang") of a variable gives to its values.
std::vector<std::string> names_of_codes(const Variable& variable);
/// Values in units of a dataset that must have `size` of them; nothing if it is absent or has another size.
std::optional<std::vector<double>> read_values(const ResultReader& file, const std::string& path, std::size_t size);

/// "groups": the datasets of /summary, /daily, /yearly, /sectors, /rules and others but firms and tapes, each with units,
/// long name, axes and values. Long daily series are thinned, each variable by its nature (last, highest, lowest, sum, mean).
void write_groups(const ResultReader& file, JsonText& json);
/// "firms": by sector and size what compliance cost and how complete it was, the distribution of cost, winners and losers.
void write_firms(const ResultReader& file, JsonText& json);
/// "tape": who sold to whom (by sector, group, region), and the resting depth by price and day. `order_days`: trading days
/// for which an order rests that says nothing else; 0: until it is cancelled.
void write_tape(const ResultReader& file, std::int64_t order_days, JsonText& json);
/// A sweep has an axis of runs in /runs.
bool is_sweep(const ResultReader& file);
/// "runs", "outcomes", "fan": what each run was, its headline figures by year, quantiles of the price over runs.
void write_sweep(const ResultReader& file, JsonText& json);

}  // namespace tantu
