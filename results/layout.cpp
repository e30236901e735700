#include "results/layout.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

namespace tantu {

namespace {

bool is_stacked(const DatasetGroup& group) { return group.path() != "/" && !group.is_of_one_run(); }
bool is_stacked(const DatasetVariable& v) { return !v.is_axis && element_type(v.values) != ElementType::text; }

/// Bytes of a layout: lengths as 8 bytes, then what they count.
class Writer {
 public:
  void number(std::uint64_t n) { bytes.append(reinterpret_cast<const char*>(&n), sizeof n); }
  void real(double x) { bytes.append(reinterpret_cast<const char*>(&x), sizeof x); }
  void text(const std::string& t) { number(t.size()); bytes += t; }
  void meaning(const Meaning& m) {
    text(m.units);
    text(m.long_name);
    real(m.scale_factor);
    number(m.more.size());
    for (const auto& [key, value] : m.more) {
      text(key);
      number(value.index());
      if (const auto* t = std::get_if<std::string>(&value)) text(*t);
      else if (const auto* i = std::get_if<std::int64_t>(&value)) number(static_cast<std::uint64_t>(*i));
      else real(std::get<double>(value));
    }
  }
  void labels(const Array& a) {
    number(a.index());
    number(size_of(a));
    std::visit([&](const auto& v) {
      using T = typename std::decay_t<decltype(v)>::value_type;
      if constexpr (std::is_same_v<T, std::string>) for (const std::string& t : v) text(t);
      else bytes.append(reinterpret_cast<const char*>(v.data()), v.size() * sizeof(T));
    }, a);
  }
  std::string bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view b) : rest_(b) {}
  std::uint64_t number() { std::uint64_t n; std::memcpy(&n, take(sizeof n), sizeof n); return n; }
  double real() { double x; std::memcpy(&x, take(sizeof x), sizeof x); return x; }
  std::string text() { const std::uint64_t n = number(); return std::string(take(n), n); }
  /// A count of things that take at least `least` bytes each.
  std::size_t count(std::size_t least) {
    const std::uint64_t n = number();
    if (n > rest_.size() / least) fail();
    return static_cast<std::size_t>(n);
  }
  Meaning meaning() {
    Meaning m;
    m.units = text();
    m.long_name = text();
    m.scale_factor = real();
    const std::size_t n = count(24);
    for (std::size_t i = 0; i < n; ++i) {
      std::string key = text();
      const std::uint64_t kind = number();
      if (kind == 0) m.more.emplace_back(std::move(key), text());
      else if (kind == 1) m.more.emplace_back(std::move(key), static_cast<std::int64_t>(number()));
      else if (kind == 2) m.more.emplace_back(std::move(key), real());
      else fail();
    }
    return m;
  }
  Array labels() {
    const std::uint64_t kind = number();
    const std::size_t n = count(1);
    if (kind == 5) {
      std::vector<std::string> v;
      for (std::size_t i = 0; i < n; ++i) v.push_back(text());
      return v;
    }
    static constexpr ElementType types[] = {ElementType::uint8, ElementType::int32, ElementType::int64, ElementType::float32, ElementType::float64};
    if (kind > 4) fail();
    Array out;
    with_number(types[kind], [&](auto t) {
      std::vector<decltype(t)> v(n);
      const char* from = take(n * sizeof t);
      if (n > 0) std::memcpy(v.data(), from, n * sizeof t);
      out = std::move(v);
    });
    return out;
  }
  bool finished() const { return rest_.empty(); }
  [[noreturn]] void fail() const { throw std::runtime_error("a layout of runs is damaged"); }

 private:
  const char* take(std::uint64_t n) {
    if (n > rest_.size()) fail();
    const char* at = rest_.data();
    rest_.remove_prefix(n);
    return at;
  }
  std::string_view rest_;
};

/// Sets offsets and sizes from axes and types.
void lay_out(Layout& layout) {
  layout.bytes = 0;
  for (LayoutGroup& group : layout.groups)
    for (LayoutVariable& v : group.variables) {
      v.values = 1;
      for (const std::string& axis : v.axes) {
        const auto at = std::find_if(group.axes.begin(), group.axes.end(), [&](const LayoutAxis& a) { return a.name == axis; });
        if (at == group.axes.end()) throw std::runtime_error("a layout of runs is damaged");
        v.values *= size_of(at->labels);
      }
      v.offset = layout.bytes;
      layout.bytes += v.values * bytes_of(v.type);
    }
}

bool same(const Meaning& a, const Meaning& b) { return a.units == b.units && a.scale_factor == b.scale_factor; }

Array united(const Array& a, const Array& b) {
  if (a.index() != b.index()) throw std::runtime_error("labels of an axis are numbers in one run and names in another");
  return std::visit([&](const auto& mine) -> Array {
    using V = std::decay_t<decltype(mine)>;
    const V& other = std::get<V>(b);
    V out = mine;
    for (const auto& label : other)
      if (std::find(out.begin(), out.end(), label) == out.end()) out.push_back(label);
    if constexpr (!std::is_same_v<typename V::value_type, std::string>) std::sort(out.begin(), out.end());
    return out;
  }, a);
}

}  // namespace

