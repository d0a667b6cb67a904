#include "operator/objects/hash.hpp"

#include <boost/json.hpp>

#include "base/json_write.hpp"

namespace mc::controller {

std::string hashOf(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[(hash >> shift) & 15];
  return digits;
}

std::string hashOf(const boost::json::value& value) {
  return hashOf(std::string_view(base::toIndentedJson(value, 0)));
}

}  // namespace mc::controller
