#pragma once
// What the pods of a MiniCluster have in common, and the template of its Flux pods.
//
// Source: Kubernetes API, core/v1 PodSpec. Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <map>
#include <string>

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

/// ClusterIP of the Service of each sidecar, by the sidecar's name.
using ServiceAddresses = std::map<std::string, std::string>;

/// Labels of a pod: the plan's and ours.
boost::json::object podLabels(const Blueprint& blueprint, const plan::Pod& pod);

/// Everything of a pod but its containers.
boost::json::object commonPodSpec(const Blueprint& blueprint, const plan::Pod& pod,
                                  const ServiceAddresses& addresses);

/// {metadata, spec} of the Flux pods: init container, sidecars, Flux container.
boost::json::object podTemplate(const Blueprint& blueprint, const ServiceAddresses& addresses);

}  // namespace mc::controller
