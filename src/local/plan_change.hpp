#pragma once
// Why a changed manifest can't be applied to a cluster that runs.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "base/status.hpp"

namespace mc::local {

/// EINVAL naming the first field that differs. Secrets are hidden in `old`, and not compared.
base::Error changeRefused(const boost::json::object& old, const boost::json::object& wanted);

/// The same for a secret file of the volume ("secret/users").
base::Error secretChangeRefused(const std::string& file);

}  // namespace mc::local
