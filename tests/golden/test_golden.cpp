// Whole results, dataset by dataset, against hashes that are committed: a number that changes without
// anybody wanting it is noticed here. Root attributes are left out (the commit changes).
//
// Where a change is wanted: script/golden (or TANTU_RENEW_GOLDEN=1 build/release/tests/test_golden)
// writes the hashes anew; the difference in the text file says which datasets have moved.
// CTest runs this twice, the second time with the C library's AVX2 and FMA paths masked.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <map>
#include <sstream>

#include "results/hdf5_file.hpp"
#include "results/run_file.hpp"
#include "scenarios/table_writer.hpp"
#include "tests/national_market.hpp"
#include "tests/places.hpp"
#include "tests/program_run.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string bytes;
  if constexpr (std::is_same_v<T, std::string>) {
    for (const std::string& text : values) bytes += text + '\0';
  } else if (!values.empty()) {
    bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  return bytes;
}

/// Calls `read` with a value of the element type.
template <class Read>
std::string bytes_as(ElementType type, Read read) {
  switch (type) {
    case ElementType::uint8: return bytes_of(read(std::uint8_t{}));
    case ElementType::int32: return bytes_of(read(std::int32_t{}));
    case ElementType::int64: return bytes_of(read(std::int64_t{}));
    case ElementType::float32: return bytes_of(read(float{}));
    case ElementType::float64: return bytes_of(read(double{}));
    case ElementType::text: return bytes_of(read(std::string{}));
  }
  return {};
}

/// A line a dataset (a column, for tables): path, shape, hash of its values.
std::string hashes_of(const std::string& file) {
  const ResultReader reader(file);
  std::ostringstream lines;
  for (const std::string& group : reader.groups())
    for (const Variable& variable : reader.variables(group)) {
      const std::string path = fmt::format("{}/{}", group == "/" ? "" : group, variable.name);
      std::string shape;
      for (const std::size_t n : variable.shape) shape += fmt::format("{}{}", shape.empty() ? "" : "x", n);
      const auto line = [&](const std::string& name, const std::string& bytes) {
        lines << name << ' ' << (shape.empty() ? "1" : shape) << ' ' << sha256(bytes).substr(0, 16) << '\n';
      };
      if (variable.columns.empty())
        line(path, bytes_as(variable.type, [&](auto type) { return reader.read<decltype(type)>(path); }));
      for (const Column& column : variable.columns)
        line(path + "." + column.name, bytes_as(column.type, [&](auto type) {
               // Columns are numbers; the text case is there for the compiler.
               if constexpr (std::is_same_v<decltype(type), std::string>) return std::vector<std::string>{};
               else return reader.read_column<decltype(type)>(path, column.name);
             }));
    }
  return lines.str();
}

std::map<std::string, std::string> by_name(const std::string& text) {
  std::map<std::string, std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') lines[line.substr(0, line.find(' '))] = line;
  return lines;
}

void compare_or_renew(const std::string& name, const std::vector<std::string>& changes) {
  const LoadedScenario loaded = load_scenario("china-national", changes);
  Simulation simulation(compose(loaded));
  Recorder recorder({true, true, true, true});
  Workers workers;
  live_to_the_end(simulation, recorder, workers);
  simulation.finish();
  const Folder folder;
  const std::string file = (folder / "x.h5").string();
  write_run(file, simulation, recorder, {"0", "0", "x", "{}", "0", loaded.scenario.run.seed, 0}, {});
  const std::string found = hashes_of(file);

  const std::filesystem::path golden = std::filesystem::path(places::source) / "tests/golden" / (name + ".txt");
  if (const char* renew = getenv("TANTU_RENEW_GOLDEN"); renew && std::string(renew) == "1") {
    std::ofstream(golden) << "# Hashes of the datasets of " << name << ". Renewed by script/golden; do not edit.\n" << found;
    GTEST_SKIP() << golden << " is renewed";
  }
  const auto now = by_name(found), committed = by_name(text_of(golden));
  ASSERT_FALSE(committed.empty()) << golden << " is missing; script/golden makes it";
  std::string moved;
  for (const auto& [path, line] : committed)
    if (!now.contains(path)) moved += "\n  gone: " + line;
    else if (now.at(path) != line) moved += "\n  was " + line + "\n  is  " + now.at(path);
  for (const auto& [path, line] : now)
    if (!committed.contains(path)) moved += "\n  new: " + line;
  EXPECT_EQ(moved, "") << "datasets have changed. If that is wanted, script/golden renews " << golden
                       << (getenv("GLIBC_TUNABLES") ? "\n(GLIBC_TUNABLES is set: if the test passes without it, a function of the C library gets into results)" : "");
}

TEST(Golden, SmallNationalMarket) { compare_or_renew("small-national", small_national({"run.last_day=2024-01-31"})); }
TEST(Golden, SmallNationalMarketThatCannotBank) {
  compare_or_renew("small-national-no-banking",
                   small_national({"policies.banking.rule=none", "exchange.reference_without_trade=quote", "exchange.order_days=3", "run.seed=2"}));
}

}  // namespace
