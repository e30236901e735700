#include "results/export.hpp"

#include <array>

namespace tantu {

std::span<const ExportFormat> export_formats() {
  static constexpr std::array formats{
      ExportFormat{"events", "the tape as order flow for tantu replay, a folder", "-events", export_events},
  };
  return formats;
}

}  // namespace tantu
