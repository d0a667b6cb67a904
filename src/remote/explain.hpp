#pragma once
// What an API server's errors mean to someone who uses MiniClusters.
//
// Thread-safety: pure functions.

#include <type_traits>
#include <utility>

#include "base/status.hpp"
#include "kube/error.hpp"

namespace mc::remote {

/// The server's words, and our own where those leave one helpless. ENODEV: no operator;
/// EHOSTUNREACH: no answer; EPERM: not logged in; EBADMSG: the object is invalid; the rest as
/// kube::Error has it.
base::Error explained(const kube::Error& error);

/// The same for results.
template <class T>
base::Result<T> explained(kube::Result<T> result) {
  if (result) {
    if constexpr (std::is_void_v<T>)
      return {};
    else
      return std::move(*result);
  }
  return base::pass(explained(result.error()));
}

}  // namespace mc::remote
