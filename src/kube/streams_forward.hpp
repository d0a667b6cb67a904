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
#include <stop_token>

#include "base/fd.hpp"
#include "kube/object.hpp"
#include "kube/session.hpp"

namespace mc::kube {

/// Carries bytes between `local`, a connected socket, and a port of the pod until the pod's side
/// ends, or the local side is gone. The opening's errors, EIO with the kubelet's words if the port
/// can't be reached, ECANCELED after a stop.
base::Status forwardConnection(Session& session, const ObjectKey& pod, uint16_t port,
                               const base::Fd& local, const std::stop_token& stop);

}  // namespace mc::kube
