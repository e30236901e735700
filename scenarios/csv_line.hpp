// The fields of one line of CSV (RFC 4180): quoted fields may hold commas and doubled quotes, but no end of line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tantu {

/// Throws InputError "NAME:LINE: ..." for a quote that is not closed.
std::vector<std::string> csv_fields(std::string_view text, const std::string& name, std::size_t line);

}  // namespace tantu
