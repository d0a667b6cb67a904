#include "operator/objects/affinity.hpp"

#include <boost/json.hpp>

#include "operator/objects/names.hpp"

namespace mc::controller {

namespace json = boost::json;

namespace {

json::object preferred(const Blueprint& blueprint, const char* topologyKey) {
  json::object selector{
      {"matchLabels", json::object{{kClusterLabel, blueprint.name()}, {kRoleLabel, kFluxRole}}}};
  json::object term{{"labelSelector", std::move(selector)}, {"topologyKey", topologyKey}};
  return {{"preferredDuringSchedulingIgnoredDuringExecution",
           json::array{json::object{{"weight", 100}, {"podAffinityTerm", std::move(term)}}}}};
}

json::object nodeAffinity(const std::map<std::string, std::vector<std::string>>& wanted) {
  json::array expressions;
  for (const auto& [key, values] : wanted)
    expressions.push_back(json::object{
        {"key", key}, {"operator", "In"}, {"values", json::array(values.begin(), values.end())}});
  json::object term{{"matchExpressions", std::move(expressions)}};
  return {{"requiredDuringSchedulingIgnoredDuringExecution",
           json::object{{"nodeSelectorTerms", json::array{std::move(term)}}}}};
}

}  // namespace

json::object affinity(const Blueprint& blueprint) {
  const auto& cluster = blueprint.cluster;
  json::object object;
  if (!cluster.pod.nodeAffinity.empty())
    object["nodeAffinity"] = nodeAffinity(cluster.pod.nodeAffinity);
  // A single pod has nobody to be near to, and needs no work of the scheduler.
  if (cluster.disableAffinity || cluster.maxSize <= 1) return object;
  object["podAffinity"] = preferred(blueprint, "topology.kubernetes.io/zone");
  object["podAntiAffinity"] = preferred(blueprint, "kubernetes.io/hostname");
  return object;
}

}  // namespace mc::controller
