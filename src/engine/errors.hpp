#pragma once
// What engines answer when there is no such object, or already one; in the words of an API server.
//
// Thread-safety: pure functions.

#include <string>

#include "base/status.hpp"
#include "engine/view.hpp"

namespace mc::engine {

constexpr const char* kClusterResource = "miniclusters.flux-framework.org";

/// ENOENT, `RESOURCE "NAME" not found`.
base::Error notFound(const std::string& resource, const std::string& name);
/// EEXIST.
base::Error alreadyExists(const ClusterRef& ref);

}  // namespace mc::engine
