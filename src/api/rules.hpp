#pragma once
// What must hold between fields, after each field by itself has been checked against its table.
//
// One function per rule; the CRD's CEL rules say the same things. Every rule that the Go operator's
// Validate() has is here, and those whose lack made its clusters fail later.
//
// Thread-safety: pure functions.

#include <string>

#include "api/draft.hpp"
#include "api/report.hpp"

namespace mc::api {

/// Applies all rules; what they find is added to `report`.
void applyRules(const ClusterDraft& draft, Report& report);

// By subject, one file each; applyRules() calls them.
void applyClusterRules(const ClusterDraft& draft, Report& report);
void applyNameRules(const ClusterDraft& draft, Report& report);
void applyContainerRules(const ClusterDraft& draft, Report& report);
void applyResourceRules(const ClusterDraft& draft, Report& report);
void applyVolumeRules(const ClusterDraft& draft, Report& report);

/// "spec.containers[2]" or "spec.services[2]".
std::string containerPath(size_t index);
std::string servicePath(size_t index);

/// Calls `check(container, path)` for every container and every service.
template <class Check>
void forEachContainer(const ClusterDraft& draft, Check check) {
  for (size_t i = 0; i < draft.containerDrafts.size(); ++i)
    check(draft.containerDrafts[i], containerPath(i));
  for (size_t i = 0; i < draft.serviceDrafts.size(); ++i)
    check(draft.serviceDrafts[i], servicePath(i));
}

}  // namespace mc::api
