#include "local/monitor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <map>
#include <string_view>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "local/changes.hpp"
#include "local/role.hpp"
#include "local/serial_progress.hpp"
#include "local/snapshot.hpp"
#include "local/status.hpp"
#include "local/take_down.hpp"

namespace mc::local {

namespace {

std::map<std::string, std::string> currentEnvironment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals != text.npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

/// What is to be done about a cluster.
enum class Task { Wait, Finish, Remove, Nothing };

Task taskFor(const std::optional<ClusterState>& cluster, const std::string& uid) {
  if (!cluster || cluster->record.uid != uid) return Task::Nothing;
  if (cluster->record.removing) {
    const bool underWay = isRoleTaken(Role::Remover, cluster->record.uid);
    return underWay ? Task::Nothing : Task::Remove;
  }
  if (!finished(*cluster)) return Task::Wait;
  if (cluster->record.cleanup) return Task::Remove;
  return leftRunning(*cluster) ? Task::Finish : Task::Nothing;
}

base::Result<Task> awaitTask(docker::Client& client, const ClusterRef& ref, const std::string& uid,
                             const std::stop_token& stop) {
  Task task = Task::Wait;
  MC_TRY(untilTrue(
      client, ref.ns,
      [&](const std::stop_token& token) -> base::Result<bool> {
        MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client, ref, token));
        task = taskFor(cluster, uid);
        return task != Task::Wait;
      },
      std::nullopt, stop));
  return task;
}

}  // namespace

base::Status monitorCluster(docker::Client& client, const ClusterRef& ref,
                            const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client, ref, stop));
  if (!cluster) return {};
  const std::string& uid = cluster->record.uid;
  MC_TRY_ASSIGN(const auto being, takeRole(Role::Monitor, uid));
  if (!being) return {};
  MC_TRY_ASSIGN(const Task task, awaitTask(client, ref, uid, stop));
  Progress silent;
  SerialProgress progress(silent);
  if (task == Task::Finish) return finishCluster(client, ref, progress, stop);
  if (task != Task::Remove) return {};
  base::Status removed = removeCluster(client, ref, {}, progress, stop, uid);
  return !removed && removed.error().errnum == ENOENT ? base::Status() : std::move(removed);
}

base::Status startMonitorProcess(const std::string& program, const std::string& dockerHost,
                                 const ClusterRef& ref) {
  const base::Fd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!null) return base::failErrno("/dev/null");
  base::Command command;
  command.argv = {program, "monitor", ref.ns, ref.name};
  command.environment = currentEnvironment();
  (*command.environment)["DOCKER_HOST"] = dockerHost;
  command.directory = "/";
  command.stdoutFd = null.get();
  command.stderrFd = null.get();
  command.newSession = true;
  MC_TRY(base::SystemProcessRunner().spawn(command).prefixed("the cluster's monitor"));
  return {};
}

}  // namespace mc::local
