#pragma once
// A manifest as the object that is sent to an API server.
//
// Thread-safety: pure functions.

#include "api/read.hpp"
#include "kube/object.hpp"
#include "kube/resource.hpp"

namespace mc::remote {

/// The resource in the manifest's own version of the API.
kube::Resource resourceOf(const api::Document& document);

/// For a create.
kube::Object newObject(const api::Document& document);

/// For an update: `live` with the manifest's spec in place of its own, and the manifest's labels
/// and annotations beside those of others. A size that the manifest leaves open stays as it was
/// scaled.
kube::Object changedObject(const api::Document& document, const kube::Object& live);

}  // namespace mc::remote
