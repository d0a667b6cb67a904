#include "base/base64.hpp"

#include <sodium.h>

namespace mc::base {

namespace {

std::string encode(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back();  // the closing NUL
  return text;
}

}  // namespace

std::string base64Encode(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::string base64UrlEncode(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_URLSAFE);
}

Result<std::string> base64Decode(std::string_view text) {
  std::string bytes(text.size(), '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), "\r\n", &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return fail(EINVAL, "not base64");
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace mc::base
