// flux job eventlog, wait-event, info: what is kept of a job.

#include "flux/client/job_watch.hpp"
#include "flux/commands/event_text.hpp"
#include "flux/commands/job_command.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/signed_jobspec.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kEventlogOptions[] = {
    {'f', "format", Takes::Value, "FORMAT", "Specify output format: text, json"},
    {'T', "time-format", Takes::Value, "FORMAT", "Specify time format: raw, iso, offset, human"},
    {'H', "human", Takes::Nothing, "", "Display human readable output"},
    {'F', "follow", Takes::Nothing, "", "Follow the eventlog until it is complete"},
    {'p', "path", Takes::Value, "PATH", "Specify alternate eventlog name or path suffix"},
};

constexpr Option kWaitEventOptions[] = {
    {'f', "format", Takes::Value, "FORMAT", "Specify output format: text, json"},
    {'T', "time-format", Takes::Value, "FORMAT", "Specify time format: raw, iso, offset, human"},
    {'H', "human", Takes::Nothing, "", "Display human readable output"},
    {'t', "timeout", Takes::Value, "DURATION", "timeout after DURATION"},
    {'m', "match-context", Takes::Value, "KEY=VAL", "match key=val in context"},
    {'c', "count", Takes::Value, "N", "Wait for N'th occurrence of event"},
    {'W', "waitcreate", Takes::Nothing, "", "If path does not exist, wait for its creation"},
    {'q', "quiet", Takes::Nothing, "", "Do not output matched event"},
    {'v', "verbose", Takes::Nothing, "", "Output all events before matched event"},
    {'p', "path", Takes::Value, "PATH", "Specify alternate eventlog name or path suffix"},
};

constexpr Option kInfoOptions[] = {
    {'o', "original", Takes::Nothing, "",
     "For key \"jobspec\", return the original submitted jobspec"},
    {'b', "base", Takes::Nothing, "",
     "For key \"jobspec\" or \"R\", return the base version, before updates"},
};

base::Result<EventText> eventText(const Parsed& parsed) {
  return EventText::make(parsed.valueOr("format", "text"), parsed.valueOr("time-format", "raw"),
                         parsed.has("human"));
}

// "exec" and "output" are short for the guest's logs.
std::string logPath(const std::string& path) {
  if (path == "exec") return "guest.exec.eventlog";
  if (path == "input" || path == "output") return "guest." + path;
  return path;
}

// Runs until the watch is over or `done` says so.
class LogFollower {
 public:
  LogFollower(Session& session, formats::JobId id, const std::string& path, bool waitCreate,
              std::function<bool(const formats::Event&, std::string_view)> handler)
      : loop_(*session.loop), handler_(std::move(handler)) {
    session->onClosed([this](const base::Error& error) { finish(error); });
    watch_ = std::make_unique<client::JobWatch>(
        *session.handle, id, path, waitCreate,
        client::JobWatch::Handlers{[this](const formats::Event& event, std::string_view line) {
                                     if (!over_ && handler_(event, line)) finish({0, ""});
                                   },
                                   [this](const base::Error& error) { finish(error); }});
  }

  /// How it ended: errnum 0 where the handler had enough.
  base::Error run() {
    while (!over_) loop_.run();
    watch_.reset();
    return result_;
  }
  void finish(const base::Error& error) {
    if (over_) return;
    over_ = true;
    result_ = error;
    loop_.stop();
  }

 private:
  base::Loop& loop_;
  std::function<bool(const formats::Event&, std::string_view)> handler_;
  std::unique_ptr<client::JobWatch> watch_;
  bool over_ = false;
  base::Error result_;
};

int followEventlog(Session& session, formats::JobId id, const std::string& path, EventText& text) {
  LogFollower follower(session, id, path, true,
                       [&](const formats::Event& event, std::string_view line) {
                         print(text.line(event, line) + "\n");
                         flushOutput();
                         return false;
                       });
  const base::Error end = follower.run();
  if (end.errnum == ENODATA) return 0;
  if (end.errnum == ENOENT) return jobFail("eventlog path " + path + " not found");
  return jobFail(end.message);
}

// "key=value" against an event's context; a string may come with or without its quotes.
bool matchesContext(const formats::Event& event, const std::string& match) {
  const size_t equals = match.find('=');
  const auto* value = formats::find(event.context, match.substr(0, equals));
  if (value == nullptr) return false;
  const std::string wanted = equals == std::string::npos ? "" : match.substr(equals + 1);
  const auto* text = value->if_string();
  return formats::toJson(*value) == wanted || (text != nullptr && *text == wanted);
}

// What a key of `flux job info` is called on the wire.
std::string lookupKey(const std::string& key, const Parsed& parsed) {
  return key == "jobspec" && parsed.has("original") ? "J" : key;
}

int infoUsage() {
  complain(
      "Usage: flux job info id key\n"
      "some useful keys are:\n"
      "  J                    - signed jobspec\n"
      "  R                    - allocated resources\n"
      "  eventlog             - primary job eventlog\n"
      "  jobspec              - job specification\n"
      "  guest.exec.eventlog  - execution eventlog\n"
      "  guest.input          - job input log\n"
      "  guest.output         - job output log\n"
      "Use flux job info -h to list available options");
  return 1;
}

}  // namespace

