#pragma once
// `describe`: everything about one object, for reading.
//
// Thread-safety: pure functions.

#include <string>
#include <vector>

#include "engine/view.hpp"

namespace mc::cli {

/// `events` are those of the object; `now` is for their age.
std::string describePod(const engine::PodView& pod, const std::vector<engine::Event>& events,
                        double now);
std::string describeCluster(const engine::ClusterView& cluster,
                            const std::vector<engine::Event>& events, double now);
std::string describeService(const engine::ServiceView& service);
/// A Deployment, ConfigMap, Secret or NetworkPolicy. Of a Secret's values only the sizes are shown.
std::string describeObject(const engine::ObjectView& object);

}  // namespace mc::cli
