#include "local/health.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace mc::local {

namespace json = boost::json;

namespace {

constexpr int64_t kSecond = 1000000000;

/// Until so many failures in a row, a container that was ready stays so.
int64_t failuresThatCount(const core::Probes& probes) {
  if (probes.readiness) return probes.readiness->failureThreshold;
  return probes.liveness ? probes.liveness->failureThreshold : probes.startup->failureThreshold;
}

}  // namespace

json::object healthCheck(const plan::Container& container) {
  const core::Probes& probes = container.probes;
  // The kubelet knows nothing of an image's own health check either.
  if (!probes.any()) return {{"Test", json::array{"NONE"}}};
  json::array test{"CMD", std::string(entry::kMountPath) + "/" + entry::kEntryFile, "probe",
                   entry::format(probes)};
  // The program keeps the probes' own times: the engine's first question comes an interval after
  // the start, so that this must be short.
  return {{"Test", std::move(test)},
          {"Interval", kSecond},
          {"Timeout", (int64_t{probes.longest()} + 30) * kSecond},
          {"Retries", failuresThatCount(probes)}};
}

}  // namespace mc::local
