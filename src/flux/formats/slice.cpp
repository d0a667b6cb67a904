#include "flux/formats/slice.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace mc::flux::formats {

namespace {

// The parts between the colons; an inner nothing is a part that is left out.
using Parts = std::vector<std::optional<long>>;

std::optional<Parts> partsOf(std::string_view text) {
  Parts parts;
  while (true) {
    const std::string_view word = text.substr(0, text.find(':'));
    long value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    // Twice as far out is as far out, and leaves room to add the size.
    constexpr long kFar = std::numeric_limits<long>::max() / 2;
    if (word.empty()) {
      parts.emplace_back();
    } else if (error == std::errc() && end == word.data() + word.size()) {
      parts.emplace_back(std::clamp(value, -kFar, kFar));
    } else {
      return std::nullopt;
    }
    if (word.size() == text.size()) return parts;
    text.remove_prefix(word.size() + 1);
  }
}

}  // namespace

std::optional<std::vector<size_t>> sliceIndices(std::string_view text, size_t size) {
  if (text.size() < 3 || !text.starts_with('[') || !text.ends_with(']')) return std::nullopt;
  auto parts = partsOf(text.substr(1, text.size() - 2));
  if (!parts || parts->size() > 3) return std::nullopt;
  const bool single = parts->size() == 1;
  parts->resize(3);
  const auto length = static_cast<long>(size);
  const long step = (*parts)[2].value_or(1);
  if (step == 0) return std::nullopt;
  const bool back = step < 0;
  const long low = back ? -1 : 0;
  const long high = back ? length - 1 : length;
  const auto place = [&](const std::optional<long>& part, long otherwise) {
    if (!part) return otherwise;
    return std::min(std::max(*part < 0 ? *part + length : *part, low), high);
  };
  const long start = place((*parts)[0], back ? high : low);
  const long stop = single ? std::min(start + 1, length) : place((*parts)[1], back ? low : high);
  std::vector<size_t> indices;
  for (long i = start; back ? i > stop : i < stop; i += std::clamp(step, -length - 1, length + 1))
    indices.push_back(static_cast<size_t>(i));
  return indices;
}

}  // namespace mc::flux::formats
