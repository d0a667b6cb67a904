#include "flux/formats/job_id.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

namespace mc::flux::formats {

namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view kPrefix = "\u0192";  // ƒ, U+0192
constexpr std::string_view kKvsPrefix = "job.";
constexpr size_t kMaxBase58Digits = 11;  // 58^11 > 2^64

constexpr std::array<int8_t, 256> makeDigitTable() {
  std::array<int8_t, 256> table{};
  for (auto& value : table) value = -1;
  for (size_t i = 0; i < kAlphabet.size(); ++i)
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
  return table;
}
constexpr auto kDigits = makeDigitTable();

std::string base58(JobId id) {
  char buffer[kMaxBase58Digits];
  size_t at = sizeof buffer;
  do {
    buffer[--at] = kAlphabet[id % kAlphabet.size()];
    id /= kAlphabet.size();
  } while (id != 0);
  return {buffer + at, sizeof buffer - at};
}

std::optional<JobId> parseBase58(std::string_view text) {
  if (text.empty() || text.size() > kMaxBase58Digits) return std::nullopt;
  JobId value = 0;
  for (const char c : text) {
    const int digit = kDigits[static_cast<unsigned char>(c)];
    if (digit < 0) return std::nullopt;
    if (__builtin_mul_overflow(value, kAlphabet.size(), &value) ||
        __builtin_add_overflow(value, static_cast<JobId>(digit), &value))
      return std::nullopt;
  }
  return value;
}

std::optional<JobId> parseNumber(std::string_view text, int base) {
  JobId value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "0000.0033.ac00.0000"; fewer groups are not accepted, so that a host name is not taken for an id.
std::optional<JobId> parseDotHex(std::string_view text) {
  constexpr size_t kGroups = 4;
  constexpr size_t kGroupDigits = 4;
  if (text.size() != kGroups * kGroupDigits + kGroups - 1) return std::nullopt;
  JobId value = 0;
  for (size_t group = 0; group < kGroups; ++group) {
    const size_t start = group * (kGroupDigits + 1);
    if (group > 0 && text[start - 1] != '.') return std::nullopt;
    const auto part = parseNumber(text.substr(start, kGroupDigits), 16);
    if (!part) return std::nullopt;
    value = value << 16 | *part;
  }
  return value;
}

std::string dotHex(JobId id) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) {
    out += kHexDigits[id >> shift & 0xf];
    if (shift % 16 == 0 && shift > 0) out += '.';
  }
  return out;
}

std::string hex(JobId id) {
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, "0x%llx", static_cast<unsigned long long>(id));
  return buffer;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<JobId> parse(std::string_view text) {
  if (text.starts_with(kKvsPrefix)) return parseDotHex(text.substr(kKvsPrefix.size()));
  if (text.find('.') != std::string_view::npos) return parseDotHex(text);
  if (text.starts_with(kPrefix)) return parseBase58(text.substr(kPrefix.size()));
  if (text.starts_with('f')) return parseBase58(text.substr(1));
  if (text.starts_with("0x")) return parseNumber(text.substr(2), 16);
  return parseNumber(text, 10);
}

}  // namespace

std::string formatJobId(JobId id, JobIdForm form) {
  switch (form) {
    case JobIdForm::Dec:
      return std::to_string(id);
    case JobIdForm::Hex:
      return hex(id);
    case JobIdForm::DotHex:
      return dotHex(id);
    case JobIdForm::Kvs:
      return std::string(kKvsPrefix) + dotHex(id);
    case JobIdForm::F58:
      return std::string(kPrefix) + base58(id);
    case JobIdForm::F58Plain:
      return "f" + base58(id);
  }
  return {};
}

base::Result<JobId> parseJobId(std::string_view text) {
  if (const auto id = parse(trim(text))) return *id;
  return base::fail(EINVAL, "'" + std::string(text) + "' is not a job id");
}

base::Result<JobIdForm> jobIdFormOf(std::string_view name) {
  if (name == "dec") return JobIdForm::Dec;
  if (name == "hex") return JobIdForm::Hex;
  if (name == "dothex") return JobIdForm::DotHex;
  if (name == "kvs") return JobIdForm::Kvs;
  if (name == "f58") return JobIdForm::F58;
  if (name == "f58plain") return JobIdForm::F58Plain;
  return base::fail(EINVAL, "'" + std::string(name) + "' is not a form of job ids");
}

std::string jobNamespace(JobId id) {
  return "job-" + std::to_string(id);
}

}  // namespace mc::flux::formats
