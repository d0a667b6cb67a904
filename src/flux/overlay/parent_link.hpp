#pragma once
// A broker's connection to its parent in the tree.
//
// Thread-safety: none; lives on its loop's thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "flux/overlay/channel.hpp"
#include "flux/overlay/dialer.hpp"
#include "flux/overlay/peer.hpp"

namespace mc::flux::overlay {

class ParentLink {
 public:
  struct Handlers {
    std::function<void(const std::string& uuid)> up;
    /// The parent said no to our hello: ESHUTDOWN if the instance is ending.
    std::function<void(const base::Error&)> refused;
    /// A connection that was up has ended. There is no second try: whoever lost its parent has lost
    /// its place in the instance.
    std::function<void(const base::Error&)> lost;
    std::function<void(wire::Message)> message;
    /// Why it is not up yet; called when the reason changes.
    std::function<void(const base::Error&)> failing;
  };

  ParentLink(base::Loop& loop, ChannelFactory& channels, Endpoint endpoint,
             std::chrono::milliseconds connectTimeout, Handlers handlers);

  /// Dials until the parent answers; `hello` is asked for each time.
  void start(std::function<Hello()> hello);
  void send(const wire::Message& message);
  [[nodiscard]] bool isUp() const { return up_; }
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

  /// Says that we leave by intent; `done` is called when the parent has taken note or is gone.
  void leave(std::function<void()> done);

 private:
  void onConnected(base::Fd socket);
  void onOpen();
  void onMessage(wire::Message message);
  void onClosed(const base::Error& error);
  void again(const base::Error& error);
  void report(const base::Error& error);

  base::Loop& loop_;
  ChannelFactory& channels_;
  Endpoint endpoint_;
  Handlers handlers_;
  Dialer dialer_;
  std::function<Hello()> hello_;
  std::string lastFailure_;
  std::unique_ptr<Channel> channel_;
  base::Watch silence_;  // ends a connection whose other end does not say hello
  bool up_ = false;
  std::function<void()> left_;
};

}  // namespace mc::flux::overlay
