// A file that the build puts into the program (script/embed.cmake).
#pragma once

#include <string_view>

namespace tantu {

struct EmbeddedFile {
  std::string_view name;  ///< inside its folder, "china-national.json"
  std::string_view text;
};

}  // namespace tantu
