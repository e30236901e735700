#include "results/quality_files.hpp"

#include <fmt/format.h>

#include "sim/date.hpp"

namespace tantu {

std::string quality_text(const QualityMeasure& measure, const QualitySums& sums, int decimals) {
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale /= 10;
  const auto value = measure.value(sums, scale);
  return value ? fmt::format("{:.6g}", *value) : std::string();
}

void write_quality(OutputFile& file, const QualitySums& sums, int decimals) {
  std::string text = "measure,unit,value\n";
  for (const QualityMeasure& m : quality_measures()) text += fmt::format("{},{},{}\n", m.name, m.unit, quality_text(m, sums, decimals));
  file.write(text);
}

void write_alerts(OutputFile& file, std::span<const Alert> alerts) {
  std::string text = "date,time,message,kind,account,other,side,qty,value,threshold\n";
  const auto account = [](std::uint32_t a) { return a == no_account ? std::string() : std::to_string(a); };
  for (const Alert& a : alerts)
    text += fmt::format("{},{},{},{},{},{},{},{},{:.6g},{:.6g}\n", a.at.day == 0 ? std::string() : to_string(Day{a.at.day}),
                        a.at.has_clock() ? fmt::format("{}.{:09}", a.at.time / 1'000'000'000, a.at.time % 1'000'000'000) : std::string(), a.at.message,
                        alert_names[static_cast<std::size_t>(a.kind)], account(a.account), account(a.other), a.side == Side::buy ? "buy" : "sell",
                        a.quantity.count, a.value, a.threshold);
  file.write(text);
}

}  // namespace tantu
