#include "results/dataset.hpp"

#include <algorithm>
#include <stdexcept>
#include <type_traits>

namespace tantu {

namespace {
Array owned(const ArrayView& values) {
  return std::visit([](auto span) -> Array { return std::vector<std::remove_const_t<typename decltype(span)::element_type>>(span.begin(), span.end()); }, values);
}
}  // namespace

ElementType element_type(const Array& values) {
  static constexpr ElementType types[] = {ElementType::uint8, ElementType::int32, ElementType::int64, ElementType::float32, ElementType::float64, ElementType::text};
  return types[values.index()];
}

std::size_t size_of(const Array& values) {
  return std::visit([](const auto& v) { return v.size(); }, values);
}

ArrayView view_of(const Array& values) {
  return std::visit([](const auto& v) -> ArrayView { return std::span(v.data(), v.size()); }, values);
}

void DatasetGroup::axis(const std::string& name, ArrayView labels, const Meaning& meaning) {
  variables_.push_back({name, {name}, owned(labels), meaning, true});
}

void DatasetGroup::day_axis(const std::string& name, std::span<const std::int32_t> days, const std::string& long_name) {
  axis(name, days, {.units = "days since 1970-01-01", .long_name = long_name,
                    .more = {{"standard_name", std::string("time")}, {"calendar", std::string("standard")}, {"axis", std::string("T")}}});
}

void DatasetGroup::variable(const std::string& name, const std::vector<std::string>& axes, ArrayView values, const Meaning& meaning) {
  variable(name, axes, owned(values), meaning);
}

void DatasetGroup::variable(std::string name, std::vector<std::string> axes, Array array, Meaning meaning) {
  std::size_t expected = 1;
  for (const std::string& axis : axes) {
    const DatasetVariable* labels = find(axis);
    if (!labels || !labels->is_axis) throw std::logic_error(path_ + "/" + name + ": its group has no axis " + axis);
    expected *= size_of(labels->values);
  }
  if (size_of(array) != expected)
    throw std::logic_error(path_ + "/" + name + ": " + std::to_string(size_of(array)) + " values where its axes make " + std::to_string(expected));
  if (variables_.size() == variables_.capacity()) variables_.reserve(std::max<std::size_t>(32, 3 * variables_.size()));
  variables_.push_back({std::move(name), std::move(axes), std::move(array), std::move(meaning), false});
}

const DatasetVariable* DatasetGroup::find(std::string_view name) const {
  const auto at = std::find_if(variables_.begin(), variables_.end(), [&](const DatasetVariable& v) { return v.name == name; });
  return at == variables_.end() ? nullptr : &*at;
}

void DatasetTable::append(std::span<const ArrayView> values) {
  if (values.size() != columns_.size() || !values_.empty()) throw std::logic_error(name_ + ": a table is filled once, a view per column");
  for (const ArrayView& view : values) values_.push_back(owned(view));
}

DatasetGroup& Dataset::group(const std::string& path) {
  for (DatasetGroup& g : groups_)
    if (g.path() == path) return g;
  return groups_.emplace_back(path);
}

DatasetTable& Dataset::table(const std::string& name, const std::vector<Column>& columns, const std::string& long_name) {
  return tables_.emplace_back(name, columns, long_name);
}

const DatasetGroup* Dataset::find(std::string_view path) const {
  for (const DatasetGroup& g : groups_)
    if (g.path() == path) return &g;
  return nullptr;
}

void write_dataset(const std::string& path, const Dataset& dataset, Storage storage) {
  ResultFile file(path, storage);
  for (const DatasetGroup& from : dataset.groups()) {
    ResultGroup group = from.path() == "/" ? file.root() : file.group(from.path());
    for (const auto& [name, value] : from.attributes()) group.attribute(name, value);
    for (const DatasetVariable& v : from.variables()) {
      if (v.is_axis) group.axis(v.name, view_of(v.values), v.meaning);
      else group.variable(v.name, v.axes, view_of(v.values), v.meaning);
    }
  }
  for (const DatasetTable& from : dataset.tables()) {
    ResultTable table = file.table(from.name(), from.columns(), from.long_name());
    std::vector<ArrayView> views;
    for (const Array& column : from.values()) views.push_back(view_of(column));
    if (!views.empty()) table.append(views);
  }
  file.close();
}

}  // namespace tantu
