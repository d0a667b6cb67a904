#include "fakes/fake_apiserver/definitions.hpp"
#include "fakes/fake_apiserver/kinds.hpp"
#include "fakes/fake_apiserver/type_table.hpp"

namespace mc::fakes {

namespace {

struct Plain {
  const char* group;
  const char* version;
  const char* plural;
  const char* singular;
  const char* kind;
  bool namespaced;
  bool status;
  bool generation;
};

/// Kinds without habits of their own.
constexpr Plain kPlain[] = {
    {"", "v1", "nodes", "node", "Node", false, true, false},
    {"", "v1", "serviceaccounts", "serviceaccount", "ServiceAccount", true, false, false},
    {"", "v1", "endpoints", "endpoints", "Endpoints", true, false, false},
    {"", "v1", "persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim", true,
     true, false},
    {"discovery.k8s.io", "v1", "endpointslices", "endpointslice", "EndpointSlice", true, false,
     true},
    {"apps", "v1", "deployments", "deployment", "Deployment", true, true, true},
    {"rbac.authorization.k8s.io", "v1", "roles", "role", "Role", true, false, false},
    {"rbac.authorization.k8s.io", "v1", "rolebindings", "rolebinding", "RoleBinding", true, false,
     false},
    {"rbac.authorization.k8s.io", "v1", "clusterroles", "clusterrole", "ClusterRole", false, false,
     false},
    {"rbac.authorization.k8s.io", "v1", "clusterrolebindings", "clusterrolebinding",
     "ClusterRoleBinding", false, false, false},
    {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "customresourcedefinition",
     "CustomResourceDefinition", false, true, true},
    {"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations",
     "mutatingwebhookconfiguration", "MutatingWebhookConfiguration", false, false, true},
    {"policy", "v1", "poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget", true,
     true, true},
};

ResourceType plainType(const Plain& plain) {
  ResourceType type;
  type.plural = plain.plural;
  type.singular = plain.singular;
  type.kind = plain.kind;
  type.versions = {{plain.group, plain.version}};
  type.namespaced = plain.namespaced;
  type.status = plain.status;
  type.generation = plain.generation;
  if (type.kind == "CustomResourceDefinition") {
    type.prepareCreate = establish;
    type.shortNames = {"crd", "crds"};
  }
  return type;
}

}  // namespace

std::vector<ResourceType> builtinTypes() {
  std::vector<ResourceType> types{podType(),       jobType(),       serviceType(), secretType(),
                                  configMapType(), namespaceType(), leaseType(),   eventType()};
  for (const auto& plain : kPlain) types.push_back(plainType(plain));
  return types;
}

}  // namespace mc::fakes
