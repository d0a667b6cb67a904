#include "api/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace mc::api {
namespace {

__extension__ using Wide = __int128;

constexpr Wide kNano = 1000000000;
constexpr Wide kMost = Wide{std::numeric_limits<int64_t>::max()} * kNano;

/// The power of ten (or of 1024) that a suffix stands for.
struct Scale {
  int ten = 0;
  int binary = 0;
};

struct Suffix {
  std::string_view text;
  Scale scale;
};

constexpr std::array<Suffix, 16> kSuffixes = {{{"n", {-9, 0}},
                                               {"u", {-6, 0}},
                                               {"m", {-3, 0}},
                                               {"", {0, 0}},
                                               {"k", {3, 0}},
                                               {"M", {6, 0}},
                                               {"G", {9, 0}},
                                               {"T", {12, 0}},
                                               {"P", {15, 0}},
                                               {"E", {18, 0}},
                                               {"Ki", {0, 1}},
                                               {"Mi", {0, 2}},
                                               {"Gi", {0, 3}},
                                               {"Ti", {0, 4}},
                                               {"Pi", {0, 5}},
                                               {"Ei", {0, 6}}}};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view takeDigits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), isDigit);
  const auto digits = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool takeSign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

std::optional<Scale> exponent(std::string_view text) {
  if (text.size() < 2 || (text[0] | 0x20) != 'e') return std::nullopt;
  text.remove_prefix(1);
  const bool negative = takeSign(text);
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || !isDigit(text[0]) || stop != text.data() + text.size()) return std::nullopt;
  if (error != std::errc()) value = std::numeric_limits<int>::max();
  constexpr int kFar = 40;  // beyond every amount that is told apart
  return Scale{negative ? -std::min(value, kFar) : std::min(value, kFar), 0};
}

std::optional<Scale> scaleOf(std::string_view text) {
  for (const auto& suffix : kSuffixes) {
    if (suffix.text == text) return suffix.scale;
  }
  return exponent(text);
}

Wide timesCapped(Wide amount, Wide factor) {
  Wide product = 0;
  return __builtin_mul_overflow(amount, factor, &product) ? kMost : std::min(product, kMost);
}

Wide divideUp(Wide amount, Wide divisor) {
  return amount / divisor + (amount % divisor != 0 ? 1 : 0);
}

/// digits[.fraction] in nano units, rounded up.
Wide mantissa(std::string_view whole, std::string_view fraction) {
  Wide amount = 0;
  for (const char c : whole) amount = std::min(timesCapped(amount, 10) + (c - '0'), kMost);
  constexpr size_t kDigits = 9;
  for (size_t i = 0; i < kDigits; ++i)
    amount = timesCapped(amount, 10) + (i < fraction.size() ? fraction[i] - '0' : 0);
  const bool more = fraction.size() > kDigits &&
                    fraction.find_first_not_of('0', kDigits) != std::string_view::npos;
  return std::min(amount + (more ? 1 : 0), kMost);
}

Wide scaled(Wide amount, const Scale& scale) {
  for (int i = 0; i < scale.binary; ++i) amount = timesCapped(amount, 1024);
  for (int i = 0; i < scale.ten; ++i) amount = timesCapped(amount, 10);
  for (int i = 0; i > scale.ten; --i) amount = divideUp(amount, 10);
  return amount;
}

}  // namespace

base::Result<Quantity> Quantity::parse(std::string_view text) {
  const bool negative = takeSign(text);
  const std::string_view whole = takeDigits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = takeDigits(text);
  }
  const auto scale = scaleOf(text);
  if (whole.size() + fraction.size() == 0 || !scale)
    return base::fail(EINVAL, "no quantity: digits with a suffix such as m, k, M, G, Ki, Mi, Gi");
  const Wide amount = scaled(mantissa(whole, fraction), *scale);
  return Quantity(negative ? -amount : amount);
}

int64_t Quantity::value() const {
  return roundedUp(kNano);
}

int64_t Quantity::milli() const {
  return roundedUp(kNano / 1000);
}

bool Quantity::whole() const {
  return nano_ % kNano == 0;
}

int64_t Quantity::roundedUp(Wide unit) const {
  const Wide units = nano_ < 0 ? nano_ / unit : divideUp(nano_, unit);
  const Wide most = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::clamp(units, -most, most));
}

}  // namespace mc::api
