// flux kvs eventlog get, append, wait-event.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>

#include "flux/commands/kvs_command.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/eventlog.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kUnformatted{'u', "unformatted", Takes::Nothing, "", "Show event in RFC 18 form"};
constexpr Option kWaitCreate{'W', "waitcreate", Takes::Nothing, "",
                             "Wait for creation to occur on watch"};
constexpr Option kGetOptions[] = {
    kKvsNamespace,
    kWaitCreate,
    {'w', "watch", Takes::Nothing, "", "Monitor eventlog"},
    {'c', "count", Takes::Value, "COUNT", "Display at most COUNT events"},
    kUnformatted,
};
constexpr Option kAppendOptions[] = {
    kKvsNamespace,
    {'t', "timestamp", Takes::Value, "SECONDS", "Specify timestamp in seconds since epoch"},
};
constexpr Option kWaitOptions[] = {
    kKvsNamespace,
    kWaitCreate,
    {'t', "timeout", Takes::Value, "DURATION", "timeout after DURATION"},
    kUnformatted,
    {'q', "quiet", Takes::Nothing, "", "Do not output matched event"},
    {'v', "verbose", Takes::Nothing, "", "Output all events before matched event"},
};

void showEvent(const formats::Event& event, bool unformatted) {
  if (unformatted) return print(formats::formatEvent(event));
  char time[32];
  std::snprintf(time, sizeof time, "%.6f ", event.timestamp);
  print(time + event.name + (event.context.empty() ? "" : " " + formats::toJson(event.context)) +
        "\n");
}

int lookupFail(int errnum) {
  return kvsFail(std::string("flux_kvs_lookup_get: ") + std::strerror(errnum));
}

// Follows an eventlog until `onEvents` says that it is enough or the log fails; the exit status.
class Follower {
 public:
  using OnEvent = std::function<bool(const formats::Event&)>;  ///< true: go on
  using OnError = std::function<int(int errnum)>;

  Follower(Session& session, OnEvent onEvent, OnError onError)
      : session_(session), onEvent_(std::move(onEvent)), onError_(std::move(onError)) {}

  int run(const KvsPlace& place, const std::string& key, int flags, double timeout) {
    if (timeout >= 0)
      timer_ = session_.loop->after(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::duration<double>(timeout)),
                                    [this] { stop(onError_(ETIMEDOUT)); });
    watch_ = session_->rpc("kvs-watch.lookup", kvsLookupPayload(place, key, flags),
                           {wire::kNodeidAny, (flags & kKvsWatch) != 0},
                           [this, flags](const client::Answer& answer) {
                             onAnswer(answer, (flags & kKvsWatch) == 0);
                           });
    while (!over_) session_.loop->run();
    return status_;
  }

 private:
  void onAnswer(const client::Answer& answer, bool last) {
    if (over_) return;
    if (!answer) return stop(onError_(answer.error().errnum));
    const auto* value = formats::findObject(*answer, "val");
    const auto bytes = value ? kvsBytes(*value) : base::Result<std::string>(base::fail(EPROTO, ""));
    const auto events = bytes ? formats::parseEventlog(*bytes)
                              : base::Result<std::vector<formats::Event>>(base::fail(EPROTO, ""));
    if (!events) return stop(kvsFail(std::string("eventlog_decode: ") + std::strerror(EPROTO)));
    for (const formats::Event& event : *events)
      if (!onEvent_(event)) return stop(0);
    flushOutput();
    if (last) stop(0);
  }
  void stop(int status) {
    if (std::exchange(over_, true)) return;
    status_ = status;
    session_.loop->stop();
  }

  Session& session_;
  OnEvent onEvent_;
  OnError onError_;
  base::Watch watch_;
  base::Watch timer_;
  bool over_ = false;
  int status_ = 0;
};

