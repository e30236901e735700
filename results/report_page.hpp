// The page of a report: one HTML file that needs nothing else. The template with its script and styles is built from
// web/ (script/web) and is inside the program; what is put into it is a title, a language and JSON.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/embedded_file.hpp"

namespace tantu {

/// web/dist/report.html.
std::span<const EmbeddedFile> report_assets();

/// `json` comes from JsonText, so that it cannot end the script in which it stands; `title` is any text;
/// `language` is "en" or "zh", or "" for the reader's own.
std::string report_page(std::string_view title, std::string_view language, std::string_view json);

}  // namespace tantu
