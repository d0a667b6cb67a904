// flux resource status, drain, undrain: which nodes may run jobs.

#include <algorithm>

#include "flux/commands/named_formats.hpp"
#include "flux/commands/resource_command.hpp"
#include "flux/commands/row_format.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kStatusOptions[] = {
    {'o', "format", Takes::Value, "FORMAT",
     "Specify output format using Python's string format syntax or a defined format by name (use "
     "'help' to get a list of names)"},
    {'n', "no-header", Takes::Nothing, "", "Suppress header output"},
    {'s', "states", Takes::Value, "STATE,...", "Output resources in given states"},
};
constexpr Option kDrainOptions[] = {
    {'o', "format", Takes::Value, "FORMAT",
     "Specify output format using Python's string format syntax"},
    {'n', "no-header", Takes::Nothing, "", "Suppress header output"},
    {'f', "force", Takes::Nothing, "", "Force overwrite of existing drain reason"},
    {'u', "update", Takes::Nothing, "",
     "Update only. Do not fail if target(s) are already drained"},
};
constexpr Option kUndrainOptions[] = {
    {'f', "force", Takes::Nothing, "", "Do not fail if any targets are not drained"}};

constexpr NamedFormat kStatusFormats[] = {
    {"default", "Default flux-resource status format string",
     "{state:>12}{up:>2} {nnodes:>6} {nodelist}"},
    {"long", "Long flux-resource status format string",
     "{state:>12}{up:>2} {nnodes:>6} {reason:<30.30+} {nodelist}"},
};
constexpr NamedFormat kDrainFormats[] = {
    {"default", "Default flux-resource drain format string",
     "{timestamp!d:%b%d %R::<12} {state:<8.8} {reason:<30.30+} {nodelist}"},
    {"long", "Long flux-resource drain format string",
     "{timestamp!d:%b%d %R::<12} {state:<8.8} {ranks:<8.8+} {reason:<30.30+} {nodelist}"},
};

// One line: nodes that share state and reason.
struct StatusRow {
  std::string state;
  bool up = true;
  std::string reason;
  double timestamp = 0;
  formats::Idset ranks;
  std::string nodelist;

  [[nodiscard]] FieldValue value(const std::string& field) const {
    if (field == "state") return state;
    if (field == "up") return isUtf8Locale() ? (up ? "\u2714" : "\u2717") : (up ? "y" : "n");
    if (field == "nnodes") return static_cast<int64_t>(ranks.size());
    if (field == "reason") return reason;
    if (field == "timestamp") return timestamp;
    if (field == "ranks") return ranks.str();
    if (field == "nodelist") return nodelist;
    return {};
  }
};

std::string titleOf(const std::string& field) {
  if (field == "state") return "STATE";
  if (field == "up") return "UP";
  if (field == "nnodes") return "NNODES";
  if (field == "reason") return "REASON";
  if (field == "timestamp") return "TIME";
  if (field == "ranks") return "RANKS";
  if (field == "nodelist") return "NODELIST";
  return {};
}

// What resource.status tells, as sets of ranks.
class NodeStatus {
 public:
  static base::Result<NodeStatus> get(Session& session) {
    NodeStatus status;
    MC_TRY_ASSIGN(const json::object answer, session->call("resource.status", {}, 0));
    if (const auto* r = formats::findObject(answer, "R")) {
      MC_TRY_ASSIGN(status.resources_, formats::ResourceSet::parse(*r));
    }
    MC_TRY_ASSIGN(status.online_, idset(answer, "online"));
    MC_TRY_ASSIGN(status.excluded_, idset(answer, "exclude"));
    MC_TRY_ASSIGN(const SchedStatus sched, schedStatus(session));
    status.allocated_ = sched.allocated.ranks();
    if (const auto* drain = formats::findObject(answer, "drain"))
      for (const auto& [ranks, info] : *drain) {
        MC_TRY_ASSIGN(const formats::Idset ids, formats::Idset::parse(ranks));
        status.addDrained(ids, info);
      }
    return status;
  }

