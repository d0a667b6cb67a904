#include "flux/commands/queue_list.hpp"

#include <cmath>

#include "flux/broker/config.hpp"
#include "flux/commands/named_formats.hpp"
#include "flux/commands/resource_command.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-queue";

constexpr Option kOptions[] = {
    {'q', "queue", Takes::Value, "QUEUE,...", "Include only specified queues in output"},
    {'n', "no-header", Takes::Nothing, "", "Suppress printing of header line"},
    {'o', "format", Takes::Value, "FORMAT",
     "Specify output format using Python's string format syntax or a defined format by name (use "
     "'help' to get a list of names)"},
};

constexpr NamedFormat kFormats[] = {
    {"default", "Default flux-queue list format string",
     "?:{queuem:<8.8} {enabled:>2} {started:>2} {defaults.timelimit:>8} {limits.timelimit:>8} "
     "{limits.range.nnodes:>10} {limits.range.ncores:>10} {limits.range.ngpus:>10}"},
};
constexpr FormatSource kFormatSource{"flux-queue list", "flux-queue", "list",
                                     "FLUX_QUEUE_LIST_FORMAT_DEFAULT", kFormats};

constexpr std::pair<const char*, const char*> kTitles[] = {{"queue", "QUEUE"},
                                                           {"queuem", "QUEUE"},
                                                           {"submission", "SUBMISSION"},
                                                           {"scheduling", "SCHEDULING"},
                                                           {"enabled", "EN"},
                                                           {"enabled.ascii", "EN"},
                                                           {"started", "ST"},
                                                           {"started.ascii", "ST"},
                                                           {"defaults.timelimit", "TDEFAULT"},
                                                           {"limits.timelimit", "TLIMIT"},
                                                           {"limits.range.nnodes", "NNODES"},
                                                           {"limits.range.ncores", "NCORES"},
                                                           {"limits.range.ngpus", "NGPUS"},
                                                           {"limits.min.nnodes", "MIN-NNODES"},
                                                           {"limits.max.nnodes", "MAX-NNODES"},
                                                           {"limits.min.ncores", "MIN-NCORES"},
                                                           {"limits.max.ncores", "MAX-NCORES"},
                                                           {"limits.min.ngpus", "MIN-NGPUS"},
                                                           {"limits.max.ngpus", "MAX-NGPUS"}};

std::string mark(bool yes, bool ascii) {
  if (ascii || !isUtf8Locale()) return yes ? "y" : "n";
  return yes ? "\u2714" : "\u2717";
}

// A duration of the configuration, in seconds or as text; "inf" where there is no limit.
std::string timeText(const json::object& policy, const char* path) {
  const auto* value = broker::findConfig(policy, path);
  if (value == nullptr) return "inf";
  const auto* text = value->if_string();
  const auto seconds =
      text ? formats::parseDuration(std::string_view(*text)) : formats::toDouble(*value);
  if (!seconds || *seconds == 0 || std::isinf(*seconds)) return "inf";
  return formats::formatJobDuration(*seconds);
}

int64_t limitOf(const json::object& policy, const std::string& end, const std::string& what,
                int64_t otherwise) {
  const auto* value = broker::findConfig(policy, "limits.job-size." + end + "." + what);
  const auto limit = value ? formats::toInteger(*value) : base::Result<int64_t>(-1);
  return limit && *limit >= 0 ? *limit : otherwise;
}

// What resources and configuration say of each queue, without its state.
base::Result<std::vector<QueueRow>> describe(const json::object& config, const SchedStatus& status,
                                             const QueueProperties& queues) {
  const json::object none;
  const auto* policy = formats::findObject(config, "policy");
  const auto* standard = broker::findConfig(config, "policy.jobspec.defaults.system.queue");
  std::vector<QueueRow> rows;
  const auto add = [&](const std::string& name, const formats::Idset& ranks) -> QueueRow& {
    QueueRow& row = rows.emplace_back();
    row.name = name;
    row.policy = policy ? *policy : none;
    const formats::ResourceSet set = status.all.slice(ranks);
    row.nodes = static_cast<int64_t>(set.nodeCount());
    row.cores = static_cast<int64_t>(set.coreCount());
    row.gpus = static_cast<int64_t>(set.gpuCount());
    return row;
  };
  if (queues.empty()) add("", status.all.ranks());
  for (const auto& [name, properties] : queues) {
    QueueRow& row = add(name, ranksOfQueue(status.all, properties));
    row.isDefault = standard && standard->is_string() && standard->get_string() == name;
    const auto* own = formats::findObject(config, "queues");
    const auto* entry = own ? formats::findObject(*own, name) : nullptr;
    if (const auto* over = entry ? formats::findObject(*entry, "policy") : nullptr)
      broker::mergeConfig(row.policy, *over);
  }
  return rows;
}

