#include "core/formats.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace mc::core {
namespace {

bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

bool isPortName(std::string_view text) {
  constexpr size_t kLongest = 15;
  if (text.empty() || text.size() > kLongest || text.find("--") != text.npos) return false;
  const auto fits = [](char c) { return isLower(c) || isDigit(c) || c == '-'; };
  return std::all_of(text.begin(), text.end(), fits) &&
         std::any_of(text.begin(), text.end(), isLower) && text.front() != '-' &&
         text.back() != '-';
}

bool isPortRef(std::string_view text) {
  int number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  return (whole && number >= 1 && number <= 65535) || isPortName(text);
}

bool isRelativePath(std::string_view text) {
  if (text.starts_with('/')) return false;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('/', begin), text.size());
    if (text.substr(begin, end - begin) == "..") return false;
    begin = end + 1;
  }
  return true;
}

bool isFieldPath(std::string_view text) {
  constexpr std::array<std::string_view, 8> kFields = {
      "metadata.name", "metadata.namespace", "metadata.uid",  "spec.nodeName",
      "status.podIP",  "status.hostIP",      "status.podIPs", "spec.serviceAccountName"};
  const bool known = std::find(kFields.begin(), kFields.end(), text) != kFields.end();
  return known ||
         ((text.starts_with("metadata.labels['") || text.starts_with("metadata.annotations['")) &&
          text.ends_with("']"));
}

bool isDataKey(std::string_view text) {
  constexpr size_t kLongest = 253;
  const auto fits = [](char c) {
    return isLower(static_cast<char>(c | 0x20)) || isDigit(c) || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= kLongest && text != "." && !text.starts_with("..") &&
         std::all_of(text.begin(), text.end(), fits);
}

bool isIpAddress(std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const std::string copy(text);
  return ::inet_pton(AF_INET, copy.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, copy.c_str(), address.data()) == 1;
}

}  // namespace

const api::Format kPortName = {
    isPortName, "must be at most 15 small letters, digits or -, with at least one letter"};
const api::Format kPortRef = {isPortRef, "must be a port from 1 to 65535 or the name of one"};
const api::Format kRelativePath = {isRelativePath, "must be a relative path without `..`"};
const api::Format kFieldPath = {
    isFieldPath, "is no field that a variable may hold",
    "metadata.name, metadata.namespace, metadata.uid, metadata.labels['KEY'], "
    "metadata.annotations['KEY'], spec.nodeName, status.podIP and status.hostIP are"};
const api::Format kDataKey = {isDataKey, "must be letters, digits, -, _ and ."};
const api::Format kIpAddress = {isIpAddress, "must be an IP address"};

}  // namespace mc::core