  // `detailed`: one line per reason and time, else per state.
  [[nodiscard]] std::vector<StatusRow> rows(bool detailed) const {
    std::vector<StatusRow> out;
    formats::Idset rest = resources_.ranks();
    rest.erase(excluded_);
    for (const StatusRow& row : drained_) rest.erase(row.ranks);
    add(out, {"avail", true, "", 0, rest, ""});
    add(out, {"exclude", true, "", 0, excluded_, ""});
    for (StatusRow row : drained_) {
      if (!detailed) {
        row.reason.clear();
        row.timestamp = 0;
      }
      add(out, row);
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
    const formats::Idset all = row.ranks;
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
  formats::Idset allocated_;
  std::vector<StatusRow> drained_;
};

int printRows(const Parsed& parsed, const std::vector<StatusRow>& entries,
              const RowFormat& format) {
  std::vector<RowFormat::Row> rows;
  rows.reserve(entries.size());
  for (const StatusRow& entry : entries)
    rows.emplace_back([&entry](const std::string& field) { return entry.value(field); });
  if (!parsed.has("no-header")) print(format.header(rows, titleOf) + "\n");
  for (const std::string& line : format.lines(rows, titleOf)) print(line + "\n");
  return 0;
}

base::Result<RowFormat> formatOf(const Parsed& parsed, std::span<const NamedFormat> formats) {
  MC_TRY_ASSIGN(const std::string text, findFormat(formats, parsed.valueOr("format", "default")));
  MC_TRY_ASSIGN(RowFormat format, RowFormat::parse(text));
  for (const std::string& field : format.fields())
    if (titleOf(field).empty()) return base::fail(EINVAL, "Unknown format field: " + field);
  return format;
}

int showDrained(const Parsed& parsed) {
  const auto format = formatOf(parsed, kDrainFormats);
  if (!format) return resourceFail(format.error().message);
  auto session = resourceSession();
  if (!session) return 1;
  const auto status = NodeStatus::get(*session);
  if (!status) return resourceFail(pythonError(status.error()));
  return printRows(parsed, status->drainedRows(), *format);
}

}  // namespace

int resourceStatus(const Args& args) {
  const Grammar grammar = resourceGrammar(kStatusOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageError(grammar, "unrecognized arguments: " + parsed.rest[0]);
  if (parsed.value("format") == "help") {
    print(formatHelp("flux-resource status", kStatusFormats));
    return 0;
  }
  const auto format = formatOf(parsed, kStatusFormats);
  if (!format) return resourceFail(format.error().message);
  auto session = resourceSession();
  if (!session) return 1;
  const auto status = NodeStatus::get(*session);
  if (!status) return resourceFail(pythonError(status.error()));
  bool detailed = false;
  for (const std::string& field : format->fields())
    detailed = detailed || field == "reason" || field == "timestamp";
  auto rows = status->rows(detailed);
  if (const auto states = parsed.value("states")) {
    const auto wanted = formats::splitList(*states);
    std::erase_if(rows, [&](const StatusRow& row) {
      return std::find(wanted.begin(), wanted.end(), row.state) == wanted.end();
    });
  }
  return printRows(parsed, rows, *format);
}

int resourceDrain(const Args& args) {
  const Grammar grammar = resourceGrammar(kDrainOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return showDrained(parsed);
  json::object payload{{"targets", parsed.rest[0]}};
  std::string reason;
  for (size_t i = 1; i < parsed.rest.size(); ++i) reason += (i > 1 ? " " : "") + parsed.rest[i];
  if (!reason.empty()) payload["reason"] = reason;
  if (parsed.has("force")) payload["mode"] = "overwrite";
  if (parsed.has("update")) payload["mode"] = "update";
  auto session = resourceSession();
  if (!session) return 1;
  const auto answer = (*session)->call("resource.drain", payload, 0);
  if (!answer) return resourceFail(pythonError(answer.error()));
  return 0;
}

int resourceUndrain(const Args& args) {
  const Grammar grammar = resourceGrammar(kUndrainOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1)
    return usageError(grammar, "the following arguments are required: targets");
  json::object payload{{"targets", parsed.rest[0]}};
  if (parsed.has("force")) payload["mode"] = "force";
  auto session = resourceSession();
  if (!session) return 1;
  const auto answer = (*session)->call("resource.undrain", payload, 0);
  if (!answer) return resourceFail(answer.error().message);
  return 0;
}

}  // namespace mc::flux::commands
