#pragma once
// Which task runs on which node of a job, and its text forms (RFC 34, and RFC 13 for MPI).
//
// Thread-safety: a value; const methods may run concurrently.

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::shell {

class TaskMap {
 public:
  /// More tasks than this in one job are refused.
  static constexpr uint64_t kMaxTasks = 1u << 22;

  TaskMap() = default;
  /// In blocks: `counts` is the number of tasks on each node, the first node gets the first ranks.
  explicit TaskMap(const std::vector<uint32_t>& counts);
  /// `ranks`: the task ranks of each node; together all from 0 on, each once.
  explicit TaskMap(std::vector<formats::Idset> ranks);

  /// Reads RFC 34 text, the list of blocks by itself or in its object; EINVAL with the reason for
  /// anything else. Nodes without tasks at the end are not in the text: `nodes` says how many there
  /// are.
  static base::Result<TaskMap> parse(std::string_view text, uint32_t nodes);

  [[nodiscard]] uint32_t nodes() const { return static_cast<uint32_t>(ranks_.size()); }
  [[nodiscard]] uint32_t tasks() const { return tasks_; }
  [[nodiscard]] uint32_t countOn(uint32_t node) const { return counts_[node]; }
  [[nodiscard]] const std::vector<uint32_t>& counts() const { return counts_; }
  [[nodiscard]] const formats::Idset& tasksOn(uint32_t node) const { return ranks_[node]; }
  [[nodiscard]] uint32_t nodeOf(uint32_t task) const;

  /// {"version":1,"map":[[first node, nodes, tasks per node, repetitions], ...]}
  [[nodiscard]] boost::json::object toJson() const;
  /// The value of MPI's PMI_process_mapping: "(vector,(first node,nodes,tasks per node),...)".
  [[nodiscard]] std::string processMapping() const;

 private:
  struct Block {
    uint32_t node;
    uint32_t nodes;
    uint32_t tasks;
    uint32_t repeat;
  };
  [[nodiscard]] std::vector<Block> blocks() const;

  std::vector<formats::Idset> ranks_;  // by node
  std::vector<uint32_t> counts_;
  uint32_t tasks_ = 0;
};

}  // namespace mc::flux::shell
