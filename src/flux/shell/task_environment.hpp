#pragma once
// The environment that tasks get (flux-environment(7)): the jobspec's, and what Flux tells them.
//
// Thread-safety: pure functions.

#include <map>
#include <string>

#include "flux/shell/job.hpp"

namespace mc::flux::shell {

using Environment = std::map<std::string, std::string>;

struct JobPlace {
  std::string uri;  ///< of this node's broker
  std::string kvsNamespace;
  std::string tmpdir;
  std::string hostname;
  std::string idPath = {};  ///< "/ID/ID" of the jobs around the instance, the outermost first
};

/// What all tasks of this shell share.
Environment jobEnvironment(const Job& job, const JobPlace& place);

/// Adds what is one task's own. `localId` counts the tasks of this node from 0.
void addTaskEnvironment(Environment& environment, uint32_t rank, uint32_t localId);

}  // namespace mc::flux::shell
