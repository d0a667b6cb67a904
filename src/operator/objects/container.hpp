#pragma once
// Containers of pods.
//
// Source: Kubernetes API, core/v1 Container; Kubernetes' expansion of $(VAR) in commands.
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

/// A container as the plan has it.
boost::json::object containerObject(const plan::Container& container);

/// A container of the services pod. With ports, it is ready when its first one answers.
boost::json::object serviceObject(const plan::Container& container);

/// A native sidecar: an init container that goes on running. With ports, those after it start when
/// its first one answers.
boost::json::object sidecarObject(const plan::Container& container);

/// The init container that copies entry and Flux into the pod.
boost::json::object installObject(const Blueprint& blueprint);

/// So that the kubelet's expansion leaves `text` as it is: "$(" and "$$" mean something to it.
std::string escaped(const std::string& text);

}  // namespace mc::controller
