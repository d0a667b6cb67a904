// flux queue: whether jobs are taken and started.

#include "flux/commands/commands.hpp"
#include "flux/commands/queue_list.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/duration.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-queue";
constexpr const char* kUsage =
    "flux-queue [-h]\n"
    "                  {status,list,enable,disable,start,stop,drain,idle} ...";

constexpr Option kQueue{'q', "queue", Takes::Value, "NAME", "Specify queue to act on"};
constexpr Option kStatusOptions[] = {
    kQueue,
    {'v', "verbose", Takes::Nothing, "", "Display more detail about internal job manager state"}};
constexpr Option kChangeOptions[] = {
    kQueue,
    {'a', "all", Takes::Nothing, "", "Force command to apply to all queues if none specified"},
    {0, "quiet", Takes::Nothing, "", "Display only errors"},
    {'v', "verbose", Takes::Nothing, "", "Display more detail about internal job manager state"},
    {'m', "message", Takes::Value, "REASON", "Add reason that will be presented to users"},
    {0, "nocheckpoint", Takes::Nothing, "",
     "Do not preserve the new queue state across Flux restart"},
};
constexpr Option kWaitOptions[] = {
    {'t', "timeout", Takes::Value, "FSD", "Timeout after FSD"},
    {0, "quiet", Takes::Nothing, "", "Display only errors"},
};

Grammar grammarOf(std::span<const Option> options) {
  return {.program = kProgram, .usage = kUsage, .options = options};
}

std::optional<Session> openSession() {
  auto session = Session::open();
  if (session) return std::move(*session);
  failPython(kProgram, connectFailure(session.error()));
  return std::nullopt;
}

std::vector<std::string> queueNames(Session& session) {
  std::vector<std::string> names;
  const auto answer = session->call("job-manager.queue-list");
  const auto* queues = answer ? formats::findArray(*answer, "queues") : nullptr;
  if (queues == nullptr) return names;
  for (const json::value& queue : *queues)
    if (const auto* name = queue.if_string()) names.emplace_back(*name);
  return names;
}

std::string reasonText(const json::object& status, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (const auto* text = formats::findString(status, key); text != nullptr && !text->empty())
      return ": " + std::string(*text);
  return {};
}

// "Job submission is enabled", "batch: Scheduling is stopped: REASON" ...
void printStatus(const std::string& queue, const json::object& status, bool submission,
                 bool scheduling) {
  const std::string prefix = queue.empty() ? "" : queue + ": ";
  if (submission) {
    const bool enabled = formats::getBool(status, "enable").value_or(true);
    print(prefix + "Job submission is " +
          (enabled ? std::string("enabled")
                   : "disabled" + reasonText(status, {"disable_reason", "reason"})) +
          "\n");
  }
  if (scheduling) {
    const bool started = formats::getBool(status, "start").value_or(true);
    print(prefix + "Scheduling is " +
          (started ? std::string("started") : "stopped" + reasonText(status, {"stop_reason"})) +
          "\n");
  }
}

base::Status showQueues(Session& session, std::vector<std::string> names, bool submission,
                        bool scheduling) {
  if (names.empty()) names = queueNames(session);
  if (names.empty()) names.emplace_back();
  for (const std::string& name : names) {
    json::object payload;
    if (!name.empty()) payload["name"] = name;
    const auto status = session->call("job-manager.queue-status", payload, 0);
    if (!status) return base::pass(status.error());
    printStatus(name, *status, submission, scheduling);
  }
  return {};
}

// The counters behind `queue status -v`.
base::Status showCounters(Session& session) {
  MC_TRY_ASSIGN(const json::object stats, session->call("job-manager.alloc-query"));
  const auto count = [&](const char* key) {
    return std::to_string(formats::getInteger(stats, key).value_or(0));
  };
  print(count("queue_length") + " alloc requests queued\n" + count("alloc_pending") +
        " alloc requests pending to scheduler\n" + count("running") + " running jobs\n");
  return {};
}

// The queues by -q or, as older versions had it, as arguments. With -q the arguments are a reason.
std::vector<std::string> queuesOf(const Parsed& parsed) {
  if (parsed.has("queue")) return parsed.values("queue");
  return parsed.has("all") ? std::vector<std::string>() : parsed.rest;
}

std::string reasonOf(const Parsed& parsed) {
  if (const auto message = parsed.value("message")) return *message;
  std::string reason;
  if (parsed.has("queue") || parsed.has("all"))
    for (const std::string& word : parsed.rest) reason += (reason.empty() ? "" : " ") + word;
  return reason;
}

