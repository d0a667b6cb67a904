#include "flux/formats/hostlist.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace mc::flux::formats {

namespace {

constexpr size_t kMaxDigits = 18;  // a longer number stays part of the name

tl::unexpected<base::Error> bad(std::string_view text, const char* why) {
  return base::fail(EINVAL, "hostlist '" + std::string(text) + "': " + why);
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string padded(uint64_t number, uint32_t width) {
  std::string digits = std::to_string(number);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

base::Result<uint64_t> parseNumber(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.size() > kMaxDigits)
    return bad(text, "not a number");
  return number;
}

bool isNameText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// The next comma that is not inside brackets.
size_t expressionEnd(std::string_view text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[') ++depth;
    if (text[i] == ']') --depth;
    if (text[i] == ',' && depth <= 0) return i;
  }
  return std::string_view::npos;
}

}  // namespace

std::string Hostlist::Range::name(size_t offset) const {
  return numbered ? prefix + padded(first + offset, width) : prefix;
}

Hostlist::Range Hostlist::rangeOf(std::string_view host) {
  size_t digits = 0;
  while (digits < host.size() && isDigit(host[host.size() - 1 - digits])) ++digits;
  Range range;
  if (digits == 0 || digits > kMaxDigits) {
    range.prefix = host;
    return range;
  }
  const std::string_view number = host.substr(host.size() - digits);
  std::from_chars(number.data(), number.data() + number.size(), range.first);
  range.prefix = host.substr(0, host.size() - digits);
  range.last = range.first;
  // Only leading zeros make a width: "10" comes after "9", but "09" before "10".
  range.width = number.front() == '0' ? static_cast<uint32_t>(digits) : 1;
  range.numbered = true;
  return range;
}

base::Status Hostlist::appendRange(Range range) {
  if (range.size() > kMaxHosts - size_)
    return base::fail(EOVERFLOW, "hostlist has more than a million hosts");
  size_ += range.size();
  if (!ranges_.empty() && range.numbered) {
    Range& back = ranges_.back();
    const bool follows = back.numbered && back.last + 1 == range.first &&
                         back.prefix == range.prefix &&
                         padded(range.first, back.width) == padded(range.first, range.width);
    if (follows) {
      back.last = range.last;
      return {};
    }
  }
  ranges_.push_back(std::move(range));
  return {};
}

void Hostlist::append(std::string_view host) {
  (void)appendRange(rangeOf(host)).has_value();
}

base::Status Hostlist::append(const Hostlist& other) {
  const std::vector<Range> ranges = other.ranges_;  // a copy: `other` may be this list
  for (const Range& range : ranges) MC_TRY(appendRange(range));
  return {};
}

// prefix[idlist]suffix, where "[idlist]" may be absent.
base::Status Hostlist::appendExpression(std::string_view text) {
  if (text.empty()) return bad(text, "empty host name");
  if (!isNameText(text)) return bad(text, "host names are printable ASCII without spaces");
  const size_t open = text.find('[');
  const size_t close = text.find(']');
  if (open == std::string_view::npos && close == std::string_view::npos)
    return appendRange(rangeOf(text));
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      text.find_first_of("[]", open + 1) != close ||
      text.find_first_of("[]", close + 1) != text.npos)
    return bad(text, "unbalanced brackets");

