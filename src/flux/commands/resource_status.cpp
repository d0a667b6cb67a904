// flux resource status, drain, undrain: which nodes may run jobs.

#include <algorithm>

#include "flux/commands/resource_command.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kFormat{'o', "format", Takes::Value, "FORMAT",
                         "Specify output format using Python's string format syntax or a defined "
                         "format by name (use 'help' to get a list of names)"};
constexpr Option kNoHeader{'n', "no-header", Takes::Nothing, "", "Suppress header output"};
constexpr Option kQueue{'q', "queue", Takes::Value, "QUEUE,...",
                        "Include only specified queues in output"};
constexpr Option kInclude{'i', "include", Takes::Value, "HOSTS|RANKS",
                          "Include only specified hosts or ranks"};
constexpr Option kStatusOptions[] = {
    kFormat,
    kNoHeader,
    {'s', "states", Takes::Value, "STATE,...", "Output resources in given states"},
    kQueue,
    kInclude,
    {0, "skip-empty", Takes::Nothing, "", "Skip empty lines of output even with --states"},
};
constexpr Option kDrainOptions[] = {
    kFormat,
    kNoHeader,
    kQueue,
    kInclude,
    {'f', "force", Takes::Nothing, "",
     "Force overwrite of existing drain reason (twice: of its time, too)"},
    {'u', "update", Takes::Nothing, "",
     "Update only. Do not fail if target(s) are already drained"},
};
constexpr Option kUndrainOptions[] = {
    {'f', "force", Takes::Nothing, "", "Do not fail if any targets are not drained"}};

constexpr NamedFormat kStatusFormats[] = {
    {"default", "Default flux-resource status format string",
     "{statex:>12}{up:>2} {nnodes:>6} {nodelist}"},
    {"long", "Long flux-resource status format string",
     "{statex:>12}{up:>2} {nnodes:>6} {reason:<30.30+} {nodelist}"},
};
constexpr NamedFormat kDrainFormats[] = {
    {"default", "Default flux-resource drain format string",
     "{timestamp!d:%b%d %R::<12} {state:<8.8} {reason:<30.30+} {nodelist}"},
    {"long", "Long flux-resource drain format string",
     "{timestamp!d:%b%d %R::<12} {state:<8.8} {ranks:<8.8+} {reason:<30.30+} {nodelist}"},
};
constexpr FormatSource kStatusSource{"flux-resource status", "flux-resource", "status",
                                     "FLUX_RESOURCE_STATUS_FORMAT_DEFAULT", kStatusFormats};
constexpr FormatSource kDrainSource{"flux-resource drain", "flux-resource", "drain",
                                    "FLUX_RESOURCE_DRAIN_FORMAT_DEFAULT", kDrainFormats};
constexpr const char* kDefaultStates = "avail,exclude,draining,drained,torpid,housekeeping";

// One line: nodes that share state and reason.
struct StatusRow {
  std::string state;
  bool up = true;
  std::string reason;
  double timestamp = 0;
  formats::Idset ranks;
  std::string nodelist;

  [[nodiscard]] FieldValue value(const std::string& field) const {
    if (field == "state") return up ? state : state + "*";
    if (field == "statex") return state;
    if (field == "status") return up ? "online" : "offline";
    if (field == "up.ascii" || (field == "up" && !isUtf8Locale())) return up ? "y" : "n";
    if (field == "up") return up ? "\u2714" : "\u2717";
    if (field == "nnodes") return static_cast<int64_t>(ranks.size());
    if (field == "reason") return reason;
    if (field == "timestamp") return timestamp;
    if (field == "ranks") return ranks.str();
    if (field == "nodelist") return nodelist;
    return {};
  }
};

std::string titleOf(const std::string& field) {
  if (field == "state" || field == "statex") return "STATE";
  if (field == "status") return "STATUS";
  if (field == "up" || field == "up.ascii") return "UP";
  if (field == "nnodes") return "NNODES";
  if (field == "reason") return "REASON";
  if (field == "timestamp") return "TIME";
  if (field == "ranks") return "RANKS";
  if (field == "nodelist") return "NODELIST";
  return {};
}

// The states to list: "drain" stands for two of them. EINVAL for an unknown one.
base::Result<std::vector<std::string>> statesOf(const std::string& text) {
  static constexpr const char* kKnown[] = {"avail",        "exclude",   "draining",
                                           "drained",      "allocated", "torpid",
                                           "housekeeping", "online",    "offline"};
  std::vector<std::string> out;
  for (const std::string& word : formats::splitList(text)) {
    if (word == "drain") {
      out.insert(out.end(), {"draining", "drained"});
    } else if (std::find(std::begin(kKnown), std::end(kKnown), word) != std::end(kKnown)) {
      out.push_back(word);
    } else {
      return base::fail(EINVAL, "Invalid resource state " + word + " specified");
    }
  }
  return out;
}

