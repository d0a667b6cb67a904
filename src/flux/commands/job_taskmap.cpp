// flux job taskmap: which task of a job runs on which node.

#include <charconv>

#include "flux/client/job_watch.hpp"
#include "flux/commands/job_command.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/formats/hostlist.hpp"
#include "flux/formats/text.hpp"
#include "flux/shell/task_map.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

using shell::TaskMap;

constexpr Option kOptions[] = {
    {0, "taskids", Takes::Value, "NODEID", "Print idset of tasks on node NODEID"},
    {0, "ntasks", Takes::Value, "NODEID", "Print number of tasks on node NODEID"},
    {0, "nodeid", Takes::Value, "TASKID", "Print the shell rank/nodeid on which TASKID executed"},
    {0, "hostname", Takes::Value, "TASKID", "Print the hostname on which TASKID executed"},
    {0, "to", Takes::Value, "FORMAT",
     "Convert an RFC 34 taskmap to another format (FORMAT can be raw, pmi, multiline, or hosts)"},
};
constexpr const char* kQueries[] = {"taskids", "ntasks", "nodeid", "hostname", "to"};

// A map and, where a job was named, the hosts of its nodes.
struct MapAndHosts {
  TaskMap map;
  formats::Hostlist hosts;
};

base::Result<uint32_t> number(std::string_view text) {
  uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || value > TaskMap::kMaxTasks)
    return base::fail(EINVAL, "invalid number '" + std::string(text) + "'");
  return value;
}

