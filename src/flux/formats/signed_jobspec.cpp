#include "flux/formats/signed_jobspec.hpp"

#include <sodium/utils.h>

#include <charconv>
#include <map>

namespace mc::flux::formats {

namespace {

constexpr std::string_view kNone = "none";
constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;

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
  std::string out(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  out.pop_back();  // sodium counts a NUL
  return out;
}

base::Result<std::string> decodeBase64(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  size_t length = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                       text.data(), text.size(), nullptr, &length, &end, kVariant);
  if (failed != 0 || end != text.data() + text.size()) return base::fail(EINVAL, "bad base64 text");
  out.resize(length);
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