int eventlogGet(const Args& args) {
  const Grammar grammar = kvsGrammar("flux-kvs eventlog get",
                                     "flux-kvs eventlog get [-N ns] [-W] [-w] [-c COUNT] [-u] key",
                                     "Get eventlog", kGetOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  auto session = kvsSession();
  if (!session) return 1;
  const KvsPlace place{kvsNamespace(parsed.value("namespace")), std::nullopt};
  long left = std::strtol(parsed.valueOr("count", "0").c_str(), nullptr, 10);
  const bool limited = left > 0;
  const bool unformatted = parsed.has("unformatted");
  const auto show = [&](const formats::Event& event) {
    showEvent(event, unformatted);
    return !limited || --left > 0;
  };
  if (parsed.has("watch") || parsed.has("waitcreate")) {
    int flags = parsed.has("watch") ? kKvsWatch | kKvsWatchAppend : 0;
    if (parsed.has("waitcreate")) flags |= kKvsWaitCreate;
    return Follower(*session, show, lookupFail).run(place, parsed.rest[0], flags, -1);
  }
  const auto text = kvsGet(*session, place, parsed.rest[0]);
  if (!text) return lookupFail(text.error().errnum);
  const auto events = formats::parseEventlog(*text);
  if (!events) return kvsFail(std::string("eventlog_decode: ") + std::strerror(EPROTO));
  for (const formats::Event& event : *events)
    if (!show(event)) break;
  return 0;
}

int eventlogAppend(const Args& args) {
  Grammar grammar =
      kvsGrammar("flux-kvs eventlog append",
                 "flux-kvs eventlog append [-N ns] [-t SECONDS] key name [context ...]",
                 "Append to eventlog", kAppendOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() < 2) return usageHelp(grammar);
  formats::Event event;
  event.name = parsed.rest[1];
  std::string context;
  for (size_t i = 2; i < parsed.rest.size(); ++i) context += (i > 2 ? " " : "") + parsed.rest[i];
  if (!context.empty()) {
    auto object = formats::parseJsonObject(context);
    if (!object) return kvsFail(std::string("eventlog_entry_create: ") + std::strerror(EINVAL));
    event.context = std::move(*object);
  }
  event.timestamp =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (const auto time = parsed.value("timestamp"))
    event.timestamp = std::strtod(time->c_str(), nullptr);
  const std::string line = formats::formatEvent(event);
  if (!formats::parseEvent(line))
    return kvsFail(std::string("eventlog_entry_create: ") + std::strerror(EINVAL));
  auto session = kvsSession();
  if (!session) return 1;
  return kvsCommitAndReport(*session, parsed, kvsNamespace(parsed.value("namespace")),
                            {kvsOperation(parsed.rest[0], kvsValue(line), kKvsAppend)});
}

int eventlogWaitEvent(const Args& args) {
  const Grammar grammar =
      kvsGrammar("flux-kvs eventlog wait-event",
                 "flux-kvs eventlog wait-event [-N ns] [-t DURATION] [-u] [-W] [-q] [-v] key event",
                 "Wait for event", kWaitOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 2) return usageHelp(grammar);
  double timeout = -1;
  if (const auto text = parsed.value("timeout")) {
    const auto seconds = formats::parseDuration(*text);
    if (!seconds) return kvsFail("Invalid argument for option 'timeout': '" + *text + "'");
    timeout = *seconds;
  }
  auto session = kvsSession();
  if (!session) return 1;
  const std::string& key = parsed.rest[0];
  const std::string& wanted = parsed.rest[1];
  Follower follower(
      *session,
      [&, &options = parsed](const formats::Event& event) {
        const bool found = event.name == wanted;
        if (options.has(found ? "quiet" : "verbose") != found)
          showEvent(event, options.has("unformatted"));
        return !found;
      },
      [&](int errnum) {
        if (errnum == ENOENT) return kvsFail("eventlog path " + key + " not found");
        if (errnum == ETIMEDOUT) return kvsFail("wait-event timeout on event '" + wanted + "'");
        if (errnum == ENODATA) return kvsFail("event '" + wanted + "' never received");
        return lookupFail(errnum);
      });
  int flags = kKvsWatch | kKvsWatchAppend;
  if (parsed.has("waitcreate")) flags |= kKvsWaitCreate;
  return follower.run({kvsNamespace(parsed.value("namespace")), std::nullopt}, key, flags, timeout);
}

}  // namespace

int kvsEventlogMain(const Args& args) {
  const Args rest(args.begin() + (args.empty() ? 0 : 1), args.end());
  const std::string name = args.empty() ? "" : args[0];
  if (name == "get") return eventlogGet(rest);
  if (name == "append") return eventlogAppend(rest);
  if (name == "wait-event") return eventlogWaitEvent(rest);
  complain(
      "Usage: flux-kvs eventlog [OPTIONS] COMMAND ARGS\n"
      "  -h, --help             Display this message.\n\n"
      "Common commands from flux-kvs eventlog:\n"
      "   get             Get eventlog\n"
      "   append          Append to eventlog\n"
      "   wait-event      Wait for an event");
  return 1;
}

}  // namespace mc::flux::commands
