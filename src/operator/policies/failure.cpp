#include "operator/policies/failure.hpp"

#include <boost/json.hpp>

#include "entry/settings.hpp"

namespace mc::controller {

namespace json = boost::json;

namespace {

json::object onExit(const std::string& container, const char* action, const char* op, int status) {
  return {{"action", action},
          {"onExitCodes",
           json::object{
               {"containerName", container}, {"operator", op}, {"values", json::array{status}}}}};
}

}  // namespace

json::object podFailurePolicy(const api::MiniCluster& cluster) {
  const std::string& container = cluster.metadata.name;
  json::array rules{
      json::object{{"action", "Ignore"},
                   {"onPodConditions",
                    json::array{json::object{{"type", "DisruptionTarget"}, {"status", "True"}}}}},
      onExit(container, "Ignore", "In", entry::kToldToStop)};
  if (cluster.backoffLimit.value_or(0) == 0)
    rules.push_back(onExit(container, "FailJob", "NotIn", 0));
  return {{"rules", std::move(rules)}};
}

}  // namespace mc::controller
