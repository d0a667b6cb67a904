// Rules about names: of pods, containers and Services.

#include <algorithm>
#include <map>

#include "api/rules.hpp"

namespace mc::api {
namespace {

constexpr size_t kLongestHostname = 63;
constexpr std::string_view kServicesSuffix = "-services";

void checkLength(const std::string& longest, size_t nameSize, Report& report) {
  if (longest.size() <= kLongestHostname) return;
  const size_t most = kLongestHostname - (longest.size() - nameSize);
  report.add("metadata.name",
             "too long: the host name " + quoted(longest) + " would have " +
                 std::to_string(longest.size()) + " characters, " +
                 std::to_string(kLongestHostname) + " are possible",
             "choose a name of at most " + std::to_string(most) + " characters");
}

/// Pods are NAME-INDEX and NAME-services, as host names.
void checkHostnames(const ClusterDraft& draft, Report& report) {
  const std::string& name = draft.metadata.name;
  const int32_t hosts = std::max({draft.size, draft.maxSize, int32_t{1}});
  checkLength(name + "-" + std::to_string(hosts - 1), name.size(), report);
  if (!draft.serviceDrafts.empty())
    checkLength(name + std::string(kServicesSuffix), name.size(), report);
}

/// v1alpha2 names the headless Service after the cluster, and a Service's name begins with a
/// letter.
void checkHeadlessName(const ClusterDraft& draft, Report& report) {
  const std::string& name = draft.metadata.name;
  const bool taken = !draft.isAlpha1() && draft.headlessName.empty() && !name.empty();
  if (taken && !kServiceName.fits(name))
    report.add("metadata.name",
               "the headless Service would have this name, which must begin with a letter",
               "choose another name, or set spec.network.headlessName");
}

/// `names` maps each name to the path of its container.
void checkName(const ContainerDraft& container, const std::string& path, std::string_view what,
               std::map<std::string, std::string>& names, Report& report) {
  if (container.name.empty())
    return report.add(path + ".name", "missing: " + std::string(what) + " needs a name",
                      "add `name:`");
  const auto [other, fresh] = names.emplace(container.name, path);
  if (!fresh)
    report.add(path + ".name",
               "the same as that of " + other->second + ", " +
                   lineText(report.placeOf(other->second + ".name")),
               "choose another name");
}

void checkContainerNames(const ClusterDraft& draft, Report& report) {
  std::map<std::string, std::string> names;
  for (size_t i = 0; i < draft.containerDrafts.size(); ++i) {
    const auto& container = draft.containerDrafts[i];
    const std::string path = containerPath(i);
    if (container.runFlux || report.has(path + ".runFlux")) continue;
    if (!container.name.empty() && container.name == draft.metadata.name) {
      report.add(path + ".name",
                 "the Flux container has the MiniCluster's name, " + quoted(container.name),
                 "choose another name for this container");
      continue;
    }
    checkName(container, path, "a container beside Flux", names, report);
  }
}

void checkServiceNames(const ClusterDraft& draft, Report& report) {
  std::map<std::string, std::string> names;
  for (size_t i = 0; i < draft.serviceDrafts.size(); ++i)
    checkName(draft.serviceDrafts[i], servicePath(i), "a service", names, report);
}

}  // namespace

void applyNameRules(const ClusterDraft& draft, Report& report) {
  checkHostnames(draft, report);
  checkHeadlessName(draft, report);
  checkContainerNames(draft, report);
  checkServiceNames(draft, report);
}

}  // namespace mc::api
