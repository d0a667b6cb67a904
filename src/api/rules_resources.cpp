// Rules about limits and requests. Source: Kubernetes API, core/v1 ResourceRequirements.

#include "api/quantity.hpp"
#include "api/rules.hpp"

namespace mc::api {
namespace {

/// Devices and huge pages can't be shared out in parts or promised beyond their number.
bool isCounted(const std::string& resource) {
  return resource.find('/') != std::string::npos || resource.starts_with("hugepages-");
}

void checkWhole(const StringMap& amounts, const std::string& path, Report& report) {
  for (const auto& [resource, text] : amounts) {
    const auto amount = Quantity::parse(text);
    if (amount && isCounted(resource) && !amount->whole())
      report.add(path + base::pathStep(resource), "must be a whole number", "");
  }
}

void checkRequests(const Resources& resources, const std::string& path, Report& report) {
  for (const auto& [resource, text] : resources.requests) {
    const auto limit = resources.limits.find(resource);
    const std::string here = path + ".requests" + base::pathStep(resource);
    if (limit == resources.limits.end()) {
      if (isCounted(resource))
        report.add(here, "needs a limit of the same amount", "add it to limits");
      continue;
    }
    const auto wanted = Quantity::parse(text);
    const auto most = Quantity::parse(limit->second);
    if (!wanted || !most) continue;
    if (*wanted > *most)
      report.add(here, "more than the limit of " + quoted(limit->second),
                 "lower it, or raise the limit");
    if (*wanted < *most && isCounted(resource))
      report.add(here, "must be the same as the limit, " + quoted(limit->second), "");
  }
}

}  // namespace

void applyResourceRules(const ClusterDraft& draft, Report& report) {
  forEachContainer(draft, [&](const ContainerDraft& container, const std::string& path) {
    checkWhole(container.resources.limits, path + ".resources.limits", report);
    checkWhole(container.resources.requests, path + ".resources.requests", report);
    if (!report.hasBelow(path + ".resources.limits"))
      checkRequests(container.resources, path + ".resources", report);
  });
}

}  // namespace mc::api
