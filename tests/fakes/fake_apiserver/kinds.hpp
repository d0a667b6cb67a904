#pragma once
// The habits of built-in kinds: what the server fills in, and what it refuses. One file per kind
// (kinds/*.cpp); as much as controllers meet, not the whole of Kubernetes' validation.
//
// Source: the API reference of Kubernetes 1.34 and its defaulting as seen on a real API server.
// Thread-safety: pure functions.

#include "fakes/fake_apiserver/resource_type.hpp"

namespace mc::fakes {

ResourceType podType();
ResourceType jobType();
ResourceType serviceType();
ResourceType secretType();
ResourceType configMapType();
ResourceType namespaceType();
ResourceType leaseType();
/// Served as core/v1 and as events.k8s.io/v1.
ResourceType eventType();

/// Fills in what an API server fills in in a PodSpec.
void defaultPodSpec(boost::json::object& spec);

/// Says which of `fields` of the spec changed although they must not, as "PREFIX.FIELD".
std::vector<ApiCause> immutableFields(const boost::json::object& now,
                                      const boost::json::object* before, const std::string& parent,
                                      const std::vector<std::string>& fields);

}  // namespace mc::fakes