// "(vector,(first node,nodes,tasks),...)" as RFC 34 blocks.
base::Result<json::array> blocksOfPmi(std::string_view text) {
  constexpr std::string_view kBegin = "(vector,";
  if (!text.starts_with(kBegin) || !text.ends_with(')'))
    return base::fail(EINVAL, "invalid PMI process mapping");
  text = text.substr(kBegin.size(), text.size() - kBegin.size() - 1);
  json::array blocks;
  while (!text.empty()) {
    const size_t close = text.find(')');
    if (!text.starts_with('(') || close == text.npos)
      return base::fail(EINVAL, "invalid PMI process mapping");
    json::array block;
    for (const std::string& part : formats::splitList(text.substr(1, close - 1))) {
      MC_TRY_ASSIGN(const uint32_t value, number(part));
      block.emplace_back(value);
    }
    block.emplace_back(1);
    blocks.emplace_back(std::move(block));
    text.remove_prefix(close + 1);
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  return blocks;
}

// "0-3;4-7": the tasks of each node.
base::Result<TaskMap> mapOfRaw(std::string_view text) {
  std::vector<formats::Idset> ranks;
  for (const std::string& part : formats::splitList(text, ';')) {
    MC_TRY_ASSIGN(formats::Idset ids, formats::Idset::parse(part));
    if (!ids.empty() && ids.last() >= TaskMap::kMaxTasks)
      return base::fail(EINVAL, "too many tasks");
    ranks.push_back(std::move(ids));
  }
  return TaskMap(std::move(ranks));
}

// The nodes that the blocks of a map need.
uint32_t nodesOf(const json::array& blocks) {
  int64_t nodes = 0;
  for (const json::value& value : blocks) {
    const auto* block = value.if_array();
    if (block == nullptr || block->size() < 2) continue;
    const int64_t first = formats::toInteger(block->at(0)).value_or(0);
    const int64_t count = formats::toInteger(block->at(1)).value_or(0);
    if (first < 0 || count < 0 || first > TaskMap::kMaxTasks || count > TaskMap::kMaxTasks)
      continue;
    nodes = std::max(nodes, first + count);
  }
  return static_cast<uint32_t>(std::min<int64_t>(nodes, TaskMap::kMaxTasks));
}

base::Result<TaskMap> mapOfText(const std::string& text) {
  json::array blocks;
  if (text.starts_with('(')) {
    MC_TRY_ASSIGN(blocks, blocksOfPmi(text));
  } else if (text.starts_with('[') || text.starts_with('{')) {
    MC_TRY_ASSIGN(json::value value, formats::parseJson(text));
    const auto* object = value.if_object();
    const auto* inner = object ? formats::findArray(*object, "map") : value.if_array();
    if (inner == nullptr) return base::fail(EINVAL, "invalid taskmap: no list of blocks");
    blocks = *inner;
  } else {
    return mapOfRaw(text);
  }
  return TaskMap::parse(formats::toJson(json::value(blocks)), nodesOf(blocks));
}

// Waits until the shell has placed the tasks.
base::Result<TaskMap> mapOfJob(Session& session, formats::JobId id) {
  base::Result<TaskMap> map = base::fail(ENOENT, "job has no shell.start event");
  int64_t nodes = 0;
  bool over = false;
  const auto finish = [&] {
    over = true;
    session.loop->stop();
  };
  const client::JobWatch watch(
      *session.handle, id, "guest.exec.eventlog", true,
      {[&](const formats::Event& event, std::string_view) {
         if (event.name == "shell.init")
           nodes = formats::getInteger(event.context, "size").value_or(0);
         const auto* object = formats::findObject(event.context, "taskmap");
         if (over || event.name != "shell.start" || object == nullptr) return;
         const auto* blocks = formats::findArray(*object, "map");
         map = blocks ? TaskMap::parse(formats::toJson(json::value(*blocks)),
                                       std::max(static_cast<uint32_t>(nodes), nodesOf(*blocks)))
                      : base::Result<TaskMap>(base::fail(EPROTO, "shell.start without a map"));
         finish();
       },
       [&](const base::Error&) { finish(); }});
  while (!over) session.loop->run();
  return map;
}

base::Result<MapAndHosts> mapOf(const std::string& target, bool withHosts) {
  const auto id = formats::parseJobId(target);
  const bool isMap = target.find_first_of("[{(;,-") != std::string::npos || !id;
  MapAndHosts out;
  if (isMap) {
    MC_TRY_ASSIGN(out.map, mapOfText(target).prefixed("error decoding taskmap"));
    if (withHosts) return base::fail(EINVAL, "unable to get hostnames: a job id is needed");
    return out;
  }
  auto session = Session::open();
  if (!session) return base::fail(session.error().errnum, openFailure(session.error()));
  MC_TRY_ASSIGN(out.map, mapOfJob(*session, *id).prefixed("failed to get taskmap"));
  if (!withHosts) return out;
  MC_TRY_ASSIGN(const json::object job, findJob(*session, *id, {"nodelist"}));
  MC_TRY_ASSIGN(out.hosts,
                formats::Hostlist::parse(formats::getString(job, "nodelist").value_or("")));
  if (out.hosts.size() < out.map.nodes())
    return base::fail(EINVAL, "the job has fewer hosts than its taskmap nodes");
  return out;
}

base::Result<std::string> converted(const MapAndHosts& source, const std::string& format) {
  const TaskMap& map = source.map;
  std::string out;
  if (format == "pmi") return map.processMapping() + "\n";
  if (format == "raw") {
    for (uint32_t node = 0; node < map.nodes(); ++node)
      out += (node > 0 ? ";" : "") + map.tasksOn(node).str();
    return out + "\n";
  }
  if (format == "multiline") {
    for (uint32_t task = 0; task < map.tasks(); ++task)
      out += std::to_string(task) + ": " + std::to_string(map.nodeOf(task)) + "\n";
    return out;
  }
  if (format != "hosts")
    return base::fail(
        EINVAL, "invalid value --to=" + format + ", valid values are raw, pmi, multiline, hosts");
  for (uint32_t node = 0; node < map.nodes(); ++node)
    out += source.hosts.at(node) + ": " + map.tasksOn(node).str() + "\n";
  return out;
}

base::Result<std::string> answerTo(const MapAndHosts& source, const std::string& query,
                                   const std::string& value) {
  if (query == "to") return converted(source, value);
  MC_TRY_ASSIGN(const uint32_t index, number(value).prefixed("--" + query));
  const TaskMap& map = source.map;
  const bool byNode = query == "taskids" || query == "ntasks";
  if (index >= (byNode ? map.nodes() : map.tasks()))
    return base::fail(ENOENT, "--" + query + ": there is no " + (byNode ? "node " : "task ") +
                                  std::to_string(index));
  if (query == "taskids") return map.tasksOn(index).str() + "\n";
  if (query == "ntasks") return std::to_string(map.countOn(index)) + "\n";
  const uint32_t node = map.nodeOf(index);
  return (query == "nodeid" ? std::to_string(node) : source.hosts.at(node)) + "\n";
}

}  // namespace

int jobTaskmap(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job taskmap",
                        .usage = "flux-job taskmap [OPTION] JOBID|TASKMAP",
                        .description = "Utility function for working with job task maps",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  std::string query;
  for (const char* name : kQueries) {
    if (!parsed.has(name)) continue;
    if (!query.empty())
      return jobFail("Only one of --to, --taskids, --ntasks, --nodeid, or --hostname may be used");
    query = name;
  }
  const bool withHosts = query == "hostname" || (query == "to" && parsed.value("to") == "hosts");
  const auto source = mapOf(parsed.rest[0], withHosts);
  if (!source) return jobFail(source.error().message);
  if (query.empty()) {
    const json::object document = source->map.toJson();
    const auto* blocks = formats::findArray(document, "map");
    print(formats::toJson(json::value(blocks ? *blocks : json::array())) + "\n");
    return 0;
  }
  const auto answer = answerTo(*source, query, parsed.valueOr(query, ""));
  if (!answer) return jobFail(answer.error().message);
  print(*answer);
  return 0;
}

}  // namespace mc::flux::commands
