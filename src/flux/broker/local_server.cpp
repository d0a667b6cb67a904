#include "flux/broker/local_server.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "flux/broker/uuid.hpp"
#include "flux/formats/json.hpp"
#include "flux/overlay/endpoint.hpp"

namespace mc::flux::broker {
namespace {

namespace json = boost::json;

constexpr size_t kMaxSubscriptions = 1000;
/// Some steps of a job: whoever follows many jobs is not woken for each of them.
constexpr int kGatheredTurns = 8;

/// The one byte that opens the connection: 0, or the errno for which it is refused.
void writeStatus(int fd, int errnum) {
  const auto byte = static_cast<unsigned char>(errnum);
  // A client that has gone meanwhile is noticed when it is read from.
  [[maybe_unused]] const auto n = ::send(fd, &byte, 1, MSG_NOSIGNAL);
}

bool isGuest(uint32_t roles) {
  return (roles & wire::kRoleOwner) == 0;
}

/// Descriptors that clients leave to the broker: each connection takes up to two more while it is
/// waited for, and processes take theirs.
constexpr rlim_t kReserved = 32;

/// Whether a new descriptor of this number shows that few are left: the lowest free one is taken.
bool isScarce(int fd) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  return static_cast<rlim_t>(fd) + kReserved > limit.rlim_cur;
}

base::Fd openSpare() {
  return base::Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool wants(const std::map<std::string, int>& subscriptions, std::string_view topic) {
  return std::any_of(subscriptions.begin(), subscriptions.end(), [&](const auto& entry) {
    return topic.compare(0, entry.first.size(), entry.first) == 0;
  });
}

}  // namespace

uint32_t rolesOf(uint32_t userid, uint32_t owner, const AccessPolicy& policy) {
  if (userid == owner || (userid == 0 && policy.allowRootOwner))
    return wire::kRoleOwner | wire::kRoleLocal;
  return policy.allowGuests ? wire::kRoleUser | wire::kRoleLocal : wire::kRoleNone;
}

LocalServer::LocalServer(base::Loop& loop, Router& router, AccessPolicy policy)
    : loop_(loop), router_(router), policy_(policy) {
  router_.onEvent([this](const wire::Message& event) { sendEvent(event); });
}

LocalServer::~LocalServer() {
  router_.onEvent(nullptr);
  if (!path_.empty()) ::unlink(path_.c_str());
}

base::Status LocalServer::listen(const std::string& path) {
  MC_TRY_ASSIGN(listener_, overlay::listenOnPath(path));
  path_ = path;
  // Everybody may knock; who may enter is decided by the credentials of the socket.
  if (::chmod(path.c_str(), 0777) != 0) return base::failErrno(path);
  spare_ = openSpare();
  readable_ = loop_.readable(listener_.get(), [this] { acceptAll(); });
  return {};
}

void LocalServer::acceptAll() {
  while (true) {
    base::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) {
      if (errno == EMFILE || errno == ENFILE) turnAwayOne();
      return;
    }
    if (isScarce(socket.get())) {
      writeStatus(socket.get(), EMFILE);
      continue;
    }
    ucred peer{};
    socklen_t length = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0)
      admit(std::move(socket), peer.uid);
  }
}

/// Who waits for a descriptor that there is not would wake us up again and again.
void LocalServer::turnAwayOne() {
  spare_.reset();
  const base::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (socket) writeStatus(socket.get(), EMFILE);
  spare_ = openSpare();
}

/// The errno for which a client is turned away, 0 if it is not.
int LocalServer::refusal(uint32_t roles) const {
  if (roles == wire::kRoleNone) return EPERM;
  return isGuest(roles) && guests_ >= kMaxGuests ? EMFILE : 0;
}

void LocalServer::admit(base::Fd socket, uint32_t userid) {
  const uint32_t roles = rolesOf(userid, router_.identity().owner, policy_);
  const int refused = refusal(roles);
  writeStatus(socket.get(), refused);
  if (refused != 0) return;
  const std::string uuid = makeUuid();
  Client& client = clients_[uuid];
  client.userid = userid;
  client.roles = roles;
  client.stream = std::make_unique<wire::Stream>(
      loop_, std::move(socket),
      wire::Stream::Handlers{[this, uuid](wire::Message m) { onMessage(uuid, std::move(m)); },
                             [this, uuid](const base::Error&) { onClosed(uuid); }});
  if (isGuest(roles)) {
    ++guests_;
    client.stream->limitQueue(kMaxGuestQueue);
  }
  client.stream->gather(kGatheredTurns);
  router_.addLink(uuid, false,
                  [stream = client.stream.get()](const wire::Message& m) { stream->send(m); });
}

