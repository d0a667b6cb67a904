#include "flux/client/handle.hpp"

#include <cstring>
#include <vector>

#include "flux/client/connect.hpp"

namespace mc::flux::client {

namespace {

constexpr int kFlushTimeoutMs = 5000;

base::Result<std::string_view> textOf(const wire::Message& message) {
  if (message.errnum() == 0) return message.text();
  const int errnum = static_cast<int>(message.errnum());
  std::string text(message.text());
  return base::fail(errnum, text.empty() ? std::strerror(errnum) : std::move(text));
}

Answer answerOf(const wire::Message& message) {
  MC_TRY_ASSIGN(const std::string_view text, textOf(message));
  if (!message.has(wire::kPayload)) return json::object();
  return formats::parseJsonObject(text);
}

class OnDestroy final : public base::Registration {
 public:
  explicit OnDestroy(std::function<void()> action) : action_(std::move(action)) {}
  ~OnDestroy() override { action_(); }

 private:
  std::function<void()> action_;
};

}  // namespace

struct Handle::State {
  uint32_t lastMatchtag = 0;
  uint64_t lastSubscription = 0;
  std::map<uint32_t, Pending> pending;
  struct Subscription {
    std::string prefix;
    EventCallback callback;
    Watch ready;
  };
  std::map<uint64_t, Subscription> subscriptions;
  struct ServiceEntry {
    RequestCallback handler;
    Watch ready;
  };
  std::map<std::string, ServiceEntry, std::less<>> services;
};

base::Result<std::unique_ptr<Handle>> Handle::open(base::Loop& loop, const std::string& uri) {
  MC_TRY_ASSIGN(base::Fd socket, connectTo(loop, uri, connectRetries()));
  return std::make_unique<Handle>(loop, std::move(socket));
}

Handle::Handle(base::Loop& loop, base::Fd socket)
    : loop_(loop),
      state_(std::make_shared<State>()),
      stream_(loop, std::move(socket),
              {[this](wire::Message message) { onMessage(std::move(message)); },
               [this](const base::Error& error) { onLost(error); }}) {}

Handle::~Handle() {
  // Callbacks may own registrations of this handle: they go while state_ is still there.
  const auto state = state_;
  const auto pending = std::exchange(state->pending, {});
  const auto subscriptions = std::exchange(state->subscriptions, {});
  const auto services = std::exchange(state->services, {});
}

Watch Handle::send(std::string_view topic, const json::object& payload, RpcOptions options,
                   MessageCallback callback, uint32_t& matchtag) {
  if (++state_->lastMatchtag == wire::kMatchtagNone) ++state_->lastMatchtag;
  matchtag = state_->lastMatchtag;
  wire::Message message = wire::makeRequest(std::string(topic), options.nodeid, matchtag);
  if (options.streaming) message.set(wire::kStreaming);
  if (options.upstream) message.set(wire::kUpstream);
  message.setText(formats::toJson(payload));
  state_->pending[matchtag] = {std::move(callback), options.streaming};
  if (stream_.isOpen()) {
    stream_.send(message);
  } else {
    loop_.post([this, state = std::weak_ptr(state_), message] {
      if (!state.expired()) onResponse(wire::makeResponse(message, ECONNRESET));
    });
  }
  return std::make_unique<OnDestroy>([state = std::weak_ptr(state_), tag = matchtag] {
    if (const auto live = state.lock()) live->pending.erase(tag);
  });
}

Watch Handle::rpc(std::string_view topic, const json::object& payload, RpcOptions options,
                  AnswerCallback callback, uint32_t& matchtag) {
  return send(
      topic, payload, options,
      [callback = std::move(callback)](const wire::Message& message) {
        if (callback) callback(answerOf(message));
      },
      matchtag);
}

Watch Handle::rpc(std::string_view topic, const json::object& payload, RpcOptions options,
                  AnswerCallback callback) {
  uint32_t matchtag = 0;
  return rpc(topic, payload, options, std::move(callback), matchtag);
}

Watch Handle::rpcText(std::string_view topic, const json::object& payload, RpcOptions options,
                      TextCallback callback) {
  uint32_t matchtag = 0;
  return send(
      topic, payload, options,
      [callback = std::move(callback)](const wire::Message& message) {
        const auto text = textOf(message);
        if (text) return callback(std::string(*text));
        callback(base::pass(text.error()));
      },
      matchtag);
}

void Handle::notify(std::string_view topic, const json::object& payload, uint32_t nodeid) {
  wire::Message message =
      wire::makeRequest(std::string(topic), nodeid, wire::kMatchtagNone, wire::kNoResponse);
  message.setText(formats::toJson(payload));
  stream_.send(message);
}

void Handle::notifyText(std::string_view topic, std::string_view payload) {
  wire::Message message = wire::makeRequest(std::string(topic), wire::kNodeidAny,
                                            wire::kMatchtagNone, wire::kNoResponse);
  message.setText(payload);
  stream_.send(message);
}

Answer Handle::call(std::string_view topic, const json::object& payload, uint32_t nodeid) {
  Answer result = base::fail(ECONNRESET, std::strerror(ECONNRESET));
  bool done = false;
  const Watch watch = rpc(topic, payload, {nodeid, false}, [&](const Answer& answer) {
    result = answer;
    done = true;
    loop_.stop();
  });
  while (!done) loop_.run();
  return result;
}

void Handle::publish(std::string_view topic, std::string_view payload, bool isPrivate) {
  wire::Message message;
  message.type = wire::Type::Event;
  message.topic = topic;
  message.set(wire::kTopic);
  if (isPrivate) message.set(wire::kPrivate);
  if (!payload.empty()) message.setText(payload);
  stream_.send(message);
}

Watch Handle::subscribe(std::string_view prefix, EventCallback callback, AnswerCallback ready) {
  const uint64_t id = ++state_->lastSubscription;
  auto& entry = state_->subscriptions[id];
  entry.prefix = prefix;
  entry.callback = std::move(callback);
  entry.ready = rpc("event.subscribe", {{"topic", std::string(prefix)}}, {}, std::move(ready));
  return std::make_unique<OnDestroy>(
      [this, state = std::weak_ptr(state_), id, topic = std::string(prefix)] {
        const auto live = state.lock();
        if (!live || live->subscriptions.erase(id) == 0) return;
        notify("event.unsubscribe", {{"topic", topic}});
      });
}

Watch Handle::addService(std::string_view name, RequestCallback handler, AnswerCallback ready) {
  const std::string key(name);
  auto& entry = state_->services[key];
  entry.handler = std::move(handler);
  entry.ready = rpc("service.add", {{"service", key}}, {}, std::move(ready));
  return std::make_unique<OnDestroy>([this, state = std::weak_ptr(state_), key] {
    const auto live = state.lock();
    if (!live || live->services.erase(key) == 0) return;
    notify("service.remove", {{"service", key}});
  });
}

base::Status Handle::flush() {
  return stream_.flush(kFlushTimeoutMs);
}

void Handle::close() {
  (void)flush().has_value();
  stream_.close();
}

void Handle::onMessage(wire::Message message) {
  switch (message.type) {
    case wire::Type::Response:
      return onResponse(message);
    case wire::Type::Event:
      return onEvent(message);
    case wire::Type::Request:
      return onRequest(std::move(message));
    case wire::Type::Control:
      return;
  }
}

void Handle::onResponse(const wire::Message& message) {
  const auto at = state_->pending.find(message.matchtag());
  if (at == state_->pending.end()) return;  // its RPC was dropped meanwhile
  const bool more = at->second.streaming && message.errnum() == 0;
  const MessageCallback callback = more ? at->second.callback : std::move(at->second.callback);
  if (!more) state_->pending.erase(at);
  callback(message);
}

void Handle::onEvent(const wire::Message& message) {
  std::vector<uint64_t> matching;  // a callback may subscribe, unsubscribe and end this handle
  for (const auto& [id, entry] : state_->subscriptions)
    if (message.topic.starts_with(entry.prefix)) matching.push_back(id);
  const std::weak_ptr<State> alive = state_;
  for (const uint64_t id : matching) {
    const auto state = alive.lock();
    if (!state) return;
    const auto at = state->subscriptions.find(id);
    if (at == state->subscriptions.end()) continue;
    const EventCallback callback = at->second.callback;
    callback(message);
  }
}

void Handle::onRequest(wire::Message message) {
  const std::string_view topic = message.topic;
  const auto at = state_->services.find(topic.substr(0, topic.find('.')));
  const broker::Request request(
      std::move(message), [this, state = std::weak_ptr(state_)](const wire::Message& response) {
        if (!state.expired()) stream_.send(response);
      });
  if (at == state_->services.end()) return request.fail(ENOSYS);
  const RequestCallback handler = at->second.handler;
  handler(request);
}

void Handle::onLost(const base::Error& error) {
  const std::weak_ptr<State> alive = state_;
  wire::Message lost;
  lost.type = wire::Type::Response;
  lost.aux1 = ECONNRESET;
  lost.setText(error.message);
  std::vector<uint32_t> tags;
  for (const auto& [tag, entry] : state_->pending) tags.push_back(tag);
  for (const uint32_t tag : tags) {
    const auto state = alive.lock();
    if (!state) return;
    const auto entry = state->pending.extract(tag);
    if (entry) entry.mapped().callback(lost);
  }
  if (!alive.expired() && closed_) closed_(error);
}

}  // namespace mc::flux::client