base::Result<std::vector<QueueRow>> queueRows(Session& session, const Parsed& parsed) {
  MC_TRY_ASSIGN(const json::object config, session->call("config.get"));
  MC_TRY_ASSIGN(const SchedStatus status, schedStatus(session));
  MC_TRY_ASSIGN(std::vector<QueueRow> rows, describe(config, status, queuePropertiesOf(config)));
  if (const auto names = parsed.value("queue")) {
    std::vector<QueueRow> wanted;
    for (const std::string& name : formats::splitList(*names)) {
      const auto at = std::find_if(rows.begin(), rows.end(),
                                   [&](const QueueRow& row) { return row.name == name; });
      if (at == rows.end()) return base::fail(EINVAL, "No such queue: " + name);
      wanted.push_back(*at);
    }
    rows = std::move(wanted);
  }
  for (QueueRow& row : rows) {
    json::object payload;
    if (!row.name.empty()) payload["name"] = row.name;
    MC_TRY_ASSIGN(const json::object state, session->call("job-manager.queue-status", payload, 0));
    row.enabled = formats::getBool(state, "enable").value_or(true);
    row.started = formats::getBool(state, "start").value_or(true);
  }
  return rows;
}

}  // namespace

FieldValue QueueRow::value(const std::string& field) const {
  if (field == "queue") return name;
  if (field == "queuem") return isDefault ? name + "*" : name;
  if (field == "submission") return enabled ? "enabled" : "disabled";
  if (field == "scheduling") return started ? "started" : "stopped";
  if (field.starts_with("enabled")) return mark(enabled, field.ends_with(".ascii"));
  if (field.starts_with("started")) return mark(started, field.ends_with(".ascii"));
  if (field == "defaults.timelimit") return timeText(policy, "jobspec.defaults.system.duration");
  if (field == "limits.timelimit") return timeText(policy, "limits.duration");
  const std::string what = field.substr(field.rfind('.') + 1);
  const int64_t there = what == "nnodes" ? nodes : what == "ncores" ? cores : gpus;
  const int64_t low = limitOf(policy, "min", what, 0);
  const int64_t high = limitOf(policy, "max", what, there);
  if (field.starts_with("limits.min.")) return low;
  if (field.starts_with("limits.max.")) return high;
  return std::to_string(low) + "-" + std::to_string(high);
}

std::string queueFieldTitle(const std::string& field) {
  for (const auto& [name, title] : kTitles)
    if (field == name) return title;
  return {};
}

int queueList(const Args& args) {
  const Grammar grammar{.program = kProgram,
                        .usage = "flux-queue list [-h] [-q QUEUE,...] [-n] [-o FORMAT]",
                        .description = "list queue status, defaults, and limits",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageError(grammar, "unrecognized arguments: " + parsed.rest[0]);
  const auto choice = chooseFormat(kFormatSource, parsed);
  if (!choice) return failPython(kProgram, choice.error().message);
  if (choice->answer) {
    print(*choice->answer);
    return 0;
  }
  const auto format = RowFormat::parse(choice->format);
  if (!format) return failPython(kProgram, format.error().message);
  for (const std::string& field : format->fields())
    if (queueFieldTitle(field).empty())
      return failPython(kProgram, "Unknown format field: " + field);
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  const auto queues = queueRows(*session, parsed);
  if (!queues) return failPython(kProgram, queues.error().message);
  std::vector<RowFormat::Row> rows;
  rows.reserve(queues->size());
  for (const QueueRow& queue : *queues)
    rows.emplace_back([&queue](const std::string& field) { return queue.value(field); });
  printTable(parsed, *format, queueFieldTitle, rows);
  return 0;
}

}  // namespace mc::flux::commands
