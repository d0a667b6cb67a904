#include "base/curve_cert.hpp"

#include <sodium.h>

#include <array>
#include <cstdint>
#include <ctime>

namespace mc::base {

namespace {

constexpr std::string_view kZ85Digits =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
constexpr size_t kKeyCharacters = 40;

std::string localTime(double wall) {
  const auto seconds = static_cast<std::time_t>(wall);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%F %T", &parts)};
}

std::string quotedLine(std::string_view key, std::string_view value) {
  return "    " + std::string(key) + " = \"" + std::string(value) + "\"\n";
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// One `name = value` of a ZPL file; a line without "=" is the name of a section.
struct Line {
  std::string_view name;
  std::string_view value;
  bool isSection = false;
};

Result<Line> parseLine(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return Line{trimmed(text), {}, true};
  std::string_view value = trimmed(text.substr(equals + 1));
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'')) {
    if (value.back() != value.front()) return fail(EINVAL, "CURVE certificate: a quote is missing");
    value = value.substr(1, value.size() - 2);
  }
  return Line{trimmed(text.substr(0, equals)), value, false};
}

bool isComment(std::string_view text) {
  const std::string_view content = trimmed(text);
  return content.empty() || content.front() == '#';
}

/// The next line of `text`, which is shortened by it.
std::string_view takeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void store(CurveCert& cert, std::string_view section, const Line& line) {
  if (section == "curve" && line.name == "public-key") cert.publicKey = line.value;
  if (section == "curve" && line.name == "secret-key") cert.secretKey = line.value;
  if (section == "metadata") cert.metadata.emplace_back(line.name, line.value);
}

Status checkKey(const std::string& key, const std::string& name) {
  if (key.empty()) return fail(EINVAL, "CURVE certificate: no " + name);
  if (key.size() != kKeyCharacters || !z85Decode(key)) {
    return fail(EINVAL, "CURVE certificate: " + name + " is not 40 characters of Z85");
  }
  return {};
}

}  // namespace

std::string z85Encode(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() / 4 * 5);
  for (size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    uint32_t word = 0;
    for (size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<uint8_t>(bytes[at + i]);
    for (uint32_t divisor = 85 * 85 * 85 * 85; divisor > 0; divisor /= 85) {
      text += kZ85Digits[word / divisor % 85];
    }
  }
  return text;
}

Result<std::string> z85Decode(std::string_view text) {
  if (text.size() % 5 != 0) return fail(EINVAL, "Z85 text must be a multiple of 5 characters long");
  std::string bytes;
  bytes.reserve(text.size() / 5 * 4);
  for (size_t at = 0; at < text.size(); at += 5) {
    uint64_t word = 0;
    for (size_t i = 0; i < 5; ++i) {
      const size_t digit = kZ85Digits.find(text[at + i]);
      if (digit == std::string_view::npos) return fail(EINVAL, "not a Z85 character");
      word = word * 85 + digit;
    }
    if (word > UINT32_MAX) return fail(EINVAL, "a Z85 group is too large");
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(word >> shift & 0xff);
  }
  return bytes;
}

Result<CurveCert> makeCurveCert(std::vector<std::pair<std::string, std::string>> metadata) {
  if (sodium_init() < 0) return fail(EIO, "libsodium found no source of random numbers");
  std::string publicKey(crypto_box_PUBLICKEYBYTES, '\0');
  std::string secretKey(crypto_box_SECRETKEYBYTES, '\0');
  crypto_box_keypair(reinterpret_cast<unsigned char*>(publicKey.data()),
                     reinterpret_cast<unsigned char*>(secretKey.data()));
  CurveCert cert{z85Encode(publicKey), z85Encode(secretKey), std::move(metadata)};
  sodium_memzero(secretKey.data(), secretKey.size());
  return cert;
}

std::string formatCurveCert(const CurveCert& cert, double wall) {
  std::string text = "#   ****  Generated on " + localTime(wall) + " by CZMQ  ****\n";
  text += "#   ZeroMQ CURVE **Secret** Certificate\n";
  text += "#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.\n\n";
  text += "metadata\n";
  for (const auto& [key, value] : cert.metadata) text += quotedLine(key, value);
  text += "curve\n";
  text += quotedLine("public-key", cert.publicKey);
  text += quotedLine("secret-key", cert.secretKey);
  return text;
}

Result<CurveCert> parseCurveCert(std::string_view text) {
  CurveCert cert;
  std::string_view section;
  while (!text.empty()) {
    const std::string_view raw = takeLine(text);
    if (isComment(raw)) continue;
    MC_TRY_ASSIGN(const Line line, parseLine(raw));
    if (line.isSection) {
      section = line.name;
    } else {
      store(cert, section, line);
    }
  }
  MC_TRY(checkKey(cert.publicKey, "public-key"));
  MC_TRY(checkKey(cert.secretKey, "secret-key"));
  return cert;
}

}  // namespace mc::base
