#include "flux/broker/environment.hpp"

#include <fnmatch.h>
#include <unistd.h>

#include "base/process.hpp"

namespace mc::flux::broker {
namespace {

/// What describes the job or launcher that we run under, not the instance that we are.
constexpr const char* kNotPassedOn[] = {"FLUX_JOB_ID",
                                        "FLUX_ENCLOSING_ID",
                                        "FLUX_JOB_SIZE",
                                        "FLUX_JOB_NNODES",
                                        "FLUX_JOB_TMPDIR",
                                        "FLUX_TASK_RANK",
                                        "FLUX_TASK_LOCAL_ID",
                                        "FLUX_URI",
                                        "FLUX_KVS_NAMESPACE",
                                        "FLUX_PROXY_REMOTE",
                                        "PMI_*",
                                        "PMIX_*",
                                        "FLUX_PMI_LIBRARY_PATH",
                                        "I_MPI_PMI_LIBRARY",
                                        "SLURM_*",
                                        "NOTIFY_SOCKET"};

std::string ownDirectory() {
  char path[4096];
  const ssize_t n = ::readlink("/proc/self/exe", path, sizeof path);
  if (n <= 0 || static_cast<size_t>(n) == sizeof path) return {};
  const std::string program(path, static_cast<size_t>(n));
  const size_t slash = program.rfind('/');
  // A test program is no `flux`.
  return program.substr(slash + 1) == "flux" ? program.substr(0, slash) : std::string();
}

void addOwnDirectory(Environment& environment) {
  std::string& path = environment["PATH"];
  if (base::findProgram("flux", path)) return;
  const std::string directory = ownDirectory();
  if (!directory.empty()) path = path.empty() ? directory : directory + ":" + path;
}

bool isPassedOn(const std::string& name) {
  for (const char* pattern : kNotPassedOn)
    if (::fnmatch(pattern, name.c_str(), 0) == 0) return false;
  return true;
}

}  // namespace

Environment ownEnvironment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t equals = text.find('=');
    if (equals != std::string::npos) environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return environment;
}

Environment programEnvironment(const std::string& localUri,
                               const std::optional<std::string>& jobId) {
  Environment environment = ownEnvironment();
  std::erase_if(environment, [](const auto& entry) { return !isPassedOn(entry.first); });
  environment["FLUX_URI"] = localUri;
  if (jobId) environment["FLUX_ENCLOSING_ID"] = *jobId;
  addOwnDirectory(environment);
  return environment;
}

}  // namespace mc::flux::broker
