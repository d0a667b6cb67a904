#include "flux/shell/binding.hpp"

#include <charconv>

#include "flux/formats/text.hpp"

namespace mc::flux::shell {

namespace {

constexpr uint32_t kMaxId = 1u << 16;

tl::unexpected<base::Error> invalid(std::string_view text) {
  return base::fail(EINVAL, "invalid value '" + std::string(text) + "'");
}

// One hexadecimal number of any length, or several words of 32 bits, highest first.
base::Result<formats::Idset> parseMask(std::string_view text) {
  const auto words = formats::splitList(text);
  formats::Idset out;
  uint32_t first = 0;
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    if (!word->starts_with("0x") || word->size() == 2) return invalid(text);
    if (words.size() > 1 && word->size() > 10) return invalid(text);
    uint32_t bit = first;
    for (size_t i = word->size(); i > 2; --i, bit += 4) {
      unsigned digit = 0;
      const char* at = word->data() + i - 1;
      const auto [rest, error] = std::from_chars(at, at + 1, digit, 16);
      if (error != std::errc{} || rest != at + 1 || bit >= kMaxId) return invalid(text);
      for (uint32_t k = 0; k < 4; ++k)
        if (digit >> k & 1) out.insert(bit + k);
    }
    first += 32;
  }
  return out;
}

base::Result<std::vector<formats::Idset>> parseMap(std::string_view text) {
  std::vector<formats::Idset> map;
  for (const std::string& entry : formats::splitList(text, ';')) {
    MC_TRY_ASSIGN(formats::Idset set,
                  entry.starts_with("0x") ? parseMask(entry) : formats::Idset::parse(entry));
    if (set.empty() || set.last() >= kMaxId) return invalid(text);
    map.push_back(std::move(set));
  }
  return map;
}

// The members number `begin` to `end` - 1 of a set.
formats::Idset slice(const formats::Idset& all, size_t begin, size_t end) {
  formats::Idset out = all.take(end);
  out.erase(all.take(begin));
  return out;
}

}  // namespace

base::Result<Binding> Binding::parse(std::string_view text) {
  Binding out;
  const std::string_view whole = text;
  while (text.starts_with("verbose") || text.starts_with("dry-run")) {
    out.verbose = true;
    out.dryRun = out.dryRun || text[0] == 'd';
    text.remove_prefix(7);
    if (text.empty()) return out;
    if (text[0] != ',') return invalid(whole);
    text.remove_prefix(1);
  }
  if (text == "on" || text == "1" || text == "true") return out;
  if (text == "off" || text == "0" || text == "false") {
    out.mode = Mode::Off;
  } else if (text == "per-task") {
    out.mode = Mode::PerTask;
  } else if (text.starts_with("map:")) {
    out.mode = Mode::Map;
    MC_TRY_ASSIGN(out.map, parseMap(text.substr(4)));
  } else {
    return invalid(whole);
  }
  return out;
}

formats::Idset Binding::shareOf(const formats::Idset& all, uint32_t tasks, uint32_t index) const {
  if (mode == Mode::Map) return map[index % map.size()];
  const size_t count = all.size();
  if (mode != Mode::PerTask || count == 0 || tasks == 0) return all;
  if (tasks > count) return slice(all, index % count, index % count + 1);
  return slice(all, count * index / tasks, count * (index + 1) / tasks);
}

}  // namespace mc::flux::shell
