// flux resource list, info, R: what the scheduler has.

#include <algorithm>

#include "flux/commands/resource_command.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kStates{'s', "states", Takes::Value, "STATE,...",
                         "Output resources in given states"};
constexpr Option kQueue{'q', "queue", Takes::Value, "QUEUE,...",
                        "Include only specified queues in output"};
constexpr Option kInclude{'i', "include", Takes::Value, "HOSTS|RANKS",
                          "Include only specified hosts or ranks"};
constexpr Option kListOptions[] = {
    {'o', "format", Takes::Value, "FORMAT",
     "Specify output format using Python's string format syntax or a defined format by name (use "
     "'help' to get a list of names)"},
    {'n', "no-header", Takes::Nothing, "", "Suppress header output"},
    kStates,
    kQueue,
    kInclude,
    {0, "skip-empty", Takes::Nothing, "", "Skip empty lines of output (default with --include)"},
    {0, "no-skip-empty", Takes::Nothing, "", "Do not skip empty lines of output"},
};
constexpr Option kSumOptions[] = {kStates, kQueue, kInclude};

constexpr NamedFormat kFormats[] = {
    {"default", "Default format string",
     "{state:>10} ?:{queue:<10.10+} ?:{propertiesx:<10.10+} {nnodes:>6} {ncores:>6} {ngpus:>5} "
     "{nodelist}"},
    {"rlist", "Format including resource list",
     "{state:>10} ?:{queue:<10.10+} ?:{propertiesx:<10.10+} {nnodes:>6} {ncores:>6} +{ngpus:>5} "
     "{rlist}"},
};
constexpr FormatSource kFormatSource{"flux-resource list", "flux-resource", "list",
                                     "FLUX_RESOURCE_LIST_FORMAT_DEFAULT", kFormats};

constexpr std::pair<const char*, const char*> kTitles[] = {
    {"state", "STATE"},           {"queue", "QUEUE"},
    {"properties", "PROPERTIES"}, {"propertiesx", "PROPERTIES"},
    {"nnodes", "NNODES"},         {"ncores", "NCORES"},
    {"ngpus", "NGPUS"},           {"ranks", "RANKS"},
    {"nodelist", "NODELIST"},     {"rlist", "LIST"}};

std::string titleOf(const std::string& field) {
  for (const auto& [name, title] : kTitles)
    if (field == name) return title;
  return {};
}

base::Result<formats::ResourceSet> setInState(const SchedStatus& status, const std::string& state) {
  formats::ResourceSet set = state == "allocated" ? status.allocated
                             : state == "down"    ? status.down
                                                  : status.all;
  if (state == "free" || state == "up") set.remove(status.down);
  if (state == "free") set.remove(status.allocated);
  const bool known =
      state == "all" || state == "up" || state == "down" || state == "free" || state == "allocated";
  if (!known) return base::fail(EINVAL, "Invalid resource state " + state + " specified");
  return set;
}

// Fields that tell resources apart; those with equal ones are listed together.
bool separates(const std::string& field) {
  return field == "state" || field == "queue" || field == "properties" || field == "propertiesx";
}

class Listing {
 public:
  Listing(const RowFormat& format, const SchedStatus& status, const QueueProperties& queues)
      : status_(status), queues_(queues) {
    for (const std::string& field : format.fields())
      if (separates(field)) keys_.push_back(field);
  }

  base::Status add(const std::string& state, const formats::Idset& included, bool skipsEmpty) {
    MC_TRY_ASSIGN(const formats::ResourceSet all, setInState(status_, state));
    const formats::ResourceSet set = all.slice(included);
    if (set.empty() && !skipsEmpty) join(state, {}, set);
    for (const auto& [rank, node] : set.nodes)
      join(state, formats::Idset::single(rank), set.slice(formats::Idset::single(rank)));
    return {};
  }

  [[nodiscard]] std::vector<RowFormat::Row> rows() const {
    std::vector<RowFormat::Row> out;
    out.reserve(lines_.size());
    for (const Line& line : lines_)
      out.emplace_back([&line](const std::string& field) { return line.value(field); });
    return out;
  }

 private:
  struct Line {
    std::map<std::string, std::string> keys;
    formats::ResourceSet set;

    [[nodiscard]] FieldValue value(const std::string& field) const {
      if (field == "nnodes") return static_cast<int64_t>(set.nodeCount());
      if (field == "ncores") return static_cast<int64_t>(set.coreCount());
      if (field == "ngpus") return static_cast<int64_t>(set.gpuCount());
      if (field == "ranks") return set.ranks().str();
      if (field == "nodelist") return set.nodelist().str();
      if (field == "rlist") return set.summary();
      return keys.at(field);
    }
  };

