#include "flux/shell/main.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "flux/client/uri.hpp"
#include "flux/formats/job_id.hpp"
#include "flux/shell/shell.hpp"

namespace mc::flux::shell {

namespace {

int complain(const std::string& message) {
  std::fprintf(stderr, "flux-shell: %s\n", message.c_str());
  return 1;
}

std::string environmentOr(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : fallback;
}

// The directory of the broker's socket is the broker's run directory.
std::string directoryOf(const std::string& socket) {
  return socket.substr(0, socket.rfind('/'));
}

}  // namespace

int shellMain(const std::vector<std::string>& args) {
  if (args.size() != 1) return complain("usage: flux shell JOBID");
  const auto id = formats::parseJobId(args[0]);
  if (!id) return complain(id.error().message);
  std::signal(SIGPIPE, SIG_IGN);
  Shell::Setting setting;
  setting.id = *id;
  setting.uri = client::brokerUri();
  setting.kvsNamespace = environmentOr("FLUX_KVS_NAMESPACE", formats::jobNamespace(*id));
  setting.idPath = environmentOr("FLUX_JOB_ID_PATH", "");
  setting.barrier = Barrier::isWanted();
  const auto socket = client::socketPath(setting.uri);
  if (!socket) return complain(socket.error().message);
  setting.rundir = directoryOf(*socket);

  const auto loop = base::makeLoop();
  auto handle = client::Handle::open(*loop, setting.uri);
  if (!handle) return complain(handle.error().message);
  base::SystemProcessRunner runner;
  return Shell(**handle, runner, std::move(setting)).run();
}

}  // namespace mc::flux::shell
