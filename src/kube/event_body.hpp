#pragma once
// Events as the API wants them (events.k8s.io/v1). Internal to events.hpp.
//
// Thread-safety: pure functions.

#include <cstdint>
#include <string>

#include "kube/events.hpp"

namespace mc::kube {

struct EventFacts {
  std::string name;
  ObjectReference about;
  Severity severity = Severity::Normal;
  std::string reason;
  std::string action;
  std::string note;
  uint64_t count = 1;
  double first = 0;  ///< Unix time
  double last = 0;
};

/// Events of objects without namespace live in "default".
std::string eventNamespace(const ObjectReference& about);

/// "NAME.STAMP" with the stamp (nanoseconds) in hexadecimal, as client-go names them.
std::string eventName(const ObjectReference& about, int64_t stamp);

/// Texts are cut to what the API takes.
Object eventBody(const EventFacts& facts, const std::string& controller,
                 const std::string& instance);

/// A merge patch that says how often it has happened.
boost::json::value seriesPatch(const EventFacts& facts);

}  // namespace mc::kube
