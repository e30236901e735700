#include "scenarios/technology_catalogue.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "scenarios/presets.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/wording.hpp"
#include "sim/elementary.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {

constexpr std::string_view file_name = "technologies.csv";
constexpr std::string_view header =
    "technology,measure,kind,potential,cost_low_usd,cost_usd,cost_high_usd,capex_share,lifetime_years,lead_time_years,learning,route,sure,source";

struct Row {
  std::string technology;
  MeasureParameters measure;  ///< costs in USD
  double low = 0, high = 0;
};

/// The shipped file, read once. A mistake in it is ours: std::logic_error with the line.
const std::vector<Row>& rows() {
  static const std::vector<Row> list = [] {
    std::vector<Row> read;
    const auto files = embedded_files();
    const auto file = std::find_if(files.begin(), files.end(), [](const EmbeddedFile& f) { return f.name == file_name; });
    if (file == files.end()) throw std::logic_error("technologies.csv is not inside the program");
    std::size_t number = 0;
    for (std::string_view text = file->text; !text.empty();) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++number;
      const auto refuse = [&](const char* why) -> std::logic_error { return std::logic_error(fmt::format("technologies.csv:{}: {}", number, why)); };
      if (number == 1) {
        if (line != header) throw refuse("the header differs");
        continue;
      }
      std::vector<std::string_view> fields;
      for (std::size_t at = 0; at <= line.size();) {
        const std::size_t comma = std::min(line.find(',', at), line.size());
        fields.push_back(line.substr(at, comma - at));
        at = comma + 1;
      }
      if (fields.size() != 14) throw refuse("has not fourteen fields");
      const auto value = [&](std::size_t i) {
        double x = 0;
        const auto [stop, error] = std::from_chars(fields[i].data(), fields[i].data() + fields[i].size(), x);
        if (error != std::errc{} || stop != fields[i].data() + fields[i].size()) throw refuse("a number is not one");
        return x;
      };
      Row row;
      row.technology = fields[0];
      MeasureParameters& m = row.measure;
      m.name = fields[1];
      if (fields[2] != "investment" && fields[2] != "operational") throw refuse("the kind is neither investment nor operational");
      m.kind = fields[2] == "investment" ? MeasureKind::investment : MeasureKind::operational;
      m.potential = value(3);
      row.low = value(4);
      m.cost_per_t = value(5);
      row.high = value(6);
      m.capex_share = value(7);
      m.lifetime_years = value(8);
      m.lead_time_years = value(9);
      m.learning = value(10);
      m.route = fields[11];
      if (row.low > m.cost_per_t || m.cost_per_t > row.high) throw refuse("costs do not rise from low to high");
      if (!(m.potential > 0) || m.potential > 1 || !(m.lifetime_years > 0)) throw refuse("a potential or a lifetime is out of range");
      read.push_back(std::move(row));
    }
    return read;
  }();
  return list;
}

}  // namespace

std::vector<std::string> catalogue_technologies() {
  std::vector<std::string> names;
  for (const Row& row : rows())
    if (names.empty() || names.back() != row.technology) names.push_back(row.technology);
  return names;
}

std::vector<MeasureParameters> catalogue_measures(std::string_view technology, double currency_per_usd) {
  constexpr double both_tails = 2 * 1.6448536269514722;  // from the 5% to the 95% point, in standard deviations
  std::vector<MeasureParameters> measures;
  for (const Row& row : rows()) {
    if (row.technology != technology) continue;
    MeasureParameters m = row.measure;
    m.cost_per_t *= currency_per_usd;
    if (row.low > 0) m.cost_spread = elementary::log(row.high / row.low) / both_tails;
    else m.cost_spread_absolute = (row.high - row.low) / both_tails * currency_per_usd;
    measures.push_back(std::move(m));
  }
  return measures;
}

void take_from_catalogue(Scenario& scenario, const Document& document) {
  for (auto& [id, technology] : scenario.technologies) {
    if (technology.catalogue.empty()) continue;
    const auto refuse = [&, id = id](const char* key, const std::string& message) {
      return InputError(document.where(Path{"technologies", id, key}) + ": " + message);
    };
    std::vector<MeasureParameters> measures = catalogue_measures(technology.catalogue, technology.currency_per_usd);
    if (measures.empty())
      throw refuse("catalogue", fmt::format("there is no technology \"{}\" in the catalogue; {}", shown(technology.catalogue), suggestion(technology.catalogue, catalogue_technologies())));
    if (measures.size() + technology.measures.size() > most_measures)
      throw refuse("measures", fmt::format("with those of the catalogue has {} measures; at most {}", measures.size() + technology.measures.size(), most_measures));
    measures.insert(measures.end(), technology.measures.begin(), technology.measures.end());
    technology.measures = std::move(measures);
    technology.catalogue.clear();  // the scenario as run names every measure
  }
}

}  // namespace tantu