  const std::string prefix(text.substr(0, open));
  const std::string suffix(text.substr(close + 1));
  std::string_view ids = text.substr(open + 1, close - open - 1);
  // Leading zeros of the first id hold for all of them.
  const std::string_view firstId = ids.substr(0, ids.find_first_of("-,"));
  const bool zeros = firstId.size() > 1 && firstId.front() == '0';
  const uint32_t width = zeros ? static_cast<uint32_t>(firstId.size()) : 1;
  while (true) {
    const size_t comma = ids.find(',');
    const std::string_view part = ids.substr(0, comma);
    const size_t hyphen = part.find('-');
    MC_TRY_ASSIGN(const uint64_t first, parseNumber(part.substr(0, hyphen)));
    uint64_t last = first;
    if (hyphen != std::string_view::npos) {
      MC_TRY_ASSIGN(last, parseNumber(part.substr(hyphen + 1)));
    }
    if (last < first) return bad(text, "a range runs backwards");
    if (last - first >= kMaxHosts)
      return base::fail(EOVERFLOW, "hostlist has more than a million hosts");
    if (suffix.empty()) {
      MC_TRY(appendRange({prefix, first, last, width, true}));
    } else {
      for (uint64_t id = first; id <= last; ++id)
        MC_TRY(appendRange(rangeOf(prefix + padded(id, width) + suffix)));
    }
    if (comma == std::string_view::npos) return {};
    ids.remove_prefix(comma + 1);
  }
}

base::Result<Hostlist> Hostlist::parse(std::string_view text) {
  Hostlist list;
  if (text.empty()) return list;
  while (true) {
    const size_t end = expressionEnd(text);
    MC_TRY(list.appendExpression(text.substr(0, end)));
    if (end == std::string_view::npos) return list;
    text.remove_prefix(end + 1);
  }
}

// The end of the run of ranges that fit into one pair of brackets.
size_t Hostlist::groupEnd(size_t start) const {
  const Range& head = ranges_[start];
  size_t end = start + 1;
  while (head.numbered && end < ranges_.size()) {
    const Range& next = ranges_[end];
    if (!next.numbered || next.prefix != head.prefix ||
        padded(next.first, head.width) != padded(next.first, next.width))
      break;
    ++end;
  }
  return end;
}

std::string Hostlist::str() const {
  std::string out;
  for (size_t start = 0; start < ranges_.size();) {
    const size_t end = groupEnd(start);
    const Range& head = ranges_[start];
    if (!out.empty()) out += ',';
    out += head.prefix;
    if (head.numbered) {
      const bool brackets = end - start > 1 || head.size() > 1;
      if (brackets) out += '[';
      for (size_t i = start; i < end; ++i) {
        if (i > start) out += ',';
        out += padded(ranges_[i].first, head.width);
        if (ranges_[i].size() > 1) out += '-' + padded(ranges_[i].last, head.width);
      }
      if (brackets) out += ']';
    }
    start = end;
  }
  return out;
}

std::string Hostlist::at(size_t index) const {
  for (const Range& range : ranges_) {
    if (index < range.size()) return range.name(index);
    index -= range.size();
  }
  return {};
}

std::optional<size_t> Hostlist::find(std::string_view host) const {
  const Range wanted = rangeOf(host);
  size_t start = 0;
  for (const Range& range : ranges_) {
    if (range.numbered == wanted.numbered && range.prefix == wanted.prefix) {
      if (!range.numbered) return start;
      if (wanted.first >= range.first && wanted.first <= range.last &&
          range.name(wanted.first - range.first) == host)
        return start + (wanted.first - range.first);
    }
    start += range.size();
  }
  return std::nullopt;
}

std::vector<std::string> Hostlist::hosts() const {
  std::vector<std::string> out;
  out.reserve(size_);
  for (const Range& range : ranges_)
    for (size_t i = 0; i < range.size(); ++i) out.push_back(range.name(i));
  return out;
}

Hostlist Hostlist::sortedUnique() const {
  std::vector<Range> singles;
  singles.reserve(size_);
  for (const std::string& host : hosts()) singles.push_back(rangeOf(host));
  const auto key = [](const Range& range) {
    return std::tie(range.prefix, range.numbered, range.first, range.width);
  };
  std::sort(singles.begin(), singles.end(),
            [&](const Range& a, const Range& b) { return key(a) < key(b); });
  singles.erase(std::unique(singles.begin(), singles.end(),
                            [&](const Range& a, const Range& b) { return key(a) == key(b); }),
                singles.end());
  Hostlist out;
  for (Range& range : singles) (void)out.appendRange(std::move(range)).has_value();
  return out;
}

}  // namespace mc::flux::formats