  void join(const std::string& state, const formats::Idset& rank, const formats::ResourceSet& set) {
    std::map<std::string, std::string> keys;
    for (const std::string& key : keys_) keys[key] = keyOf(key, state, rank);
    for (Line& line : lines_)
      if (line.keys == keys) return line.set.add(set);
    lines_.push_back({std::move(keys), set});
  }

  [[nodiscard]] std::string keyOf(const std::string& key, const std::string& state,
                                  const formats::Idset& rank) const {
    if (key == "state") return state;
    if (rank.empty()) return {};
    std::string out;
    const auto add = [&out](const std::string& name) { out += (out.empty() ? "" : ",") + name; };
    if (key == "queue") {
      for (const auto& [name, properties] : queues_)
        if (ranksOfQueue(status_.all, properties).intersects(rank)) add(name);
      return out;
    }
    for (const auto& [name, ranks] : status_.all.properties)
      if (ranks.intersects(rank) && (key == "properties" || !queues_.contains(name))) add(name);
    return out;
  }

  const SchedStatus& status_;
  const QueueProperties& queues_;
  std::vector<std::string> keys_;
  std::vector<Line> lines_;
};

struct View {
  QueueProperties queues;
  SchedStatus status;
  formats::Idset included;
};
base::Result<View> viewOf(Session& session, const Parsed& parsed) {
  View view;
  MC_TRY_ASSIGN(view.queues, queueProperties(session).prefixed("config.get"));
  MC_TRY_ASSIGN(view.status, schedStatus(session));
  MC_TRY_ASSIGN(view.included, includedRanks(view.status.all, view.queues, parsed));
  return view;
}

// What the states of --states have together, for info and R.
base::Result<formats::ResourceSet> sumOf(const Parsed& parsed) {
  auto session = Session::open();
  if (!session) return base::fail(session.error().errnum, connectFailure(session.error()));
  MC_TRY_ASSIGN(const View view, viewOf(*session, parsed));
  formats::ResourceSet sum;
  for (const std::string& state : formats::splitList(parsed.valueOr("states", "all"))) {
    MC_TRY_ASSIGN(const formats::ResourceSet all, setInState(view.status, state));
    formats::ResourceSet set = all.slice(view.included);
    if (sum.empty()) {
      sum = std::move(set);
    } else {
      sum.add(set);
    }
  }
  return sum;
}

}  // namespace

int resourceList(const Args& args) {
  const Grammar grammar = resourceGrammar(kListOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageError(grammar, "unrecognized arguments: " + parsed.rest[0]);
  std::optional<int> status;
  const auto format = resourceFormat(kFormatSource, parsed, titleOf, status);
  if (status) return *status;
  auto session = resourceSession();
  if (!session) return 1;
  const auto view = viewOf(*session, parsed);
  if (!view) return resourceFail(pythonError(view.error()));
  const bool skipsEmpty =
      !parsed.has("no-skip-empty") && (parsed.has("skip-empty") || parsed.has("include"));
  Listing listing(*format, view->status, view->queues);
  for (const std::string& state :
       formats::splitList(parsed.valueOr("states", "free,allocated,down")))
    if (const auto added = listing.add(state, view->included, skipsEmpty); !added)
      return resourceFail(added.error().message);
  printTable(parsed, *format, titleOf, listing.rows());
  return 0;
}

int resourceInfo(const Args& args) {
  const auto [parsed, exitStatus] = parseOptions(resourceGrammar(kSumOptions), args);
  if (exitStatus) return *exitStatus;
  const auto sum = sumOf(parsed);
  if (!sum) return resourceFail(sum.error().message);
  const auto counted = [](size_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
  };
  print(counted(sum->nodeCount(), "Node") + ", " + counted(sum->coreCount(), "Core") + ", " +
        counted(sum->gpuCount(), "GPU") + "\n");
  return 0;
}

int resourceR(const Args& args) {
  const auto [parsed, exitStatus] = parseOptions(resourceGrammar(kSumOptions), args);
  if (exitStatus) return *exitStatus;
  const auto sum = sumOf(parsed);
  if (!sum) return resourceFail(sum.error().message);
  print(formats::toJson(sum->toJson(), formats::JsonStyle::Spaced) + "\n");
  return 0;
}

}  // namespace mc::flux::commands
