#pragma once
// A connection between two brokers that carries messages: TLS over TCP, or plain on a unix socket
// whose peer is checked by its credentials.
//
// Thread-safety: none; lives on its loop's thread.

#include <functional>
#include <memory>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "flux/wire/message.hpp"

namespace mc::flux::overlay {

class Channel {
 public:
  /// Each may destroy the Channel. None is called from within a method of the Channel.
  struct Handlers {
    /// The peer has proved that it belongs to the instance; messages may follow.
    std::function<void()> open;
    std::function<void(wire::Message)> message;
    /// Called once: EACCES if the peer could not prove itself, else why the connection ended.
    std::function<void(const base::Error&)> closed;
  };
  virtual ~Channel() = default;

  /// Sent at once or queued; dropped when closed.
  virtual void send(const wire::Message& message) = 0;
  /// Waits (outside the loop) until all is written; ETIMEDOUT otherwise.
  virtual base::Status flush(int timeoutMs) = 0;
};

enum class Side { Connects, Accepts };

/// Makes the channels of one broker, all with the same way of proof.
class ChannelFactory {
 public:
  virtual ~ChannelFactory() = default;
  [[nodiscard]] virtual std::unique_ptr<Channel> make(base::Fd socket, Side side,
                                                      Channel::Handlers handlers) = 0;
};

/// For unix sockets: the peer must run as the same user.
std::unique_ptr<ChannelFactory> makePlainChannels(base::Loop& loop);

}  // namespace mc::flux::overlay
