#include "local/container_logs.hpp"

#include <algorithm>
#include <optional>

#include "local/changes.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/json.hpp"
#include "local/docker/system.hpp"
#include "local/log_stamps.hpp"

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
  MC_TRY_ASSIGN(auto events, docker::EventStream::past(client, facts.id, facts.startedAt, stop));
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

/// Reads the log of one run, and remembers how far. When a container ends, the engine may close a
/// followed log before its last words are in it (a line without a newline, above all); they can be
/// read after.
class Delivery {
 public:
  Delivery(docker::LogQuery query, const OutputSink& sink)
      : query_(std::move(query)), sink_(sink), position_(query_.timestamps) {
    query_.timestamps = true;
  }

  base::Status read(docker::Client& client, const std::string& id, bool follow,
                    const std::stop_token& stop) {
    query_.follow = follow;
    const docker::FrameReader::Begin begin = [this] { position_.begin(); };
    return docker::containerLogs(client, id, query_, frameSink([this](Stream stream, auto bytes) {
                                   return position_.take(stream, bytes, sink_);
                                 }),
                                 stop, begin);
  }

  /// Delivers what has come since, up to `until` (empty: the end).
  base::Status rest(docker::Client& client, const std::string& id, const std::string& until,
                    const std::stop_token& stop) {
    // Of nothing, nothing more.
    if (position_.empty() && query_.tail == 0) return {};
    if (!position_.empty()) {
      query_.tail.reset();
      query_.since = position_.resume();
    }
    query_.until = until;
    return read(client, id, false, stop);
  }

 private:
  docker::LogQuery query_;
  const OutputSink& sink_;
  LogPosition position_;
};

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
  if (!options.follow || facts.ended()) {
    query.follow = false;
    return docker::containerLogs(client, facts.id, query, frameSink(sink), stop);
  }
  Delivery delivery(query, sink);
  MC_TRY(delivery.read(client, facts.id, true, stop));
  // To inspect a container waits until its end is complete.
  const auto ended = docker::inspectContainer(client, facts.id, stop);
  if (!ended && ended.error().errnum == ENOENT) return {};
  return delivery.rest(client, facts.id, {}, stop);
}

base::Status followToEnd(docker::Client& client, const std::string& id, const OutputSink& sink,
                         const std::stop_token& stop) {
  std::optional<Delivery> run;
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
    const bool again = facts.startedAt > shown;
    if (run) {
      MC_TRY(run->rest(client, id, again ? docker::unixTime(facts.startedAt) : "", stop));
    }
    if (!again) return {};
    docker::LogQuery query;
    if (run) query.since = docker::unixTime(facts.finishedAt);
    run.emplace(query, sink);
    shown = facts.startedAt;
    MC_TRY(run->read(client, id, !facts.ended(), stop));
    if (facts.ended()) return {};
  }
}

}  // namespace mc::local
