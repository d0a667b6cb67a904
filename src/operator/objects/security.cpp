#include "operator/objects/security.hpp"

#include <boost/json.hpp>

namespace mc::controller {

namespace json = boost::json;

namespace {

/// A group that images don't use; "nonroot" of distroless images.
constexpr int64_t kDefaultGroup = 65532;

json::array toArray(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

}  // namespace

json::object containerSecurity(const api::SecurityContext& security) {
  json::object object = security.raw;
  // v1alpha1 spells capabilities in its own way.
  if (object.erase("addCapabilities") != 0 && !security.addCapabilities.empty())
    object["capabilities"] = json::object{{"add", toArray(security.addCapabilities)}};
  return object;
}

json::object installSecurity() {
  return {{"allowPrivilegeEscalation", false},
          {"capabilities", json::object{{"drop", json::array{"ALL"}}}},
          {"readOnlyRootFilesystem", true}};
}

SecretAccess secretAccess(const Blueprint& blueprint) {
  const auto& container = blueprint.cluster.fluxContainer();
  const auto& user = container.security.runAsUser;
  // v1alpha1 starts as root and makes the Flux user itself.
  const bool root = user ? *user == 0 : container.fluxUser.has_value();
  if (root) return {};
  SecretAccess access{0440, std::nullopt};
  if (!blueprint.cluster.pod.securityContext.contains("fsGroup"))
    access.group = container.security.runAsGroup.value_or(user.value_or(kDefaultGroup));
  return access;
}

json::object podSecurity(const Blueprint& blueprint, std::optional<int64_t> group) {
  json::object object = blueprint.cluster.pod.securityContext;
  if (!group) return object;
  object["fsGroup"] = *group;
  // Not through all of a large volume that has the group already.
  if (!object.contains("fsGroupChangePolicy")) object["fsGroupChangePolicy"] = "OnRootMismatch";
  return object;
}

}  // namespace mc::controller
