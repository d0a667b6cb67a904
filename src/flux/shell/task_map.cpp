#include "flux/shell/task_map.hpp"

#include <algorithm>
#include <numeric>

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

constexpr uint64_t kMaxTasks = 1u << 22;

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
      number > static_cast<int64_t>(kMaxTasks))
    return base::fail(EINVAL, "bad shell option per-resource");
  std::vector<uint32_t> counts;
  uint64_t total = 0;
  for (const auto& [rank, node] : resources.nodes) {
    const uint64_t tasks =
        static_cast<uint64_t>(number) * (*type == "core" ? node.cores.size() : 1);
    total += tasks;
    if (total > kMaxTasks) return tooMany();
    counts.push_back(static_cast<uint32_t>(tasks));
  }
  return counts;
}

}  // namespace

base::Result<TaskMap> TaskMap::place(const formats::Jobspec& jobspec,
                                     const formats::ResourceSet& resources) {
  if (resources.empty()) return base::fail(EINVAL, "job has no resources");
  if (const auto* option = jobspec.systemObject("shell.options.per-resource")) {
    MC_TRY_ASSIGN(std::vector<uint32_t> counts, perResource(*option, resources));
    return TaskMap(std::move(counts));
  }
  if (jobspec.taskCount() > kMaxTasks) return tooMany();
  std::vector<uint64_t> room;
  room.reserve(resources.nodes.size());
  for (const auto& [rank, node] : resources.nodes) room.push_back(capacity(node, jobspec.shape));
  return TaskMap(spread(jobspec.taskCount(), room));
}

uint32_t TaskMap::tasks() const {
  return std::accumulate(counts_.begin(), counts_.end(), 0u);
}

uint32_t TaskMap::firstOn(uint32_t node) const {
  return std::accumulate(counts_.begin(), counts_.begin() + node, 0u);
}

uint32_t TaskMap::nodeOf(uint32_t task) const {
  uint32_t node = 0;
  while (node + 1 < counts_.size() && task >= counts_[node]) task -= counts_[node++];
  return node;
}

json::object TaskMap::toJson() const {
  json::array map;
  for (size_t node = 0; node < counts_.size();) {
    size_t end = node + 1;
    while (end < counts_.size() && counts_[end] == counts_[node]) ++end;
    if (counts_[node] > 0) map.push_back(json::array{node, end - node, counts_[node], 1});
    node = end;
  }
  return {{"version", 1}, {"map", std::move(map)}};
}

}  // namespace mc::flux::shell
