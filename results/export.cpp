#include "results/export.hpp"

#include <array>

namespace tantu {

std::span<const ExportFormat> export_formats() {
  static constexpr std::array formats{
      ExportFormat{"events", "the tape as order flow for tantu replay, a folder", "-events", export_events},
      ExportFormat{"csv", "tables with datapackage.json, a folder", "-csv", export_csv},
      ExportFormat{"iamc", "the IAMC template for pyam, a CSV", "-iamc.csv", export_iamc},
  };
  return formats;
}

}  // namespace tantu
