#include "plan/sidecars.hpp"

#include "plan/command.hpp"
#include "plan/settings.hpp"

namespace mc::plan {
namespace {

/// Evaluates $1 (hooks; what they export is for the command), runs the words from $3 on, evaluates
/// $2 (post). Each text is an argument and never part of this one. $0 is -e or +e.
constexpr const char* kAround = R"(before=$1 after=$2
shift 2
set "$0"
eval "$before"
set +e
[ -n "$after" ] || exec "$@"
"$@"
status=$?
eval "$after"
exit "$status")";

std::string joined(const std::string& first, const std::string& second) {
  if (first.empty() || second.empty()) return first + second;
  return first + "\n" + second;
}

std::vector<std::string> around(const api::Commands& hooks, bool strict,
                                const std::vector<std::string>& command) {
  std::vector<std::string> argv = {
      "sh", "-c", kAround, strict ? "-e" : "+e", joined(hooks.init, hooks.servicePre), hooks.post};
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

bool hasHooks(const api::Commands& hooks) {
  return !hooks.init.empty() || !hooks.servicePre.empty() || !hooks.post.empty();
}

}  // namespace

Container commonContainer(const api::Container& container, Volumes& volumes) {
  Container c;
  c.name = container.name;
  c.image = container.image;
  c.pullPolicy = container.pullPolicy;
  c.imagePullSecret = container.imagePullSecret;
  c.workingDir = container.workingDir;
  c.environment = container.environment;
  c.secretEnvironment = container.secrets;
  c.ports = container.ports;
  c.mounts = volumes.add(container.volumes);
  c.resources = container.resources;
  c.security = container.security;
  c.postStartExec = container.postStartExec;
  c.preStopExec = container.preStopExec;
  return c;
}

base::Result<Container> sideContainer(const api::MiniCluster& cluster,
                                      const api::Container& container, ContainerKind kind,
                                      Volumes& volumes) {
  const std::string field = fieldOf(cluster, container);
  Container c = commonContainer(container, volumes);
  c.kind = kind;
  MC_TRY_ASSIGN(c.command, commandLine(container.command).prefixed(field + ".command"));
  if (container.noWrapEntrypoint && (!c.command.empty() || hasHooks(container.commands)))
    return base::fail(EINVAL, field +
                                  ".noWrapEntrypoint: it keeps the image's entrypoint, so that "
                                  "command and hooks would not run: leave it or them out");
  if (!hasHooks(container.commands)) return c;
  if (c.command.empty())
    return base::fail(EINVAL,
                      field +
                          ".commands: hooks of a sidecar need its `command`, because "
                          "they run around it: give the command that the image runs by itself");
  c.command = around(container.commands, cluster.logging.strict, c.command);
  return c;
}

}  // namespace mc::plan
