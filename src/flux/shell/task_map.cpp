#include "flux/shell/task_map.hpp"

#include <algorithm>
#include <array>

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

tl::unexpected<base::Error> invalid(const std::string& reason) {
  return base::fail(EINVAL, "invalid taskmap: " + reason);
}

// [first node, nodes, tasks per node, repetitions]
base::Result<std::array<uint32_t, 4>> readBlock(const json::value& value) {
  const auto* list = value.if_array();
  if (list == nullptr || list->size() != 4) return invalid("a block is a list of four numbers");
  std::array<uint32_t, 4> block{};
  for (size_t i = 0; i < block.size(); ++i) {
    const auto number = formats::toInteger(list->at(i));
    if (!number || *number < (i == 0 ? 0 : 1) || *number > int64_t{TaskMap::kMaxTasks})
      return invalid("bad number in a block");
    block[i] = static_cast<uint32_t>(*number);
  }
  return block;
}

base::Status addBlock(const std::array<uint32_t, 4>& block, uint32_t& next,
                      std::vector<formats::Idset>& ranks) {
  const auto [node, nodes, tasks, repeat] = block;
  if (uint64_t{node} + nodes > ranks.size()) return invalid("more nodes than the job has");
  // Each factor is at most 2^22, so that the product of two fits.
  const uint64_t round = uint64_t{nodes} * tasks;
  if (round > TaskMap::kMaxTasks || round * repeat + next > TaskMap::kMaxTasks)
    return invalid("too many tasks");
  for (uint32_t turn = 0; turn < repeat; ++turn)
    for (uint32_t i = 0; i < nodes; ++i, next += tasks)
      ranks[node + i].insertRange(next, next + tasks - 1);
  return {};
}

}  // namespace

TaskMap::TaskMap(const std::vector<uint32_t>& counts) : counts_(counts) {
  for (const uint32_t number : counts) {
    ranks_.push_back(number == 0 ? formats::Idset()
                                 : formats::Idset::range(tasks_, tasks_ + number - 1));
    tasks_ += number;
  }
}

TaskMap::TaskMap(std::vector<formats::Idset> ranks) : ranks_(std::move(ranks)) {
  for (const auto& set : ranks_) {
    counts_.push_back(static_cast<uint32_t>(set.size()));
    tasks_ += counts_.back();
  }
}

base::Result<TaskMap> TaskMap::parse(std::string_view text, uint32_t nodes) {
  auto document = formats::parseJson(text);
  if (!document) return invalid(document.error().message);
  const json::array* list = document->if_array();
  if (const auto* object = document->if_object()) {
    if (formats::getInteger(*object, "version").value_or(0) != 1)
      return invalid("version is not 1");
    list = formats::findArray(*object, "map");
  }
  if (list == nullptr) return invalid("it is neither a list nor an object with a list 'map'");
  std::vector<formats::Idset> ranks(nodes);
  uint32_t next = 0;
  for (const json::value& value : *list) {
    MC_TRY_ASSIGN(const auto block, readBlock(value));
    MC_TRY(addBlock(block, next, ranks));
  }
  return TaskMap(std::move(ranks));
}

uint32_t TaskMap::nodeOf(uint32_t task) const {
  for (uint32_t node = 0; node < nodes(); ++node)
    if (ranks_[node].contains(task)) return node;
  return 0;
}

// Runs of consecutive ranks on one node, joined to blocks over consecutive nodes, joined to
// repetitions.
std::vector<TaskMap::Block> TaskMap::blocks() const {
  struct Run {
    formats::Idset::Range range;
    uint32_t node;
  };
  std::vector<Run> runs;
  for (uint32_t node = 0; node < nodes(); ++node)
    for (const auto& range : ranks_[node].ranges()) runs.push_back({range, node});
  std::sort(runs.begin(), runs.end(),
            [](const Run& a, const Run& b) { return a.range.first < b.range.first; });

  std::vector<Block> joined;
  for (const auto& [range, node] : runs) {
    const uint32_t tasks = range.last - range.first + 1;
    if (!joined.empty() && joined.back().tasks == tasks &&
        joined.back().node + joined.back().nodes == node)
      ++joined.back().nodes;
    else
      joined.push_back({node, 1, tasks, 1});
  }
  std::vector<Block> out;
  for (const Block& block : joined) {
    if (!out.empty() && out.back().node == block.node && out.back().nodes == block.nodes &&
        out.back().tasks == block.tasks)
      ++out.back().repeat;
    else
      out.push_back(block);
  }
  return out;
}

json::object TaskMap::toJson() const {
  json::array map;
  for (const auto& [node, nodes, tasks, repeat] : blocks())
    map.push_back(json::array{node, nodes, tasks, repeat});
  return {{"version", 1}, {"map", std::move(map)}};
}

std::string TaskMap::processMapping() const {
  std::string out = "(vector";
  for (const auto& [node, nodes, tasks, repeat] : blocks()) {
    const std::string block = ",(" + std::to_string(node) + "," + std::to_string(nodes) + "," +
                              std::to_string(tasks) + ")";
    for (uint32_t turn = 0; turn < repeat; ++turn) out += block;
  }
  return out + ")";
}

}  // namespace mc::flux::shell
