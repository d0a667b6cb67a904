#pragma once
// $(NAME) in environments, as the kubelet replaces it. Commands are left alone: there, $(...) is
// the shell's.
//
// Source: Kubernetes API, EnvVar.value: a reference to an unknown variable stays as it is, "$$"
// stands for "$".
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

#include "api/minicluster.hpp"

namespace mc::local {

std::string expand(std::string_view text, const api::StringMap& variables);

/// Each value may refer to the variables before it.
api::StringPairs expandEnvironment(const api::StringPairs& environment);

}  // namespace mc::local
