#include "flux/shell/task_environment.hpp"

namespace mc::flux::shell {

Environment jobEnvironment(const Job& job, const JobPlace& place) {
  Environment environment;
  if (const auto* variables = job.jobspec.systemObject("environment"))
    for (const auto& [name, value] : *variables) environment[name] = value.as_string().c_str();
  // What the submitter had of its own PMI names descriptors that the tasks do not have.
  for (const char* name : {"PMI_FD", "PMI_RANK", "PMI_SIZE", "PMI_SPAWNED"})
    environment.erase(name);
  std::erase_if(environment, [](const auto& entry) {
    return entry.first.starts_with("PMIX_") && !entry.first.starts_with("PMIX_MCA_");
  });
  const std::string id = formats::formatJobId(job.id, formats::JobIdForm::F58);
  environment["FLUX_JOB_ID_PATH"] = place.idPath + "/" + id;
  environment["FLUX_JOB_ID"] = id;
  environment["FLUX_JOB_SIZE"] = std::to_string(job.tasks.tasks());
  environment["FLUX_JOB_NNODES"] = std::to_string(job.nodes());
  environment["FLUX_JOB_TMPDIR"] = place.tmpdir;
  environment["FLUX_KVS_NAMESPACE"] = place.kvsNamespace;
  environment["FLUX_URI"] = place.uri;
  environment["FLUX_TERMINUS_SESSION"] = "0";
  // Inherited from the submitting shell it would name the wrong node.
  if (const auto host = environment.find("HOSTNAME"); host != environment.end())
    host->second = place.hostname;
  return environment;
}

void addTaskEnvironment(Environment& environment, uint32_t rank, uint32_t localId) {
  environment["FLUX_TASK_RANK"] = std::to_string(rank);
  environment["FLUX_TASK_LOCAL_ID"] = std::to_string(localId);
}

}  // namespace mc::flux::shell
