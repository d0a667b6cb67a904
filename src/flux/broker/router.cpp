#include "flux/broker/router.hpp"

#include <algorithm>

#include "flux/formats/json.hpp"
#include "flux/wire/framing.hpp"

namespace mc::flux::broker {
namespace {

namespace json = boost::json;

constexpr std::string_view kOffline = "Upstream Flux broker is offline. Try again later.";

/// "client!broker": the way from the sender, each id cut to 8 characters, as `flux ping` shows it.
std::string routeString(const wire::Message& request, const std::string& self) {
  std::string text;
  for (auto route = request.routes.rbegin(); route != request.routes.rend(); ++route)
    text += route->substr(0, 8) + "!";
  return text + self.substr(0, 8);
}

/// The payload of an answer; text that is no JSON comes as a string.
json::value payloadValue(const wire::Message& message) {
  if (!message.has(wire::kPayload)) return nullptr;
  auto value = formats::parseJson(message.text());
  return value ? std::move(*value) : json::value(json::string(message.text()));
}

Answer toAnswer(const wire::Message& response) {
  if (response.errnum() == 0) return payloadValue(response);
  const int errnum = static_cast<int>(response.errnum());
  return base::fail(errnum,
                    response.text().empty() ? std::strerror(errnum) : std::string(response.text()));
}

}  // namespace

/// Keeps an RPC of ours open.
class Router::Pending final : public base::Registration {
 public:
  Pending(Router& router, uint32_t matchtag)
      : router_(router), alive_(router.alive_), matchtag_(matchtag) {}
  ~Pending() override {
    if (!alive_.expired()) router_.pending_.erase(matchtag_);
  }

 private:
  Router& router_;
  std::weak_ptr<bool> alive_;
  uint32_t matchtag_;
};

Router::Router(base::Loop& loop, Identity identity, Neighbours& neighbours)
    : loop_(loop), identity_(std::move(identity)), neighbours_(neighbours) {}

void Router::later(std::function<void()> task) {
  tasks_.push_back(std::move(task));
  if (draining_) return;
  draining_ = true;
  loop_.post([this, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) drain();
  });
}

/// Runs what waits now; what that adds waits for the next turn, so that sockets get theirs.
void Router::drain() {
  auto tasks = std::exchange(tasks_, {});
  draining_ = false;
  const std::weak_ptr<bool> alive = alive_;
  for (auto& task : tasks) {
    if (alive.expired()) return;
    task();
  }
}

void Router::addLink(const std::string& uuid, bool isPeer,
                     std::function<void(const wire::Message&)> send) {
  Link& link = links_[uuid];
  link.send = std::move(send);
  link.isPeer = isPeer;
}

void Router::removeLink(const std::string& uuid) {
  auto node = links_.extract(uuid);
  if (node.empty()) return;
  Link& link = node.mapped();
  for (const auto& name : link.services) services_.erase(name);
  const int errnum = link.isPeer ? EHOSTUNREACH : ENOSYS;
  for (const auto& request : link.tracker.takeAll()) refuse(request, errnum, {});
  for (auto& disconnect : link.visits.takeAll()) route(std::move(disconnect));
}

void Router::receive(const std::string& uuid, wire::Message message) {
  const auto found = links_.find(uuid);
  if (found == links_.end()) return;
  if (received_) received_();
  Link& link = found->second;
  if (link.isPeer) message.rolemask &= ~static_cast<uint32_t>(wire::kRoleLocal);
  switch (message.type) {
    case wire::Type::Request:
      return receiveRequest(uuid, link, std::move(message));
    case wire::Type::Response:
      if (link.tracker.settle(message)) respond(std::move(message));
      return;
    case wire::Type::Event:
      return receiveEvent(uuid, link, std::move(message));
    case wire::Type::Control:
      return;
  }
}

void Router::receiveRequest(const std::string& uuid, Link& link, wire::Message request) {
  request.set(wire::kRoute);
  request.routes.insert(request.routes.begin(), uuid);
  if (!request.has(wire::kTopic)) return refuse(request, EPROTO, "request without topic");
  normalizeUpstream(request);
  if (methodOf(request.topic) == "disconnect")
    link.visits.forget(request);
  else if (!link.visits.note(request))
    return refuse(request, ENOBUFS, "too many users of services on one connection");
  route(std::move(request));
}

