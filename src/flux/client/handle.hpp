#pragma once
// A client's connection to a broker: requests, streams, events and services on the local socket.
//
// Commands use call() and run straight on; the shell and long-lived commands use the callbacks.
// Thread-safety: none; lives on its loop's thread.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/loop.hpp"
#include "base/status.hpp"
#include "flux/broker/service.hpp"
#include "flux/formats/json.hpp"
#include "flux/wire/stream.hpp"

namespace mc::flux::client {

namespace json = boost::json;

/// The payload of an answer (an empty object where there was none), or the errno and text the other
/// side sent; without text the message is strerror's.
using Answer = base::Result<json::object>;
/// For a stream called once per answer; the last one is an error, ENODATA for the regular end.
using AnswerCallback = std::function<void(const Answer&)>;
/// Keeps an RPC, subscription or service registered; after its end no callback comes.
using Watch = base::Watch;

struct RpcOptions {
  uint32_t nodeid = wire::kNodeidAny;
  bool streaming = false;
  /// For the next broker towards rank 0 that has the service. `nodeid` is the rank of the broker
  /// that it is sent to: RFC 3 has no number that stands for "upstream" in a message.
  bool upstream = false;
};

class Handle {
 public:
  /// Connects to a local:// or ssh:// URI (client/connect.hpp says how and with which errors).
  static base::Result<std::unique_ptr<Handle>> open(base::Loop& loop, const std::string& uri);
  /// On a socket that is connected and greeted already.
  Handle(base::Loop& loop, base::Fd socket);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  [[nodiscard]] base::Loop& loop() { return loop_; }

  /// Sends a request. An empty `payload` is sent, too: flux-core's services refuse a request whose
  /// keys are all optional when it has no payload.
  [[nodiscard]] Watch rpc(std::string_view topic, const json::object& payload, RpcOptions options,
                          AnswerCallback callback);
  /// The same with its matchtag told, which cancel requests and rexec.write name.
  [[nodiscard]] Watch rpc(std::string_view topic, const json::object& payload, RpcOptions options,
                          AnswerCallback callback, uint32_t& matchtag);
  /// For services whose answers are text, not JSON (log.dmesg).
  using TextCallback = std::function<void(const base::Result<std::string>&)>;
  [[nodiscard]] Watch rpcText(std::string_view topic, const json::object& payload,
                              RpcOptions options, TextCallback callback);
  /// A request that gets no answer.
  void notify(std::string_view topic, const json::object& payload,
              uint32_t nodeid = wire::kNodeidAny);
  /// A request without answer whose payload is text, as log.append takes it.
  void notifyText(std::string_view topic, std::string_view payload);

  /// Sends a request and runs the loop until its answer is there. Not from inside a callback.
  Answer call(std::string_view topic, const json::object& payload = {},
              uint32_t nodeid = wire::kNodeidAny);

  /// Publishes an event; `payload` is JSON text or empty.
  void publish(std::string_view topic, std::string_view payload = {}, bool isPrivate = false);
  /// Calls back for each event whose topic starts with `prefix`. The broker has acted on it when
  /// `ready` is called; null where that does not matter.
  using EventCallback = std::function<void(const wire::Message&)>;
  [[nodiscard]] Watch subscribe(std::string_view prefix, EventCallback callback,
                                AnswerCallback ready = nullptr);

  /// Registers a service at the broker; its requests come to `handler`. `ready` gets the broker's
  /// answer (EEXIST: the name is taken).
  using RequestCallback = std::function<void(const broker::Request&)>;
  [[nodiscard]] Watch addService(std::string_view name, RequestCallback handler,
                                 AnswerCallback ready);

  /// Waits until everything is written; for notify() before the process ends.
  base::Status flush();
  /// Writes what is queued and closes the connection; no callback follows.
  void close();
  /// Called once when the broker has gone; all RPCs fail with ECONNRESET before that.
  void onClosed(std::function<void(const base::Error&)> callback) { closed_ = std::move(callback); }
  [[nodiscard]] bool isOpen() const { return stream_.isOpen(); }

 private:
  using MessageCallback = std::function<void(const wire::Message&)>;
  struct Pending {
    MessageCallback callback;
    bool streaming = false;
  };
  struct State;

  Watch send(std::string_view topic, const json::object& payload, RpcOptions options,
             MessageCallback callback, uint32_t& matchtag);
  void onMessage(wire::Message message);
  void onResponse(const wire::Message& message);
  void onEvent(const wire::Message& message);
  void onRequest(wire::Message message);
  void onLost(const base::Error& error);

  base::Loop& loop_;
  /// What registrations and messages on their way share; outlives the Handle in the registrations.
  std::shared_ptr<State> state_;
  std::function<void(const base::Error&)> closed_;
  wire::Stream stream_;
};

/// The regular end of a stream.
inline bool isEnd(const Answer& answer) {
  return !answer && answer.error().errnum == ENODATA;
}

}  // namespace mc::flux::client
