#pragma once
// The tree of brokers as one broker sees it: a parent, children, and the state of what is below.
//
// Knows who is connected and carries messages one hop; where a message belongs is the router's
// matter (broker/router.hpp).
//
// Thread-safety: none; lives on its loop's thread.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "flux/overlay/child_table.hpp"
#include "flux/overlay/parent_link.hpp"
#include "flux/overlay/tls_channel.hpp"
#include "flux/overlay/topology.hpp"

namespace mc::flux::overlay {

struct OverlayOptions {
  uint32_t rank = 0;
  std::string uuid;
  /// Where children connect; needed if there are any.
  std::optional<Endpoint> bind;
  /// A socket that listens there already; the first start() takes it.
  std::shared_ptr<base::Fd> listener;
  /// Where the parent listens; needed unless rank is 0.
  std::optional<Endpoint> parent;
  /// Needed for TCP.
  std::optional<Secret> secret;
  std::chrono::milliseconds connectTimeout{30000};
  std::chrono::milliseconds userTimeout{20000};
};

class Overlay {
 public:
  struct Handlers {
    std::function<void(const std::string& uuid)> parentUp;
    std::function<void(const base::Error&)> parentRefused;
    std::function<void(const base::Error&)> parentLost;
    std::function<void(const base::Error&)> parentFailing;
    std::function<void(const Child&)> childUp;
    std::function<void(const Child&)> childDown;
    std::function<void(const base::Error&)> childRefused;
    /// `uuid`: of the peer the message came from.
    std::function<void(const std::string& uuid, wire::Message)> message;
    /// The state of this broker's subtree has changed.
    std::function<void()> statusChanged;
  };

  Overlay(base::Loop& loop, Topology topology, OverlayOptions options, Handlers handlers);

  /// Listens and begins to dial. Fails if the options do not suffice or the address is taken.
  base::Status start();
  /// Lets no new child in.
  void refuseChildren();
  /// Takes leave of the parent; `done` is called soon in any case.
  void leave(std::function<void()> done);

  [[nodiscard]] const Topology& topology() const { return topology_; }
  [[nodiscard]] uint32_t rank() const { return options_.rank; }
  [[nodiscard]] bool hasParent() const { return parent_ && parent_->isUp(); }
  /// Of the parent, e.g. "tcp://flux-0:8050"; empty at rank 0.
  [[nodiscard]] std::string parentUri() const;
  [[nodiscard]] std::string bindUri() const;

  /// False if there is no such connection.
  bool sendParent(const wire::Message& message);
  bool sendChild(uint32_t rank, const wire::Message& message);
  void sendChildren(const wire::Message& message);
  /// Ends the connection of a child (ChildTable::disconnect()).
  base::Status disconnectChild(uint32_t rank, const std::string& why);

  [[nodiscard]] const std::vector<Child>& children() const;
  [[nodiscard]] const Child* child(uint32_t rank) const;
  [[nodiscard]] size_t childrenOnline() const { return children_ ? children_->online() : 0; }
  [[nodiscard]] SubtreeStatus status() const { return status_; }
  [[nodiscard]] std::chrono::steady_clock::time_point statusSince() const { return since_; }

 private:
  [[nodiscard]] SubtreeStatus currentStatus() const;
  base::Status makeChannels();
  [[nodiscard]] bool usesTcp() const;
  void makeParent();
  void makeChildren();
  void onChildrenChanged();
  void onParentUp(const std::string& uuid);

  base::Loop& loop_;
  Topology topology_;
  OverlayOptions options_;
  Handlers handlers_;
  std::unique_ptr<ChannelFactory> channels_;
  std::unique_ptr<ParentLink> parent_;
  std::string parentUuid_;
  std::unique_ptr<ChildTable> children_;
  SubtreeStatus status_ = SubtreeStatus::Full;
  std::chrono::steady_clock::time_point since_;
};

}  // namespace mc::flux::overlay
