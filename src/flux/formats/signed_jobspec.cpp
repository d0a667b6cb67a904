#include "flux/formats/signed_jobspec.hpp"

#include <array>
#include <charconv>
#include <map>

namespace mc::flux::formats {

namespace {

constexpr std::string_view kNone = "none";

// Base64 (RFC 4648). Libsodium's is made for secrets, with the same time for every digit; it took a
// fifth of the broker's time for a job, whose jobspec is none.
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kPadding = '=';
constexpr uint8_t kNoDigit = 0x80;

constexpr std::array<uint8_t, 256> makeDigitValues() {
  std::array<uint8_t, 256> out{};
  for (uint8_t& value : out) value = kNoDigit;
  for (size_t i = 0; i < kDigits.size(); ++i)
    out[static_cast<uint8_t>(kDigits[i])] = static_cast<uint8_t>(i);
  return out;
}
constexpr std::array<uint8_t, 256> kDigitValues = makeDigitValues();

uint32_t byteAt(std::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

// Writes the first `count` digits of 24 bits.
void putDigits(uint32_t bits, int count, char* to) {
  for (int shift = 18; count > 0; --count, shift -= 6) *to++ = kDigits[bits >> shift & 0x3f];
}

// The header is a list of NUL-terminated strings, key and value in turn; the first character of a
// value is its type: 'i' integer, 's' string.
std::string makeHeader(uint32_t userid) {
  std::string out;
  const auto add = [&](std::string_view text) {
    out += text;
    out += '\0';
  };
  add("version");
  add("i1");
  add("userid");
  add("i" + std::to_string(userid));
  add("mechanism");
  add("s" + std::string(kNone));
  return out;
}

using Header = std::map<std::string, std::string, std::less<>>;

base::Result<Header> parseHeader(std::string_view text) {
  Header header;
  const auto next = [&](std::string& out) {
    const size_t end = text.find('\0');
    if (end == std::string_view::npos) return false;
    out = text.substr(0, end);
    text.remove_prefix(end + 1);
    return true;
  };
  while (!text.empty()) {
    std::string key;
    std::string value;
    if (!next(key) || key.empty() || !next(value) || value.empty())
      return base::fail(EINVAL, "signed jobspec has a bad header");
    header.insert_or_assign(std::move(key), std::move(value));
  }
  return header;
}

base::Result<uint32_t> headerInteger(const Header& header, std::string_view key) {
  const auto at = header.find(key);
  uint32_t number = 0;
  if (at != header.end() && at->second.front() == 'i') {
    const char* end = at->second.data() + at->second.size();
    const auto [rest, error] = std::from_chars(at->second.data() + 1, end, number);
    if (error == std::errc{} && rest == end) return number;
  }
  return base::fail(EINVAL, "header of signed jobspec has no integer '" + std::string(key) + "'");
}

}  // namespace

std::string encodeBase64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, kPadding);
  char* to = out.data();
  for (; bytes.size() >= 3; bytes.remove_prefix(3), to += 4)
    putDigits(byteAt(bytes, 0) << 16 | byteAt(bytes, 1) << 8 | byteAt(bytes, 2), 4, to);
  if (bytes.size() == 1) putDigits(byteAt(bytes, 0) << 16, 2, to);
  if (bytes.size() == 2) putDigits(byteAt(bytes, 0) << 16 | byteAt(bytes, 1) << 8, 3, to);
  return out;
}

base::Result<std::string> decodeBase64(std::string_view text) {
  const size_t length = text.find_last_not_of(kPadding) + 1;  // npos + 1 is 0
  const size_t padding = text.size() - length;
  if (text.size() % 4 != 0 || padding > 2) return base::fail(EINVAL, "bad base64 text");
  std::string out(text.size() / 4 * 3, '\0');
  uint32_t bad = 0;
  uint32_t bits = 0;
  char* to = out.data();
  const auto digitAt = [&](size_t i) -> uint32_t {
    return i < length ? kDigitValues[byteAt(text, i)] : 0;
  };
  for (size_t i = 0; i < text.size(); i += 4, to += 3) {
    const uint32_t a = digitAt(i);
    const uint32_t b = digitAt(i + 1);
    const uint32_t c = digitAt(i + 2);
    const uint32_t d = digitAt(i + 3);
    bad |= a | b | c | d;
    bits = a << 18 | b << 12 | c << 6 | d;
    to[0] = static_cast<char>(bits >> 16 & 0xff);
    to[1] = static_cast<char>(bits >> 8 & 0xff);
    to[2] = static_cast<char>(bits & 0xff);
  }
  // Bits that no byte needs must be 0: each text of bytes has one form only.
  const bool loose = padding > 0 && (bits & ((1u << (8 * padding)) - 1)) != 0;
  if ((bad & kNoDigit) != 0 || loose) return base::fail(EINVAL, "bad base64 text");
  out.resize(out.size() - padding);
  return out;
}

std::string wrapUnsigned(std::string_view payload, uint32_t userid) {
  std::string out = encodeBase64(makeHeader(userid));
  out += '.';
  out += encodeBase64(payload);
  out += '.';
  return out += kNone;
}

base::Result<SignedPayload> unwrapUnsigned(std::string_view signedText) {
  const size_t first = signedText.find('.');
  const size_t second = first == std::string_view::npos ? first : signedText.find('.', first + 1);
  if (second == std::string_view::npos)
    return base::fail(EINVAL, "signed jobspec does not have three parts");
  MC_TRY_ASSIGN(const std::string headerText, decodeBase64(signedText.substr(0, first)));
  MC_TRY_ASSIGN(const Header header, parseHeader(headerText));
  MC_TRY_ASSIGN(const uint32_t version, headerInteger(header, "version"));
  SignedPayload out;
  MC_TRY_ASSIGN(out.userid, headerInteger(header, "userid"));
  const auto mechanism = header.find("mechanism");
  if (version != 1 || mechanism == header.end() || mechanism->second != "s" + std::string(kNone) ||
      signedText.substr(second + 1) != kNone)
    return base::fail(EINVAL, "signed jobspec uses another mechanism than 'none'");
  out.mechanism = kNone;
  MC_TRY_ASSIGN(out.payload, decodeBase64(signedText.substr(first + 1, second - first - 1)));
  return out;
}

}  // namespace mc::flux::formats
