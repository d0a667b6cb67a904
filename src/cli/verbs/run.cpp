#include <algorithm>

#include "cli/changes.hpp"
#include "cli/errors.hpp"
#include "cli/target.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples =
    R"(# Run a job with the services beside it, and remove everything afterwards
minicluster run examples/tests/nginx-sidecar-service/minicluster.yaml

# The same from stdin, without progress
minicluster run -q - < minicluster.yaml

# Keep the MiniCluster, to look at its logs
minicluster run --keep minicluster.yaml)";

/// The job's output on its way to the user.
class JobOutput {
 public:
  JobOutput(Context& context, ProgressView& progress) : context_(context), progress_(progress) {}

  base::Status write(engine::Stream stream, std::string_view piece) {
    if (piece.empty()) return {};
    progress_.hide();
    midLine_ = piece.back() != '\n';
    return stream == engine::Stream::Out ? context_.out.write(piece) : context_.err.write(piece);
  }

  /// On a terminal, what follows must not go on in the job's last line.
  base::Status end() {
    progress_.hide();
    if (!std::exchange(midLine_, false) || !context_.err.terminal()) return {};
    return context_.err.write("\n");
  }

 private:
  Context& context_;
  ProgressView& progress_;
  bool midLine_ = false;
};

class RunVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {
        "run",
        VerbGroup::Basic,
        "Create a MiniCluster, follow its job, and remove it",
        "Prints the job's output and exits with its exit status. Ctrl-C ends the job and removes "
        "everything; a second one does so without giving programs time to end. If the command "
        "itself is killed, running it again takes up where it was. The NAME of a MiniCluster that "
        "is there already means: follow its job, and leave it there.",
        kExamples,
        "(FILE | NAME) [--keep]",
        Completes::Files,
        {}};
  }

  void declare(OptionSet& options) override {
    options.flag("keep", &keep_, "Leave the MiniCluster there when its job has ended.");
    options.flag("quiet,q", &quiet_, "Show no progress, only the job's output.");
  }

  base::Result<int> run(Context& context) override;

 private:
  base::Result<int> follow(Context& context, const Target& target, ProgressView& progress);
  base::Status finish(Context& context, const Target& target, ProgressView& progress);
  static base::Error about(base::Error error, const Target& target);
  base::Status explainFailures(Context& context, const engine::ClusterRef& ref);
  base::Status cleanUp(Context& context, const engine::ClusterRef& ref, ProgressView& progress);
  base::Status noteKept(Context& context, const engine::ClusterRef& ref);

  bool keep_ = false;
  bool quiet_ = false;
};

base::Result<int> RunVerb::follow(Context& context, const Target& target, ProgressView& progress) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  JobOutput output(context, progress);
  const auto sink = [&](engine::Stream stream, std::string_view piece) {
    return output.write(stream, piece);
  };
  auto status = target.manifest ? engine->run(target.manifest->document, target.manifest->plan,
                                              progress, sink, context.stopToken())
                                : engine->follow(target.ref, progress, sink, context.stopToken());
  MC_TRY(output.end());
  return status;
}

/// Whether a container ended badly on its own, not because the cluster was stopped afterwards.
bool failedByItself(const engine::ContainerView& container, double leadEnded) {
  if (container.state == engine::ContainerState::Waiting)
    return !container.reason.empty() && container.reason != "ContainerCreating";
  const bool failed =
      container.state == engine::ContainerState::Terminated && container.exitCode != 0;
  return failed && (leadEnded == 0 || container.finishedAt <= leadEnded);
}

std::string failureText(const engine::PodView& pod, const engine::ContainerView& container) {
  std::string text = "pod " + pod.name + ", container " + container.name + ": " +
                     (container.reason.empty() ? "Error" : container.reason);
  if (container.state == engine::ContainerState::Terminated)
    text += ", exit status " + std::to_string(container.exitCode);
  if (!container.message.empty()) text += ": " + container.message;
  return text + "\n";
}

/// Says which containers made the job fail.
base::Status RunVerb::explainFailures(Context& context, const engine::ClusterRef& ref) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  MC_TRY_ASSIGN(auto pods, engine->pods(ref.ns, context.stopToken()));
  std::erase_if(pods, [&](const auto& pod) { return pod.cluster != ref.name; });
  double leadEnded = 0;
  for (const auto& pod : pods)
    if (pod.role == plan::Role::Lead && !pod.containers.empty())
      leadEnded = pod.containers.front().finishedAt;
  std::string text;
  for (const auto& pod : pods)
    for (const auto& container : pod.containers)
      if (failedByItself(container, leadEnded)) text += failureText(pod, container);
  return context.err.write(text);
}

base::Status RunVerb::cleanUp(Context& context, const engine::ClusterRef& ref,
                              ProgressView& progress) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  engine::RemoveOptions options;
  auto removed = engine->remove(ref, options, progress, context.stopToken());
  if (!removed && context.stopToken().stop_requested()) {
    context.signals.nextStage();
    options.grace = std::chrono::seconds(0);
    removed = engine->remove(ref, options, progress, context.stopToken());
  }
  progress.hide();
  if (removed || removed.error().errnum == ENOENT) return {};
  return std::move(removed).prefixed(
      "minicluster \"" + ref.name + "\" could not be removed completely (" +
      context.invocation.program + " -n " + ref.ns + " delete mc " + ref.name + " does the rest)");
}

base::Status RunVerb::noteKept(Context& context, const engine::ClusterRef& ref) {
  if (quiet_) return {};
  return context.err.write(objectName(Kind::MiniCluster, ref.name) +
                           " is kept. Remove it with: " + context.invocation.program + " -n " +
                           ref.ns + " delete mc " + ref.name + "\n");
}

/// Whether the cluster belongs to somebody else, or was not made: then there is nothing to remove.
bool notOurs(const base::Error& error) {
  switch (error.errnum) {
    case EEXIST:
    case EBUSY:
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case EACCES:
    case EPERM:
    case ENODEV:
    case EBADMSG:
      return true;
    default:
      return false;
  }
}

base::Error RunVerb::about(base::Error error, const Target& target) {
  return target.manifest ? aboutManifest(std::move(error), "running", *target.manifest)
                         : fromServer(std::move(error));
}

/// What was there before, stays.
base::Status RunVerb::finish(Context& context, const Target& target, ProgressView& progress) {
  if (!target.manifest) return {};
  return keep_ ? noteKept(context, target.ref) : cleanUp(context, target.ref, progress);
}

base::Result<int> RunVerb::run(Context& context) {
  MC_TRY_ASSIGN(const Target target, onlyTarget(context, "run"));
  const engine::ClusterRef& ref = target.ref;
  ProgressView progress(context.err, context.clock, quiet_);
  auto status = follow(context, target, progress);
  progress.hide();
  if (!status && notOurs(status.error())) return base::pass(about(status.error(), target));
  if (context.stopToken().stop_requested()) context.signals.nextStage();
  const bool interrupted = !status && context.signals.received() != 0;
  // The reasons are an extra: whether they can be had must not change the exit status.
  if (!interrupted && (!status || *status != 0)) (void)explainFailures(context, ref);
  const base::Status cleaned = finish(context, target, progress);
  if (!cleaned) MC_TRY(context.err.write(errorText(cleaned.error())));
  if (!status && !interrupted) return base::pass(about(status.error(), target));
  if (!status) return 128 + context.signals.received();
  return cleaned ? *status : std::max(*status, 1);
}

}  // namespace

std::unique_ptr<Verb> makeRunVerb() {
  return std::make_unique<RunVerb>();
}

}  // namespace mc::cli
