#include "flux/shell/task_placement.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/fd.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

tl::unexpected<base::Error> tooMany() {
  return base::fail(EINVAL, "job has too many tasks");
}

// The tasks a node has room for.
uint64_t capacity(const formats::NodeResources& node, const formats::JobShape& shape) {
  uint64_t slots = node.cores.size() / std::max(shape.coresPerSlot, 1u);
  if (shape.gpusPerSlot > 0)
    slots = std::min<uint64_t>(slots, node.gpus.size() / shape.gpusPerSlot);
  return std::max<uint64_t>(slots, 1);
}

// One task to each node in turn, as long as there is room anywhere; then regardless of room.
std::vector<uint32_t> spread(uint64_t tasks, const std::vector<uint64_t>& room) {
  std::vector<uint32_t> counts(room.size(), 0);
  for (bool full = false; tasks > 0;) {
    bool placed = false;
    for (size_t node = 0; node < room.size() && tasks > 0; ++node) {
      if (!full && counts[node] >= room[node]) continue;
      ++counts[node];
      --tasks;
      placed = true;
    }
    full = full || !placed;
  }
  return counts;
}

base::Result<std::vector<uint32_t>> perResource(const json::object& option,
                                                const formats::ResourceSet& resources) {
  const auto type = formats::getString(option, "type");
  const auto count = formats::getInteger(option, "count");
  const int64_t number = count ? *count : 1;
  if (!type || (*type != "node" && *type != "core") || number < 1 ||
      number > static_cast<int64_t>(TaskMap::kMaxTasks))
    return base::fail(EINVAL, "bad shell option per-resource");
  std::vector<uint32_t> counts;
  uint64_t total = 0;
  for (const auto& [rank, node] : resources.nodes) {
    const uint64_t tasks =
        static_cast<uint64_t>(number) * (*type == "core" ? node.cores.size() : 1);
    total += tasks;
    if (total > TaskMap::kMaxTasks) return tooMany();
    counts.push_back(static_cast<uint32_t>(tasks));
  }
  return counts;
}

base::Result<std::vector<uint32_t>> countTasks(const formats::Jobspec& jobspec,
                                               const formats::ResourceSet& resources) {
  if (const auto* option = jobspec.systemObject("shell.options.per-resource"))
    return perResource(*option, resources);
  if (jobspec.taskCount() > TaskMap::kMaxTasks) return tooMany();
  std::vector<uint64_t> room;
  room.reserve(resources.nodes.size());
  for (const auto& [rank, node] : resources.nodes) room.push_back(capacity(node, jobspec.shape));
  return spread(jobspec.taskCount(), room);
}

base::Result<TaskMap> cyclic(std::vector<uint32_t> left, const std::string& value) {
  uint32_t stride = 1;
  const char* end = value.data() + value.size();
  if (!value.empty()) {
    const auto [rest, error] = std::from_chars(value.data(), end, stride);
    if (error != std::errc{} || rest != end || stride == 0)
      return base::fail(EINVAL, "invalid cyclic value: " + value);
  }
  std::vector<formats::Idset> ranks(left.size());
  uint32_t next = 0;
  for (bool placed = true; placed;) {
    placed = false;
    for (size_t node = 0; node < left.size(); ++node) {
      const uint32_t count = std::min(stride, left[node]);
      if (count == 0) continue;
      ranks[node].insertRange(next, next + count - 1);
      next += count;
      left[node] -= count;
      placed = true;
    }
  }
  return TaskMap(std::move(ranks));
}

// The task map says the order, the job how many tasks there are on each node.
base::Result<TaskMap> checked(base::Result<TaskMap> map, const std::vector<uint32_t>& counts) {
  if (!map || map->counts() == counts) return map;
  for (uint32_t node = 0; node < counts.size(); ++node)
    if (map->countOn(node) != counts[node])
      return base::fail(EINVAL, "taskmap puts " + std::to_string(map->countOn(node)) +
                                    " tasks on node " + std::to_string(node) + ", the job " +
                                    std::to_string(counts[node]));
  return map;
}

base::Result<TaskMap> fromHosts(const formats::Hostlist& hosts,
                                const formats::ResourceSet& resources,
                                const std::vector<uint32_t>& counts) {
  // Nodes of one name take their tasks in turn.
  std::map<std::string_view, std::vector<uint32_t>> nodesOf;
  uint32_t node = 0;
  for (const auto& [rank, resource] : resources.nodes) nodesOf[resource.host].push_back(node++);
  std::vector<formats::Idset> ranks(counts.size());
  std::map<std::string_view, size_t> taken;
  for (uint32_t task = 0; task < hosts.size(); ++task) {
    const std::string host = hosts.at(task);
    const auto at = nodesOf.find(host);
    if (at == nodesOf.end())
      return base::fail(EINVAL, "hostfile: host " + host + " is not in the job");
    size_t& place = taken[at->first];
    while (place < at->second.size() - 1 &&
           ranks[at->second[place]].size() >= counts[at->second[place]])
      ++place;
    ranks[at->second[place]].insert(task);
  }
  return TaskMap(std::move(ranks));
}

base::Result<TaskMap> fromHostfile(const std::string& path, const formats::ResourceSet& resources,
                                   const std::vector<uint32_t>& counts) {
  MC_TRY_ASSIGN(const std::string text, base::readFile(path));
  formats::Hostlist hosts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find_first_of(" \t\r\n", begin), text.size());
    if (end > begin) {
      MC_TRY_ASSIGN(const auto more,
                    formats::Hostlist::parse(text.substr(begin, end - begin)).prefixed(path));
      MC_TRY(hosts.append(more));
    }
    begin = end + 1;
  }
  return fromHosts(hosts, resources, counts);
}

}  // namespace

base::Result<TaskMap> placeTasks(const formats::Jobspec& jobspec,
                                 const formats::ResourceSet& resources) {
  if (resources.empty()) return base::fail(EINVAL, "job has no resources");
  MC_TRY_ASSIGN(std::vector<uint32_t> counts, countTasks(jobspec, resources));
  const std::string scheme = jobspec.systemString("shell.options.taskmap.scheme").value_or("block");
  const std::string value = jobspec.systemString("shell.options.taskmap.value").value_or("");
  if (scheme == "block") return TaskMap(counts);
  if (scheme == "cyclic") return cyclic(std::move(counts), value);
  const auto nodes = static_cast<uint32_t>(counts.size());
  if (scheme == "manual") return checked(TaskMap::parse(value, nodes), counts);
  if (scheme == "hostfile") return checked(fromHostfile(value, resources, counts), counts);
  return base::fail(EINVAL, "unknown taskmap scheme '" + scheme + "'");
}

}  // namespace mc::flux::shell
