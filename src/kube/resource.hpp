#pragma once
// The name of a kind of objects at an API server, and the paths of its objects.
//
// Source: Kubernetes API concepts, "Resource URIs". Thread-safety: values and pure functions.

#include <string>
#include <string_view>

namespace mc::kube {

struct Resource {
  std::string group;  ///< empty: the core group
  std::string version;
  std::string plural;
  std::string kind;
  bool namespaced = true;

  /// "v1", "batch/v1".
  [[nodiscard]] std::string apiVersion() const;
  /// "pods", "jobs.batch": as in messages and RBAC.
  [[nodiscard]] std::string groupResource() const;
  bool operator==(const Resource&) const = default;
};

/// "/apis/batch/v1/namespaces/NS/jobs"; with an empty `ns` the objects of all namespaces.
std::string collectionPath(const Resource& resource, std::string_view ns);

/// "/apis/batch/v1/namespaces/NS/jobs/NAME", with "/SUBRESOURCE" if there is one.
std::string objectPath(const Resource& resource, std::string_view ns, std::string_view name,
                       std::string_view subresource = {});

inline const Resource kConfigMaps{"", "v1", "configmaps", "ConfigMap", true};
inline const Resource kEndpointSlices{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice",
                                      true};
inline const Resource kEvents{"events.k8s.io", "v1", "events", "Event", true};
inline const Resource kJobs{"batch", "v1", "jobs", "Job", true};
inline const Resource kLeases{"coordination.k8s.io", "v1", "leases", "Lease", true};
inline const Resource kNamespaces{"", "v1", "namespaces", "Namespace", false};
inline const Resource kNodes{"", "v1", "nodes", "Node", false};
inline const Resource kPods{"", "v1", "pods", "Pod", true};
inline const Resource kSecrets{"", "v1", "secrets", "Secret", true};
inline const Resource kServices{"", "v1", "services", "Service", true};
inline const Resource kCustomResourceDefinitions{
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false};
inline const Resource kMutatingWebhookConfigurations{"admissionregistration.k8s.io", "v1",
                                                     "mutatingwebhookconfigurations",
                                                     "MutatingWebhookConfiguration", false};

}  // namespace mc::kube
