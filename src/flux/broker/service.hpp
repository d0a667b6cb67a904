#pragma once
// What a broker's services are written against: the service itself, the requests it answers, and
// the broker as a service sees it (Host).
//
// One service is one folder under services/, named as flux-core names its module (job-manager,
// job-info, kvs ...), so that topic, folder and RFC lead to each other. Services know Host, never
// the broker: tests give them a fake Host (tests/fakes/fake_host.hpp).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/loop.hpp"
#include "base/status.hpp"
#include "flux/wire/message.hpp"

namespace mc::flux::broker {

/// A request on its way to an answer. Copyable; all copies answer the same request. A request that
/// is not a stream is answered once; later answers are dropped. A stream (RPC with the STREAMING
/// flag) gets any number of respond(), then one fail(), with ENODATA for its regular end.
class Request {
 public:
  using Send = std::function<void(wire::Message)>;
  Request(wire::Message message, Send send);

  [[nodiscard]] const wire::Message& message() const { return *message_; }
  /// The part of the topic behind the service name: "submit" of "job-ingest.submit".
  [[nodiscard]] std::string_view method() const;
  /// Identifies who asked, for disconnect and cancel: the outermost routes joined.
  [[nodiscard]] std::string sender() const;
  [[nodiscard]] bool streaming() const { return message_->has(wire::kStreaming); }
  [[nodiscard]] bool isOwner() const { return (message_->rolemask & wire::kRoleOwner) != 0; }

  /// The payload as a JSON object; EPROTO if it is none. No payload reads as an empty object.
  [[nodiscard]] base::Result<boost::json::object> object() const;

  void respond(const boost::json::value& payload) const;
  void respondText(std::string_view payload) const;
  /// A payload that is no text: no NUL is added. None at all if it is empty.
  void respondBytes(std::string_view payload) const;
  void respond() const;
  void fail(int errnum, std::string_view text = {}) const;
  void fail(const base::Error& error) const { fail(error.errnum, error.message); }
  /// The answer to a method that the service does not have.
  void failUnknown() const;

  /// The same request, whose answers go through `send`, which passes them on with forward().
  [[nodiscard]] Request through(Send send) const;
  void forward(wire::Message response) const { (*send_)(std::move(response)); }

 private:
  void send(wire::Message response, bool last) const;

  std::shared_ptr<wire::Message> message_;
  std::shared_ptr<bool> answered_;
  std::shared_ptr<Send> send_;
};

/// An answer to an RPC of ours: the payload, or the errno and text of the other side.
using Answer = base::Result<boost::json::value>;
/// Called for the answer, for a stream several times; the last call of a stream carries an error
/// (ENODATA for its regular end).
using AnswerCallback = std::function<void(const Answer&)>;

/// Keeps an RPC alive; destroying it drops later answers (and cancels a stream at the other side,
/// with the service's "-cancel" convention left to the caller).
using Rpc = base::Watch;

/// The severity of a log line, as syslog has it.
enum class Severity { Emerg = 0, Alert, Crit, Error, Warning, Notice, Info, Debug };

/// The broker as a service sees it.
class Host {
 public:
  virtual ~Host() = default;
  [[nodiscard]] virtual uint32_t rank() const = 0;
  [[nodiscard]] virtual uint32_t size() const = 0;
  /// The user who owns the instance; its requests carry the OWNER role.
  [[nodiscard]] virtual uint32_t owner() const = 0;
  [[nodiscard]] virtual base::Loop& loop() = 0;

  /// A broker attribute; ENOENT if there is none of that name.
  [[nodiscard]] virtual base::Result<std::string> attribute(std::string_view name) const = 0;
  virtual void setAttribute(std::string_view name, std::string_view value) = 0;
  /// The configuration (broker.toml) as JSON.
  [[nodiscard]] virtual const boost::json::object& config() const = 0;

  /// Sends a request in the owner's name. `nodeid`: a rank, wire::kNodeidAny (nearest broker that
  /// has the service, seen from here towards rank 0) or wire::kNodeidUpstream.
  [[nodiscard]] virtual Rpc rpc(std::string_view topic, const boost::json::value& payload,
                                uint32_t nodeid, bool streaming, AnswerCallback callback) = 0;
  /// The same without an answer.
  virtual void notify(std::string_view topic, const boost::json::value& payload,
                      uint32_t nodeid) = 0;

  /// Publishes an event to the whole instance.
  virtual void publish(std::string_view topic, const boost::json::value& payload) = 0;
  /// Calls back for each event whose topic starts with `prefix`, in sequence order.
  [[nodiscard]] virtual base::Watch subscribe(
      std::string_view prefix,
      std::function<void(std::string_view topic, const boost::json::value& payload)> callback) = 0;

  virtual void log(Severity severity, std::string_view component, std::string_view text) = 0;
};

/// One service of a broker.
class Service {
 public:
  virtual ~Service() = default;
  /// The first part of its topics, e.g. "job-manager".
  [[nodiscard]] virtual std::string name() const = 0;
  /// Answers a request now or later; unknown methods get failUnknown(). "disconnect" and "ping"
  /// never come here: the broker answers them.
  virtual void handle(const Request& request) = 0;
  /// The client `sender` (Request::sender()) has gone: drop its streams and what it holds.
  virtual void disconnect(const std::string& sender) { (void)sender; }
};

}  // namespace mc::flux::broker