void Router::receiveEvent(const std::string& uuid, const Link& link, wire::Message event) {
  event.routes.clear();
  event.flags &= static_cast<uint8_t>(~wire::kRoute);
  if (!event.has(wire::kTopic)) return;
  if (link.isPeer && uuid == neighbours_.parentUuid()) return spread(event);
  publish(std::move(event));
}

/// Clients may ask for "the broker above" by a node id of its own; on the way it is a flag.
void Router::normalizeUpstream(wire::Message& request) const {
  if (request.nodeid() != wire::kNodeidUpstream) return;
  request.set(wire::kUpstream);
  request.aux1 = identity_.rank;
}

void Router::route(wire::Message request) {
  const uint32_t nodeid = request.nodeid();
  if (request.has(wire::kUpstream) && nodeid == identity_.rank) return up(std::move(request));
  if (request.has(wire::kUpstream) || nodeid == wire::kNodeidAny) {
    if (!deliver(request)) up(std::move(request));
    return;
  }
  if (nodeid == identity_.rank) {
    if (!deliver(request))
      refuse(request, ENOSYS, "No service matching " + request.topic + " is registered");
    return;
  }
  if (const auto child = neighbours_.childTowards(nodeid)) {
    if (child->empty()) return refuse(request, EHOSTUNREACH, {});
    return forward(*child, std::move(request));
  }
  if (identity_.rank == 0) return refuse(request, EHOSTUNREACH, {});
  up(std::move(request));
}

void Router::up(wire::Message request) {
  if (identity_.rank == 0) {
    if (request.has(wire::kUpstream) && request.nodeid() == 0)
      return refuse(request, EHOSTUNREACH, {});
    return refuse(request, ENOSYS, "No service matching " + request.topic + " is registered");
  }
  const std::string parent = neighbours_.parentUuid();
  if (parent.empty()) return refuse(request, EHOSTUNREACH, kOffline);
  forward(parent, std::move(request));
}

void Router::forward(const std::string& uuid, wire::Message request) {
  const auto found = links_.find(uuid);
  if (found == links_.end()) return refuse(request, EHOSTUNREACH, {});
  if (!wire::isReadable(request)) return refuse(request, EMSGSIZE, "request is too large");
  Link& link = found->second;
  if (link.isPeer) request.rolemask &= ~static_cast<uint32_t>(wire::kRoleLocal);
  if (!request.has(wire::kNoResponse)) link.tracker.add(request);
  link.send(request);
}

/// False if there is no such service here.
bool Router::deliver(wire::Message& request) {
  const auto found = services_.find(serviceOf(request.topic));
  if (found == services_.end()) return false;
  Provider& provider = found->second;
  if (provider.service == nullptr) {
    forward(provider.client, std::move(request));
    return true;
  }
  provider.used = loop_.clock().steady();
  deliverToService(*provider.service, std::move(request));
  return true;
}

void Router::deliverToService(Service& service, wire::Message request) {
  const std::string_view method = methodOf(request.topic);
  if (method == "disconnect") {
    const Request gone(std::move(request), {});
    return service.disconnect(gone.sender());
  }
  if (method == "ping") return answerPing(request);
  service.handle(Request(std::move(request),
                         [this, alive = std::weak_ptr<bool>(alive_)](wire::Message response) {
                           if (!alive.expired()) respond(std::move(response));
                         }));
}

void Router::answerPing(const wire::Message& message) {
  const Request request(message, [this](wire::Message m) { respond(std::move(m)); });
  auto payload = request.object();
  if (!payload) return request.fail(payload.error());
  (*payload)["route"] = routeString(message, identity_.uuid);
  (*payload)["userid"] = message.userid;
  (*payload)["rolemask"] = message.rolemask;
  (*payload)["rank"] = identity_.rank;
  request.respond(*payload);
}

void Router::refuse(const wire::Message& request, int errnum, std::string_view text) {
  Request(request, [this](wire::Message m) { respond(std::move(m)); }).fail(errnum, text);
}

void Router::respond(wire::Message response) {
  if (response.routes.empty()) {
    later([this, response = std::move(response)] { answer(response); });
    return;
  }
  const std::string hop = std::move(response.routes.front());
  response.routes.erase(response.routes.begin());
  if (!wire::isReadable(response)) {
    response.aux1 = EOVERFLOW;
    response.setText("response is too large");
  }
  const auto found = links_.find(hop);
  if (found != links_.end()) found->second.send(response);
}

