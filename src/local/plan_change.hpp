#pragma once
// Why a changed manifest can't be applied to a cluster that runs.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "base/status.hpp"

namespace mc::local {

/// Whether the manifests differ in spec.size and in nothing else. Secrets are not compared.
bool onlySizeDiffers(const boost::json::object& old, const boost::json::object& wanted);

/// EINVAL for a size beyond what the cluster was made for.
base::Error sizeRefused(int32_t wanted, int32_t maxSize);

/// EINVAL naming the first field that differs. Secrets are hidden in `old`, and not compared.
base::Error changeRefused(const boost::json::object& old, const boost::json::object& wanted);

/// The same for a secret file of the volume ("secret/users").
base::Error secretChangeRefused(const std::string& file);

}  // namespace mc::local
