// Which instrument cannot act without which other.
#pragma once

#include <optional>
#include <string_view>

namespace tantu {

/// The kind that a market must have besides `kind`; none: it stands alone.
std::optional<std::string_view> needed_by(std::string_view kind);

}  // namespace tantu
