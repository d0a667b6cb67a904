#pragma once
// `describe`: everything about one object, for reading.
//
// Thread-safety: pure functions.

#include <string>
#include <vector>

#include "local/view.hpp"

namespace mc::cli {

/// `events` are those of the object; `now` is for their age.
std::string describePod(const local::PodView& pod, const std::vector<local::Event>& events,
                        double now);
std::string describeCluster(const local::ClusterView& cluster,
                            const std::vector<local::Event>& events, double now);
std::string describeService(const local::ServiceView& service);

}  // namespace mc::cli
