#include "local/container_facts.hpp"

#include <string_view>

#include "base/rfc3339.hpp"
#include "local/docker/json.hpp"
#include "local/labels.hpp"
#include "local/record.hpp"

namespace mc::local {

namespace json = boost::json;
using docker::arrayOf;
using docker::flagOf;
using docker::numberOf;
using docker::objectOf;
using docker::textOf;

namespace {

constexpr std::string_view kJoin = "container:";

void readLabels(const json::object& labels, ContainerFacts& facts) {
  facts.cluster = clusterOf(labels);
  facts.clusterUid = textOf(labels, label::kUid);
  facts.part = textOf(labels, label::kPart);
  facts.pod = textOf(labels, label::kPod);
  facts.container = textOf(labels, label::kContainer);
  facts.podSpec = textOf(labels, label::kPodSpec);
  facts.lead = textOf(labels, label::kRole) == label::kLead;
}

void readHealth(const json::object& health, ContainerFacts& facts) {
  facts.health = textOf(health, "Status");
  // "none" is what a health check that is turned off has.
  if (facts.health == "none") facts.health.clear();
  facts.healthFailures = static_cast<int>(numberOf(health, "FailingStreak"));
  for (const json::value& entry : arrayOf(health, "Log")) {
    if (!entry.is_object() || numberOf(entry.get_object(), "ExitCode") == 0) continue;
    facts.healthOutput = textOf(entry.get_object(), "Output");
  }
  while (facts.healthOutput.ends_with('\n')) facts.healthOutput.pop_back();
}

void readState(const json::object& state, ContainerFacts& facts) {
  facts.status = textOf(state, "Status");
  facts.oomKilled = flagOf(state, "OOMKilled");
  facts.exitCode = static_cast<int>(numberOf(state, "ExitCode"));
  facts.error = textOf(state, "Error");
  facts.startedAt = base::parseTime(textOf(state, "StartedAt"));
  facts.finishedAt = base::parseTime(textOf(state, "FinishedAt"));
  readHealth(objectOf(state, "Health"), facts);
}

std::string addressOf(const json::object& settings) {
  for (const auto& [name, network] : objectOf(settings, "Networks")) {
    if (!network.is_object()) continue;
    std::string address = textOf(network.get_object(), "IPAddress");
    if (!address.empty()) return address;
  }
  return {};
}

std::vector<std::string> texts(const json::array& list) {
  std::vector<std::string> all;
  for (const json::value& value : list) {
    if (value.is_string()) all.emplace_back(value.get_string());
  }
  return all;
}

}  // namespace

ContainerFacts readFacts(const json::object& inspected) {
  ContainerFacts facts;
  facts.id = textOf(inspected, "Id");
  facts.name = textOf(inspected, "Name");
  if (facts.name.starts_with('/')) facts.name.erase(0, 1);
  facts.createdAt = base::parseTime(textOf(inspected, "Created"));
  facts.restarts = static_cast<int>(numberOf(inspected, "RestartCount"));
  facts.imageId = textOf(inspected, "Image");
  const json::object& config = objectOf(inspected, "Config");
  facts.image = textOf(config, "Image");
  facts.environment = texts(arrayOf(config, "Env"));
  readLabels(objectOf(config, "Labels"), facts);
  readState(objectOf(inspected, "State"), facts);
  facts.ip = addressOf(objectOf(inspected, "NetworkSettings"));
  const std::string network = textOf(objectOf(inspected, "HostConfig"), "NetworkMode");
  if (network.starts_with(kJoin)) facts.joined = network.substr(kJoin.size());
  return facts;
}

}  // namespace mc::local