base::Result<std::string> lookupJob(Session& session, formats::JobId id, const std::string& key,
                                    int flags) {
  MC_TRY_ASSIGN(
      const json::object answer,
      session->call("job-info.lookup",
                    {{"id", id}, {"keys", json::array{json::value(key)}}, {"flags", flags}}));
  MC_TRY_ASSIGN(const std::string_view value, formats::getString(answer, key));
  return std::string(value);
}

int jobEventlog(const Args& args) {
  const Grammar grammar{
      .style = Style::C,
      .program = "flux-job eventlog",
      .usage = "flux-job eventlog [-f text|json] [-T raw|iso|offset] [-p path] id",
      .description = "Display eventlog for a job",
      .options = kEventlogOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  const auto id = jobIdArgument(parsed.rest[0]);
  auto text = eventText(parsed);
  if (!id) return 1;
  if (!text) return jobFail(text.error().message);
  const std::string path = logPath(parsed.valueOr("path", "eventlog"));
  auto session = jobSession();
  if (!session) return 1;
  if (parsed.has("follow")) return followEventlog(*session, *id, path, *text);
  const auto log = lookupJob(*session, *id, path);
  if (!log)
    return jobFail(log.error().errnum == ENOENT ? "eventlog path " + path + " not found"
                                                : log.error().message);
  std::string_view rest = *log;
  std::string_view line;
  while (formats::nextLine(rest, line)) {
    const auto event = formats::parseEvent(line);
    if (!event) return jobFail(event.error().message);
    print(text->line(*event, line) + "\n");
  }
  return 0;
}

int jobWaitEvent(const Args& args) {
  const Grammar grammar{
      .style = Style::C,
      .program = "flux-job wait-event",
      .usage = "flux-job wait-event [-f text|json] [-T raw|iso|offset] [-t seconds] id event",
      .description = "Wait for an event",
      .options = kWaitEventOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 2) return usageHelp(grammar);
  const auto id = jobIdArgument(parsed.rest[0]);
  auto text = eventText(parsed);
  if (!id) return 1;
  if (!text) return jobFail(text.error().message);
  const std::string& name = parsed.rest[1];
  long count = std::strtol(parsed.valueOr("count", "1").c_str(), nullptr, 10);
  const auto timeout = formats::parseDuration(parsed.valueOr("timeout", "infinity"));
  if (!timeout || count < 1)
    return jobFail(timeout ? "count must be greater than zero" : "invalid timeout value");
  auto session = jobSession();
  if (!session) return 1;
  LogFollower follower(
      *session, *id, logPath(parsed.valueOr("path", "eventlog")), parsed.has("waitcreate"),
      [&, match = parsed.value("match-context")](const formats::Event& event,
                                                 std::string_view line) {
        const bool found =
            event.name == name && (!match || matchesContext(event, *match)) && --count == 0;
        if ((found && !parsed.has("quiet")) || (!found && parsed.has("verbose")))
          print(text->line(event, line) + "\n");
        return found;
      });
  base::Watch timer;
  if (*timeout < 1e9)
    timer = session->loop->after(
        std::chrono::nanoseconds(static_cast<int64_t>(*timeout * 1e9)),
        [&] { follower.finish({ETIMEDOUT, "wait-event timeout on event '" + name + "'"}); });
  const base::Error end = follower.run();
  if (end.errnum == 0) return 0;
  if (end.errnum == ENODATA) return jobFail("event '" + name + "' never received");
  if (end.errnum == ENOENT)
    return jobFail("job " + parsed.rest[0] + " id or eventlog path not found");
  return jobFail(end.message);
}

int jobInfo(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job info",
                        .usage = "flux-job info id key",
                        .description = "Display info for a job",
                        .options = kInfoOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 2) return infoUsage();
  const auto id = jobIdArgument(parsed.rest[0]);
  if (!id) return 1;
  auto session = jobSession();
  if (!session) return 1;
  constexpr int kCurrent = 2;  // FLUX_JOB_LOOKUP_CURRENT: with updates applied
  const std::string& key = parsed.rest[1];
  const bool document = key == "R" || key == "jobspec";
  const bool current = document && !parsed.has("base") && !parsed.has("original");
  const auto value = lookupJob(*session, *id, lookupKey(key, parsed), current ? kCurrent : 0);
  if (!value)
    return jobFail(value.error().errnum == ENOENT ? key + ": key not found"
                                                  : value.error().message);
  std::string out = *value;
  if (key == "jobspec" && parsed.has("original")) {
    const auto payload = formats::unwrapUnsigned(*value);
    if (!payload) return jobFail(payload.error().message);
    out = payload->payload;
  }
  if (document)
    if (const auto parsedJson = formats::parseJson(out))
      out = formats::toJson(*parsedJson, formats::JsonStyle::Spaced);
  print(out + "\n");
  return 0;
}

}  // namespace mc::flux::commands
