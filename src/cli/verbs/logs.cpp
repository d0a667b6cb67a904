#include <thread>

#include "base/rfc3339.hpp"
#include "cli/errors.hpp"
#include "cli/line_prefixer.hpp"
#include "cli/pods.hpp"
#include "cli/resources.hpp"
#include "cli/selector.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# The output of the job: the log of the Flux container
minicluster logs flux-sample-0 -n flux-operator

# Follow the log of the sidecar nginx
minicluster logs flux-sample-0 -c nginx -f

# The last 20 lines, with the time of each
minicluster logs --tail=20 --timestamps flux-sample-0

# All containers of all pods with a label
minicluster logs -l app=flux --all-containers --prefix

# A container's log before its last restart
minicluster logs -p -c nginx flux-sample-0)";

constexpr int64_t kTailWithSelector = 10;

struct Source {
  std::string pod;
  std::string container;
};

class LogsVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"logs",
            VerbGroup::Debug,
            "Print the logs for a container in a pod",
            "Without -c it is the Flux container's. A pod may be named without its suffix; "
            ""
            "minicluster/NAME, the bare name of a MiniCluster, or its manifest mean the lead pod.",
            kExamples,
            "[-f] [-p] (POD | TYPE/NAME | NAME | FILE | -l label) [-c CONTAINER]",
            Completes::Pods,
            {}};
  }

  void declare(OptionSet& options) override;
  base::Result<int> run(Context& context) override;

 private:
  base::Status prepare(Context& context);
  base::Result<std::vector<Source>> sources(Context& context);
  base::Status addSources(Context& context, const engine::PodView& pod,
                          std::vector<Source>& sources);
  base::Status print(Context& context, engine::Engine& engine, const Source& source,
                     std::stop_token stop);
  base::Status printAll(Context& context, const std::vector<Source>& sources);

  bool allContainers_ = false;
  bool follow_ = false;
  bool prefix_ = false;
  bool previous_ = false;
  bool timestamps_ = false;
  int64_t maxRequests_ = 5;
  int64_t tail_ = -1;
  std::chrono::nanoseconds since_{0};
  std::string container_;
  std::string selectorText_;
  std::string sinceTime_;

  engine::LogOptions options_;
};

void LogsVerb::declare(OptionSet& options) {
  options.flag("all-containers", &allContainers_, "Get all containers' logs in the pod(s).");
  options.text("container,c", &container_, "Print the logs of this container.")
      .offer(Completes::Containers);
  options.flag("follow,f", &follow_, "Go on until the container ends.");
  options.number("max-log-requests", &maxRequests_,
                 "Maximum number of logs to follow at a time when a selector is used.");
  options.flag("prefix", &prefix_, "Prefix each line with its pod and container.");
  options.flag("previous,p", &previous_,
               "Print the log of the container's run before the last restart.");
  options.text("selector,l", &selectorText_,
               "Label query to filter on, supports '=', '==', '!=', 'in', 'notin'.");
  options.duration("since", &since_,
                   "Only logs newer than a relative duration like 5s, 2m, or 3h.");
  options.text("since-time", &sinceTime_, "Only logs after a specific date (RFC3339).");
  options.number("tail", &tail_,
                 "Lines of recent log to display. -1: all; with a selector 10 unless given.");
  options.flag("timestamps", &timestamps_, "Show the time of each line.");
}

