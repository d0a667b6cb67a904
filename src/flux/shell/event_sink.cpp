#include "flux/shell/event_sink.hpp"

#include <map>

#include "flux/formats/signed_jobspec.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

constexpr int kAppend = 32;  // FLUX_KVS_APPEND
constexpr size_t kEntryOverhead = 128;

size_t sizeOf(const LogEntry& entry) {
  const auto* data = formats::findString(entry.event.context, "data");
  return kEntryOverhead + (data ? data->size() : 0);
}

}  // namespace

void EventSink::append(std::string_view log, std::string_view name, json::object context) {
  append(
      {std::string(log), {handle_.loop().clock().wall(), std::string(name), std::move(context)}});
}

void EventSink::log(Severity severity, uint32_t shellRank, const std::string& message) {
  append(kOutputLog, "log",
         {{"level", static_cast<int>(severity)}, {"rank", shellRank}, {"message", message}});
}

void EventSink::append(LogEntry entry) {
  queuedBytes_ += sizeOf(entry);
  queue_.push_back(std::move(entry));
  if (open_) flush();
}

// What else comes up in this turn of the loop goes along.
void EventSink::flush() {
  open_ = true;
  if (sending_ || scheduled_ || queue_.empty()) return;
  scheduled_ = true;
  handle_.loop().post([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) sendBatch();
  });
}

void EventSink::sendBatch() {
  scheduled_ = false;
  sending_ = true;
  const std::vector<LogEntry> batch = std::exchange(queue_, {});
  sentBytes_ = std::exchange(queuedBytes_, 0);
  // A batch that is refused is lost: the broker or the leader is gone, and this shell soon will be.
  rpc_ = send(batch, [this](const client::Answer&) {
    sending_ = false;
    sentBytes_ = 0;
    flush();
    if (progress_) progress_();
  });
}

client::Watch KvsSink::send(const std::vector<LogEntry>& batch, client::AnswerCallback callback) {
  std::map<std::string_view, std::string> logs;
  for (const LogEntry& entry : batch) logs[entry.log] += formats::formatEvent(entry.event);
  json::array ops;
  for (const auto& [log, text] : logs)
    ops.push_back(json::object{
        {"key", log},
        {"flags", kAppend},
        {"dirent", {{"ver", 1}, {"type", "val"}, {"data", formats::encodeBase64(text)}}}});
  return handle_.rpc("kvs.commit",
                     {{"namespace", namespace_}, {"ops", std::move(ops)}, {"flags", 0}}, {},
                     std::move(callback));
}

client::Watch LeaderSink::send(const std::vector<LogEntry>& batch,
                               client::AnswerCallback callback) {
  json::array entries;
  for (const LogEntry& entry : batch)
    entries.push_back(json::object{{"log", entry.log},
                                   {"timestamp", entry.event.timestamp},
                                   {"name", entry.event.name},
                                   {"context", entry.event.context}});
  return handle_.rpc(topic_, {{"entries", std::move(entries)}}, {leaderRank_}, std::move(callback));
}

base::Result<std::vector<LogEntry>> entriesOf(const json::object& payload) {
  const auto* list = formats::findArray(payload, "entries");
  if (list == nullptr) return base::fail(EPROTO, "no entries");
  std::vector<LogEntry> entries;
  for (const json::value& value : *list) {
    const auto* object = value.if_object();
    if (object == nullptr) return base::fail(EPROTO, "entry is no object");
    LogEntry entry;
    MC_TRY_ASSIGN(const std::string_view log, formats::getString(*object, "log"));
    MC_TRY_ASSIGN(const std::string_view name, formats::getString(*object, "name"));
    MC_TRY_ASSIGN(entry.event.timestamp, formats::getDouble(*object, "timestamp"));
    entry.log = log;
    entry.event.name = name;
    if (const auto* context = formats::findObject(*object, "context"))
      entry.event.context = *context;
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace mc::flux::shell
