// flux job kill, killall, raise, raiseall, urgency, memo, purge, submit: what changes jobs.

#include <unistd.h>

#include <charconv>
#include <csignal>

#include "base/fd.hpp"
#include "flux/commands/job_command.hpp"
#include "flux/commands/job_options.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/jobspec.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kKillOptions[] = {
    {'s', "signal", Takes::Value, "SIG", "Send signal SIG (default SIGTERM)"}};
constexpr Option kKillallOptions[] = {
    {'u', "user", Takes::Value, "USER", "Set target user or 'all' (instance owner only)"},
    {'f', "force", Takes::Nothing, "", "Confirm the command"},
    {'s', "signal", Takes::Value, "SIG", "Send signal SIG (default SIGTERM)"},
};
constexpr Option kRaiseOptions[] = {
    {'s', "severity", Takes::Value, "N", "Set exception severity [0-7] (default=0)"},
    {'t', "type", Takes::Value, "TYPE", "Set exception type (default=cancel)"},
    {'m', "message", Takes::Value, "NOTE", "Set exception context (default=)"},
};
constexpr Option kRaiseallOptions[] = {
    {'s', "severity", Takes::Value, "N", "Set exception severity [0-7] (default=7)"},
    {'u', "user", Takes::Value, "USER", "Set target user or 'all' (instance owner only)"},
    {'S', "states", Takes::Value, "STATES", "Set target job states (default=ACTIVE)"},
    {'f', "force", Takes::Nothing, "", "Confirm the command"},
};
constexpr Option kUrgencyOptions[] = {
    {'v', "verbose", Takes::Nothing, "", "Output old urgency value on success"}};
constexpr Option kMemoOptions[] = {{0, "volatile", Takes::Nothing, "",
                                    "Memo will not appear in eventlog (will be lost on restart)"}};
constexpr Option kPurgeOptions[] = {
    {0, "age-limit", Takes::Value, "FSD", "Purge jobs that became inactive beyond age-limit."},
    {0, "num-limit", Takes::Value, "COUNT", "Purge oldest inactive jobs until COUNT remain."},
    {'f', "force", Takes::Nothing, "", "Perform the irreversible purge."},
};
constexpr Option kSubmitOptions[] = {
    {'u', "urgency", Takes::Value, "N", "Specify job urgency (0-31), default 16"},
    {'f', "flags", Takes::Value, "FLAGS", "Set submit comma-separated flags (e.g. debug)"},
};

std::string joined(const Args& words, size_t from) {
  std::string text;
  for (size_t i = from; i < words.size(); ++i) text += (i > from ? " " : "") + words[i];
  return text;
}

// Ids at the begin of `words`, up to the first that is none; the rest is a message.
struct IdsAndMessage {
  std::vector<formats::JobId> ids;
  std::string message;
};
IdsAndMessage splitIds(const Args& words) {
  IdsAndMessage out;
  size_t i = 0;
  for (; i < words.size(); ++i) {
    const auto id = formats::parseJobId(words[i]);
    if (!id) break;
    out.ids.push_back(*id);
  }
  out.message = joined(words, i);
  return out;
}

// Sends one request per id and complains about those that fail: "kill ƒ6q87CkP: job is inactive".
int forEachId(Session& session, const std::vector<formats::JobId>& ids, const char* verb,
              const char* topic, const std::function<json::object(formats::JobId)>& payload) {
  int status = 0;
  for (const formats::JobId id : ids) {
    const auto answer = session->call(topic, payload(id));
    if (!answer)
      status = jobFail(std::string(verb) + " " + jobIdText(id) + ": " + answer.error().message);
  }
  return status;
}

std::optional<int64_t> severityOf(const Parsed& parsed, const char* fallback) {
  const std::string text = parsed.valueOr("severity", fallback);
  if (text.size() == 1 && text[0] >= '0' && text[0] <= '7') return text[0] - '0';
  jobFail("invalid severity '" + text + "'");
  return std::nullopt;
}

// killall and raiseall: counts first, acts only with --force.
int actOnAll(const char* topic, json::object payload, bool force, const std::string& verb,
             const std::string& done) {
  auto session = jobSession();
  if (!session) return 1;
  payload["dry_run"] = !force;
  const auto answer = (*session)->call(topic, payload);
  if (!answer) return jobFail(answer.error().message);
  const int64_t count = formats::getInteger(*answer, "count").value_or(0);
  const int64_t errors = formats::getInteger(*answer, "errors").value_or(0);
  const std::string jobs = std::to_string(count) + (count == 1 ? " job" : " jobs");
  if (!force) {
    if (count > 0) return jobFail("Command matched " + jobs + " (-f to confirm)");
    return jobFail("Command matched 0 jobs");
  }
  if (count > 0)
    jobFail(done + " " + jobs + " (" + std::to_string(errors) + " errors)");
  else
    jobFail(verb + " 0 jobs");
  return errors > 0 ? 1 : 0;
}

}  // namespace

