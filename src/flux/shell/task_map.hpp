#pragma once
// Which task runs on which node of a job, and its text form (RFC 34).
//
// Tasks are placed in blocks: the first node gets the first task ranks, and so on.
//
// Thread-safety: values and pure functions.

#include <cstdint>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/json.hpp"
#include "flux/formats/resource_set.hpp"

namespace mc::flux::shell {

class TaskMap {
 public:
  TaskMap() = default;
  /// `counts`: the number of tasks on each node, in order of the nodes.
  explicit TaskMap(std::vector<uint32_t> counts) : counts_(std::move(counts)) {}

  /// How the tasks of `jobspec` come to lie on the nodes of `resources`: as evenly as the cores and
  /// GPUs of the nodes allow; the shell option `per-resource` sets a number per node or core
  /// instead.
  static base::Result<TaskMap> place(const formats::Jobspec& jobspec,
                                     const formats::ResourceSet& resources);

  [[nodiscard]] uint32_t nodes() const { return static_cast<uint32_t>(counts_.size()); }
  [[nodiscard]] uint32_t tasks() const;
  [[nodiscard]] uint32_t tasksOn(uint32_t node) const { return counts_[node]; }
  [[nodiscard]] uint32_t firstOn(uint32_t node) const;
  [[nodiscard]] uint32_t nodeOf(uint32_t task) const;

  /// {"version":1,"map":[[first node, nodes, tasks per node, repetitions], ...]}
  [[nodiscard]] boost::json::object toJson() const;

 private:
  std::vector<uint32_t> counts_;
};

}  // namespace mc::flux::shell
