// flux resource: finds the subcommand.

#include "flux/commands/resource_command.hpp"

#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-resource";
constexpr const char* kUsage =
    "flux-resource [-h]\n"
    "                     {drain,undrain,status,list,info,R,eventlog}\n"
    "                     ...";

struct Subcommand {
  const char* name;
  CommandMain run;
};
constexpr Subcommand kSubcommands[] = {
    {"list", resourceList},         {"info", resourceInfo},   {"R", resourceR},
    {"status", resourceStatus},     {"drain", resourceDrain}, {"undrain", resourceUndrain},
    {"eventlog", resourceEventlog},
};

base::Result<formats::ResourceSet> setOf(const json::object& answer, std::string_view key) {
  const auto* value = formats::find(answer, key);
  if (value == nullptr || value->is_null()) return formats::ResourceSet();
  if (!value->is_object()) return base::fail(EPROTO, std::string(key) + " is no R object");
  return formats::ResourceSet::parse(value->get_object()).prefixed(std::string(key));
}

std::vector<std::string> stringsOf(const json::array* values) {
  std::vector<std::string> out;
  if (values != nullptr)
    for (const json::value& value : *values)
      if (const auto* text = value.if_string()) out.emplace_back(*text);
  return out;
}

// "0,2-3" or "node[1-2]": ranks by number or by host; hosts that there are not select nothing.
base::Result<formats::Idset> targets(const formats::ResourceSet& resources,
                                     const std::string& text) {
  if (auto ranks = formats::Idset::parse(text)) return ranks->intersection(resources.ranks());
  MC_TRY_ASSIGN(const auto hosts, formats::Hostlist::parse(text).prefixed("--include"));
  formats::Idset found;
  for (const auto& [rank, node] : resources.nodes)
    if (hosts.find(node.host)) found.insert(rank);
  return found;
}

}  // namespace

Grammar resourceGrammar(std::span<const Option> options) {
  return {.program = kProgram, .usage = kUsage, .options = options};
}

int resourceFail(const std::string& message) {
  return failPython(kProgram, message);
}

std::optional<Session> resourceSession() {
  auto session = Session::open();
  if (session) return std::move(*session);
  resourceFail(connectFailure(session.error()));
  return std::nullopt;
}

base::Result<SchedStatus> schedStatus(Session& session) {
  MC_TRY_ASSIGN(const json::object answer, session->call("resource.sched-status", {}, 0));
  SchedStatus status;
  MC_TRY_ASSIGN(status.all, setOf(answer, "all"));
  MC_TRY_ASSIGN(status.allocated, setOf(answer, "allocated"));
  MC_TRY_ASSIGN(status.down, setOf(answer, "down"));
  return status;
}

base::Result<QueueProperties> queueProperties(Session& session) {
  MC_TRY_ASSIGN(const json::object config, session->call("config.get"));
  return queuePropertiesOf(config);
}

QueueProperties queuePropertiesOf(const json::object& config) {
  QueueProperties out;
  if (const auto* queues = formats::findObject(config, "queues"))
    for (const auto& [name, entry] : *queues)
      if (const auto* queue = entry.if_object())
        out[std::string(name)] = stringsOf(formats::findArray(*queue, "requires"));
  return out;
}

formats::Idset ranksOfQueue(const formats::ResourceSet& resources,
                            const std::vector<std::string>& properties) {
  formats::Idset ranks = resources.ranks();
  for (const std::string& property : properties) {
    const auto at = resources.properties.find(property);
    ranks = at == resources.properties.end() ? formats::Idset() : ranks.intersection(at->second);
  }
  return ranks;
}

base::Result<formats::Idset> includedRanks(const formats::ResourceSet& resources,
                                           const QueueProperties& queues, const Parsed& parsed) {
  formats::Idset ranks = resources.ranks();
  if (const auto names = parsed.value("queue")) {
    formats::Idset found;
    for (const std::string& name : formats::splitList(*names)) {
      const auto queue = queues.find(name);
      if (queue == queues.end()) return base::fail(EINVAL, name + ": no such queue");
      found.insert(ranksOfQueue(resources, queue->second));
    }
    ranks = ranks.intersection(found);
  }
  if (const auto include = parsed.value("include")) {
    MC_TRY_ASSIGN(const formats::Idset wanted, targets(resources, *include));
    ranks = ranks.intersection(wanted);
  }
  return ranks;
}

std::optional<RowFormat> resourceFormat(const FormatSource& source, const Parsed& parsed,
                                        const RowFormat::Title& title,
                                        std::optional<int>& exitStatus) {
  const auto choice = chooseFormat(source, parsed);
  if (choice && choice->answer) {
    print(*choice->answer);
    exitStatus = 0;
    return std::nullopt;
  }
  const auto format = choice ? RowFormat::parse(choice->format)
                             : base::Result<RowFormat>(base::pass(choice.error()));
  if (!format) {
    exitStatus = resourceFail(format.error().message);
    return std::nullopt;
  }
  for (const std::string& field : format->fields())
    if (title(field).empty()) {
      exitStatus = resourceFail("Unknown format field: " + field);
      return std::nullopt;
    }
  return *format;
}

void printTable(const Parsed& parsed, const RowFormat& format, const RowFormat::Title& title,
                const std::vector<RowFormat::Row>& rows) {
  if (!parsed.has("no-header")) print(format.header(rows, title) + "\n");
  for (const std::string& line : format.lines(rows, title)) print(line + "\n");
}

int resourceMain(const Args& args) {
  const Grammar grammar = resourceGrammar({});
  if (!args.empty() && (args[0] == "-h" || args[0] == "--help")) {
    print(helpText(grammar));
    return 0;
  }
  if (args.empty()) return usageError(grammar, "the following arguments are required: subcommand");
  for (const Subcommand& entry : kSubcommands)
    if (args[0] == entry.name) return entry.run({args.begin() + 1, args.end()});
  return usageError(grammar,
                    "argument subcommand: invalid choice: '" + args[0] +
                        "' (choose from 'drain', 'undrain', 'status', 'list', 'info', 'R', "
                        "'eventlog')");
}

}  // namespace mc::flux::commands
