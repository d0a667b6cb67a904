#include "local/container_logs.hpp"

#include <algorithm>

#include "local/changes.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/json.hpp"
#include "local/docker/system.hpp"

namespace mc::local {

namespace {

docker::FrameSink frameSink(const OutputSink& sink) {
  return [&sink](docker::FrameStream stream, std::string_view bytes) {
    return sink(stream == docker::FrameStream::Out ? Stream::Out : Stream::Err, bytes);
  };
}

/// When the run before the current one began, as far as the engine remembers; else 0.
base::Result<double> previousStart(docker::Client& client, const ContainerFacts& facts,
                                   const std::stop_token& stop) {
  MC_TRY_ASSIGN(auto events,
                docker::EventStream::past(client, facts.id, facts.startedAt, stop));
  double start = 0;
  while (true) {
    MC_TRY_ASSIGN(const auto event, events.nextOrEnd());
    if (!event) return start;
    const double time = static_cast<double>(docker::numberOf(*event, "timeNano")) / 1e9;
    // The start of the current run is told a moment after the engine has noted it.
    if (docker::textOf(*event, "Action") == "start" && time < facts.startedAt) start = time;
  }
}

base::Status previousLogs(docker::Client& client, const ContainerFacts& facts,
                          const docker::LogQuery& query, const OutputSink& sink,
                          const std::stop_token& stop) {
  docker::LogQuery previous = query;
  previous.follow = false;
  MC_TRY_ASSIGN(const double start, previousStart(client, facts, stop));
  if (start > 0) previous.since = docker::unixTime(start);
  // In the back-off between two runs, the last run is the one that has ended.
  if (facts.status != "restarting") previous.until = docker::unixTime(facts.startedAt);
  return docker::containerLogs(client, facts.id, previous, frameSink(sink), stop);
}

base::Error waitingToStart(const std::string& container, const std::string& pod) {
  return {EINVAL, "container \"" + container + "\" in pod \"" + pod +
                      "\" is waiting to start: ContainerCreating"};
}

}  // namespace

base::Status containerLogs(docker::Client& client, const ContainerFacts& facts,
                           const std::string& container, const std::string& pod,
                           const LogOptions& options, const OutputSink& sink,
                           const std::stop_token& stop) {
  if (!facts.started()) return base::pass(waitingToStart(container, pod));
  docker::LogQuery query{options.follow, options.timestamps, options.tail, {}, {}};
  if (options.previous) {
    if (facts.restarts == 0) {
      return base::fail(EINVAL, "previous terminated container \"" + container + "\" in pod \"" +
                                    pod + "\" not found");
    }
    return previousLogs(client, facts, query, sink, stop);
  }
  const double currentRun = facts.restarts > 0 ? facts.startedAt : 0;
  const double since = std::max(options.since, currentRun);
  if (since > 0) query.since = docker::unixTime(since);
  return docker::containerLogs(client, facts.id, query, frameSink(sink), stop);
}

base::Status followToEnd(docker::Client& client, const std::string& id, const OutputSink& sink,
                         const std::stop_token& stop) {
  docker::LogQuery query{true, false, std::nullopt, {}, {}};
  ContainerFacts facts;
  double shown = 0;  // start of the last run whose output was delivered
  const auto nextRunOrEnd = [&](const std::stop_token& token) -> base::Result<bool> {
    MC_TRY_ASSIGN(const auto inspected, docker::inspectContainer(client, id, token));
    facts = readFacts(inspected);
    return facts.ended() || (facts.running() && facts.startedAt > shown);
  };
  while (true) {
    MC_TRY_ASSIGN(const bool settled, nextRunOrEnd(stop));
    if (!settled) MC_TRY(untilTrue(client, facts.cluster.ns, nextRunOrEnd, std::nullopt, stop));
    if (facts.startedAt <= shown) return {};
    if (shown > 0) query.since = docker::unixTime(facts.finishedAt);
    shown = facts.startedAt;
    MC_TRY(docker::containerLogs(client, id, query, frameSink(sink), stop));
  }
}

}  // namespace mc::local
