#include "cli/errors.hpp"
#include "cli/pods.hpp"
#include "cli/session_io.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# See what the Flux container of a pod prints from now on
minicluster attach flux-sample-0

# The same for the sidecar nginx
minicluster attach flux-sample-0 -c nginx)";

class AttachVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"attach",
            VerbGroup::Debug,
            "Attach to a process that is already running inside an existing container",
            "",
            kExamples,
            "(POD | TYPE/NAME) [-c CONTAINER]",
            Completes::Pods,
            {}};
  }

  void declare(OptionSet& options) override {
    options
        .text("container,c", &container_,
              "Container name. If omitted, the Flux container is chosen.")
        .offer(Completes::Containers);
    session_.declare(options);
  }

  base::Result<int> run(Context& context) override {
    if (context.args.empty())
      return base::fail(EINVAL, "at least 1 argument is required for attach");
    if (context.args.size() > 1)
      return base::pass(usageError("attach", "expected POD or TYPE/NAME"));
    MC_TRY_ASSIGN(const auto pod, findPod(context, "attach", context.args.front()));
    if (pod.phase == engine::Phase::Succeeded || pod.phase == engine::Phase::Failed)
      return base::fail(EINVAL, std::string("cannot attach a container in a completed pod; current "
                                            "phase is ") +
                                    engine::phaseName(pod.phase));
    MC_TRY_ASSIGN(const std::string container, chooseContainer(pod, container_, context.err));
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    const auto open = [&](const engine::ExecRequest& request) {
      return engine->attach(pod.ns, pod.name, container, request, context.stopToken());
    };
    return runSession(context, session_, open);
  }

 private:
  SessionOptions session_;
  std::string container_;
};

}  // namespace

std::unique_ptr<Verb> makeAttachVerb() {
  return std::make_unique<AttachVerb>();
}

}  // namespace mc::cli
