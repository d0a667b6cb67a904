#pragma once
// Everything that is settled before a broker starts: configuration, place in the instance,
// directories, attributes.
//
// Thread-safety: none.

#include <boost/json.hpp>
#include <string>

#include "flux/broker/attributes.hpp"
#include "flux/broker/bootstrap.hpp"
#include "flux/broker/lifecycle.hpp"
#include "flux/broker/local_server.hpp"
#include "flux/broker/options.hpp"
#include "flux/broker/run_directory.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/overlay/overlay.hpp"

namespace mc::flux::broker {

struct Setup {
  boost::json::object config;
  Attributes attributes;
  Boot boot;
  RunDirectory rundir;
  RunDirectory statedir;
  std::string socketPath;  ///< of local-uri
  std::string uuid;
  overlay::OverlayOptions overlay;
  LifecycleOptions life;
  AccessPolicy access;
  /// What the job that this instance is has got (rank 0).
  std::optional<formats::ResourceSet> enclosingResources;
  bool runsProgram = true;  ///< broker.rc2_none is not set

  [[nodiscard]] uint32_t rank() const { return boot.rank; }
  [[nodiscard]] uint32_t size() const { return boot.topology.size(); }
};

/// Reads the configuration of the options anew.
base::Result<boost::json::object> readConfig(const BrokerOptions& options);
/// EINVAL for keys of the wrong type.
base::Result<AccessPolicy> readAccess(const boost::json::object& config);

/// `now`: seconds since the Unix epoch. Makes directories; those go again if anything fails.
base::Result<Setup> setUp(const BrokerOptions& options, double now);

}  // namespace mc::flux::broker
