#pragma once
// What a shell knows of its job: the jobspec, the resources, the task map and its own place in
// them.
//
// Thread-safety: a value.

#include <string>

#include "base/status.hpp"
#include "flux/formats/job_id.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/shell/task_map.hpp"

namespace mc::flux::shell {

struct Job {
  formats::JobId id = 0;
  formats::Jobspec jobspec;
  formats::ResourceSet resources;
  TaskMap tasks;
  uint32_t brokerRank = 0;
  uint32_t shellRank = 0;   ///< this node's place among the job's nodes; 0 is the leader
  uint32_t leaderRank = 0;  ///< broker rank of the leader

  /// From the texts of job-info.lookup; EINVAL where they make no sense together.
  static base::Result<Job> make(formats::JobId id, std::string_view jobspec,
                                std::string_view resources, uint32_t brokerRank);

  [[nodiscard]] bool isLeader() const { return shellRank == 0; }
  [[nodiscard]] uint32_t nodes() const { return tasks.nodes(); }
  [[nodiscard]] uint32_t localTasks() const { return tasks.countOn(shellRank); }
  /// The ranks of the tasks of this node.
  [[nodiscard]] const formats::Idset& localRanks() const { return tasks.tasksOn(shellRank); }
  [[nodiscard]] const std::string& host() const { return resources.nodes.at(brokerRank).host; }
  /// The broker rank of a shell.
  [[nodiscard]] uint32_t brokerRankOf(uint32_t shell) const;

  /// The service that shells of this job register, on the broker of each: "1000-shell-f6q87CkP".
  [[nodiscard]] std::string service(uint32_t userid) const;

  /// A shell option (attributes.system.shell.options.PATH); null if absent.
  [[nodiscard]] const boost::json::value* option(std::string_view path) const;
  [[nodiscard]] std::string optionText(std::string_view path, std::string_view fallback) const;
};

}  // namespace mc::flux::shell