std::size_t bytes_of(ElementType type) {
  std::size_t bytes = 0;
  with_number(type, [&](auto t) { bytes = sizeof t; });
  return bytes;
}

Layout layout_of(const Dataset& dataset) {
  Layout layout;
  for (const DatasetGroup& from : dataset.groups()) {
    if (!is_stacked(from)) continue;
    LayoutGroup& group = layout.groups.emplace_back();
    group.path = from.path();
    for (const DatasetVariable& v : from.variables()) {
      if (v.is_axis) group.axes.push_back({v.name, v.values, v.meaning});
      else if (is_stacked(v)) group.variables.push_back({v.name, v.axes, element_type(v.values), v.meaning, 0, 1});
    }
  }
  lay_out(layout);
  return layout;
}

bool is_laid_out(const Dataset& dataset, const Layout& layout) {
  std::size_t g = 0;
  for (const DatasetGroup& from : dataset.groups()) {
    if (!is_stacked(from)) continue;
    if (g == layout.groups.size()) return false;
    const LayoutGroup& group = layout.groups[g++];
    if (group.path != from.path()) return false;
    std::size_t a = 0, n = 0;
    for (const DatasetVariable& v : from.variables()) {
      if (v.is_axis) {
        if (a == group.axes.size()) return false;
        const LayoutAxis& axis = group.axes[a++];
        if (axis.name != v.name || axis.labels != v.values || axis.meaning != v.meaning) return false;
      } else if (is_stacked(v)) {
        if (n == group.variables.size()) return false;
        const LayoutVariable& w = group.variables[n++];
        if (w.name != v.name || w.axes != v.axes || w.type != element_type(v.values) || w.meaning != v.meaning) return false;
      }
    }
    if (a != group.axes.size() || n != group.variables.size()) return false;
  }
  return g == layout.groups.size();
}

void append_values(const Dataset& dataset, std::vector<char>& bytes) {
  for (const DatasetGroup& group : dataset.groups()) {
    if (!is_stacked(group)) continue;
    for (const DatasetVariable& v : group.variables()) {
      if (!is_stacked(v)) continue;
      std::visit([&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        const char* from = reinterpret_cast<const char*>(values.data());
        if constexpr (!std::is_same_v<T, std::string>) bytes.insert(bytes.end(), from, from + values.size() * sizeof(T));
      }, v.values);
    }
  }
}

std::string encode(const Layout& layout) {
  Writer w;
  w.number(layout.groups.size());
  for (const LayoutGroup& group : layout.groups) {
    w.text(group.path);
    w.number(group.axes.size());
    for (const LayoutAxis& axis : group.axes) {
      w.text(axis.name);
      w.labels(axis.labels);
      w.meaning(axis.meaning);
    }
    w.number(group.variables.size());
    for (const LayoutVariable& v : group.variables) {
      w.text(v.name);
      w.number(v.axes.size());
      for (const std::string& axis : v.axes) w.text(axis);
      w.number(static_cast<std::uint64_t>(v.type));
      w.meaning(v.meaning);
    }
  }
  return std::move(w.bytes);
}

Layout decode(std::string_view bytes) {
  Reader r(bytes);
  Layout layout;
  layout.groups.resize(r.count(24));
  for (LayoutGroup& group : layout.groups) {
    group.path = r.text();
    group.axes.resize(r.count(48));
    for (LayoutAxis& axis : group.axes) {
      axis.name = r.text();
      axis.labels = r.labels();
      axis.meaning = r.meaning();
    }
    group.variables.resize(r.count(48));
    for (LayoutVariable& v : group.variables) {
      v.name = r.text();
      v.axes.resize(r.count(8));
      for (std::string& axis : v.axes) axis = r.text();
      const std::uint64_t type = r.number();
      if (type >= static_cast<std::uint64_t>(ElementType::text)) r.fail();
      v.type = static_cast<ElementType>(type);
      v.meaning = r.meaning();
    }
  }
  if (!r.finished()) r.fail();
  lay_out(layout);
  return layout;
}

