#include "operator/objects/job.hpp"

#include <boost/json.hpp>

#include "kube/object.hpp"
#include "operator/objects/metadata.hpp"
#include "operator/objects/names.hpp"
#include "operator/policies/failure.hpp"

namespace mc::controller {

namespace json = boost::json;

namespace {

/// The cluster has succeeded when its lead has, whoever else still runs.
json::object leadSucceeds() {
  return {{"rules", json::array{json::object{{"succeededIndexes", "0"}}}}};
}

json::object jobSpec(const Blueprint& blueprint, const ServiceAddresses& addresses) {
  const auto& cluster = blueprint.cluster;
  json::object spec{
      {"completionMode", "Indexed"},     {"completions", cluster.size},
      {"parallelism", cluster.size},     {"backoffLimit", cluster.backoffLimit.value_or(0)},
      {"successPolicy", leadSucceeds()}, {"podReplacementPolicy", "Failed"}};
  if (cluster.deadlineSeconds > 0) spec["activeDeadlineSeconds"] = cluster.deadlineSeconds;
  if (cluster.suspend && !isQueued(cluster)) spec["suspend"] = true;
  spec["template"] = podTemplate(blueprint, addresses);
  const auto& restarts = spec["template"].as_object()["spec"].as_object()["restartPolicy"];
  if (restarts == "Never") spec["podFailurePolicy"] = podFailurePolicy(cluster);
  return spec;
}

}  // namespace

json::object job(const Blueprint& blueprint, const ServiceAddresses& addresses,
                 const std::string& fixedHash) {
  auto object = startObject(blueprint, "batch/v1", "Job", jobName(blueprint.name()));
  auto& metadata = object["metadata"].as_object();
  json::object labels = toJson(wantedJobLabels(blueprint.cluster));
  for (const auto& label : clusterLabels(blueprint)) labels[label.key()] = label.value();
  metadata["labels"] = std::move(labels);
  metadata["annotations"] = json::object{{kFixedHash, fixedHash}};
  object["spec"] = jobSpec(blueprint, addresses);
  return object;
}

std::optional<json::object> jobChange(const api::MiniCluster& cluster,
                                      const json::object& current) {
  json::object spec;
  for (const char* key : {"completions", "parallelism"})
    if (kube::findNumber(current, {"spec", key}) != cluster.size) spec[key] = cluster.size;
  const auto* suspend = kube::find(current, {"spec", "suspend"});
  const bool suspended = suspend != nullptr && suspend->is_bool() && suspend->get_bool();
  if (!isQueued(cluster, current) && suspended != cluster.suspend)
    spec["suspend"] = cluster.suspend;
  if (spec.empty()) return std::nullopt;
  return json::object{{"spec", std::move(spec)}};
}

}  // namespace mc::controller
