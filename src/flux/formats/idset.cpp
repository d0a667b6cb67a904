#include "flux/formats/idset.hpp"

#include <algorithm>
#include <charconv>

namespace mc::flux::formats {

namespace {

constexpr size_t kMaxRanges = 100'000;

base::Result<uint32_t> parseId(std::string_view text) {
  uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool leadingZero = text.size() > 1 && text.front() == '0';
  if (error != std::errc{} || end != text.data() + text.size() || leadingZero || id > Idset::kMaxId)
    return base::fail(EINVAL, "'" + std::string(text) + "' is not an id of an idset");
  return id;
}

base::Result<Idset::Range> parseRange(std::string_view text) {
  const size_t hyphen = text.find('-');
  MC_TRY_ASSIGN(const uint32_t first, parseId(text.substr(0, hyphen)));
  if (hyphen == std::string_view::npos) return Idset::Range{first, first};
  MC_TRY_ASSIGN(const uint32_t last, parseId(text.substr(hyphen + 1)));
  if (last < first)
    return base::fail(EINVAL, "range '" + std::string(text) + "' of an idset runs backwards");
  return Idset::Range{first, last};
}

base::Result<std::string_view> withoutBrackets(std::string_view text) {
  const bool open = text.starts_with('[');
  if (open != text.ends_with(']') || (open && text.size() < 2))
    return base::fail(EINVAL, "unbalanced brackets in idset '" + std::string(text) + "'");
  return open ? text.substr(1, text.size() - 2) : text;
}

void appendRange(std::string& out, Idset::Range range) {
  if (!out.empty()) out += ',';
  out += std::to_string(range.first);
  if (range.last != range.first) out += '-' + std::to_string(range.last);
}

}  // namespace

Idset Idset::range(uint32_t first, uint32_t last) {
  Idset set;
  set.insertRange(first, last);
  return set;
}

base::Result<Idset> Idset::parse(std::string_view text) {
  MC_TRY_ASSIGN(std::string_view rest, withoutBrackets(text));
  if (rest.empty()) return Idset();
  std::vector<Range> ranges;
  while (true) {
    if (ranges.size() == kMaxRanges) return base::fail(EINVAL, "idset has too many ranges");
    const size_t comma = rest.find(',');
    MC_TRY_ASSIGN(const Range range, parseRange(rest.substr(0, comma)));
    ranges.push_back(range);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.first < b.first; });
  Idset set;
  for (const Range range : ranges) set.insertRange(range.first, range.last);
  return set;
}

std::string Idset::str() const {
  std::string out;
  for (const Range range : ranges_) appendRange(out, range);
  return out;
}

std::string Idset::bracketed() const {
  const bool plain = ranges_.empty() || (ranges_.size() == 1 && first() == last());
  return plain ? str() : "[" + str() + "]";
}

void Idset::insertRange(uint32_t first, uint32_t last) {
  last = std::min(last, kMaxId);
  if (last < first) return;
  if (ranges_.empty() || first > ranges_.back().last + 1) {  // the usual case: ascending inserts
    ranges_.push_back({first, last});
    return;
  }
  // All ranges that touch or overlap [first, last] merge into one.
  const auto begin = std::lower_bound(
      ranges_.begin(), ranges_.end(), first,
      [](const Range& range, uint32_t id) { return uint64_t{range.last} + 1 < id; });
  auto end = begin;
  while (end != ranges_.end() && end->first <= uint64_t{last} + 1) {
    first = std::min(first, end->first);
    last = std::max(last, end->last);
    ++end;
  }
  if (begin == end) {
    ranges_.insert(begin, {first, last});
    return;
  }
  *begin = {first, last};
  ranges_.erase(begin + 1, end);
}

void Idset::eraseRange(uint32_t first, uint32_t last) {
  if (last < first) return;
  auto at = std::lower_bound(ranges_.begin(), ranges_.end(), first,
                             [](const Range& range, uint32_t id) { return range.last < id; });
  while (at != ranges_.end() && at->first <= last) {
    const Range old = *at;
    const bool keepsLeft = old.first < first;
    const bool keepsRight = old.last > last;
    if (keepsLeft && keepsRight) {
      *at = {old.first, first - 1};
      ranges_.insert(at + 1, {last + 1, old.last});
      return;
    }
    if (keepsLeft) {
      *at++ = {old.first, first - 1};
    } else if (keepsRight) {
      *at = {last + 1, old.last};
      return;
    } else {
      at = ranges_.erase(at);
    }
  }
}

void Idset::insert(const Idset& other) {
  for (const Range range : other.ranges_) insertRange(range.first, range.last);
}

void Idset::erase(const Idset& other) {
  for (const Range range : other.ranges_) eraseRange(range.first, range.last);
}

size_t Idset::size() const {
  size_t count = 0;
  for (const Range range : ranges_) count += size_t{range.last} - range.first + 1;
  return count;
}

bool Idset::contains(uint32_t id) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), id,
                                   [](const Range& range, uint32_t x) { return range.last < x; });
  return at != ranges_.end() && at->first <= id;
}

Idset Idset::intersection(const Idset& other) const {
  Idset out;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const uint32_t first = std::max(a->first, b->first);
    const uint32_t last = std::min(a->last, b->last);
    if (first <= last) out.ranges_.push_back({first, last});
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return out;
}

bool Idset::containsAll(const Idset& other) const {
  return intersection(other) == other;
}

bool Idset::intersects(const Idset& other) const {
  return !intersection(other).empty();
}

Idset Idset::take(size_t count) const {
  Idset out;
  for (const Range range : ranges_) {
    if (count == 0) break;
    const size_t length = std::min<size_t>(count, size_t{range.last} - range.first + 1);
    out.ranges_.push_back({range.first, static_cast<uint32_t>(range.first + length - 1)});
    count -= length;
  }
  return out;
}

}  // namespace mc::flux::formats
