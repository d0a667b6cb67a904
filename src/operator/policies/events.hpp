#pragma once
// The story of a MiniCluster, told in events: which steps lie between two statuses.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "kube/events.hpp"

namespace mc::controller {

struct Step {
  kube::Severity severity = kube::Severity::Normal;
  std::string reason;  ///< CamelCase
  std::string action;
  std::string note;
};

/// In the order in which they happened. Both are status objects.
std::vector<Step> stepsBetween(const boost::json::object& before, const boost::json::object& after);

}  // namespace mc::controller
