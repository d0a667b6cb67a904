#include "flux/formats/jobspec_builder.hpp"

#include "flux/formats/jobspec.hpp"

namespace mc::flux::formats {

namespace {

// What both ways of giving a size come to.
struct Slots {
  std::optional<int64_t> nodes;
  int64_t total = 1;
  int64_t cores = 1;
  std::optional<int64_t> gpus;
  bool exclusive = false;
};

base::Status atLeastOne(const std::optional<int64_t>& number, const char* name) {
  if (number && *number < 1)
    return base::fail(EINVAL, std::string(name) + " must be an integer >= 1");
  return {};
}

base::Status checkNumbers(const JobSize& size) {
  MC_TRY(atLeastOne(size.nodes, "node count"));
  MC_TRY(atLeastOne(size.tasks, "task count"));
  MC_TRY(atLeastOne(size.coresPerTask, "cores per task"));
  MC_TRY(atLeastOne(size.cores, "core count"));
  MC_TRY(atLeastOne(size.tasksPerNode, "tasks per node"));
  MC_TRY(atLeastOne(size.tasksPerCore, "tasks per core"));
  if ((size.gpusPerTask && *size.gpusPerTask < 0) || (size.gpusPerNode && *size.gpusPerNode < 0))
    return base::fail(EINVAL, "gpu count must be an integer >= 0");
  const bool perTask = size.tasks || size.coresPerTask || size.gpusPerTask;
  const bool perResource = size.cores || size.tasksPerNode || size.tasksPerCore || size.gpusPerNode;
  if (perTask && perResource)
    return base::fail(EINVAL, "Per-resource options can't be used with per-task options");
  return {};
}

base::Result<Slots> slotsPerTask(const JobSize& size) {
  Slots slots;
  slots.nodes = size.nodes;
  // Nodes alone mean one task on each, and the whole node for it.
  slots.exclusive = size.exclusive || (size.nodes && !size.tasks);
  slots.total = size.tasks.value_or(size.nodes.value_or(1));
  slots.cores = size.coresPerTask.value_or(1);
  slots.gpus = size.gpusPerTask;
  if (slots.nodes && *slots.nodes > slots.total)
    return base::fail(EINVAL, "node count must not be greater than task count");
  if (slots.exclusive && !slots.nodes)
    return base::fail(EINVAL, "exclusive can only be set with a node count");
  return slots;
}

base::Result<Slots> slotsPerResource(const JobSize& size) {
  if (!size.cores && !size.nodes)
    return base::fail(EINVAL, "must specify node or core count with per-resource options");
  if (size.gpusPerNode && !size.nodes)
    return base::fail(EINVAL, "gpus-per-node requires a node count");
  if (size.tasksPerNode && size.tasksPerCore)
    return base::fail(EINVAL, "tasks-per-node and tasks-per-core can't be used together");
  Slots slots;
  slots.nodes = size.nodes;
  slots.gpus = size.gpusPerNode;
  slots.exclusive = size.exclusive || !size.cores;
  if (!size.nodes) {
    slots.total = *size.cores;
    return slots;
  }
  slots.total = *size.nodes;
  if (size.cores && *size.cores < *size.nodes)
    return base::fail(EINVAL, "number of cores cannot be less than nnodes");
  if (size.cores && *size.cores % *size.nodes != 0)
    return base::fail(EINVAL, "number of cores must be evenly divisible by node count");
  if (size.cores) slots.cores = *size.cores / *size.nodes;
  return slots;
}

json::object slotOf(const Slots& slots, int64_t count) {
  json::array with{json::object{{"type", "core"}, {"count", slots.cores}}};
  if (slots.gpus && *slots.gpus > 0)
    with.push_back(json::object{{"type", "gpu"}, {"count", *slots.gpus}});
  return {{"type", "slot"}, {"count", count}, {"with", std::move(with)}, {"label", "task"}};
}

json::object resourcesOf(const Slots& slots) {
  if (!slots.nodes) return slotOf(slots, slots.total);
  const int64_t perNode = (slots.total + *slots.nodes - 1) / *slots.nodes;
  json::object node{
      {"type", "node"}, {"count", *slots.nodes}, {"with", json::array{slotOf(slots, perNode)}}};
  if (slots.exclusive) node["exclusive"] = true;
  return node;
}

void setPerResource(json::object& document, const char* type, int64_t count) {
  setPath(document, "attributes.system.shell.options.per-resource.type", type);
  setPath(document, "attributes.system.shell.options.per-resource.count", count);
}

}  // namespace

base::Result<json::object> buildJobspec(const JobSize& size,
                                        const std::vector<std::string>& command) {
  MC_TRY(checkNumbers(size));
  const bool perResource = size.cores || size.tasksPerNode || size.tasksPerCore || size.gpusPerNode;
  MC_TRY_ASSIGN(const Slots slots, perResource ? slotsPerResource(size) : slotsPerTask(size));
  // Slots that do not fill all nodes evenly are more than the tasks: say how many tasks there are.
  const bool uneven = slots.nodes && slots.total % *slots.nodes != 0;
  json::object count;
  count[uneven ? "total" : "per_slot"] = uneven ? slots.total : int64_t{1};
  json::array words;
  for (const std::string& word : command) words.emplace_back(word);
  json::object document{
      {"resources", json::array{resourcesOf(slots)}},
      {"tasks", json::array{json::object{
                    {"command", std::move(words)}, {"slot", "task"}, {"count", std::move(count)}}}},
      {"attributes", {{"system", {{"duration", 0}}}}},
      {"version", 1}};
  if (size.tasksPerNode) setPerResource(document, "node", *size.tasksPerNode);
  if (size.tasksPerCore) setPerResource(document, "core", *size.tasksPerCore);
  return document;
}

}  // namespace mc::flux::formats