// What resource.status tells, as sets of ranks.
class NodeStatus {
 public:
  static base::Result<NodeStatus> get(Session& session, const Parsed& parsed) {
    NodeStatus status;
    MC_TRY_ASSIGN(const json::object answer, session->call("resource.status", {}, 0));
    if (const auto* r = formats::findObject(answer, "R")) {
      MC_TRY_ASSIGN(status.resources_, formats::ResourceSet::parse(*r));
    }
    MC_TRY_ASSIGN(status.online_, idset(answer, "online"));
    MC_TRY_ASSIGN(status.excluded_, idset(answer, "exclude"));
    MC_TRY_ASSIGN(status.torpid_, idset(answer, "torpid"));
    MC_TRY_ASSIGN(const SchedStatus sched, schedStatus(session));
    status.allocated_ = sched.allocated.ranks();
    MC_TRY(status.readHousekeeping(session));
    MC_TRY(status.readIncluded(session, parsed));
    if (const auto* drain = formats::findObject(answer, "drain"))
      for (const auto& [ranks, info] : *drain) {
        MC_TRY_ASSIGN(const formats::Idset ids, formats::Idset::parse(ranks));
        status.addDrained(ids, info);
      }
    return status;
  }

  // `detailed`: one line per reason and time, else per state.
  [[nodiscard]] std::vector<StatusRow> rows(const std::vector<std::string>& states, bool detailed,
                                            bool withEmpty) const {
    std::vector<StatusRow> out;
    for (const std::string& state : states) {
      const size_t before = out.size();
      if (state == "drained" || state == "draining") {
        for (StatusRow row : drained_) {
          if (row.state != state) continue;
          if (!detailed) {
            row.reason.clear();
            row.timestamp = 0;
          }
          add(out, row);
        }
      } else {
        add(out, {state, true, "", 0, ranksIn(state), ""});
      }
      if (withEmpty && out.size() == before)
        out.push_back({state, state != "offline", "", 0, {}, ""});
    }
    return out;
  }
  [[nodiscard]] std::vector<StatusRow> drainedRows() const {
    std::vector<StatusRow> out;
    for (const StatusRow& row : drained_) add(out, row);
    return out;
  }

 private:
  static base::Result<formats::Idset> idset(const json::object& answer, std::string_view key) {
    const auto text = formats::getString(answer, key);
    return formats::Idset::parse(text ? *text : std::string_view());
  }

  // Nodes whose jobs have ended, and that are still being cleaned up.
  base::Status readHousekeeping(Session& session) {
    MC_TRY_ASSIGN(const json::object stats, session->call("job-manager.stats-get", {}, 0));
    const auto* housekeeping = formats::findObject(stats, "housekeeping");
    const auto* running = housekeeping ? formats::findObject(*housekeeping, "running") : nullptr;
    if (running == nullptr) return {};
    for (const auto& [id, entry] : *running) {
      if (!entry.is_object()) continue;
      MC_TRY_ASSIGN(const formats::Idset ranks, idset(entry.get_object(), "pending"));
      housekeeping_.insert(ranks);
    }
    return {};
  }

  base::Status readIncluded(Session& session, const Parsed& parsed) {
    QueueProperties queues;
    if (parsed.has("queue")) {
      MC_TRY_ASSIGN(queues, queueProperties(session));
    }
    MC_TRY_ASSIGN(included_, includedRanks(resources_, queues, parsed));
    return {};
  }

  [[nodiscard]] formats::Idset ranksIn(const std::string& state) const {
    formats::Idset ranks = resources_.ranks();
    if (state == "exclude") return excluded_;
    if (state == "allocated") return allocated_;
    if (state == "torpid") return torpid_;
    if (state == "housekeeping") return housekeeping_;
    if (state == "online") return ranks.intersection(online_);
    if (state == "offline") {
      ranks.erase(online_);
      return ranks;
    }
    ranks.erase(excluded_);  // avail
    ranks.erase(torpid_);
    for (const StatusRow& row : drained_) ranks.erase(row.ranks);
    return ranks;
  }

  void addDrained(const formats::Idset& ids, const json::value& info) {
    const auto* object = info.if_object();
    if (object == nullptr) return;
    StatusRow row;
    row.reason = formats::getString(*object, "reason").value_or("");
    row.timestamp = formats::getDouble(*object, "timestamp").value_or(0);
    row.state = "draining";  // it still runs jobs
    row.ranks = ids.intersection(allocated_);
    if (!row.ranks.empty()) drained_.push_back(row);
    row.state = "drained";
    row.ranks = ids;
    row.ranks.erase(allocated_);
    if (!row.ranks.empty()) drained_.push_back(row);
  }

