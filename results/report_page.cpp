#include "results/report_page.hpp"

#include <stdexcept>

namespace tantu {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
  return out;
}

}  // namespace

std::string report_page(std::string_view title, std::string_view language, std::string_view json) {
  const std::span<const EmbeddedFile> assets = report_assets();
  if (assets.empty()) throw std::runtime_error("this program was built without the page of its reports (web/dist/report.html)");
  const std::string_view page = assets.front().text;
  std::string out;
  out.reserve(page.size() + json.size() + title.size());
  std::size_t at = 0;
  // Each mark occurs once and in this order; what has been put in is not searched again.
  const auto fill = [&](std::string_view mark, std::string_view with) {
    const std::size_t found = page.find(mark, at);
    if (found == page.npos) throw std::logic_error("web/dist/report.html: no " + std::string(mark));
    out.append(page, at, found - at).append(with);
    at = found + mark.size();
  };
  fill("{{language}}", escaped(language));
  fill("{{title}}", escaped(title));
  fill("{{report}}", json);
  out.append(page, at);
  return out;
}

}  // namespace tantu