int status(const Args& args) {
  const auto [parsed, exitStatus] = parseOptions(grammarOf(kStatusOptions), args);
  if (exitStatus) return *exitStatus;
  auto session = openSession();
  if (!session) return 1;
  auto shown = showQueues(*session, queuesOf(parsed), true, true);
  if (shown && parsed.has("verbose")) shown = showCounters(*session);
  return shown ? 0 : failPython(kProgram, shown.error().message);
}

// "enable: REASON" for both directions, whichever of them the broker has put in front.
std::string changeError(bool submission, std::string reason) {
  for (const std::string_view verb : {"enable: ", "disable: ", "start: ", "stop: "})
    if (reason.starts_with(verb)) reason.erase(0, verb.size());
  return (submission ? "enable: " : "start: ") + reason;
}

// enable, disable, start, stop.
int change(const std::string& verb, const Args& args) {
  const auto [parsed, exitStatus] = parseOptions(grammarOf(kChangeOptions), args);
  if (exitStatus) return *exitStatus;
  const bool submission = verb == "enable" || verb == "disable";
  const bool on = verb == "enable" || verb == "start";
  auto session = openSession();
  if (!session) return 1;
  const auto names = queueNames(*session);
  std::vector<std::string> targets = queuesOf(parsed);
  if (targets.empty() && !names.empty() && !parsed.has("all"))
    return failPython(kProgram, "Named queues are defined. Specify queues or use --all to " + verb +
                                    " all queues.");
  if (targets.empty()) targets.emplace_back();
  std::string reason = reasonOf(parsed);
  if (verb == "disable" && reason.empty()) reason = "disabled by administrator";
  for (const std::string& name : targets) {
    json::object payload{{"all", name.empty()}, {submission ? "enable" : "start", on}};
    if (!name.empty()) payload["name"] = name;
    if (!on && !reason.empty()) payload["reason"] = reason;
    if (!submission) payload["nocheckpoint"] = parsed.has("nocheckpoint");
    const auto answer = (*session)->call(
        submission ? "job-manager.queue-enable" : "job-manager.queue-start", payload);
    if (!answer) return failPython(kProgram, changeError(submission, answer.error().message));
  }
  if (parsed.has("quiet")) return 0;
  const bool both = parsed.has("verbose");
  const auto shown =
      showQueues(*session, queuesOf(parsed), submission || both, !submission || both);
  return shown ? 0 : failPython(kProgram, shown.error().message);
}

// drain waits until no job is left, idle until none runs.
int waitFor(const std::string& verb, const Args& args) {
  const auto [parsed, exitStatus] = parseOptions(grammarOf(kWaitOptions), args);
  if (exitStatus) return *exitStatus;
  const auto timeout = formats::parseDuration(parsed.valueOr("timeout", "infinity"));
  if (!timeout) return failPython(kProgram, "--timeout: " + timeout.error().message);
  auto session = openSession();
  if (!session) return 1;
  const auto answer = session->callFor("job-manager." + verb, {}, wire::kNodeidAny, *timeout);
  if (!answer && answer.error().errnum == ETIMEDOUT)
    return failPython(kProgram, verb + ": timeout");
  if (!answer) return failPython(kProgram, verb + ": " + answer.error().message);
  if (verb == "idle" && !parsed.has("quiet"))
    print(std::to_string(formats::getInteger(*answer, "pending").value_or(0)) + " jobs\n");
  return 0;
}

}  // namespace

int queueMain(const Args& args) {
  const Grammar grammar = grammarOf({});
  if (args.empty()) return usageError(grammar, "the following arguments are required: subcommand");
  if (args[0] == "-h" || args[0] == "--help") {
    print(helpText(grammar));
    return 0;
  }
  const Args rest(args.begin() + 1, args.end());
  if (args[0] == "status") return status(rest);
  if (args[0] == "list") return queueList(rest);
  if (args[0] == "enable" || args[0] == "disable" || args[0] == "start" || args[0] == "stop")
    return change(args[0], rest);
  if (args[0] == "drain" || args[0] == "idle") return waitFor(args[0], rest);
  return usageError(grammar, "argument subcommand: invalid choice: '" + args[0] +
                                 "' (choose from 'status', 'list', 'enable', 'disable', 'start', "
                                 "'stop', 'drain', 'idle')");
}

}  // namespace mc::flux::commands
