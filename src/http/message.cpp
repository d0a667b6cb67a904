#include "http/message.hpp"

#include <strings.h>

#include <algorithm>

namespace mc::http {

namespace {

bool sameText(std::string_view one, std::string_view other) {
  return one.size() == other.size() && ::strncasecmp(one.data(), other.data(), one.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

std::vector<std::string> listOf(const Headers& headers, std::string_view name) {
  std::vector<std::string> items;
  for (const auto& [header, value] : headers) {
    if (!sameText(header, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const size_t comma = std::min(rest.find(','), rest.size());
      if (const auto item = trimmed(rest.substr(0, comma)); !item.empty()) items.emplace_back(item);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return items;
}

std::string headerOf(const Headers& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& one) { return sameText(one.first, name); });
  return found == headers.end() ? std::string() : found->second;
}

bool hasToken(const Headers& headers, std::string_view name, std::string_view token) {
  const auto items = listOf(headers, name);
  return std::any_of(items.begin(), items.end(),
                     [&](const std::string& item) { return sameText(item, token); });
}

}  // namespace mc::http
