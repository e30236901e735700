// Which instrument cannot act without which other, and which cannot stand twice.
#pragma once

#include <optional>
#include <string_view>

namespace tantu {

/// The kind that a market must have besides `kind`; none: it stands alone.
std::optional<std::string_view> needed_by(std::string_view kind);

/// True for kinds of which a market has at most one: two would do the same thing twice.
bool stands_alone(std::string_view kind);

}  // namespace tantu