int jobKill(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job kill",
                        .usage = "flux-job kill [OPTIONS] ids...",
                        .description = "Send signal to one or more running jobs",
                        .options = kKillOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const std::string name = parsed.valueOr("signal", "SIGTERM");
  const auto number = signalNumber(name);
  if (!number) return jobFail("kill: Invalid signal " + name);
  std::vector<formats::JobId> ids;
  for (const std::string& text : parsed.rest) {
    const auto id = jobIdArgument(text);
    if (!id) return 1;
    ids.push_back(*id);
  }
  auto session = jobSession();
  if (!session) return 1;
  return forEachId(*session, ids, "kill", "job-manager.kill", [&](formats::JobId id) {
    return json::object{{"id", id}, {"signum", *number}};
  });
}

int jobKillall(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job killall",
                        .usage = "flux-job killall [OPTIONS]",
                        .description = "Send signal to multiple running jobs",
                        .options = kKillallOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageHelp(grammar);
  const std::string name = parsed.valueOr("signal", "SIGTERM");
  const auto number = signalNumber(name);
  if (!number) return jobFail("killall: Invalid signal " + name);
  const auto user = userIdArgument(parsed.valueOr("user", std::to_string(::getuid())));
  if (!user) return jobFail("unknown user " + parsed.valueOr("user", ""));
  return actOnAll("job-manager.killall", {{"userid", *user}, {"signum", *number}},
                  parsed.has("force"), "Signaled", "Signaled");
}

int jobRaise(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job raise",
                        .usage = "flux-job raise [OPTIONS] ids... [--] [message ...]",
                        .description = "Raise exception on one or more jobs",
                        .options = kRaiseOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  auto [ids, message] = splitIds(parsed.rest);
  if (ids.empty()) {
    (void)jobIdArgument(parsed.rest[0]);
    return 1;
  }
  if (parsed.has("message") && !message.empty())
    return jobFail("Do not set note on command line if --message option is used");
  const auto severity = severityOf(parsed, "0");
  if (!severity) return 1;
  auto session = jobSession();
  if (!session) return 1;
  const std::string note = parsed.valueOr("message", message);
  const std::string type = parsed.valueOr("type", "cancel");
  return forEachId(*session, ids, "raise", "job-manager.raise", [&](formats::JobId id) {
    json::object payload{{"id", id}, {"severity", *severity}, {"type", type}};
    if (!note.empty()) payload["note"] = note;
    return payload;
  });
}

int jobRaiseall(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job raiseall",
                        .usage = "flux-job raiseall [OPTIONS] type [--] [message ...]",
                        .description = "Raise an exception on multiple jobs.",
                        .options = kRaiseallOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const auto severity = severityOf(parsed, "7");
  if (!severity) return 1;
  const std::string states = parsed.valueOr("states", "active");
  const auto mask = stateMask(states);
  if (!mask) return jobFail("Invalid job state '" + states + "'");
  const auto user = userIdArgument(parsed.valueOr("user", std::to_string(::getuid())));
  if (!user) return jobFail("unknown user " + parsed.valueOr("user", ""));
  json::object payload{
      {"userid", *user}, {"states", *mask}, {"severity", *severity}, {"type", parsed.rest[0]}};
  if (const std::string note = joined(parsed.rest, 1); !note.empty()) payload["note"] = note;
  return actOnAll("job-manager.raiseall", std::move(payload), parsed.has("force"),
                  "Raised exception on", "Raised exception on");
}

int jobUrgency(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job urgency",
                        .usage = "flux-job urgency [OPTIONS] id urgency",
                        .description = "Set job urgency (0-31, HOLD, EXPEDITE, DEFAULT)",
                        .options = kUrgencyOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 2) return usageHelp(grammar);
  const auto id = jobIdArgument(parsed.rest[0]);
  if (!id) return 1;
  const auto urgency = parseUrgency(parsed.rest[1]);
  if (!urgency) return jobFail("invalid urgency '" + parsed.rest[1] + "'");
  auto session = jobSession();
  if (!session) return 1;
  const auto answer = (*session)->call("job-manager.urgency", {{"id", *id}, {"urgency", *urgency}});
  if (!answer) return jobFail(jobIdText(*id) + ": " + answer.error().message);
  if (parsed.has("verbose"))
    jobFail("old job urgency: " +
            std::to_string(formats::getInteger(*answer, "old_urgency").value_or(0)));
  return 0;
}

