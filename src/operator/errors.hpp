#pragma once
// What the API server's errors mean for a MiniCluster.
//
// Thread-safety: pure functions.

#include "kube/error.hpp"

namespace mc::controller {

/// Whether the namespace is being deleted, or the object has gone: all there goes with it.
bool isGoing(const kube::Error& error);

/// Whether the namespace is being deleted: nothing can be made there any more.
bool isNamespaceGoing(const kube::Error& error);

/// Whether the same request would be answered in the same way for ever.
bool isFinal(const kube::Error& error);

/// Whether users should hear of it: not of what goes away by itself in a moment.
bool isWorthTelling(const kube::Error& error);

}  // namespace mc::controller
