#include "local/health.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "entry/probe.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

constexpr int64_t kSecond = 1000000000;

entry::ProbeSpec specOf(const core::Probe& probe, const char* name) {
  entry::ProbeSpec spec;
  spec.name = name;
  spec.exec = probe.exec;
  spec.httpPort = probe.httpPort;
  spec.httpHost = probe.httpHost;
  spec.httpPath = probe.httpPath;
  for (const core::Header& header : probe.httpHeaders)
    spec.httpHeaders.emplace_back(header.name, header.value);
  spec.tcpPort = probe.tcpPort;
  spec.tcpHost = probe.tcpHost;
  spec.initialDelay = probe.initialDelay;
  spec.period = probe.period;
  spec.timeout = probe.timeout;
  spec.failureThreshold = probe.failureThreshold;
  spec.successThreshold = probe.successThreshold;
  return spec;
}

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
  entry::ProbeSet set;
  if (probes.startup) set.startup = specOf(*probes.startup, "Startup");
  if (probes.readiness) set.readiness = specOf(*probes.readiness, "Readiness");
  if (probes.liveness) set.liveness = specOf(*probes.liveness, "Liveness");
  json::array test{"CMD", std::string(entry::kMountPath) + "/" + entry::kEntryFile, "probe",
                   entry::format(set)};
  // The program keeps the probes' own times: the engine's first question comes an interval after
  // the start, so that this must be short.
  return {{"Test", std::move(test)},
          {"Interval", kSecond},
          {"Timeout", (int64_t{set.longest()} + 30) * kSecond},
          {"Retries", failuresThatCount(probes)}};
}

}  // namespace mc::local
