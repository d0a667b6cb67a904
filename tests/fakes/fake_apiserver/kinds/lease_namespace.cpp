// Leases and Namespaces.
#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

std::vector<ApiCause> checkLease(const json::object& now, const json::object*) {
  std::vector<ApiCause> causes;
  const auto seconds = numberAt(now, {"spec", "leaseDurationSeconds"});
  if (seconds && *seconds <= 0)
    causes.push_back(invalidValue("spec.leaseDurationSeconds", std::to_string(*seconds),
                                  "must be greater than 0"));
  const auto transitions = numberAt(now, {"spec", "leaseTransitions"});
  if (transitions && *transitions < 0)
    causes.push_back(invalidValue("spec.leaseTransitions", std::to_string(*transitions),
                                  "must be greater than or equal to 0"));
  return causes;
}

void startNamespace(json::object& ns, const HookContext&) {
  child(ns, "spec")["finalizers"] = json::array{"kubernetes"};
  ns["status"] = json::object{{"phase", "Active"}};
  child(metadata(ns), "labels")["kubernetes.io/metadata.name"] = nameOf(ns);
}

}  // namespace

ResourceType leaseType() {
  ResourceType type;
  type.plural = "leases";
  type.singular = "lease";
  type.kind = "Lease";
  type.versions = {{"coordination.k8s.io", "v1"}};
  type.createOnReplace = true;
  type.validate = checkLease;
  return type;
}

ResourceType namespaceType() {
  ResourceType type;
  type.plural = "namespaces";
  type.singular = "namespace";
  type.kind = "Namespace";
  type.versions = {{"", "v1"}};
  type.namespaced = false;
  type.shortNames = {"ns"};
  type.status = true;
  type.answersDeleted = true;
  type.prepareCreate = startNamespace;
  type.selectableFields = {"status.phase"};
  return type;
}

}  // namespace mc::fakes
