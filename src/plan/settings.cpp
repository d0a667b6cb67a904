#include "plan/settings.hpp"

#include "plan/command.hpp"
#include "plan/config.hpp"
#include "plan/layout.hpp"
#include "plan/network.hpp"

namespace mc::plan {
namespace {

using base::Result;
using base::Status;

/// Where the files of batch jobs go unless the manifest says so.
constexpr const char* kBatchLogs = "/tmp/fluxout";

/// The overlay is flat up to this number of followers.
constexpr const char* kTopology = "kary:256";

/// What `diagnostics` shows before it waits to be looked at.
constexpr const char* kDiagnostics =
    "flux overlay status; flux lsattr -v; flux dmesg; exec sleep infinity";

Result<std::vector<std::string>> words(const std::string& field, const std::string& text) {
  return splitWords(text).prefixed(field);
}

/// The program of a script: its own interpreter line or sh.
std::vector<std::string> scriptCommand(const std::string& script, const std::string& path) {
  if (script.rfind("#!", 0) == 0) return {path};
  return {"sh", path};
}

Status setBatch(entry::Settings& settings, const api::Container& container,
                const std::string& field) {
  settings.mode = entry::Mode::Batch;
  settings.script = container.command.empty() ? container.commands.script : container.command;
  settings.batchRaw = container.batchRaw;
  settings.batchLogs = container.logs.empty() ? kBatchLogs : container.logs;
  if (settings.script.find_first_not_of(" \t\n") != std::string::npos) return {};
  return base::fail(EINVAL, field + ".batch: there is nothing to run: give the batch in `command`");
}

/// An interactive cluster keeps its command, which entry then names instead of running it: charts
/// write both, to let the user run it by hand.
Status setCommand(entry::Settings& settings, const api::MiniCluster& cluster,
                  const api::Container& container) {
  const std::string field = fieldOf(cluster, container);
  if (container.diagnostics) {
    settings.mode = entry::Mode::Launcher;
    settings.command = {"sh", "-c", kDiagnostics};
    return {};
  }
  if (container.batch && !cluster.interactive) return setBatch(settings, container, field);
  settings.mode = container.launcher ? entry::Mode::Launcher : entry::Mode::Submit;
  if (!container.commands.script.empty()) {
    settings.script = container.commands.script;
    settings.command = scriptCommand(settings.script, settings.paths.script);
  } else {
    MC_TRY_ASSIGN(settings.command, commandLine(container.command).prefixed(field + ".command"));
  }
  if (cluster.interactive || settings.command.empty()) settings.mode = entry::Mode::Interactive;
  return {};
}

/// Nodes are asked for only if there are tasks for all of them, so that a single task does not
/// block a whole cluster. No tasks at all (v1alpha2) means one per node.
Status setSubmit(entry::Settings& settings, const api::MiniCluster& cluster) {
  MC_TRY_ASSIGN(settings.submitCommand,
                words("spec.flux.submitCommand", cluster.flux.submitCommand));
  const bool batch = settings.mode == entry::Mode::Batch;
  auto& options = settings.submitOptions;
  if (!batch && (cluster.tasks == 0 || cluster.tasks >= cluster.size))
    options.insert(options.end(), {"-N", std::to_string(cluster.size)});
  if (!batch && cluster.tasks > 0)
    options.insert(options.end(), {"-n", std::to_string(cluster.tasks)});
  MC_TRY_ASSIGN(const auto given, words("spec.flux.optionFlags", cluster.flux.optionFlags));
  options.insert(options.end(), given.begin(), given.end());
  return {};
}

/// Attributes of flux-broker-attributes(7). Those of directories and the socket are entry's, which
/// may have to move them.
std::vector<std::string> brokerOptions(const api::MiniCluster& cluster) {
  const auto& flux = cluster.flux;
  std::vector<std::string> options = {"-Stbon.topo=" +
                                      (flux.topology.empty() ? kTopology : flux.topology)};
  if (!flux.connectTimeout.empty())
    options.push_back("-Stbon.connect_timeout=" + flux.connectTimeout);
  if (cluster.minSize > 0)
    options.push_back("-Sbroker.quorum=" + std::to_string(cluster.minSize));
  else if (cluster.maxSize > cluster.size)
    options.push_back("-Sbroker.quorum=" + std::to_string(cluster.size));
  if (cluster.logging.zeromq) options.push_back("-Stbon.zmqdebug=1");
  options.push_back("-Slog-stderr-level=" +
                    std::to_string(cluster.logging.quiet ? 0 : flux.logLevel));
  options.push_back("-Slog-stderr-mode=local");
  return options;
}

/// The first port of each sidecar and of each container of the services pod.
std::vector<entry::WaitFor> waitFor(const api::MiniCluster& cluster) {
  std::vector<entry::WaitFor> all;
  const auto add = [&all](const api::Container& container, const std::string& host) {
    if (container.runFlux || container.ports.empty()) return;
    all.push_back({container.name, host, static_cast<uint16_t>(container.ports.front())});
  };
  for (const auto& container : cluster.containers) add(container, "localhost");
  for (const auto& container : cluster.services)
    add(container, fullName(cluster, servicesPodName(cluster)));
  return all;
}

std::vector<std::string> searchPath(const api::MiniCluster& cluster) {
  std::vector<std::string> path;
  const auto& flux = cluster.flux;
  if (!flux.installRoot.empty() && flux.installRoot != "/usr")
    path.push_back(flux.installRoot + "/bin");
  const std::string shared = sharedDirectory(cluster);
  if (!flux.viewImage.empty() && !shared.empty()) path.push_back(shared + "/view/bin");
  return path;
}

void setUsers(entry::Settings& settings, const api::MiniCluster& cluster) {
  const auto& container = cluster.fluxContainer();
  settings.asRoot = container.commands.runFluxAsRoot;
  if (container.fluxUser) {
    settings.user = container.fluxUser->name;
    settings.uid = container.fluxUser->uid;
  }
  for (const auto& user : cluster.users) settings.userNames.push_back(user.name);
}

}  // namespace

std::string fieldOf(const api::MiniCluster& cluster, const api::Container& container) {
  const auto in = [&container](const std::vector<api::Container>& list) -> std::optional<size_t> {
    for (size_t i = 0; i < list.size(); ++i)
      if (&list[i] == &container) return i;
    return std::nullopt;
  };
  if (const auto i = in(cluster.containers)) return "spec.containers[" + std::to_string(*i) + "]";
  return "spec.services[" + std::to_string(in(cluster.services).value_or(0)) + "]";
}

Result<entry::Settings> settings(const api::MiniCluster& cluster) {
  const auto& container = cluster.fluxContainer();
  const auto& commands = container.commands;
  entry::Settings s;
  s.cluster = cluster.metadata.name;
  s.addresses = {fullName(cluster, podName(cluster, 0))};
  s.hosts = hostlist(cluster);
  // A configuration by hand may have another port.
  s.port = cluster.flux.brokerConfig.empty() ? kBrokerPort : 0;
  s.paths = paths(cluster);
  s.searchPath = searchPath(cluster);
  s.hooks = {commands.init, commands.pre, commands.brokerPre, commands.workerPre, commands.post};
  MC_TRY(setCommand(s, cluster, container));
  MC_TRY(setSubmit(s, cluster));
  MC_TRY_ASSIGN(s.prefix, words(fieldOf(cluster, container) + ".commands.prefix", commands.prefix));
  s.brokerOptions = brokerOptions(cluster);
  s.wrap = cluster.flux.wrap;
  s.brokerConfig = brokerConfig(cluster);
  if (!cluster.flux.disableSocket) s.socket = cluster.flux.socket;
  s.quiet = cluster.logging.quiet;
  s.strict = cluster.logging.strict;
  s.debug = cluster.logging.debug;
  s.timed = cluster.logging.timed;
  setUsers(s, cluster);
  s.cores = container.cores;
  s.waitFor = waitFor(cluster);
  s.archivePath = cluster.archivePath;
  s.completeWorkers = cluster.flux.completeWorkers;
  s.deadlineSeconds = cluster.deadlineSeconds;
  return s;
}

}  // namespace mc::plan
