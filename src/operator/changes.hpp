#pragma once
// What a change of an object means: whose work it is, and whose doing it was.
//
// Each write of the operator comes back to it through a watch. Those are known by what the ledger
// says of them, and need no work.
//
// Thread-safety: pure functions.

#include <optional>
#include <string>
#include <vector>

#include "kube/informer.hpp"

namespace mc::controller {

/// The hash of what was applied, as the object says itself; empty: none.
std::string appliedHash(const kube::Object& object);

/// Whether two states of an object, as the caches keep them, differ in nothing but their version.
bool isSameButVersion(const kube::Object& before, const kube::Object& after);

/// Whether this change is what we wrote: a hash for objects, a status for MiniClusters; nothing: we
/// wait for no write to come back.
bool isOwnWrite(const kube::Change& change, const std::optional<std::string>& written);
bool isOwnStatus(const kube::Change& change, const std::optional<boost::json::object>& written);

/// Whether MiniClusters came to the owners, or went from them.
bool haveOwnersChanged(const kube::Change& change);

/// The MiniClusters that a change concerns. Of a Service that many share, only those that came or
/// went if there are such: what one of them adds is nothing to the others.
std::vector<kube::ObjectKey> concerned(const kube::Change& change);

}  // namespace mc::controller
