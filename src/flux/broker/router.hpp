#pragma once
// Brings messages to where they belong (RFC 3): requests to a service here, at another rank or
// further up the tree, responses back along the way their requests came, events from rank 0 to
// everybody.
//
// Messages between parts of this broker are handed over in a later turn of the loop, so that no
// part is called back from within its own call.
//
// Thread-safety: none; belongs to the broker's thread.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/loop.hpp"
#include "base/signal.hpp"
#include "flux/broker/link.hpp"
#include "flux/broker/service.hpp"

namespace mc::flux::broker {

/// The neighbours in the tree, as the router needs them.
class Neighbours {
 public:
  virtual ~Neighbours() = default;
  /// The uuid of the parent; empty if it is not connected.
  [[nodiscard]] virtual std::string parentUuid() const = 0;
  /// Whether `rank` is below us, and if so the uuid of the child on the way, empty if that child is
  /// not connected.
  [[nodiscard]] virtual std::optional<std::string> childTowards(uint32_t rank) const = 0;
  virtual void sendToChildren(const wire::Message& message) = 0;
};

class Router {
 public:
  struct Identity {
    uint32_t rank = 0;
    uint32_t owner = 0;
    std::string uuid;
  };
  Router(base::Loop& loop, Identity identity, Neighbours& neighbours);
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // Neighbours and clients, each known by a uuid of its own.
  void addLink(const std::string& uuid, bool isPeer,
               std::function<void(const wire::Message&)> send);
  /// Answers for what `uuid` leaves unanswered and tells services that its users have gone.
  void removeLink(const std::string& uuid);
  /// Called for each message from a link.
  void onReceive(std::function<void()> callback) { received_ = std::move(callback); }
  /// A message from a link; clients' credentials must have been stamped.
  void receive(const std::string& uuid, wire::Message message);

  // Services.
  void addService(Service& service);
  void removeService(const Service& service);
  struct ServiceUse {
    std::string name;
    std::chrono::steady_clock::time_point used;  ///< when a request last came for it, or it began
  };
  /// This broker's own services, by name.
  [[nodiscard]] std::vector<ServiceUse> services() const;
  /// EEXIST if there is one of that name.
  base::Status addClientService(const std::string& name, const std::string& uuid);
  /// ENOENT if `uuid` does not provide it.
  base::Status removeClientService(const std::string& name, const std::string& uuid);

  // This broker's own messages.
  [[nodiscard]] Rpc rpc(std::string_view topic, std::string_view payload, uint32_t nodeid,
                        bool streaming, AnswerCallback callback);
  void notify(std::string_view topic, std::string_view payload, uint32_t nodeid);

  // Events.
  /// Sends an event to rank 0, or from there to everybody; gives its sequence number there, else 0.
  /// One that the others could not read (wire::isReadable()) goes nowhere.
  uint32_t publish(wire::Message event);
  void publish(std::string_view topic, std::string_view payload);
  using EventCallback = std::function<void(std::string_view topic, const boost::json::value&)>;
  [[nodiscard]] base::Watch subscribe(std::string_view prefix, EventCallback callback);
  /// Sees each event that reaches this broker.
  void onEvent(std::function<void(const wire::Message&)> callback) {
    eventSink_ = std::move(callback);
  }

  [[nodiscard]] const Identity& identity() const { return identity_; }
  /// Runs `task` in a later turn of the loop, in order.
  void later(std::function<void()> task);

 private:
  struct Provider {
    Service* service = nullptr;
    std::string client;  ///< if service is null
    std::chrono::steady_clock::time_point used;
  };
  struct Waiting {
    std::shared_ptr<AnswerCallback> callback;
    bool streaming = false;
  };
  /// An event on its way to subscribers; its payload is parsed when the first one wants it.
  struct Event {
    const wire::Message* message;
    std::optional<boost::json::value>* payload;
  };
  class Pending;

  void receiveRequest(const std::string& uuid, Link& link, wire::Message request);
  void receiveEvent(const std::string& uuid, const Link& link, wire::Message event);
  void route(wire::Message request);
  bool deliver(wire::Message& request);
  void deliverToService(Service& service, wire::Message request);
  void answerPing(const wire::Message& request);
  void up(wire::Message request);
  void forward(const std::string& uuid, wire::Message request);
  void respond(wire::Message response);
  void refuse(const wire::Message& request, int errnum, std::string_view text);
  void answer(const wire::Message& response);
  wire::Message makeOwn(std::string_view topic, std::string_view payload, uint32_t nodeid,
                        uint32_t matchtag, uint8_t flags) const;
  void normalizeUpstream(wire::Message& request) const;
  void spread(const wire::Message& event);
  void notifySubscribers(const wire::Message& event);
  void drain();

  base::Loop& loop_;
  Identity identity_;
  Neighbours& neighbours_;
  std::unordered_map<std::string, Link> links_;
  std::map<std::string, Provider, std::less<>> services_;
  std::unordered_map<uint32_t, Waiting> pending_;
  uint32_t nextMatchtag_ = 1;
  uint32_t sequence_ = 0;
  std::function<void(const wire::Message&)> eventSink_;
  std::function<void()> received_;
  base::Signal<const Event&> subscribers_;
  std::deque<std::function<void()>> tasks_;
  bool draining_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace mc::flux::broker
