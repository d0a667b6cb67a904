// flux resource list, info, R: what the scheduler has.

#include "flux/commands/resource_command.hpp"

#include <algorithm>

#include "flux/commands/named_formats.hpp"
#include "flux/commands/row_format.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kListOptions[] = {
    {'o', "format", Takes::Value, "FORMAT",
     "Specify output format using Python's string format syntax or a defined format by name (use "
     "'help' to get a list of names)"},
    {'n', "no-header", Takes::Nothing, "", "Suppress header output"},
    {'s', "states", Takes::Value, "STATE,...", "Output resources in given states"},
    {'i', "include", Takes::Value, "HOSTS|RANKS", "Include only specified hosts or ranks"},
};

constexpr NamedFormat kFormats[] = {
    {"default", "Default format string",
     "{state:>10} ?:{properties:<10.10+} {nnodes:>6} {ncores:>6} {ngpus:>5} {nodelist}"},
    {"rlist", "Format including resource list",
     "{state:>10} ?:{properties:<10.10+} {nnodes:>6} {ncores:>6} +{ngpus:>5} {rlist}"},
};

constexpr std::pair<const char*, const char*> kTitles[] = {
    {"state", "STATE"},       {"properties", "PROPERTIES"},
    {"nnodes", "NNODES"},     {"ncores", "NCORES"},
    {"ngpus", "NGPUS"},       {"ranks", "RANKS"},
    {"nodelist", "NODELIST"}, {"rlist", "LIST"}};

std::string titleOf(const std::string& field) {
  for (const auto& [name, title] : kTitles)
    if (field == name) return title;
  return {};
}

base::Result<std::pair<std::string, formats::ResourceSet>> setInState(const SchedStatus& status,
                                                                      const std::string& state) {
  formats::ResourceSet set = state == "allocated" ? status.allocated
                             : state == "down"    ? status.down
                                                  : status.all;
  if (state == "free" || state == "up") set.remove(status.down);
  if (state == "free") set.remove(status.allocated);
  const bool known =
      state == "all" || state == "up" || state == "down" || state == "free" || state == "allocated";
  if (!known) return base::fail(EINVAL, "Invalid resource state " + state + " specified");
  return std::pair(state, std::move(set));
}

FieldValue fieldOf(const std::string& state, const formats::ResourceSet& set,
                   const std::string& field) {
  if (field == "state") return state;
  if (field == "nnodes") return static_cast<int64_t>(set.nodeCount());
  if (field == "ncores") return static_cast<int64_t>(set.coreCount());
  if (field == "ngpus") return static_cast<int64_t>(set.gpuCount());
  if (field == "ranks") return set.ranks().str();
  if (field == "nodelist") return set.nodelist().str();
  if (field == "rlist") return set.summary();
  std::string properties;
  const auto ranks = set.ranks();
  for (const auto& [name, ids] : set.properties)
    if (ids.intersects(ranks)) properties += (properties.empty() ? "" : ",") + name;
  return properties;
}

// Only the nodes that --include names, by rank or by host.
base::Status keepIncluded(formats::ResourceSet& set, const std::string& include) {
  auto ranks = formats::Idset::parse(include);
  if (!ranks) {
    MC_TRY_ASSIGN(const auto hosts, formats::Hostlist::parse(include).prefixed("--include"));
    formats::Idset found;
    for (const auto& [rank, node] : set.nodes)
      if (hosts.find(node.host)) found.insert(rank);
    ranks = found;
  }
  set = set.slice(*ranks);
  return {};
}

}  // namespace

int resourceList(const Args& args) {
  const Grammar grammar = resourceGrammar(kListOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageError(grammar, "unrecognized arguments: " + parsed.rest[0]);
  if (parsed.value("format") == "help") {
    print(formatHelp("flux-resource list", kFormats));
    return 0;
  }
  const auto text = findFormat(kFormats, parsed.valueOr("format", "default"));
  if (!text) return resourceFail(text.error().message);
  const auto format = RowFormat::parse(*text);
  if (!format) return resourceFail(format.error().message);
  for (const std::string& field : format->fields())
    if (titleOf(field).empty()) return resourceFail("Unknown format field: " + field);
  auto session = resourceSession();
  if (!session) return 1;
  const auto status = schedStatus(*session);
  if (!status) return resourceFail(pythonError(status.error()));
  std::vector<std::pair<std::string, formats::ResourceSet>> sets;
  for (const std::string& state :
       formats::splitList(parsed.valueOr("states", "free,allocated,down"))) {
    auto set = setInState(*status, state);
    if (!set) return resourceFail(set.error().message);
    if (const auto include = parsed.value("include"))
      if (const auto kept = keepIncluded(set->second, *include); !kept)
        return resourceFail(kept.error().message);
    sets.push_back(std::move(*set));
  }
  std::vector<RowFormat::Row> rows;
  rows.reserve(sets.size());
  for (const auto& entry : sets)
    rows.emplace_back(
        [&entry](const std::string& field) { return fieldOf(entry.first, entry.second, field); });
  if (!parsed.has("no-header")) print(format->header(rows, titleOf) + "\n");
  for (const std::string& line : format->lines(rows, titleOf)) print(line + "\n");
  return 0;
}

int resourceInfo(const Args& args) {
  static constexpr Option kOptions[] = {
      {'s', "states", Takes::Value, "STATE,...", "Show information for states"}};
  const Grammar grammar = resourceGrammar(kOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto session = resourceSession();
  if (!session) return 1;
  const auto status = schedStatus(*session);
  if (!status) return resourceFail(pythonError(status.error()));
  formats::ResourceSet all;
  for (const std::string& state : formats::splitList(parsed.valueOr("states", "all"))) {
    auto set = setInState(*status, state);
    if (!set) return resourceFail(set.error().message);
    all.add(set->second);
  }
  const auto counted = [](size_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
  };
  print(counted(all.nodeCount(), "Node") + ", " + counted(all.coreCount(), "Core") + ", " +
        counted(all.gpuCount(), "GPU") + "\n");
  return 0;
}

int resourceR(const Args& args) {
  static constexpr Option kOptions[] = {
      {'s', "states", Takes::Value, "STATE,...", "Emit R for states"}};
  const Grammar grammar = resourceGrammar(kOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto session = resourceSession();
  if (!session) return 1;
  const auto status = schedStatus(*session);
  if (!status) return resourceFail(pythonError(status.error()));
  formats::ResourceSet all;
  for (const std::string& state : formats::splitList(parsed.valueOr("states", "all"))) {
    auto set = setInState(*status, state);
    if (!set) return resourceFail(set.error().message);
    if (all.empty()) {
      all = std::move(set->second);
    } else {
      all.add(set->second);
    }
  }
  print(formats::toJson(all.toJson(), formats::JsonStyle::Spaced) + "\n");
  return 0;
}

}  // namespace mc::flux::commands