base::Status LogsVerb::prepare(Context& context) {
  const auto& args = context.args;
  if (args.empty() && selectorText_.empty())
    return base::pass(usageError(
        "logs",
        "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is "
        "a required argument for the logs command"));
  if (!args.empty() && !selectorText_.empty())
    return base::pass(usageError("logs", "only a selector (-l) or a POD name is allowed"));
  if (args.size() > 1 && !container_.empty())
    return base::fail(EINVAL, "only one of -c or an inline [CONTAINER] arg is allowed");
  if (args.size() > 1) container_ = args[1];
  if (args.size() > 2) return base::pass(usageError("logs", "too many arguments"));
  if (allContainers_ && !container_.empty())
    return base::fail(
        EINVAL, "--all-containers=true should not be specified with container name " + container_);
  if (tail_ < -1) return base::fail(EINVAL, "--tail must be greater than or equal to -1");
  if (since_.count() < 0) return base::fail(EINVAL, "--since must be greater than 0");
  if (since_.count() > 0 && !sinceTime_.empty())
    return base::fail(EINVAL, "at most one of `sinceTime` or `sinceSeconds` may be specified");
  options_.follow = follow_;
  options_.previous = previous_;
  options_.timestamps = timestamps_;
  if (tail_ >= 0) options_.tail = tail_;
  if (tail_ < 0 && !selectorText_.empty()) options_.tail = kTailWithSelector;
  if (since_.count() > 0)
    options_.since = context.now() - std::chrono::duration<double>(since_).count();
  if (sinceTime_.empty()) return {};
  options_.since = base::parseTime(sinceTime_);
  if (options_.since != 0) return {};
  return base::fail(EINVAL, "--since-time must be a date such as 2024-08-30T06:00:00Z");
}

base::Status LogsVerb::addSources(Context& context, const engine::PodView& pod,
                                  std::vector<Source>& sources) {
  if (allContainers_) {
    for (const auto& container : pod.containers) sources.push_back({pod.name, container.name});
    return {};
  }
  MC_TRY_ASSIGN(const std::string container, chooseContainer(pod, container_, context.err));
  sources.push_back({pod.name, container});
  return {};
}

base::Result<std::vector<Source>> LogsVerb::sources(Context& context) {
  std::vector<Source> sources;
  if (!context.args.empty()) {
    MC_TRY_ASSIGN(const auto pod, findPod(context, "logs", context.args.front()));
    MC_TRY(addSources(context, pod, sources));
    return sources;
  }
  MC_TRY_ASSIGN(const Selector selector, Selector::parse(selectorText_));
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  MC_TRY_ASSIGN(const auto pods, fromServer(engine->pods(context.ns(), context.stopToken())));
  for (const auto& pod : pods)
    if (selector.matches(pod.labels)) MC_TRY(addSources(context, pod, sources));
  if (sources.empty())
    MC_TRY(context.err.write("No resources found in " + context.ns() + " namespace.\n"));
  if (follow_ && sources.size() > static_cast<size_t>(std::max<int64_t>(maxRequests_, 0)))
    return base::fail(EINVAL, "you are attempting to follow " + std::to_string(sources.size()) +
                                  " log streams, but maximum allowed concurrency is " +
                                  std::to_string(maxRequests_) +
                                  ", use --max-log-requests to increase the limit");
  return sources;
}

/// The log of one container; both of its streams go to stdout, as with kubectl.
base::Status LogsVerb::print(Context& context, engine::Engine& engine, const Source& source,
                             std::stop_token stop) {
  LinePrefixer lines(prefix_ ? "[pod/" + source.pod + "/" + source.container + "] " : "");
  const auto sink = [&](engine::Stream, std::string_view piece) {
    return context.out.write(lines.take(piece));
  };
  const auto printed = fromServer(
      engine.logs(context.ns(), source.pod, source.container, options_, sink, std::move(stop)));
  MC_TRY(context.out.write(lines.rest()));
  return printed;
}

/// One after the other, or, when they are followed, all at a time.
base::Status LogsVerb::printAll(Context& context, const std::vector<Source>& sources) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  if (!follow_ || sources.size() == 1) {
    for (const auto& source : sources) MC_TRY(print(context, *engine, source, context.stopToken()));
    return {};
  }
  std::vector<base::Status> results(sources.size());
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < sources.size(); ++i)
      threads.emplace_back(
          [&, i] { results[i] = print(context, *engine, sources[i], context.stopToken()); });
  }
  for (auto& result : results) MC_TRY(std::move(result));
  return {};
}

base::Result<int> LogsVerb::run(Context& context) {
  MC_TRY(prepare(context));
  MC_TRY_ASSIGN(const auto wanted, sources(context));
  MC_TRY(printAll(context, wanted));
  return 0;
}

}  // namespace

std::unique_ptr<Verb> makeLogsVerb() {
  return std::make_unique<LogsVerb>();
}

}  // namespace mc::cli
