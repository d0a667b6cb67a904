#include "local/docker/base64.hpp"

#include <sodium.h>

namespace mc::local::docker {

std::string base64UrlEncode(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_URLSAFE), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_URLSAFE);
  text.pop_back();  // the closing NUL
  return text;
}

base::Result<std::string> base64Decode(std::string_view text) {
  std::string bytes(text.size(), '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return base::fail(EINVAL, "not base64");
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace mc::local::docker
