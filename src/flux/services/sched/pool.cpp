#include "flux/services/sched/pool.hpp"

#include <algorithm>

namespace mc::flux::services::sched {

using formats::JobShape;
using formats::NodeResources;
using formats::ResourceSet;

void Pool::define(const ResourceSet& resources) {
  std::erase_if(nodes_, [&](const auto& entry) { return !resources.nodes.contains(entry.first); });
  for (const auto& [rank, all] : resources.nodes) {
    Node& node = nodes_[rank];
    node.all = all;
    node.free = all;
    if (const auto held = allocated_.nodes.find(rank); held != allocated_.nodes.end()) {
      node.free.cores.erase(held->second.cores);
      node.free.gpus.erase(held->second.gpus);
    }
    node.traits = {rank, all.host, {}};
  }
  for (const auto& [property, ranks] : resources.properties)
    for (const uint32_t rank : ranks)
      if (const auto at = nodes_.find(rank); at != nodes_.end())
        at->second.traits.properties.insert(property);
}

void Pool::setUp(const formats::Idset& ranks) {
  for (auto& [rank, node] : nodes_) node.up = ranks.contains(rank);
}

uint64_t Pool::slotsIn(const NodeResources& node, const JobShape& shape) {
  uint64_t slots = node.cores.size() / std::max(shape.coresPerSlot, 1u);
  if (shape.gpusPerSlot > 0)
    slots = std::min<uint64_t>(slots, node.gpus.size() / shape.gpusPerSlot);
  return slots;
}

// The nodes that could take at least what one node must take, best first.
std::vector<Pool::Node*> Pool::candidates(const JobShape& shape, const Constraint& constraint) {
  const uint64_t least = shape.nodes > 0 ? shape.slots : 1;
  std::vector<Node*> out;
  for (auto& [rank, node] : nodes_) {
    if (!node.up || slotsIn(node.free, shape) < least) continue;
    if (shape.exclusive && !node.idle()) continue;
    if (constraint.matches(node.traits)) out.push_back(&node);
  }
  if (fit_ == Fit::Worst)
    std::stable_sort(out.begin(), out.end(), [](const Node* a, const Node* b) {
      return a->free.cores.size() > b->free.cores.size();
    });
  return out;
}

void Pool::take(Node& node, const JobShape& shape, uint64_t slots, ResourceSet& out) {
  NodeResources& taken = out.nodes[node.traits.rank];
  taken.host = node.all.host;
  taken.cores =
      shape.exclusive ? node.free.cores : node.free.cores.take(slots * shape.coresPerSlot);
  taken.gpus = shape.exclusive ? node.free.gpus : node.free.gpus.take(slots * shape.gpusPerSlot);
  node.free.cores.erase(taken.cores);
  node.free.gpus.erase(taken.gpus);
}

std::optional<ResourceSet> Pool::allocate(const JobShape& shape, const Constraint& constraint) {
  const std::vector<Node*> nodes = candidates(shape, constraint);
  ResourceSet out;
  if (shape.nodes > 0) {
    if (nodes.size() < shape.nodes) return std::nullopt;
    for (uint32_t i = 0; i < shape.nodes; ++i) take(*nodes[i], shape, shape.slots, out);
  } else {
    uint64_t missing = shape.slots;
    for (const Node* node : nodes) missing -= std::min(missing, slotsIn(node->free, shape));
    if (missing > 0) return std::nullopt;
    missing = shape.slots;
    for (Node* node : nodes) {
      const uint64_t slots = std::min(missing, slotsIn(node->free, shape));
      if (slots == 0) break;
      take(*node, shape, slots, out);
      missing -= slots;
    }
  }
  out.nslots = static_cast<int64_t>(shape.totalSlots());
  allocated_.add(out);
  return out;
}

void Pool::claim(const ResourceSet& resources) {
  withhold(resources);
  allocated_.add(resources);
}

void Pool::withhold(const ResourceSet& resources) {
  for (const auto& [rank, taken] : resources.nodes) {
    const auto at = nodes_.find(rank);
    if (at == nodes_.end()) continue;
    at->second.free.cores.erase(taken.cores);
    at->second.free.gpus.erase(taken.gpus);
  }
}

void Pool::release(const ResourceSet& resources) {
  allocated_.remove(resources);
  for (const auto& [rank, released] : resources.nodes) {
    const auto at = nodes_.find(rank);
    if (at == nodes_.end()) continue;
    // A node that has come back with less may not have all of it any more.
    at->second.free.cores.insert(released.cores.intersection(at->second.all.cores));
    at->second.free.gpus.insert(released.gpus.intersection(at->second.all.gpus));
  }
}

base::Status Pool::feasible(const JobShape& shape, const Constraint& constraint) const {
  uint64_t nodes = 0;
  uint64_t slots = 0;
  for (const auto& [rank, node] : nodes_) {
    if (!constraint.matches(node.traits)) continue;
    const uint64_t fits = slotsIn(node.all, shape);
    nodes += fits >= shape.slots;
    slots += fits;
  }
  const bool byNode = shape.nodes > 0;
  if (byNode ? nodes >= shape.nodes : slots >= shape.slots) return {};
  const std::string what = byNode ? (shape.exclusive ? "exclusive node(s)" : "node(s)") : "slot(s)";
  return base::fail(ENOSPC, "unsatisfiable request: need " +
                                std::to_string(byNode ? shape.nodes : shape.slots) + " " + what +
                                ", only " + std::to_string(byNode ? nodes : slots) + " eligible");
}

}  // namespace mc::flux::services::sched
