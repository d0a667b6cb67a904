#include "cli/errors.hpp"
#include "cli/pods.hpp"
#include "cli/session_io.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# The output of 'date' from the Flux container of a pod
minicluster exec flux-sample-0 -n flux-operator -- date

# A shell in it
minicluster exec -it flux-sample-0 -- bash

# A command in the sidecar nginx
minicluster exec flux-sample-0 -c nginx -- ls -l /usr/share/nginx

# A command of the Flux instance
minicluster exec mc/flux-sample -- flux proxy local:///run/flux/local flux resource list)";

class ExecVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"exec",
            VerbGroup::Debug,
            "Execute a command in a container",
            "Its exit status is that of the command. A pod may be named without its suffix; "
            "minicluster/NAME is the lead pod.",
            kExamples,
            "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
            Completes::Pods,
            {},
            true};
  }

  void declare(OptionSet& options) override {
    options
        .text("container,c", &container_,
              "Container name. If omitted, the Flux container is chosen.")
        .offer(Completes::Containers);
    options.flag("quiet,q", &quiet_, "Only print output from the remote session.");
    session_.declare(options);
  }

  base::Result<int> run(Context& context) override {
    if (context.args.size() > 1)
      return base::pass(usageError("exec",
                                   "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] "
                                   "-- [COMMAND] instead"));
    if (context.args.empty()) return base::fail(EINVAL, "pod or type/name must be specified");
    if (context.command.empty())
      return base::fail(EINVAL, "you must specify at least one command for the container");
    MC_TRY_ASSIGN(const auto pod, findPod(context, "exec", context.args.front()));
    if (pod.phase == engine::Phase::Succeeded || pod.phase == engine::Phase::Failed)
      return base::fail(EINVAL, std::string("cannot exec into a container in a completed pod; "
                                            "current phase is ") +
                                    engine::phaseName(pod.phase));
    MC_TRY_ASSIGN(const std::string container, chosen(context, pod));
    MC_TRY_ASSIGN(const int status, execute(context, pod, container));
    if (status != 0 && !quiet_)
      MC_TRY(
          context.err.write("command terminated with exit code " + std::to_string(status) + "\n"));
    return status;
  }

 private:
  base::Result<std::string> chosen(Context& context, const engine::PodView& pod) {
    const bool silent = quiet_ && container_.empty() && !pod.containers.empty();
    return chooseContainer(pod, silent ? pod.containers.front().name : container_, context.err);
  }

  base::Result<int> execute(Context& context, const engine::PodView& pod,
                            const std::string& container) {
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    const auto open = [&](engine::ExecRequest request) {
      request.argv = context.command;
      return engine->exec(pod.ns, pod.name, container, request, context.stopToken());
    };
    return runSession(context, session_, open);
  }

  SessionOptions session_;
  std::string container_;
  bool quiet_ = false;
};

}  // namespace

std::unique_ptr<Verb> makeExecVerb() {
  return std::make_unique<ExecVerb>();
}

}  // namespace mc::cli
