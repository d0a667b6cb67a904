// Rules about one container and about containers that share a pod.

#include <map>

#include "api/rules.hpp"

namespace mc::api {
namespace {

constexpr int32_t kFluxPort = 8050;

void checkImage(const ContainerDraft& container, const std::string& path, Report& report) {
  if (container.image.empty() && !container.runFlux && !report.has(path + ".runFlux"))
    report.add(path + ".image", "missing", "add `image:`");
}

/// Fields that only the Flux container can carry out are not ignored elsewhere.
void checkFluxOnly(const std::string& path, const Table& table, Versions version, Report& report) {
  for (const auto& field : table.fields) {
    const std::string here = path + "." + std::string(field.name);
    if (field.fluxOnly && (field.versions & version) != 0 && report.given(here))
      report.add(here, "only for the container that runs Flux", "move it there, or leave it out");
  }
}

void checkServices(const ClusterDraft& draft, Report& report) {
  for (size_t i = 0; i < draft.serviceDrafts.size(); ++i) {
    const std::string path = servicePath(i);
    if (draft.serviceDrafts[i].runFlux)
      report.add(path + ".runFlux", "a service can't run Flux",
                 "move the container to spec.containers");
    for (const auto& field : kCommandsTable.fields) {
      const std::string hook = path + ".commands." + std::string(field.name);
      if (report.given(hook)) report.add(hook, "a service takes no hooks", "leave it out");
    }
    checkFluxOnly(path, kContainerTable, draft.version, report);
  }
}

/// v1alpha2: what runs around a sidecar's command needs that command, and the image's entrypoint
/// can't be kept with it.
void checkWrapping(const ContainerDraft& container, const std::string& path, Report& report) {
  const Commands& hooks = container.commands;
  const bool hooked = !hooks.init.empty() || !hooks.servicePre.empty() || !hooks.post.empty();
  if (container.noWrapEntrypoint && (hooked || !container.command.empty()))
    report.add(path + ".noWrapEntrypoint",
               "keeps the image's entrypoint, so that command and hooks would not run",
               "leave it out, or leave them out");
  if (hooked && container.command.empty() && !report.has(path + ".command"))
    report.add(path + ".commands", "run around the sidecar's command, and there is none",
               "add the `command:` that the image runs by itself");
}

void checkBesideFlux(const ClusterDraft& draft, Report& report) {
  for (size_t i = 0; i < draft.containerDrafts.size(); ++i) {
    const auto& container = draft.containerDrafts[i];
    const std::string path = containerPath(i);
    if (container.runFlux || report.has(path + ".runFlux")) continue;
    checkFluxOnly(path, kContainerTable, draft.version, report);
    checkFluxOnly(path + ".commands", kCommandsTable, draft.version, report);
    if (!draft.isAlpha1()) checkWrapping(container, path, report);
  }
}

/// The other way round: what only sidecars can carry out.
void checkSidecarOnly(const ContainerDraft& container, const std::string& path, Report& report) {
  if (!container.runFlux) return;
  if (container.noWrapEntrypoint)
    report.add(path + ".noWrapEntrypoint", "only for sidecars: this container is started with Flux",
               "leave it out");
  if (!container.commands.servicePre.empty())
    report.add(path + ".commands.servicePre", "only for sidecars", "use commands.pre");
}

void checkModes(const ContainerDraft& container, const std::string& path, Report& report) {
  if (!container.runFlux) return;
  const bool script = !container.commands.script.empty();
  if (container.launcher && container.batch)
    report.add(path + ".launcher", "launcher and batch exclude each other",
               "leave one of them out");
  if (script && !container.command.empty())
    report.add(path + ".commands.script", "command and commands.script exclude each other",
               "leave one of them out");
  if (script && container.batch)
    report.add(path + ".commands.script", "a batch takes its lines from command",
               "write the lines to command, or leave batch out");
  if (container.batch && container.command.empty() && !script)
    report.add(path + ".command", "missing: the lines of the batch",
               "add `command: |` and the lines");
  if (container.batchRaw && !container.batch)
    report.add(path + ".batchRaw", "has no effect without batch", "set batch: true");
  if (!container.logs.empty() && !container.batch)
    report.add(path + ".logs", "is for the output of a batch, and there is none",
               "set batch: true");
}

void checkPull(const ContainerDraft& container, const std::string& path, Report& report) {
  const std::string& policy = container.imagePullPolicy;
  if (container.pullAlways && !policy.empty() && policy != "Always")
    report.add(path + ".imagePullPolicy", "contradicts pullAlways: true", "leave one of them out");
}

/// The containers of a pod share one network, so a port belongs to one of them.
void checkPorts(const std::vector<ContainerDraft>& containers, std::string (*pathOf)(size_t),
                Report& report) {
  std::map<int32_t, std::string> taken;
  for (size_t i = 0; i < containers.size(); ++i) {
    const auto& container = containers[i];
    for (size_t j = 0; j < container.ports.size(); ++j) {
      const std::string path = pathOf(i) + ".ports[" + std::to_string(j) + "]";
      const auto [other, fresh] = taken.emplace(container.ports[j], path);
      if (!fresh)
        report.add(path,
                   "port " + std::to_string(container.ports[j]) + " is taken by " + other->second +
                       ", " + lineText(report.placeOf(other->second)),
                   "containers of a pod share one network: choose another port");
      if (container.ports[j] == kFluxPort && pathOf == containerPath && !container.runFlux)
        report.add(path, "port 8050 belongs to the Flux brokers", "choose another port");
    }
  }
}

/// Kubernetes API, core/v1 SecurityContext.
void checkSecurity(const ClusterDraft& draft, const ContainerDraft& container,
                   const std::string& path, Report& report) {
  const SecurityContext& own = container.security;
  const std::string here = path + ".securityContext";
  const auto& pod = draft.podDraft.security;
  const auto user = own.runAsUser ? own.runAsUser : pod.runAsUser;
  const auto nonRoot = own.runAsNonRoot ? own.runAsNonRoot : pod.runAsNonRoot;
  if (nonRoot.value_or(false) && user == 0)
    report.add(own.runAsUser ? here + ".runAsUser" : "spec.pod.securityContext.runAsUser",
               "is root, which runAsNonRoot forbids", "choose another user");
  if (own.allowPrivilegeEscalation.value_or(true)) return;
  if (own.privileged)
    report.add(here + ".allowPrivilegeEscalation", "can't be false for a privileged container",
               "leave one of them out");
  for (size_t i = 0; i < own.addCapabilities.size(); ++i) {
    if (own.addCapabilities[i].ends_with("SYS_ADMIN"))
      report.add(here + ".allowPrivilegeEscalation", "can't be false with the capability SYS_ADMIN",
                 "leave one of them out");
  }
}

}  // namespace

void applyContainerRules(const ClusterDraft& draft, Report& report) {
  forEachContainer(draft, [&](const ContainerDraft& container, const std::string& path) {
    checkImage(container, path, report);
    checkModes(container, path, report);
    checkSidecarOnly(container, path, report);
    checkPull(container, path, report);
    checkSecurity(draft, container, path, report);
  });
  checkBesideFlux(draft, report);
  checkServices(draft, report);
  checkPorts(draft.containerDrafts, containerPath, report);
  checkPorts(draft.serviceDrafts, servicePath, report);
}

}  // namespace mc::api
