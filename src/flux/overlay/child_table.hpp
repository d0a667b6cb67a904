#pragma once
// A broker's children in the tree: who may connect, who is connected, what became of them.
//
// Thread-safety: none; lives on its loop's thread.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flux/overlay/channel.hpp"
#include "flux/overlay/endpoint.hpp"
#include "flux/overlay/peer.hpp"

namespace mc::flux::overlay {

struct Child {
  uint32_t rank = 0;
  std::string uuid;  ///< of the last one that was there; empty before
  SubtreeStatus status = SubtreeStatus::Offline;
  std::chrono::steady_clock::time_point since;  ///< of the status
  std::string error;                            ///< why it was lost
};

class ChildTable {
 public:
  struct Handlers {
    std::function<void(const Child&)> up;
    /// `status` is Lost, or Offline after a goodbye.
    std::function<void(const Child&)> down;
    std::function<void(const Child&, wire::Message)> message;
    /// Any status has changed; called after up and down, too.
    std::function<void()> changed;
    std::function<void(const base::Error&)> refused;
  };

  /// `ranks`: the children that the topology gives; `size`: of the instance.
  ChildTable(base::Loop& loop, ChannelFactory& channels, const std::vector<uint32_t>& ranks,
             uint32_t size, std::string uuid, Handlers handlers);
  ~ChildTable();
  ChildTable(const ChildTable&) = delete;
  ChildTable& operator=(const ChildTable&) = delete;

  /// Accepts connections from now on.
  base::Status listen(const Endpoint& endpoint);
  /// The same on a socket that listens already.
  base::Status adopt(base::Fd listener, const Endpoint& endpoint);
  /// Where it listens, with the real port for port 0.
  [[nodiscard]] const std::string& uri() const { return uri_; }

  /// New children are refused from now on, because the instance ends; those that are there stay.
  void refuseNew() { refusing_ = true; }
  /// False if that child is not there.
  bool send(uint32_t rank, const wire::Message& message);
  void broadcast(const wire::Message& message);
  /// Ends the connection of that child, which counts as lost because of `why`. ENOENT if there is
  /// no such child, EINVAL if it is not there.
  base::Status disconnect(uint32_t rank, const std::string& why);

  [[nodiscard]] const std::vector<Child>& children() const { return children_; }
  [[nodiscard]] const Child* find(uint32_t rank) const;
  [[nodiscard]] size_t online() const;

 private:
  /// A connection; of a child once it has said hello.
  struct Session {
    std::unique_ptr<Channel> channel;
    std::optional<uint32_t> rank;
    bool refused = false;
    base::Watch deadline;
  };
  using Id = uint64_t;

  void acceptAll();
  void begin(base::Fd socket);
  void dropOldestStranger();
  void onMessage(Id id, wire::Message message);
  void onHello(Id id, Session& session, const wire::Message& message);
  base::Status check(const Hello& hello) const;
  void admit(Id id, Session& session, const Hello& hello);
  void onControl(Child& child, Id id, const wire::Message& message);
  void onClosed(Id id, const base::Error& error);
  void setStatus(Child& child, SubtreeStatus status);
  void leave(Child& child, SubtreeStatus status, std::string why);
  void end(Id id);
  Child* mutableChild(uint32_t rank);

  base::Loop& loop_;
  ChannelFactory& channels_;
  uint32_t size_;
  std::string uuid_;
  Handlers handlers_;
  std::vector<Child> children_;  // ascending ranks
  std::map<uint32_t, Id> connected_;
  std::map<Id, Session> sessions_;
  Id nextId_ = 1;
  bool refusing_ = false;
  base::Fd listener_;
  std::string uri_;
  std::string path_;  // of a unix socket, to be removed
  base::Watch readable_;
};

}  // namespace mc::flux::overlay
