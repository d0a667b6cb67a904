#include "operator/policies/cleanup.hpp"

#include <boost/json/value.hpp>

#include "base/rfc3339.hpp"

namespace mc::controller {

std::optional<double> deletionTime(const kube::Object& cluster) {
  const auto end = kube::findText(cluster, {"status", "completionTime"});
  if (end.empty()) return std::nullopt;
  const double finished = base::parseTime(end);
  const auto* cleanup = kube::find(cluster, {"spec", "cleanup"});
  if (cleanup != nullptr && cleanup->is_bool() && cleanup->get_bool()) return finished;
  const auto ttl = kube::findNumber(cluster, {"spec", "ttlSecondsAfterFinished"});
  if (!ttl) return std::nullopt;
  return finished + static_cast<double>(*ttl);
}

}  // namespace mc::controller
