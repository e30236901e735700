// Market quality and alerts of a replay, as CSV.
//
//   quality  measure,unit,value              value empty where there was nothing to observe
//   alerts   date,time,message,kind,account,other,side,qty,value,threshold
//            message: number of the message that the exchange took; date and time empty where the flow has none
#pragma once

#include <span>
#include <string>

#include "results/output_file.hpp"
#include "sim/market_quality.hpp"
#include "sim/surveillance.hpp"

namespace tantu {

/// The value of a measure, prices in units of 10^-decimals of currency; empty where it is undefined.
std::string quality_text(const QualityMeasure& measure, const QualitySums& sums, int decimals);
void write_quality(OutputFile& file, const QualitySums& sums, int decimals);
void write_alerts(OutputFile& file, std::span<const Alert> alerts);

}  // namespace tantu
