// Where MiniClusters run: --engine, --kubeconfig, --context, and how the program was called.

#include "cli/help.hpp"
#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class EngineChoiceTest : public CliTest {
 protected:
  EngineChoiceTest() { fake->podViews = {runningPod(0, "x7k2p"), runningPod(1, "nmtt7", "mine")}; }
};

TEST_F(EngineChoiceTest, IsThisMachineUnlessToldOtherwise) {
  EXPECT_EQ(run({"get", "pods"}), 0);
  EXPECT_EQ(chosen.kind, EngineKind::Local);
  EXPECT_EQ(run({"--engine", "kubernetes", "get", "pods", "--context=far", "--kubeconfig=/k"}), 0);
  EXPECT_EQ(chosen.kind, EngineKind::Kubernetes);
  EXPECT_EQ(chosen.kubeContext, "far");
  EXPECT_EQ(chosen.kubeconfig, "/k");
}

TEST_F(EngineChoiceTest, IsCheckedBeforeAnythingIsDone) {
  EXPECT_EQ(run({"get", "pods", "--engine=docker"}), 1);
  EXPECT_EQ(err.text, "error: Invalid engine (docker). Must be \"kubernetes\" or \"local\".\n");
  err.text.clear();
  EXPECT_EQ(run({"get", "pods", "--context=far"}), 1);
  EXPECT_THAT(err.text, HasSubstr("add --engine kubernetes"));
}

TEST_F(EngineChoiceTest, TheNamespaceIsTheContexts) {
  defaultNamespace = "mine";
  EXPECT_EQ(run({"get", "pods", "-o", "name", "--engine=kubernetes"}), 0);
  EXPECT_EQ(out.text, "pod/flux-sample-1-nmtt7\n");
  out.text.clear();
  EXPECT_EQ(run({"get", "pods", "-o", "name", "-n", "default"}), 0);
  EXPECT_EQ(out.text, "pod/flux-sample-0-x7k2p\n");
}

TEST_F(EngineChoiceTest, ManifestsGoToTheContextsNamespace) {
  defaultNamespace = "mine";
  setStdin(kManifest);
  EXPECT_EQ(run({"create", "-f", "-", "--engine=kubernetes"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("create mine/flux-sample"));
}

TEST_F(EngineChoiceTest, ObjectsOfAnApiAreShownAsTheyAre) {
  fake->podViews[0].object = std::make_shared<const boost::json::object>(
      boost::json::object{{"kind", "Pod"}, {"spec", {{"priority", 7}}}});
  EXPECT_EQ(run({"get", "pod", "flux-sample-0", "-o", "yaml"}), 0);
  EXPECT_THAT(out.text, HasSubstr("priority: 7"));
  EXPECT_THAT(out.text, Not(HasSubstr("restartPolicy")));
}

TEST(Invocation, ThePluginMeansKubernetes) {
  EXPECT_EQ(invocationOf("/usr/bin/minicluster").engine, EngineKind::Local);
  EXPECT_EQ(invocationOf("/usr/bin/minicluster").program, "minicluster");
  EXPECT_EQ(invocationOf("kubectl-minicluster").engine, EngineKind::Kubernetes);
  EXPECT_EQ(invocationOf("/usr/local/bin/kubectl-minicluster").program, "kubectl minicluster");
  EXPECT_FALSE(invocationOf("kubectl-minicluster").completion);
  EXPECT_TRUE(invocationOf("/x/kubectl_complete-minicluster").completion);
}

class PluginTest : public EngineChoiceTest {
 protected:
  PluginTest() { invocation = invocationOf("kubectl-minicluster"); }
};

TEST_F(PluginTest, UsesKubernetes) {
  EXPECT_EQ(run({"get", "pods"}), 0);
  EXPECT_EQ(chosen.kind, EngineKind::Kubernetes);
  EXPECT_EQ(run({"get", "pods", "--engine=local"}), 0);
  EXPECT_EQ(chosen.kind, EngineKind::Local);
}

TEST_F(PluginTest, HelpNamesItAsItIsCalled) {
  EXPECT_EQ(run({"shell", "--help"}), 0);
  EXPECT_THAT(out.text, HasSubstr("\n  kubectl minicluster shell flux-sample -n flux-operator\n"));
  EXPECT_THAT(out.text, HasSubstr("Usage:\n  kubectl minicluster shell "));
  EXPECT_THAT(out.text, HasSubstr("\"kubectl minicluster help options\""));
  out.text.clear();
  EXPECT_EQ(run({"help"}), 0);
  EXPECT_THAT(out.text, HasSubstr("\"kubectl minicluster <command> --help\""));
  EXPECT_EQ(run({"sell"}), 1);
  EXPECT_THAT(err.text, HasSubstr("for \"kubectl minicluster\""));
  EXPECT_EQ(run({"run"}), 1);
  EXPECT_THAT(err.text, HasSubstr("See 'kubectl minicluster run -h'"));
}

TEST_F(PluginTest, OnlyCommandsAreRenamed) {
  EXPECT_EQ(asCalled("delete minicluster flux-sample", "kubectl minicluster"),
            "delete minicluster flux-sample");
  EXPECT_EQ(asCalled("minicluster \"x\" not found", "kubectl minicluster"),
            "minicluster \"x\" not found");
  EXPECT_EQ(asCalled("cat x | minicluster apply -f -\n# minicluster\n  minicluster get po",
                     "kubectl minicluster"),
            "cat x | kubectl minicluster apply -f -\n# minicluster\n  kubectl minicluster get po");
}

TEST_F(PluginTest, CompletesForKubectl) {
  invocation.completion = true;
  EXPECT_EQ(run({"sh"}), 0);
  EXPECT_EQ(out.text, "shell\tOpen a shell in the Flux instance of a MiniCluster\n:4\n");
  out.text.clear();
  EXPECT_EQ(run({"logs", "-n", "mine", ""}), 0);
  EXPECT_EQ(out.text, "flux-sample-1-nmtt7\tRunning\n:4\n");
  EXPECT_EQ(chosen.kind, EngineKind::Kubernetes);
  out.text.clear();
  EXPECT_EQ(run({"create", "-f", ""}), 0);
  EXPECT_EQ(out.text, ":0\n");
}

TEST_F(PluginTest, CreatesNamespaces) {
  fake->namespacesAreMade = true;
  EXPECT_EQ(run({"create", "namespace", "flux-operator"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("namespace flux-operator"));
  EXPECT_EQ(out.text, "namespace/flux-operator created\n");
}

TEST_F(PluginTest, AsksTheServerInDryRuns) {
  fake->clusterViews = {runningCluster()};
  setStdin(kManifest);
  EXPECT_EQ(run({"create", "-f", "-", "--dry-run=server"}), 1);
  EXPECT_THAT(err.text, HasSubstr("Error from server (AlreadyExists): error when creating"));
}

TEST_F(PluginTest, RunOfANameFollowsAndLeavesIt) {
  fake->clusterViews = {runningCluster()};
  fake->onRun = [](engine::Progress&, const engine::OutputSink& sink,
                   std::stop_token) -> base::Result<int> {
    MC_TRY(sink(engine::Stream::Out, "hello\n"));
    return 2;
  };
  EXPECT_EQ(run({"run", "flux-sample"}), 2);
  EXPECT_EQ(out.text, "hello\n");
  EXPECT_THAT(fake->calls, ElementsAre("follow default/flux-sample"));
}

}  // namespace
}  // namespace mc::cli