Layout unite(const Layout& a, const Layout& b) {
  Layout out = a;
  for (const LayoutGroup& from : b.groups) {
    auto group = std::find_if(out.groups.begin(), out.groups.end(), [&](const LayoutGroup& g) { return g.path == from.path; });
    if (group == out.groups.end()) {
      out.groups.push_back(from);
      continue;
    }
    for (const LayoutAxis& axis : from.axes) {
      const auto mine = std::find_if(group->axes.begin(), group->axes.end(), [&](const LayoutAxis& x) { return x.name == axis.name; });
      if (mine == group->axes.end()) group->axes.push_back(axis);
      else mine->labels = united(mine->labels, axis.labels);
    }
    for (const LayoutVariable& v : from.variables) {
      const auto mine = std::find_if(group->variables.begin(), group->variables.end(), [&](const LayoutVariable& x) { return x.name == v.name; });
      if (mine == group->variables.end()) {
        group->variables.push_back(v);
        continue;
      }
      if (mine->type != v.type || mine->axes != v.axes)
        throw std::runtime_error(fmt::format("{}/{} has another shape in one run than in another", from.path, v.name));
      if (!same(mine->meaning, v.meaning))
        throw std::runtime_error(fmt::format("{}/{} is in {} x {} in one run and in {} x {} in another; sweep them apart", from.path, v.name,
                                             mine->meaning.scale_factor, mine->meaning.units, v.meaning.scale_factor, v.meaning.units));
    }
  }
  lay_out(out);
  return out;
}

std::vector<std::size_t> places_of(const Array& from, const Array& to) {
  return std::visit([&](const auto& mine) {
    using V = std::decay_t<decltype(mine)>;
    const V& all = std::get<V>(to);
    std::vector<std::size_t> out;
    std::size_t hint = 0;
    for (const auto& label : mine) {
      if (hint >= all.size() || all[hint] != label) hint = static_cast<std::size_t>(std::find(all.begin(), all.end(), label) - all.begin());
      out.push_back(hint++);
    }
    return out;
  }, from);
}

std::vector<char> missing_values(const Layout& layout) {
  std::vector<char> out(layout.bytes);
  for (const LayoutGroup& group : layout.groups)
    for (const LayoutVariable& v : group.variables)
      with_number(v.type, [&](auto t) {
        t = missing<decltype(t)>();
        for (std::size_t i = 0; i < v.values; ++i) std::memcpy(out.data() + v.offset + i * sizeof t, &t, sizeof t);
      });
  return out;
}

Spread::Spread(const Layout& from, const Layout& to) : missing_(missing_values(to)) {
  for (const LayoutGroup& group : from.groups) {
    const auto& target = *std::find_if(to.groups.begin(), to.groups.end(), [&](const LayoutGroup& g) { return g.path == group.path; });
    for (const LayoutVariable& v : group.variables) {
      const auto& w = *std::find_if(target.variables.begin(), target.variables.end(), [&](const LayoutVariable& x) { return x.name == v.name; });
      std::vector<std::vector<std::size_t>> at;
      std::vector<std::size_t> sizes, strides(v.axes.size(), 1);
      for (const std::string& name : v.axes) {
        const auto named = [&](const LayoutAxis& a) { return a.name == name; };
        const auto& mine = *std::find_if(group.axes.begin(), group.axes.end(), named);
        const auto& all = *std::find_if(target.axes.begin(), target.axes.end(), named);
        at.push_back(places_of(mine.labels, all.labels));
        sizes.push_back(size_of(all.labels));
      }
      for (std::size_t d = v.axes.size(); d-- > 1;) strides[d - 1] = strides[d] * sizes[d];
      const std::size_t width = bytes_of(v.type);
      for (std::size_t i = 0; i < v.values; ++i) {
        std::size_t place = 0;
        for (std::size_t d = v.axes.size(), rest = i; d-- > 0; rest /= at[d].size()) place += at[d][rest % at[d].size()] * strides[d];
        const Move move{v.offset + i * width, w.offset + place * width, width};
        if (!moves_.empty() && moves_.back().from + moves_.back().bytes == move.from && moves_.back().to + moves_.back().bytes == move.to)
          moves_.back().bytes += width;
        else moves_.push_back(move);
      }
    }
  }
}

void Spread::operator()(const char* from, char* to) const {
  if (moves_.size() != 1 || moves_[0].bytes != missing_.size()) std::memcpy(to, missing_.data(), missing_.size());
  for (const Move& move : moves_) std::memcpy(to + move.to, from + move.from, move.bytes);
}

}  // namespace tantu
