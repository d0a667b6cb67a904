#include "flux/shell/pmi_message.hpp"

#include <algorithm>

namespace mc::flux::shell {

namespace {

constexpr std::string_view kBlank = " \t\r";

bool takesRest(std::string_view key) {
  return key == "value" || key == "error_msg";
}

}  // namespace

PmiMessage parsePmi(std::string_view line) {
  PmiMessage message;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    if (line.empty()) return message;
    const size_t end = std::min(line.find_first_of(kBlank), line.size());
    const size_t equals = line.find('=');
    if (equals >= end) {
      line.remove_prefix(end);
      continue;
    }
    const std::string_view key = line.substr(0, equals);
    const size_t stop = takesRest(key) ? line.size() : end;
    message.insert_or_assign(std::string(key),
                             std::string(line.substr(equals + 1, stop - equals - 1)));
    line.remove_prefix(stop);
  }
}

std::string_view pmiField(const PmiMessage& message, std::string_view key) {
  const auto at = message.find(key);
  return at == message.end() ? std::string_view() : std::string_view(at->second);
}

}  // namespace mc::flux::shell
