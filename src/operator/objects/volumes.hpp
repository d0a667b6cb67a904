#pragma once
// Volumes of pods.
//
// Source: Kubernetes API, core/v1 Volume. Thread-safety: pure functions.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

/// Names of the volumes that we add to a Flux pod, and of the container that fills the first.
inline constexpr const char* kProgramsVolume = "minicluster-bin";
inline constexpr const char* kConfigVolume = "minicluster-config";
inline constexpr const char* kSecretVolume = "minicluster-secret";
inline constexpr const char* kInstallContainer = "minicluster-install";

boost::json::object podVolume(const plan::PodVolume& volume);

/// The programs, the settings and, if there is one, the Secret.
boost::json::array ownVolumes(const Blueprint& blueprint, int secretMode);
/// Their mounts in the Flux container, read-only.
boost::json::array ownMounts(const Blueprint& blueprint);

/// Where the programs are, in the Flux container and in the one that copies them.
std::string programsDirectory();

}  // namespace mc::controller
