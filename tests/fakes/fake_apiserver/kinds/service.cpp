#include <boost/json/serialize.hpp>

#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

/// Addresses of 10.96.0.0/16, one after the other, beginning behind the API server's own.
std::string clusterIp(int number) {
  const int at = number + 10;
  return "10.96." + std::to_string(at / 250 % 250) + "." + std::to_string(at % 250 + 1);
}

void assignAddress(json::object& service, const HookContext& context) {
  auto& spec = child(service, "spec");
  setDefault(spec, "type", "ClusterIP");
  if (textAt(service, {"spec", "type"}) == "ExternalName") return;
  if (textAt(service, {"spec", "clusterIP"}).empty())
    spec["clusterIP"] = clusterIp(context.nextNumber());
  spec["clusterIPs"] = json::array{spec["clusterIP"]};
  setDefault(spec, "ipFamilies", json::array{"IPv4"});
  setDefault(spec, "ipFamilyPolicy", "SingleStack");
  setDefault(spec, "internalTrafficPolicy", "Cluster");
  setDefault(service, "status", json::object{{"loadBalancer", json::object{}}});
}

void fillService(json::object& service, const HookContext&) {
  auto& spec = child(service, "spec");
  setDefault(spec, "sessionAffinity", "None");
  auto* ports = spec.if_contains("ports");
  if (!ports || !ports->is_array()) return;
  for (auto& port : ports->get_array()) {
    if (!port.is_object()) continue;
    setDefault(port.get_object(), "protocol", "TCP");
    if (const auto* number = port.get_object().if_contains("port"))
      setDefault(port.get_object(), "targetPort", json::value(*number));
  }
}

void checkPorts(const json::object& service, std::vector<ApiCause>& causes) {
  const auto& ports = arrayAt(service, {"spec", "ports"});
  const bool headless = textAt(service, {"spec", "clusterIP"}) == "None";
  const bool external = textAt(service, {"spec", "type"}) == "ExternalName";
  if (ports.empty() && !headless && !external) causes.push_back(requiredValue("spec.ports"));
  for (size_t i = 0; i < ports.size(); ++i) {
    if (!ports[i].is_object()) continue;
    const auto path = "spec.ports[" + std::to_string(i) + "].";
    if (ports.size() > 1 && textAt(ports[i].get_object(), {"name"}).empty())
      causes.push_back(requiredValue(path + "name"));
    const auto number = numberAt(ports[i].get_object(), {"port"}).value_or(0);
    if (number < 1 || number > 65535)
      causes.push_back(invalidValue(path + "port", std::to_string(number),
                                    "must be between 1 and 65535, inclusive"));
  }
}

std::vector<ApiCause> checkService(const json::object& now, const json::object* before) {
  std::vector<ApiCause> causes;
  checkPorts(now, causes);
  if (before && !textAt(*before, {"spec", "clusterIP"}).empty())
    for (auto& cause : immutableFields(now, before, "spec", {"clusterIP"})) {
      cause.field = "spec.clusterIPs[0]";
      cause.message =
          "Invalid value: " + json::serialize(json::array{textAt(now, {"spec", "clusterIP"})}) +
          ": may not change once set";
      causes.push_back(std::move(cause));
    }
  return causes;
}

}  // namespace

ResourceType serviceType() {
  ResourceType type;
  type.plural = "services";
  type.singular = "service";
  type.kind = "Service";
  type.versions = {{"", "v1"}};
  type.shortNames = {"svc"};
  type.status = true;
  type.answersDeleted = true;
  type.prepareCreate = assignAddress;
  type.defaults = fillService;
  type.validate = checkService;
  return type;
}

}  // namespace mc::fakes