int jobMemo(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job memo",
                        .usage = "flux-job memo [--volatile] id key=val [key=val...]",
                        .description = "Post an RFC 21 memo to a job",
                        .options = kMemoOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() < 2) return usageHelp(grammar);
  const auto id = jobIdArgument(parsed.rest[0]);
  if (!id) return 1;
  json::object memo;
  for (size_t i = 1; i < parsed.rest.size(); ++i) {
    const std::string& text = parsed.rest[i];
    const size_t equals = text.find('=');
    if (equals == std::string::npos) return jobFail("memo: no value for key=" + text);
    const std::string value = text.substr(equals + 1);
    auto parsedValue = formats::parseJson(value);
    formats::setPath(memo, text.substr(0, equals),
                     parsedValue ? std::move(*parsedValue) : json::value(value));
  }
  auto session = jobSession();
  if (!session) return 1;
  const auto answer = (*session)->call(
      "job-manager.memo",
      {{"id", *id}, {"volatile", parsed.has("volatile")}, {"memo", std::move(memo)}});
  if (!answer) return jobFail("memo: " + answer.error().message);
  return 0;
}

namespace {

int purgeIds(Session& session, const Args& ids, bool force, int64_t inactive) {
  int64_t count = 0;
  for (const std::string& text : ids) {
    const auto id = jobIdArgument(text);
    if (!id) return 1;
    // Here flux-core wants a number where job-manager.purge wants a boolean.
    const auto answer =
        session->call("job-manager.purge-id", {{"id", *id}, {"force", force ? 1 : 0}}, 0);
    if (!answer) return jobFail("purge: " + answer.error().message);
    count += formats::getInteger(*answer, "count").value_or(0);
  }
  if (force)
    print("purged " + std::to_string(count) + " inactive jobs, " +
          std::to_string(inactive - count) + " remaining\n");
  else
    print("use --force to purge " + std::to_string(count) + " of " + std::to_string(inactive) +
          " inactive jobs\n");
  return 0;
}

int purgeByLimits(Session& session, const Parsed& parsed, bool force, int64_t inactive) {
  constexpr int kBatch = 100;
  const auto age = formats::parseDuration(parsed.valueOr("age-limit", "0"));
  if (!age) return jobFail("could not parse age-limit parameter");
  const json::object payload{
      {"age_limit", parsed.has("age-limit") ? *age : -1.0},
      {"num_limit", parsed.has("num-limit")
                        ? std::strtol(parsed.valueOr("num-limit", "").c_str(), nullptr, 10)
                        : -1L},
      {"batch", kBatch},
      {"force", force}};
  int64_t total = 0;
  while (true) {
    const auto answer = session->call("job-manager.purge", payload, 0);
    if (!answer) return jobFail("purge: " + answer.error().message);
    const int64_t count = formats::getInteger(*answer, "count").value_or(0);
    total += count;
    if (!force || count < kBatch) break;
  }
  if (force)
    print("purged " + std::to_string(total) + " inactive jobs, " +
          std::to_string(inactive - total) + " remaining\n");
  else
    print("use --force to purge " + std::to_string(total) + " of " + std::to_string(inactive) +
          " inactive jobs\n");
  return 0;
}

}  // namespace

int jobPurge(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job purge",
                        .usage = "flux-job purge [--age-limit=FSD] [--num-limit=N] [ids...]",
                        .description = "Purge the oldest inactive jobs",
                        .options = kPurgeOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto session = jobSession();
  if (!session) return 1;
  const auto stats = (*session)->call("job-manager.stats-get", {}, 0);
  if (!stats) return jobFail(stats.error().message);
  const int64_t inactive = formats::getInteger(*stats, "inactive_jobs").value_or(0);
  if (!parsed.rest.empty()) return purgeIds(*session, parsed.rest, parsed.has("force"), inactive);
  return purgeByLimits(*session, parsed, parsed.has("force"), inactive);
}

int jobSubmit(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job submit",
                        .usage = "flux-job submit [OPTIONS] [jobspec]",
                        .description = "Run job",
                        .options = kSubmitOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1) return usageHelp(grammar);
  const std::string path = parsed.rest.empty() ? "-" : parsed.rest[0];
  const auto text = base::readFile(path == "-" ? "/dev/stdin" : path);
  if (!text) return jobFail(text.error().message);
  auto document = formats::parseJsonObject(*text);
  if (!document) return jobFail(path + ": " + document.error().message);
  JobRequest request;
  request.jobspec = std::move(*document);
  const auto urgency = parseUrgency(parsed.valueOr("urgency", "default"));
  const auto flags = parseSubmitFlags(parsed.values("flags"));
  if (!urgency) return jobFail(urgency.error().message);
  if (!flags) return jobFail(flags.error().message);
  request.urgency = *urgency;
  request.flags = *flags;
  auto session = jobSession();
  if (!session) return 1;
  const auto answer = (*session)->call("job-ingest.submit", submitPayload(request));
  if (!answer) return jobFail(answer.error().message);
  print(jobIdText(formats::getUnsigned(*answer, "id").value_or(0)) + "\n");
  return 0;
}

}  // namespace mc::flux::commands
