#pragma once
// From drafts to objects, and the rules that fields must keep among each other. Internal to this
// room.
//
// Thread-safety: pure functions on the caller's values.

#include <string>

#include "api/report.hpp"
#include "core/drafts.hpp"

namespace mc::core {

/// The pod of a draft. Problems name fields below `path` ("spec", "spec.template.spec").
PodSpec convertPod(PodSpecDraft& draft, const std::string& path, api::Report& report);

/// Everything but the kind's metadata and manifest.
void convertObject(ObjectDraft& draft, Object& object, api::Report& report);

}  // namespace mc::core