/// The owner may speak in another's name (tests do); a guest is who the socket says.
void LocalServer::stamp(const Client& client, wire::Message& message) {
  const bool owner = !isGuest(client.roles);
  if (!owner || message.userid == wire::kUseridUnknown) message.userid = client.userid;
  if (!owner || message.rolemask == wire::kRoleNone) message.rolemask = client.roles;
}

void LocalServer::onMessage(const std::string& uuid, wire::Message message) {
  Client& client = clients_.at(uuid);
  stamp(client, message);
  if (message.type == wire::Type::Request && handleOwn(uuid, client, message)) return;
  router_.receive(uuid, std::move(message));
}

void LocalServer::onClosed(const std::string& uuid) {
  router_.removeLink(uuid);
  const auto client = clients_.find(uuid);
  if (client == clients_.end()) return;
  if (isGuest(client->second.roles)) --guests_;
  const bool listened = !client->second.subscriptions.empty();
  clients_.erase(client);
  if (listened) subscribed_();
}

/// True if the request concerned the connection itself.
bool LocalServer::handleOwn(const std::string& uuid, Client& client, const wire::Message& message) {
  const std::string& topic = message.topic;
  if (topic != "event.subscribe" && topic != "event.unsubscribe" && topic != "service.add" &&
      topic != "service.remove")
    return false;
  const Request request(message, [&client](const wire::Message& m) { client.stream->send(m); });
  const auto done = perform(uuid, client, request);
  done ? request.respond() : request.fail(done.error());
  return true;
}

base::Status LocalServer::perform(const std::string& uuid, Client& client, const Request& request) {
  MC_TRY_ASSIGN(const json::object payload, request.object());
  const std::string& topic = request.message().topic;
  if (topic == "event.subscribe") return subscribe(client, payload);
  if (topic == "event.unsubscribe") return unsubscribe(client, payload);
  if (topic == "service.add") return addService(uuid, request, payload);
  return removeService(uuid, payload);
}

base::Status LocalServer::subscribe(Client& client, const json::object& payload) {
  MC_TRY_ASSIGN(const auto topic, formats::getString(payload, "topic"));
  if (client.subscriptions.size() >= kMaxSubscriptions)
    return base::fail(ENOSPC, "too many subscriptions");
  ++client.subscriptions[std::string(topic)];
  subscribed_();
  return {};
}

base::Status LocalServer::unsubscribe(Client& client, const json::object& payload) {
  MC_TRY_ASSIGN(const auto topic, formats::getString(payload, "topic"));
  const auto found = client.subscriptions.find(std::string(topic));
  if (found == client.subscriptions.end()) return base::fail(ENOENT, "not subscribed");
  if (--found->second == 0) client.subscriptions.erase(found);
  subscribed_();
  return {};
}

bool LocalServer::isSubscribed(std::string_view topic) const {
  return std::any_of(clients_.begin(), clients_.end(),
                     [&](const auto& entry) { return wants(entry.second.subscriptions, topic); });
}

/// Guests get names with their user id in front ("1000-shell-f..."), so that nobody can stand in
/// for a service of the instance.
base::Status LocalServer::addService(const std::string& uuid, const Request& request,
                                     const json::object& payload) {
  MC_TRY_ASSIGN(const auto name, formats::getString(payload, "service"));
  const std::string prefix = std::to_string(request.message().userid) + "-";
  if (!request.isOwner() && name.substr(0, prefix.size()) != prefix)
    return base::fail(EPERM, "service name must begin with " + prefix);
  return router_.addClientService(std::string(name), uuid);
}

base::Status LocalServer::removeService(const std::string& uuid, const json::object& payload) {
  MC_TRY_ASSIGN(const auto name, formats::getString(payload, "service"));
  return router_.removeClientService(std::string(name), uuid);
}

/// Private events are for the owner and their sender.
void LocalServer::sendEvent(const wire::Message& event) {
  for (const auto& [uuid, client] : clients_) {
    if (event.has(wire::kPrivate) && isGuest(client.roles) && event.userid != client.userid)
      continue;
    if (wants(client.subscriptions, event.topic)) client.stream->send(event);
  }
}

void LocalServer::close() {
  constexpr int kPatienceMs = 1000;
  readable_.reset();
  listener_.reset();
  for (auto& [uuid, client] : clients_)
    (void)client.stream->flush(kPatienceMs).has_value();  // a stopped client must not stop us
  clients_.clear();
  guests_ = 0;
}

}  // namespace mc::flux::broker
