#include "cli/errors.hpp"
#include "cli/full_disks.hpp"
#include "cli/instance.hpp"
#include "cli/listing.hpp"
#include "cli/pods.hpp"
#include "cli/print/item_printer.hpp"
#include "cli/target.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# What a MiniCluster, its pods and its jobs are doing
minicluster status flux-sample -n flux-operator

# The same for the one that a manifest describes
minicluster status minicluster.yaml)";

/// What a condition says that is not as one would wish: "Ready=False (PodsNotReady): ...".
std::string complaint(const engine::Condition& condition) {
  const bool good = condition.type == "Accepted" || condition.type == "Ready";
  const bool bad = condition.type == "Failed" || condition.type == "Suspended";
  if (condition.message.empty() || !(good || bad) || condition.status == good) return "";
  return condition.type + "=" + (condition.status ? "True" : "False") + " (" + condition.reason +
         "): " + condition.message + "\n";
}

class StatusVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"status",
            VerbGroup::Look,
            "Show a MiniCluster, its pods and its jobs on one screen",
            "The jobs are those that `flux jobs -a` lists, as long as the instance runs.",
            kExamples,
            "(FILE | NAME)",
            Completes::Clusters,
            {}};
  }

  base::Result<int> run(Context& context) override {
    MC_TRY_ASSIGN(const Target target, onlyTarget(context, "status"));
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    MC_TRY_ASSIGN(const auto cluster,
                  fromServer(engine->minicluster(target.ref, context.stopToken())));
    MC_TRY_ASSIGN(auto pods, fromServer(engine->pods(target.ref.ns, context.stopToken())));
    std::erase_if(pods, [&](const auto& pod) { return pod.cluster != target.ref.name; });
    MC_TRY(context.out.write(overview(cluster, pods, context.now())));
    if (const auto full = fullDisks(context, pods); !full.empty())
      MC_TRY(context.out.write("\n" + full));
    MC_TRY(printJobs(context, cluster, pods));
    return 0;
  }

 private:
  static std::string overview(const engine::ClusterView& cluster,
                              const std::vector<engine::PodView>& pods, double now) {
    ItemStyle style;
    style.format = Format::Wide;
    ItemTable clusterTable(Kind::MiniCluster, style);
    std::string text = clusterTable.print({clusterItem(cluster, now)});
    for (const auto& condition : cluster.conditions) text += complaint(condition);
    std::vector<Item> items;
    for (const auto& pod : pods) items.push_back(podItem(pod, now));
    ItemTable podTable(Kind::Pod, style);
    return text + (items.empty() ? "\nNo pods.\n" : "\n" + podTable.print(items));
  }

  /// The jobs are an extra: a broker that does not answer is no reason to fail.
  static base::Status printJobs(Context& context, const engine::ClusterView& cluster,
                                const std::vector<engine::PodView>& pods) {
    for (const auto& pod : pods) {
      const bool runs = pod.name == cluster.leadPod && !cluster.finished &&
                        !pod.containers.empty() &&
                        pod.containers.front().state == engine::ContainerState::Running;
      if (!runs) continue;
      const auto jobs = captureInInstance(context, pod, {"flux", "jobs", "-a"});
      if (!jobs && context.stopToken().stop_requested()) return base::pass(jobs.error());
      if (!jobs) return context.out.write("\nNo jobs to be had: " + jobs.error().message + "\n");
      return context.out.write("\n" + (jobs->status == 0 ? jobs->out : jobs->err));
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Verb> makeStatusVerb() {
  return std::make_unique<StatusVerb>();
}

}  // namespace mc::cli
