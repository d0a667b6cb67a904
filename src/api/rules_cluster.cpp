// Rules about the cluster as a whole: its size, what it runs, its users and its pods' settings.

#include <map>
#include <numeric>

#include "api/rules.hpp"

namespace mc::api {
namespace {

void checkSizes(const ClusterDraft& draft, Report& report) {
  if (report.has("spec.size")) return;
  if (draft.maxSize != 0 && draft.maxSize < draft.size) {
    report.add("spec.maxSize",
               "must be at least size, which is " + std::to_string(draft.size) + ", not " +
                   std::to_string(draft.maxSize),
               "raise maxSize, or leave it out");
  }
  if (draft.minSize > draft.size) {
    report.add("spec.minSize",
               "must be at most size, which is " + std::to_string(draft.size) + ", not " +
                   std::to_string(draft.minSize),
               "lower minSize, or leave it out");
  }
}

bool hasCommand(const ContainerDraft& container) {
  return !container.command.empty() || !container.commands.script.empty();
}

/// One Flux container, no more and no less. Last of all rules: its message stands for the whole
/// list.
void checkRunners(const ClusterDraft& draft, Report& report) {
  std::string first;
  bool unclear = false;
  for (size_t i = 0; i < draft.containerDrafts.size(); ++i) {
    const std::string path = containerPath(i);
    unclear = unclear || report.has(path + ".runFlux") || report.has(path);
    if (!draft.containerDrafts[i].runFlux) continue;
    if (first.empty()) {
      first = path;
      continue;
    }
    report.add(path + ".runFlux",
               "a second container that runs Flux; the first is " + first + ", " +
                   lineText(report.placeOf(first + ".runFlux")),
               "set runFlux: true on one container only");
  }
  if (first.empty() && !unclear) {
    report.add("spec.containers",
               draft.containerDrafts.empty() ? "must hold at least one container"
                                             : "no container runs Flux",
               draft.containerDrafts.empty()
                   ? "add the container that runs Flux"
                   : "set runFlux: true on the container that has the program");
  }
}

void checkWork(const ClusterDraft& draft, Report& report) {
  for (size_t i = 0; i < draft.containerDrafts.size(); ++i) {
    const auto& container = draft.containerDrafts[i];
    if (!container.runFlux) continue;
    const std::string command = containerPath(i) + ".command";
    if (draft.interactive && hasCommand(container)) {
      const std::string field =
          container.command.empty() ? containerPath(i) + ".commands.script" : command;
      report.add(
          "spec.interactive", "an interactive cluster has no job, but " + field + " gives one",
          "leave interactive out to run the job, or leave the job out and submit it by hand");
    }
    const bool idle = draft.isAlpha1() && !draft.interactive && !hasCommand(container);
    if (idle && !container.diagnostics && !container.batch)
      report.add(command, "missing: there is nothing to run",
                 "add a command, or set spec.interactive: true and submit by hand");
  }
}

void checkUsers(const ClusterDraft& draft, Report& report) {
  std::map<std::string, std::string> seen = {{"root", ""}};
  for (size_t i = 0; i < draft.containerDrafts.size(); ++i) {
    if (draft.containerDrafts[i].runFlux)
      seen.emplace(draft.containerDrafts[i].user.name, containerPath(i) + ".fluxUser");
  }
  for (size_t i = 0; i < draft.users.size(); ++i) {
    const std::string path = "spec.users[" + std::to_string(i) + "].name";
    const auto [other, fresh] = seen.emplace(draft.users[i].name, path);
    if (fresh || draft.users[i].name.empty()) continue;
    report.add(path,
               other->second.empty() ? "every image has this user" : "the same as " + other->second,
               "choose another name");
  }
}

void checkAnnotations(const StringMap& annotations, const std::string& path, Report& report) {
  constexpr size_t kMost = 256u << 10;
  const size_t bytes = std::accumulate(
      annotations.begin(), annotations.end(), size_t{0},
      [](size_t sum, const auto& each) { return sum + each.first.size() + each.second.size(); });
  if (bytes > kMost)
    report.add(path, "more than " + std::to_string(kMost) + " bytes in all",
               "put large texts somewhere else");
}

/// Kubernetes API, core/v1 Toleration.
void checkTolerations(const ClusterDraft& draft, Report& report) {
  for (size_t i = 0; i < draft.podDraft.tolerations.size(); ++i) {
    const auto& toleration = draft.podDraft.tolerations[i];
    const std::string path = "spec.pod.tolerations[" + std::to_string(i) + "]";
    const bool exists = toleration.op == "Exists";
    if (exists && !toleration.value.empty())
      report.add(path + ".value", "must be empty with operator Exists",
                 "leave it out, or use operator Equal");
    if (!exists && toleration.key.empty())
      report.add(path + ".key", "missing",
                 "add the taint's key, or use operator Exists for all taints");
  }
}

}  // namespace

void applyClusterRules(const ClusterDraft& draft, Report& report) {
  checkSizes(draft, report);
  checkUsers(draft, report);
  checkAnnotations(draft.metadata.annotations, "metadata.annotations", report);
  checkAnnotations(draft.podDraft.annotations, "spec.pod.annotations", report);
  checkTolerations(draft, report);
  checkWork(draft, report);
  checkRunners(draft, report);
}

}  // namespace mc::api
