#pragma once
// Connections from here to ports of a pod, over WebSockets.
//
// Protocol: v4.channel.k8s.io as kubelets speak it for port-forward: one WebSocket per connection,
// channel 0 carries the data and channel 1 what went wrong; the first message of each channel is
// the port's number in two bytes, low byte first. The newer SPDY/3.1+portforward.k8s.io, which
// kubectl prefers, carries SPDY inside a WebSocket and is not needed for this. v4 can't carry the
// end of one direction: a peer that waits for our end sees it when the connection ends.
//
// Thread-safety: any thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "kube/object.hpp"
#include "kube/session.hpp"

namespace mc::kube {

/// Carries bytes between `local`, a connected socket, and a port of the pod until the pod's side
/// ends, or the local side is gone. The opening's errors, EIO with the kubelet's words if the port
/// can't be reached, ECANCELED after a stop.
base::Status forwardConnection(Session& session, const ObjectKey& pod, uint16_t port,
                               const base::Fd& local, const std::stop_token& stop);

struct PortPair {
  uint16_t local = 0;  ///< 0: a free one
  uint16_t remote = 0;
};

/// Listens at ports of this machine and forwards what connects to them.
class PortForward {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    /// Told why a connection failed; from many threads.
    std::function<void(const PortPair&, const base::Error&)> onError;
  };

  /// `session` must outlive it. EADDRINUSE, EINVAL ...
  static base::Result<std::unique_ptr<PortForward>> listen(Session& session, ObjectKey pod,
                                                           const std::vector<PortPair>& ports,
                                                           Options options);
  /// Ends all connections.
  ~PortForward();
  PortForward(const PortForward&) = delete;
  PortForward& operator=(const PortForward&) = delete;

  /// With the local ports that were found.
  [[nodiscard]] const std::vector<PortPair>& ports() const;

 private:
  class Impl;
  explicit PortForward(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mc::kube
