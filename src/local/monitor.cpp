#include "local/monitor.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <map>
#include <string_view>

#include "base/process.hpp"
#include "local/changes.hpp"
#include "local/serial_progress.hpp"
#include "local/snapshot.hpp"
#include "local/status.hpp"
#include "local/take_down.hpp"

namespace mc::local {

namespace {

struct Address {
  sockaddr_un value{};
  socklen_t size = 0;
};

/// A leading NUL makes the name abstract: no file, no trace (unix(7)).
Address addressOf(const std::string& clusterUid) {
  Address address;
  address.value.sun_family = AF_UNIX;
  const std::string name = std::string(1, '\0') + "minicluster-monitor-" + clusterUid;
  name.copy(address.value.sun_path, sizeof(address.value.sun_path));
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  return address;
}

base::Fd datagramSocket() { return base::Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }

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

Task taskFor(const std::optional<ClusterState>& cluster) {
  if (!cluster) return Task::Nothing;
  if (cluster->record.removing) return Task::Remove;
  if (!finished(*cluster)) return Task::Wait;
  if (cluster->record.cleanup) return Task::Remove;
  return leftRunning(*cluster) ? Task::Finish : Task::Nothing;
}

base::Result<Task> awaitTask(docker::Client& client, const ClusterRef& ref,
                             const std::stop_token& stop) {
  Task task = Task::Wait;
  MC_TRY(untilTrue(
      client, ref.ns,
      [&](const std::stop_token& token) -> base::Result<bool> {
        MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client, ref, token));
        task = taskFor(cluster);
        return task != Task::Wait;
      },
      std::nullopt, stop));
  return task;
}

}  // namespace

base::Result<std::optional<base::Fd>> becomeMonitor(const std::string& clusterUid) {
  base::Fd fd = datagramSocket();
  if (!fd) return base::failErrno("socket");
  const Address address = addressOf(clusterUid);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.value), address.size) == 0) {
    return std::optional(std::move(fd));
  }
  if (errno == EADDRINUSE) return std::optional<base::Fd>();
  return base::failErrno("monitor's socket");
}

bool hasMonitor(const std::string& clusterUid) {
  const base::Fd fd = datagramSocket();
  const Address address = addressOf(clusterUid);
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address.value), address.size) == 0;
}

base::Status monitorCluster(docker::Client& client, const ClusterRef& ref,
                            const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client, ref, stop));
  if (!cluster) return {};
  MC_TRY_ASSIGN(const auto being, becomeMonitor(cluster->record.uid));
  if (!being) return {};
  MC_TRY_ASSIGN(const Task task, awaitTask(client, ref, stop));
  Progress silent;
  SerialProgress progress(silent);
  if (task == Task::Finish) return finishCluster(client, ref, progress, stop);
  if (task != Task::Remove) return {};
  base::Status removed = removeCluster(client, ref, {}, progress, stop);
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
