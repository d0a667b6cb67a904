#pragma once
// Where the shell's events go: to the job's eventlogs in the KVS (leader), or to the leader
// (others).
//
// Events are sent in batches: while one batch is on its way the next gathers, so that a chatty job
// costs few requests and a quiet one no delay.
//
// Thread-safety: none; lives on its handle's loop.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "flux/client/handle.hpp"
#include "flux/formats/eventlog.hpp"
#include "flux/shell/job.hpp"

namespace mc::flux::shell {

/// The logs of a job's namespace (RFC 16).
constexpr std::string_view kExecLog = "exec.eventlog";
constexpr std::string_view kOutputLog = "output";
constexpr std::string_view kInputLog = "input";

/// How grave a message of the shell is, as syslog has it.
enum class Severity { Fatal = 2, Error = 3, Warning = 4, Notice = 5 };

struct LogEntry {
  std::string log;
  formats::Event event;
};

class EventSink {
 public:
  explicit EventSink(client::Handle& handle) : handle_(handle) {}
  virtual ~EventSink() = default;

  /// Queues an event with the current time as its timestamp.
  void append(std::string_view log, std::string_view name, boost::json::object context);
  void append(LogEntry entry);
  /// Queues a message to the user, of the shell number `shellRank`.
  void log(Severity severity, uint32_t shellRank, const std::string& message);
  /// Sends what is queued, now or when the batch before has arrived. Nothing is sent before the
  /// first flush(); after it append() sends by itself.
  void flush();

  /// Bytes queued or on their way, about.
  [[nodiscard]] size_t backlog() const { return queuedBytes_ + sentBytes_; }
  [[nodiscard]] bool idle() const { return queue_.empty() && !sending_; }
  /// Called whenever a batch has arrived.
  void onProgress(std::function<void()> callback) { progress_ = std::move(callback); }

 protected:
  virtual client::Watch send(const std::vector<LogEntry>& batch,
                             client::AnswerCallback callback) = 0;
  client::Handle& handle_;

 private:
  void sendBatch();

  std::vector<LogEntry> queue_;
  size_t queuedBytes_ = 0;
  size_t sentBytes_ = 0;
  bool open_ = false;
  bool sending_ = false;
  bool scheduled_ = false;
  client::Watch rpc_;
  std::function<void()> progress_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// Appends to the eventlogs with kvs.commit.
class KvsSink final : public EventSink {
 public:
  KvsSink(client::Handle& handle, std::string kvsNamespace)
      : EventSink(handle), namespace_(std::move(kvsNamespace)) {}

 protected:
  client::Watch send(const std::vector<LogEntry>& batch, client::AnswerCallback callback) override;

 private:
  std::string namespace_;
};

/// Hands events to the leader shell's service.
class LeaderSink final : public EventSink {
 public:
  LeaderSink(client::Handle& handle, std::string topic, uint32_t leaderRank)
      : EventSink(handle), topic_(std::move(topic)), leaderRank_(leaderRank) {}

 protected:
  client::Watch send(const std::vector<LogEntry>& batch, client::AnswerCallback callback) override;

 private:
  std::string topic_;
  uint32_t leaderRank_;
};

/// The entries in a LeaderSink's request; EPROTO for anything malformed.
base::Result<std::vector<LogEntry>> entriesOf(const boost::json::object& payload);

}  // namespace mc::flux::shell
