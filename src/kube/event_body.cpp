#include "kube/event_body.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

#include "base/rfc3339.hpp"

namespace mc::kube {

namespace {

// Of the API's validation (pkg/apis/core/validation/events.go).
constexpr size_t kLongestNote = 1024;
constexpr size_t kLongestWord = 128;
constexpr size_t kLongestName = 253;

/// At most `limit` bytes, without half a character at the end.
std::string cut(const std::string& text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

Object referenceBody(const ObjectReference& about) {
  Object body{{"apiVersion", about.apiVersion}, {"kind", about.kind}, {"name", about.name}};
  const auto put = [&body](const char* name, const std::string& value) {
    if (!value.empty()) body[name] = value;
  };
  put("namespace", about.ns);
  put("uid", about.uid);
  put("resourceVersion", about.resourceVersion);
  put("fieldPath", about.fieldPath);
  return body;
}

Object seriesBody(const EventFacts& facts) {
  return {{"count", facts.count}, {"lastObservedTime", base::formatTime(facts.last)}};
}

}  // namespace

ObjectReference referenceTo(const Object& object) {
  return {.apiVersion = std::string(findText(object, {"apiVersion"})),
          .kind = std::string(findText(object, {"kind"})),
          .ns = std::string(namespaceOf(object)),
          .name = std::string(nameOf(object)),
          .uid = std::string(uidOf(object)),
          .resourceVersion = std::string(resourceVersionOf(object))};
}

std::string eventNamespace(const ObjectReference& about) {
  return about.ns.empty() ? "default" : about.ns;
}

std::string eventName(const ObjectReference& about, int64_t stamp) {
  std::array<char, 24> hex{};
  std::snprintf(hex.data(), hex.size(), ".%" PRIx64, static_cast<uint64_t>(stamp));
  const std::string suffix = hex.data();
  return about.name.substr(0, kLongestName - suffix.size()) + suffix;
}

Object eventBody(const EventFacts& facts, const std::string& controller,
                 const std::string& instance) {
  Object body{
      {"apiVersion", kEvents.apiVersion()},
      {"kind", kEvents.kind},
      {"metadata", Object{{"name", facts.name}, {"namespace", eventNamespace(facts.about)}}},
      {"eventTime", base::formatTime(facts.first)},
      {"reportingController", controller},
      {"reportingInstance", cut(instance, kLongestWord)},
      {"action", cut(facts.action, kLongestWord)},
      {"reason", cut(facts.reason, kLongestWord)},
      {"type", facts.severity == Severity::Warning ? "Warning" : "Normal"},
      {"note", cut(facts.note, kLongestNote)},
      {"regarding", referenceBody(facts.about)}};
  if (facts.count > 1) body["series"] = seriesBody(facts);
  return body;
}

boost::json::value seriesPatch(const EventFacts& facts) {
  return Object{{"series", seriesBody(facts)}};
}

}  // namespace mc::kube
