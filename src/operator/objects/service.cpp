#include "operator/objects/service.hpp"

#include <boost/json.hpp>

#include "operator/objects/metadata.hpp"
#include "operator/objects/names.hpp"

namespace mc::controller {

namespace json = boost::json;

json::object headlessService(const Blueprint& blueprint) {
  const std::string& name = blueprint.cluster.headlessName;
  json::object object{
      {"apiVersion", "v1"},
      {"kind", "Service"},
      {"metadata", json::object{{"name", name},
                                {"namespace", blueprint.ns()},
                                {"labels", json::object{{kManagedByLabel, kManager}}}}},
      {"spec", json::object{{"clusterIP", "None"},
                            {"publishNotReadyAddresses", true},
                            {"selector", json::object{{kSubdomainLabel, name}}}}}};
  addHash(object);
  // Not part of the hash, which all owners share.
  object["metadata"].as_object()["ownerReferences"] =
      json::array{ownerReference(blueprint, Ownership::Shared)};
  return object;
}

std::string headlessManager(const Blueprint& blueprint) {
  return std::string(kManager) + "-" + blueprint.uid;
}

json::object sidecarService(const Blueprint& blueprint, const plan::Service& service) {
  json::array ports;
  for (const int32_t port : service.ports)
    ports.push_back(json::object{{"name", "port-" + std::to_string(port)},
                                 {"port", port},
                                 {"protocol", "TCP"},
                                 {"targetPort", port}});
  auto object =
      startObject(blueprint, "v1", "Service", sidecarServiceName(blueprint.name(), service.name));
  object["spec"] = json::object{
      {"ports", std::move(ports)},
      {"selector", json::object{{kClusterLabel, blueprint.name()}, {kRoleLabel, kFluxRole}}}};
  addHash(object);
  return object;
}

}  // namespace mc::controller
