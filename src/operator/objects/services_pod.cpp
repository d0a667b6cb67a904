#include "operator/objects/services_pod.hpp"

#include <boost/json.hpp>

#include "operator/objects/container.hpp"
#include "operator/objects/metadata.hpp"
#include "operator/objects/security.hpp"

namespace mc::controller {

namespace json = boost::json;

json::object servicesPod(const Blueprint& blueprint, const ServiceAddresses& addresses) {
  const plan::Pod& pod = *blueprint.servicesPod;
  auto object = startObject(blueprint, "v1", "Pod", pod.name);
  auto& metadata = object["metadata"].as_object();
  metadata["labels"] = podLabels(blueprint, pod);
  if (!pod.annotations.empty()) metadata["annotations"] = toJson(pod.annotations);
  auto spec = commonPodSpec(blueprint, pod, addresses);
  spec["hostname"] = pod.hostname;
  // A service that ends, ends too early.
  spec["restartPolicy"] = "Always";
  auto security = podSecurity(blueprint, std::nullopt);
  if (!security.empty()) spec["securityContext"] = std::move(security);
  json::array containers;
  for (const auto& container : pod.containers) containers.push_back(serviceObject(container));
  spec["containers"] = std::move(containers);
  object["spec"] = std::move(spec);
  return object;
}

}  // namespace mc::controller
