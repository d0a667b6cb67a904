#pragma once
// The status of a MiniCluster.
//
// Fields: api/schema_status.cpp. Conditions (meta/v1 Condition): Accepted, Ready, Running,
// Succeeded, Failed, Suspended. Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "api/minicluster.hpp"
#include "operator/policies/observed.hpp"

namespace mc::controller {

/// Reason of Ready: the services pod has ended, and is made again.
inline constexpr std::string_view kServicesLost = "ServicesLost";

/// Why a MiniCluster, or a change of it, is not carried out.
struct Trouble {
  std::string reason;  ///< empty: there is none
  std::string message;
};

struct StatusInput {
  const kube::Object& cluster;     ///< as the API server keeps it, with the status before
  const api::MiniCluster* wanted;  ///< null: the manifest is no good
  const Observed& observed;
  Trouble refused = {};  ///< the manifest, or a change of it
  Trouble failed = {};   ///< objects could not be made; tried again
  double now = 0;        ///< Unix time
};

/// The whole new status. Equal to the one before if nothing has changed.
boost::json::object makeStatus(const StatusInput& input);

/// A merge patch from `before` to `after`; empty if they are equal.
boost::json::object statusPatch(const boost::json::object& before,
                                const boost::json::object& after);

/// Whether the differences are no more than progress of the start (pods that become ready, the lead
/// that runs): what may wait a moment for more of it, to be written at once. Of the first status,
/// whether the cluster was accepted and starts.
bool isOnlyProgress(const boost::json::object& before, const boost::json::object& after);

/// Whether the status says that the cluster has come to its end.
bool hasEnded(const kube::Object& cluster);

}  // namespace mc::controller
