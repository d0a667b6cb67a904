#include "flux/shell/job.hpp"

#include "flux/shell/task_placement.hpp"

namespace mc::flux::shell {

base::Result<Job> Job::make(formats::JobId id, std::string_view jobspec, std::string_view resources,
                            uint32_t brokerRank) {
  Job job;
  job.id = id;
  job.brokerRank = brokerRank;
  MC_TRY_ASSIGN(job.jobspec, formats::Jobspec::parse(jobspec));
  MC_TRY_ASSIGN(job.resources, formats::ResourceSet::parse(resources));
  if (!job.resources.nodes.contains(brokerRank))
    return base::fail(EINVAL, "rank " + std::to_string(brokerRank) + " is not in the job's R");
  MC_TRY_ASSIGN(job.tasks, placeTasks(job.jobspec, job.resources));
  job.leaderRank = job.resources.nodes.begin()->first;
  for (const auto& [rank, node] : job.resources.nodes) {
    if (rank == brokerRank) break;
    ++job.shellRank;
  }
  return job;
}

uint32_t Job::brokerRankOf(uint32_t shell) const {
  return std::next(resources.nodes.begin(), shell)->first;
}

std::string Job::service(uint32_t userid) const {
  return std::to_string(userid) + "-shell-" +
         formats::formatJobId(id, formats::JobIdForm::F58Plain);
}

const boost::json::value* Job::option(std::string_view path) const {
  return jobspec.system("shell.options." + std::string(path));
}

std::string Job::optionText(std::string_view path, std::string_view fallback) const {
  const auto* value = option(path);
  const auto* text = value ? value->if_string() : nullptr;
  return std::string(text ? std::string_view(*text) : fallback);
}

}  // namespace mc::flux::shell
