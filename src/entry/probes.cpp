#include "entry/probes.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace mc::entry {
namespace {

namespace json = boost::json;

json::object probeObject(const Probe& probe) {
  json::array headers;
  for (const auto& [name, value] : probe.httpHeaders) headers.push_back(json::array{name, value});
  return {{"exec", json::value_from(probe.exec)},
          {"httpPort", probe.httpPort},
          {"httpHost", probe.httpHost},
          {"httpPath", probe.httpPath},
          {"httpHeaders", std::move(headers)},
          {"tcpPort", probe.tcpPort},
          {"tcpHost", probe.tcpHost},
          {"initialDelay", probe.initialDelay},
          {"period", probe.period},
          {"timeout", probe.timeout},
          {"successThreshold", probe.successThreshold},
          {"failureThreshold", probe.failureThreshold}};
}

void readText(const json::object& object, const char* name, std::string& text) {
  const json::value* value = object.if_contains(name);
  if (value != nullptr && value->is_string()) text = std::string(value->get_string());
}

void readNumber(const json::object& object, const char* name, int32_t& number) {
  const json::value* value = object.if_contains(name);
  if (value != nullptr && value->is_int64()) number = static_cast<int32_t>(value->get_int64());
}

std::vector<std::string> texts(const json::value& value) {
  std::vector<std::string> all;
  if (!value.is_array()) return all;
  for (const json::value& each : value.get_array())
    if (each.is_string()) all.emplace_back(each.get_string());
  return all;
}

std::optional<Probe> readProbe(const json::object& set, const char* name) {
  const json::value* value = set.if_contains(name);
  if (value == nullptr || !value->is_object()) return std::nullopt;
  const json::object& object = value->get_object();
  Probe probe;
  if (const json::value* exec = object.if_contains("exec")) probe.exec = texts(*exec);
  readText(object, "httpPort", probe.httpPort);
  readText(object, "httpHost", probe.httpHost);
  readText(object, "httpPath", probe.httpPath);
  const json::value* headers = object.if_contains("httpHeaders");
  if (headers != nullptr && headers->is_array()) {
    for (const json::value& header : headers->get_array()) {
      const auto pair = texts(header);
      if (pair.size() == 2) probe.httpHeaders.emplace_back(pair[0], pair[1]);
    }
  }
  readText(object, "tcpPort", probe.tcpPort);
  readText(object, "tcpHost", probe.tcpHost);
  readNumber(object, "initialDelay", probe.initialDelay);
  readNumber(object, "period", probe.period);
  readNumber(object, "timeout", probe.timeout);
  readNumber(object, "successThreshold", probe.successThreshold);
  readNumber(object, "failureThreshold", probe.failureThreshold);
  return probe;
}

}  // namespace

int32_t Probes::longest() const {
  int32_t seconds = 0;
  for (const auto* probe : {&startup, &liveness, &readiness})
    if (*probe) seconds += (*probe)->timeout + std::max((*probe)->period, (*probe)->initialDelay);
  return seconds;
}

json::object toJson(const Probes& probes) {
  json::object object;
  if (probes.startup) object["startup"] = probeObject(*probes.startup);
  if (probes.liveness) object["liveness"] = probeObject(*probes.liveness);
  if (probes.readiness) object["readiness"] = probeObject(*probes.readiness);
  return object;
}

Probes readProbes(const json::object& object) {
  return {.startup = readProbe(object, "startup"),
          .liveness = readProbe(object, "liveness"),
          .readiness = readProbe(object, "readiness")};
}

std::string format(const Probes& probes) {
  return json::serialize(toJson(probes));
}

base::Result<Probes> parseProbes(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) return base::fail(EINVAL, "the probes can't be read");
  return readProbes(value.get_object());
}

}  // namespace mc::entry
