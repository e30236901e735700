#include "scenarios/table_writer.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tantu {

using Json = nlohmann::ordered_json;

namespace {

Json write_number(double x, const Field& f) {
  if (!std::isfinite(x)) throw std::logic_error(fmt::format("parameter {} is {}, which JSON cannot hold", f.name, x));
  return x;
}

Json write_plugins(const Field& f, const std::map<std::string, Plugin>& instances) {
  Json out = Json::object();
  const auto catalog = f.catalog();
  for (const auto& [id, plugin] : instances) {
    const auto entry = std::find_if(catalog.begin(), catalog.end(), [&k = plugin.kind](const KindEntry& e) { return e.kind == k; });
    if (entry == catalog.end()) throw std::logic_error(fmt::format("{} {}: kind {} is in no catalog", f.name, id, plugin.kind));
    Json& instance = out[id] = Json::object();
    instance["kind"] = plugin.kind;
    const auto parameters = plugin.parameters ? plugin.parameters : entry->make_parameters();
    Json members = write_object(entry->table(), parameters.get());
    for (auto& [key, value] : members.get_ref<Json::object_t&>()) instance[key] = std::move(value);
  }
  return out;
}

}  // namespace

Json write_field(const Field& f, const void* owner) {
  const void* member = f.locate_const(owner);
  switch (f.type) {
    case FieldType::boolean: return *static_cast<const bool*>(member);
    case FieldType::integer: return *static_cast<const std::int64_t*>(member);
    case FieldType::unsigned_integer: return *static_cast<const std::uint64_t*>(member);
    case FieldType::number: return write_number(*static_cast<const double*>(member), f);
    case FieldType::text: return *static_cast<const std::string*>(member);
    case FieldType::date: return to_string(*static_cast<const Day*>(member));
    case FieldType::choice: return f.choices.at(static_cast<std::size_t>(f.get_choice(member)));
    case FieldType::integers: return *static_cast<const std::vector<std::int64_t>*>(member);
    case FieldType::numbers: {
      Json out = Json::array();
      for (const double x : *static_cast<const std::vector<double>*>(member)) out.push_back(write_number(x, f));
      return out;
    }
    case FieldType::texts: return *static_cast<const std::vector<std::string>*>(member);
    case FieldType::dates: {
      Json out = Json::array();
      for (const Day d : *static_cast<const std::vector<Day>*>(member)) out.push_back(to_string(d));
      return out;
    }
    case FieldType::year_numbers: {
      Json out = Json::object();
      for (const auto& [year, x] : *static_cast<const std::map<int, double>*>(member)) out[std::to_string(year)] = write_number(x, f);
      return out;
    }
    case FieldType::optional_number: {
      const auto& value = *static_cast<const std::optional<double>*>(member);
      return value ? write_number(*value, f) : Json(nullptr);
    }
    case FieldType::optional_integer: {
      const auto& value = *static_cast<const std::optional<std::int64_t>*>(member);
      return value ? Json(*value) : Json(nullptr);
    }
    case FieldType::optional_date: {
      const auto& value = *static_cast<const std::optional<Day>*>(member);
      return value ? Json(to_string(*value)) : Json(nullptr);
    }
    case FieldType::json: {
      const std::string& text = static_cast<const CanonicalJson*>(member)->text;
      return text.empty() ? Json(nullptr) : Json::parse(text);
    }
    case FieldType::object: return write_object(f.table(), member);
    case FieldType::objects: {
      Json out = Json::array();
      for (std::size_t i = 0; i < f.children.size(member); ++i) out.push_back(write_object(f.table(), f.children.at(member, i)));
      return out;
    }
    case FieldType::mapping: {
      Json out = Json::object();
      for (std::size_t i = 0; i < f.children.size(member); ++i)
        out[f.children.key(member, i)] = write_object(f.table(), f.children.at(member, i));
      return out;
    }
    case FieldType::plugins: return write_plugins(f, *static_cast<const std::map<std::string, Plugin>*>(member));
  }
  return nullptr;
}

Json write_object(const Table& table, const void* object) {
  Json out = Json::object();
  for (const Field& f : table.fields) out[std::string(f.name)] = write_field(f, object);
  return out;
}

std::string canonical_text(const Json& json) { return json.dump(); }
std::string readable_text(const Json& json) { return json.dump(2) + "\n"; }

std::string sha256(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 64> k = {
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
      0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
      0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
      0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
      0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
      0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
  std::array<std::uint32_t, 8> h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

  const auto absorb = [&](const unsigned char* block) {
    std::array<std::uint32_t, 64> w;
    for (std::size_t i = 0; i < 16; ++i)
      w[i] = std::uint32_t{block[4 * i]} << 24 | std::uint32_t{block[4 * i + 1]} << 16 | std::uint32_t{block[4 * i + 2]} << 8 | block[4 * i + 3];
    for (std::size_t i = 16; i < 64; ++i) {
      const std::uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
      const std::uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, hh] = h;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      const std::uint32_t t1 = hh + s1 + ((e & f) ^ (~e & g)) + k[i] + w[i];
      const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      hh = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += hh;
  };

  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= 64; left -= 64, p += 64) absorb(p);
  // The rest, a one bit, zeros, and the length in bits at the end of the last block.
  std::array<unsigned char, 128> tail{};
  std::copy(p, p + left, tail.begin());
  tail[left] = 0x80;
  const std::size_t blocks = left < 56 ? 1 : 2;
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (std::size_t i = 0; i < 8; ++i) tail[64 * blocks - 1 - i] = static_cast<unsigned char>(bits >> (8 * i));
  for (std::size_t i = 0; i < blocks; ++i) absorb(tail.data() + 64 * i);

  std::string out;
  for (const std::uint32_t word : h) out += fmt::format("{:08x}", word);
  return out;
}

}  // namespace tantu
