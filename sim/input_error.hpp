// What a user did wrong, in one line. The program prints it and ends with status 2.
#pragma once

#include <stdexcept>
#include <string>

namespace tantu {

/// what() is "FILE:PLACE: what is wrong and what would be right"; PLACE is a JSON pointer
/// ("my.json:/policies/auction/share: 1.4 is not in [0, 1]") or a line number ("flow.csv:17: ...").
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
  InputError(const std::string& file, const std::string& place, const std::string& message)
      : std::runtime_error(file + ":" + (place.empty() ? "" : place + ":") + " " + message) {}
};

}  // namespace tantu
