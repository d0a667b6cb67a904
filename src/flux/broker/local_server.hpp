#pragma once
// The local socket of a broker: what `flux` commands and job shells connect to (flux-core's module
// connector-local). The protocol is that of local:// URIs: one status byte from the server, then
// framed messages (wire/framing.hpp).
//
// Who connects is known from the socket (SO_PEERCRED); messages are stamped with it. What concerns
// the connection itself (event.subscribe, service.add ...) is answered here, the rest goes to the
// router.
//
// Thread-safety: none; belongs to the broker's thread.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "flux/broker/router.hpp"
#include "flux/wire/stream.hpp"

namespace mc::flux::broker {

/// Who may connect beside the instance owner ([access] of the configuration).
struct AccessPolicy {
  bool allowGuests = false;     ///< allow-guest-user: other users, with the USER role
  bool allowRootOwner = false;  ///< allow-root-owner: root has the OWNER role, and stays user 0
};

/// What a connecting user may do: the roles (wire::Role), 0 to turn the user away.
uint32_t rolesOf(uint32_t userid, uint32_t owner, const AccessPolicy& policy);

class LocalServer {
 public:
  LocalServer(base::Loop& loop, Router& router, AccessPolicy policy);
  ~LocalServer();
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  /// Makes the socket file `path` and accepts clients. A file left over by a dead broker is
  /// replaced; EADDRINUSE if a living one answers there.
  base::Status listen(const std::string& path);

  /// What guests together may hold of the broker's descriptors; one more is refused with EMFILE.
  static constexpr size_t kMaxGuests = 256;
  /// What a guest that does not read may cost in memory before it is cut off.
  static constexpr size_t kMaxGuestQueue = 16u << 20;

  /// For a client that is connected by other means, e.g. a socket pair in a test.
  void admit(base::Fd socket, uint32_t userid);

  /// Whether a client wants events of this topic.
  [[nodiscard]] bool isSubscribed(std::string_view topic) const;
  /// Called when clients may want other events than before.
  void onSubscriptions(std::function<void()> callback) { subscribed_ = std::move(callback); }

  void setPolicy(const AccessPolicy& policy) { policy_ = policy; }
  /// Accepts no more, and waits up to a second until clients have got what was sent to them.
  void close();
  [[nodiscard]] size_t clients() const { return clients_.size(); }

 private:
  struct Client {
    uint32_t userid = 0;
    uint32_t roles = 0;
    std::map<std::string, int> subscriptions;  ///< prefix and how often it was asked for
    std::unique_ptr<wire::Stream> stream;
  };

  void acceptAll();
  void turnAwayOne();
  [[nodiscard]] int refusal(uint32_t roles) const;
  void onMessage(const std::string& uuid, wire::Message message);
  void onClosed(const std::string& uuid);
  static void stamp(const Client& client, wire::Message& message);
  bool handleOwn(const std::string& uuid, Client& client, const wire::Message& message);
  base::Status perform(const std::string& uuid, Client& client, const Request& request);
  base::Status subscribe(Client& client, const boost::json::object& payload);
  base::Status unsubscribe(Client& client, const boost::json::object& payload);
  base::Status addService(const std::string& uuid, const Request& request,
                          const boost::json::object& payload);
  base::Status removeService(const std::string& uuid, const boost::json::object& payload);
  void sendEvent(const wire::Message& event);

  base::Loop& loop_;
  Router& router_;
  AccessPolicy policy_;
  base::Fd listener_;
  std::string path_;
  base::Fd spare_;  ///< a descriptor to accept with when there are no others left
  base::Watch readable_;
  std::map<std::string, Client> clients_;
  size_t guests_ = 0;
  std::function<void()> subscribed_ = [] {};
};

}  // namespace mc::flux::broker
