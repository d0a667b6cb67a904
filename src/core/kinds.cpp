#include <algorithm>
#include <array>

#include "core/objects.hpp"

namespace mc::core {
namespace {

constexpr std::array<KindInfo, 6> kKinds = {{
    {Kind::Deployment, "Deployment", "apps/v1", "deployment", "deployments", "deploy", ".apps"},
    {Kind::Pod, "Pod", "v1", "pod", "pods", "po", ""},
    {Kind::Service, "Service", "v1", "service", "services", "svc", ""},
    {Kind::ConfigMap, "ConfigMap", "v1", "configmap", "configmaps", "cm", ""},
    {Kind::Secret, "Secret", "v1", "secret", "secrets", "secret", ""},
    {Kind::NetworkPolicy, "NetworkPolicy", "networking.k8s.io/v1", "networkpolicy",
     "networkpolicies", "netpol", ".networking.k8s.io"},
}};

}  // namespace

const KindInfo& infoOf(Kind kind) {
  return kKinds.at(static_cast<size_t>(kind));
}

const KindInfo* findKind(std::string_view name) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindInfo& info) {
    return name == info.name || name == info.singular;
  });
  return found == kKinds.end() ? nullptr : &*found;
}

}  // namespace mc::core
