#include <unistd.h>

#include <cstdlib>

#include "cli/verbs/verbs.hpp"
#include "operator/operator.hpp"

namespace mc::cli {

namespace {

constexpr const char* kDescription =
    "It runs in the cluster, as deploy/minicluster-operator.yaml installs it, or anywhere with a "
    "kubeconfig. -n makes it look after one namespace only.";

constexpr const char* kExamples = R"(# In a pod: one leader of several replicas
minicluster operator --leader-elect --image=IMAGE

# On a laptop, without webhooks, for the cluster of a kubeconfig
minicluster operator --kubeconfig=FILE --webhook-port=0 --image=IMAGE)";

constexpr const char* kDefaultNamespace = "minicluster-system";

std::string fromEnvironment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

base::Result<api::PullPolicy> pullPolicy(const std::string& text) {
  if (text == "IfNotPresent") return api::PullPolicy::IfNotPresent;
  if (text == "Always") return api::PullPolicy::Always;
  if (text == "Never") return api::PullPolicy::Never;
  return base::fail(
      EINVAL, "--image-pull-policy: must be Always, IfNotPresent or Never, not '" + text + "'");
}

class OperatorVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"operator",
            VerbGroup::Other,
            "Run the Kubernetes operator of MiniClusters",
            kDescription,
            kExamples,
            "",
            {},
            {}};
  }

  void declare(OptionSet& options) override {
    options.text("image", &options_.controller.objects.image,
                 "Image that brings Flux into the pods: the operator's own.");
    options
        .text("image-pull-policy", &pullPolicy_,
              "When pods pull that image: Always, IfNotPresent or Never.")
        .offer({"Always", "IfNotPresent", "Never"});
    options.text("cluster-domain", &options_.controller.objects.clusterDomain,
                 "The cluster's DNS domain.");
    options.flag("leader-elect", &options_.leaderElect,
                 "Of several replicas, let one at a time do the work.");
    options.text("leader-election-namespace", &options_.ownNs,
                 "Namespace of the lease, and of the webhooks' Service and certificate; the pod's "
                 "own ($POD_NAMESPACE) if it is not given.");
    options.text("leader-election-id", &options_.lease, "Name of the lease.");
    options.text("metrics-bind-address", &options_.metricsAddress, "Address of /metrics; 0: none.");
    options.text("health-probe-bind-address", &options_.healthAddress,
                 "Address of /healthz and /readyz; 0: none.");
    options.number("webhook-port", &options_.webhookPort,
                   "Port of the conversion and admission webhooks; 0: none.");
    options.text("webhook-service", &options_.webhookService, "Name of the webhooks' Service.");
    options.text("webhook-configuration", &options_.webhookConfiguration,
                 "Name of the MutatingWebhookConfiguration.");
    options.number("max-concurrent-reconciles", &workers_,
                   "How many MiniClusters are worked on at a time.");
    options.flag("debug", &debug_, "Log more.");
  }

  base::Result<int> run(Context& context) override {
    controller::keepMemoryLow();
    MC_TRY(complete(context));
    controller::Log log(
        context.clock,
        [&context](std::string_view line) {
          // Nobody is left to be told where stderr fails.
          (void)context.err.write(std::string(line)).has_value();
        },
        debug_ ? controller::LogLevel::Debug : controller::LogLevel::Info);
    MC_TRY(controller::runOperator(options_, log, context.stopToken()));
    return 0;
  }

 private:
  base::Status complete(const Context& context) {
    MC_TRY_ASSIGN(options_.controller.objects.pullPolicy, pullPolicy(pullPolicy_));
    if (workers_ < 1 || workers_ > kMostWorkers)
      return base::fail(
          EINVAL, "--max-concurrent-reconciles: must be from 1 to " + std::to_string(kMostWorkers));
    if (options_.webhookPort < 0 || options_.webhookPort > 65535)
      return base::fail(EINVAL, "--webhook-port: must be from 0 to 65535");
    options_.controller.workers = static_cast<size_t>(workers_);
    options_.ns = context.global.ns;
    options_.kubernetes.kubeconfig = context.global.kubeconfig;
    options_.kubernetes.context = context.global.kubeContext;
    if (options_.ownNs.empty())
      options_.ownNs = fromEnvironment("POD_NAMESPACE", kDefaultNamespace);
    options_.ownPod = fromEnvironment("POD_NAME", "");
    if (options_.controller.objects.image.empty())
      return base::fail(EINVAL,
                        "--image: missing: the operator's own image, which pods copy Flux "
                        "from");
    return {};
  }

  static constexpr int64_t kMostWorkers = 256;

  controller::OperatorOptions options_;
  std::string pullPolicy_ = "IfNotPresent";
  int64_t workers_ = 16;
  bool debug_ = false;
};

}  // namespace

std::unique_ptr<Verb> makeOperatorVerb() {
  return std::make_unique<OperatorVerb>();
}

}  // namespace mc::cli
