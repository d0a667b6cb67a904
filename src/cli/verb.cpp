#include "cli/verb.hpp"

namespace mc::cli {

namespace {

constexpr const char* kLocal = "local";
constexpr const char* kKubernetes = "kubernetes";
constexpr const char* kPlugin = "kubectl-minicluster";
constexpr const char* kPluginCompletion = "kubectl_complete-minicluster";

}  // namespace

Invocation invocationOf(const std::string& program) {
  const std::string name = program.substr(program.rfind('/') + 1);
  if (name != kPlugin && name != kPluginCompletion) return {};
  return {"kubectl minicluster", EngineKind::Kubernetes, name == kPluginCompletion};
}

void GlobalOptions::declare(OptionSet& options) {
  options
      .text("namespace,n", &ns,
            "The namespace scope for this request; if absent, the context's, or \"default\".")
      .offer(Completes::Namespaces);
  options
      .text("engine", &engine,
            "Where MiniClusters run: \"local\" (this machine's Docker Engine) or \"kubernetes\". "
            "The kubectl plugin means kubernetes, minicluster itself local.")
      .offer({kKubernetes, kLocal});
  options
      .text("kubeconfig", &kubeconfig,
            "Path to the kubeconfig file to use for requests to a Kubernetes cluster.")
      .offer(Completes::Files);
  options.text("context", &kubeContext, "The name of the kubeconfig context to use.");
  options.flag("help,h", &help, "Show what a command does, its options and examples.");
}

EngineKind Context::engineKind() const {
  if (global.engine.empty()) return invocation.engine;
  return global.engine == kKubernetes ? EngineKind::Kubernetes : EngineKind::Local;
}

base::Status Context::checkEngine() const {
  const std::string& name = global.engine;
  if (!name.empty() && name != kLocal && name != kKubernetes) {
    return base::fail(EINVAL, "Invalid engine (" + name + "). Must be \"" + kKubernetes +
                                  "\" or \"" + kLocal + "\".");
  }
  return {};
}

EngineChoice Context::choice() const {
  return {engineKind(), global.kubeconfig, global.kubeContext};
}

base::Result<engine::Engine*> Context::engine() {
  if (!madeEngine) {
    const bool forKubernetes = !global.kubeconfig.empty() || !global.kubeContext.empty();
    if (forKubernetes && engineKind() == EngineKind::Local) {
      return base::fail(EINVAL,
                        "--kubeconfig and --context are for Kubernetes: add --engine kubernetes");
    }
    MC_TRY_ASSIGN(madeEngine, makeEngine(choice()));
  }
  return madeEngine.get();
}

const std::string& Context::ns() {
  if (!global.ns.empty()) return global.ns;
  if (foundNamespace.empty()) foundNamespace = defaultNamespace(choice());
  return foundNamespace;
}

}  // namespace mc::cli
