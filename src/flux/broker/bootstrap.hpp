#pragma once
// How a broker learns who it is, who the others are and where they meet.
//
// Thread-safety: values and pure functions.

#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>

#include "flux/broker/options.hpp"
#include "flux/formats/hostlist.hpp"
#include "flux/overlay/endpoint.hpp"
#include "flux/overlay/tls_channel.hpp"
#include "flux/overlay/topology.hpp"

namespace mc::flux::broker {

/// The job of another instance that this instance is.
struct Enclosing {
  uint32_t level = 1;  ///< attribute instance-level: how many instances are around this one
  std::string jobId;   ///< as that instance spells it
};

struct Boot {
  std::string method;  ///< attribute broker.boot-method
  uint32_t rank = 0;
  formats::Hostlist hosts;  ///< in order of rank
  overlay::Topology topology;
  std::optional<overlay::Endpoint> bind;    ///< for a broker with children
  std::optional<overlay::Endpoint> parent;  ///< for all but rank 0
  std::optional<std::string> curveCert;     ///< path of the certificate; needed for TCP
  std::optional<overlay::Secret> secret;    ///< instead of a certificate
  std::shared_ptr<base::Fd> listener;       ///< listens at `bind` already
  std::string mapping;                      ///< which ranks share a host; empty: as `hosts` say
  std::optional<Enclosing> enclosing;
};

/// From the [bootstrap] table (flux-config-bootstrap(5)): the rank is the place of `hostname` in
/// `hosts`. No hosts: an instance of this broker alone. EINVAL names the key that is wrong.
base::Result<Boot> bootFromConfig(const boost::json::object& config, const std::string& hostname,
                                  const std::string& topology);

/// For brokers that `flux start --test-size` starts on one machine: they meet at unix sockets in
/// `rundir`.
base::Result<Boot> bootLocal(const LocalPlace& place, const std::string& rundir,
                             const std::string& hostname, const std::string& topology);

/// "[[0,2,1,1]]": which ranks share a host, in RFC 34 form.
std::string taskMapping(const formats::Hostlist& hosts);

}  // namespace mc::flux::broker
