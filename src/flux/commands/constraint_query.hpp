#pragma once
// Constraints as users write them ("a,b|-host:n[1-3]", RFC 35) and as jobspec has them (RFC 31).
//
// Thread-safety: pure functions.

#include <string_view>

#include "base/status.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

/// The constraint object of a --requires argument. Operators: properties (the default), hostlist
/// (host, hosts), ranks (rank). EINVAL with the place for what is no constraint.
base::Result<boost::json::object> parseConstraint(std::string_view text);

}  // namespace mc::flux::commands
