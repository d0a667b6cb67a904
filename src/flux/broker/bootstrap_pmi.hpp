#pragma once
// Bootstrap of brokers that run as the tasks of one job: they tell each other by PMI where they
// are (RFC 13).
//
// Brokers that share a file system's root on one machine meet at unix sockets; others connect by
// TCP, with a key that they agree upon then.
//
// Thread-safety: none.

#include "flux/broker/bootstrap.hpp"
#include "flux/broker/pmi_client.hpp"

namespace mc::flux::broker {

struct PmiPlace {
  std::string hostname;
  std::string rundir;    ///< for the sockets of this broker
  std::string topology;  ///< attribute tbon.topo
  /// Attribute tbon.interface-hint: "default-route", "hostname", or a network interface, at whose
  /// address the others reach this broker.
  std::string interfaceHint = "default-route";
  /// Names the machine and the file systems that this broker sees; empty: what the kernel says.
  std::string where = {};
};

/// Blocks until all brokers of the job take part. The launcher is not needed any more then.
base::Result<Boot> bootPmi(PmiClient& pmi, const PmiPlace& place);

}  // namespace mc::flux::broker
