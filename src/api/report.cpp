#include "api/report.hpp"

#include <algorithm>

namespace mc::api {
namespace {

/// "spec.containers[0].image" -> "spec.containers[0]" -> "spec.containers" -> "spec" -> ""
std::string parentOf(const std::string& path) {
  const size_t end = path.find_last_of(".[");
  return end == std::string::npos ? std::string() : path.substr(0, end);
}

}  // namespace

void Report::wrote(const std::string& path, base::YamlPlace place, bool inert) {
  written_.insert_or_assign(path, Written{place, inert});
}

bool Report::given(const std::string& path) const {
  const auto found = written_.find(path);
  return found != written_.end() && !found->second.inert;
}

base::YamlPlace Report::placeOf(const std::string& path) const {
  for (std::string at = path;; at = parentOf(at)) {
    const auto found = written_.find(at);
    if (found != written_.end()) return found->second.place;
    if (at.empty()) return {};
  }
}

bool Report::has(const std::string& path) const {
  for (std::string at = path; !at.empty(); at = parentOf(at)) {
    if (troubled_.contains(at)) return true;
  }
  return false;
}

bool Report::hasBelow(const std::string& path) const {
  const auto next = troubled_.lower_bound(path);
  return next != troubled_.end() && next->starts_with(path);
}

void Report::add(const std::string& path, std::string message, std::string cure) {
  if (!has(path)) addAt(placeOf(path), path, std::move(message), std::move(cure));
}

void Report::addAt(base::YamlPlace place, const std::string& path, std::string message,
                   std::string cure) {
  if (full()) return;
  troubled_.insert(path);
  std::string field = prefix_ + path;
  if (field.ends_with('.')) field.pop_back();  // the prefix alone
  problems_.push_back(
      {place.line, place.column, std::move(field), std::move(message), std::move(cure)});
}

std::string quoted(std::string_view text) {
  constexpr size_t kLongest = 60;
  std::string shown(text.substr(0, kLongest));
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, '?');
  return "`" + shown + (text.size() > kLongest ? "...`" : "`");
}

std::string lineText(const base::YamlPlace& place) {
  return "line " + std::to_string(place.line);
}

}  // namespace mc::api