void Router::answer(const wire::Message& response) {
  const auto found = pending_.find(response.matchtag());
  if (found == pending_.end()) return;
  const auto callback = found->second.callback;
  if (!found->second.streaming || response.errnum() != 0) pending_.erase(found);
  (*callback)(toAnswer(response));
}

void Router::addService(Service& service) {
  services_[service.name()] = Provider{&service, {}, loop_.clock().steady()};
}

void Router::removeService(const Service& service) {
  services_.erase(service.name());
}

std::vector<Router::ServiceUse> Router::services() const {
  std::vector<ServiceUse> out;
  for (const auto& [name, provider] : services_)
    if (provider.service != nullptr) out.push_back({name, provider.used});
  return out;
}

base::Status Router::addClientService(const std::string& name, const std::string& uuid) {
  if (name.empty() || name.find_first_of(std::string_view(".\0", 2)) != std::string::npos)
    return base::fail(EINVAL, "not a service name: '" + name + "'");
  const auto link = links_.find(uuid);
  if (link == links_.end()) return base::fail(ENOENT, "no such client");
  if (!services_.try_emplace(name, Provider{nullptr, uuid, {}}).second)
    return base::fail(EEXIST, "service " + name + " is already registered");
  link->second.services.insert(name);
  return {};
}

base::Status Router::removeClientService(const std::string& name, const std::string& uuid) {
  const auto link = links_.find(uuid);
  if (link == links_.end() || link->second.services.erase(name) == 0)
    return base::fail(ENOENT, "service " + name + " is not registered");
  services_.erase(name);
  return {};
}

wire::Message Router::makeOwn(std::string_view topic, std::string_view payload, uint32_t nodeid,
                              uint32_t matchtag, uint8_t flags) const {
  auto request = wire::makeRequest(std::string(topic), nodeid, matchtag, flags);
  request.set(wire::kRoute);
  request.userid = identity_.owner;
  request.rolemask = wire::kRoleOwner | wire::kRoleLocal;
  if (!payload.empty()) request.setText(payload);
  normalizeUpstream(request);
  return request;
}

Rpc Router::rpc(std::string_view topic, std::string_view payload, uint32_t nodeid, bool streaming,
                AnswerCallback callback) {
  while (nextMatchtag_ == wire::kMatchtagNone || pending_.count(nextMatchtag_) != 0)
    ++nextMatchtag_;
  const uint32_t matchtag = nextMatchtag_++;
  pending_[matchtag] = Waiting{std::make_shared<AnswerCallback>(std::move(callback)), streaming};
  later(
      [this, request = makeOwn(topic, payload, nodeid, matchtag,
                               static_cast<uint8_t>(streaming ? wire::kStreaming : 0))]() mutable {
        route(std::move(request));
      });
  return std::make_unique<Pending>(*this, matchtag);
}

void Router::notify(std::string_view topic, std::string_view payload, uint32_t nodeid) {
  later([this, request = makeOwn(topic, payload, nodeid, 0, wire::kNoResponse)]() mutable {
    route(std::move(request));
  });
}

void Router::publish(std::string_view topic, std::string_view payload) {
  wire::Message event;
  event.type = wire::Type::Event;
  event.topic = topic;
  event.set(wire::kTopic);
  event.userid = identity_.owner;
  event.rolemask = wire::kRoleOwner;
  if (!payload.empty()) event.setText(payload);
  publish(std::move(event));
}

uint32_t Router::publish(wire::Message event) {
  if (!wire::isReadable(event)) return 0;
  if (identity_.rank == 0) {
    event.aux1 = ++sequence_;
    spread(event);
    return sequence_;
  }
  const auto parent = links_.find(neighbours_.parentUuid());
  if (parent != links_.end()) parent->second.send(event);
  return 0;
}

void Router::spread(const wire::Message& event) {
  neighbours_.sendToChildren(event);
  if (eventSink_) eventSink_(event);
  later([this, event] { notifySubscribers(event); });
}

void Router::notifySubscribers(const wire::Message& event) {
  std::optional<json::value> payload;
  subscribers_.emit(Event{&event, &payload});
}

base::Watch Router::subscribe(std::string_view prefix, EventCallback callback) {
  return subscribers_.connect(
      [prefix = std::string(prefix), callback = std::move(callback)](const Event& event) {
        if (event.message->topic.compare(0, prefix.size(), prefix) != 0) return;
        if (!*event.payload) *event.payload = payloadValue(*event.message);
        callback(event.message->topic, **event.payload);
      });
}

}  // namespace mc::flux::broker