  // Splits a row by online and offline; joins it with an equal one.
  void add(std::vector<StatusRow>& out, StatusRow row) const {
    const formats::Idset all = row.ranks.intersection(included_);
    for (const bool up : {true, false}) {
      row.up = up;
      row.ranks = all.intersection(online_);
      if (!up) {
        row.ranks = all;
        row.ranks.erase(online_);
      }
      if (row.ranks.empty()) continue;
      StatusRow* same = nullptr;
      for (StatusRow& other : out)
        if (other.state == row.state && other.up == row.up && other.reason == row.reason &&
            other.timestamp == row.timestamp)
          same = &other;
      if (same == nullptr) same = &out.emplace_back(row);
      same->ranks.insert(row.ranks);
      same->nodelist = resources_.slice(same->ranks).nodelist().str();
    }
  }

  formats::ResourceSet resources_;
  formats::Idset online_;
  formats::Idset excluded_;
  formats::Idset torpid_;
  formats::Idset allocated_;
  formats::Idset housekeeping_;
  formats::Idset included_;
  std::vector<StatusRow> drained_;
};

int printRows(const Parsed& parsed, const std::vector<StatusRow>& entries,
              const RowFormat& format) {
  std::vector<RowFormat::Row> rows;
  rows.reserve(entries.size());
  for (const StatusRow& entry : entries)
    rows.emplace_back([&entry](const std::string& field) { return entry.value(field); });
  printTable(parsed, format, titleOf, rows);
  return 0;
}

int showDrained(const Parsed& parsed) {
  std::optional<int> exitStatus;
  const auto format = resourceFormat(kDrainSource, parsed, titleOf, exitStatus);
  if (exitStatus) return *exitStatus;
  auto session = resourceSession();
  if (!session) return 1;
  const auto status = NodeStatus::get(*session, parsed);
  if (!status) return resourceFail(pythonError(status.error()));
  return printRows(parsed, status->drainedRows(), *format);
}

// The words behind the targets.
std::string reasonOf(const Parsed& parsed) {
  std::string reason;
  for (size_t i = 1; i < parsed.rest.size(); ++i) reason += (i > 1 ? " " : "") + parsed.rest[i];
  return reason;
}

}  // namespace

int resourceStatus(const Args& args) {
  const Grammar grammar = resourceGrammar(kStatusOptions);
  const auto [parsed, usage] = parseOptions(grammar, args);
  if (usage) return *usage;
  if (!parsed.rest.empty()) return usageError(grammar, "unrecognized arguments: " + parsed.rest[0]);
  std::optional<int> exitStatus;
  const auto format = resourceFormat(kStatusSource, parsed, titleOf, exitStatus);
  if (exitStatus) return *exitStatus;
  const auto states = statesOf(parsed.valueOr("states", kDefaultStates));
  if (!states) return resourceFail(states.error().message);
  auto session = resourceSession();
  if (!session) return 1;
  const auto status = NodeStatus::get(*session, parsed);
  if (!status) return resourceFail(pythonError(status.error()));
  bool detailed = false;
  for (const std::string& field : format->fields())
    detailed = detailed || field == "reason" || field == "timestamp";
  const bool withEmpty = parsed.has("states") && !parsed.has("skip-empty");
  return printRows(parsed, status->rows(*states, detailed, withEmpty), *format);
}

int resourceDrain(const Args& args) {
  const auto [parsed, exitStatus] = parseOptions(resourceGrammar(kDrainOptions), args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return showDrained(parsed);
  if (parsed.has("force") && parsed.has("update"))
    return resourceFail("Only one of --force and --update may be specified");
  json::object payload{{"targets", parsed.rest[0]}};
  if (const std::string reason = reasonOf(parsed); !reason.empty()) payload["reason"] = reason;
  if (parsed.has("force"))
    payload["mode"] = parsed.count("force") > 1 ? "force-overwrite" : "overwrite";
  if (parsed.has("update")) payload["mode"] = "update";
  auto session = resourceSession();
  if (!session) return 1;
  const auto answer = (*session)->call("resource.drain", payload, 0);
  return answer ? 0 : resourceFail(pythonError(answer.error()));
}

int resourceUndrain(const Args& args) {
  const Grammar grammar = resourceGrammar(kUndrainOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty())
    return usageError(grammar, "the following arguments are required: targets");
  json::object payload{{"targets", parsed.rest[0]}};
  if (const std::string reason = reasonOf(parsed); !reason.empty()) payload["reason"] = reason;
  if (parsed.has("force")) payload["mode"] = "force";
  auto session = resourceSession();
  if (!session) return 1;
  const auto answer = (*session)->call("resource.undrain", payload, 0);
  return answer ? 0 : resourceFail(answer.error().message);
}

}  // namespace mc::flux::commands
