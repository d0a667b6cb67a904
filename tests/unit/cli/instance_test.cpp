// shell, submit and status: what happens inside the Flux instance of a MiniCluster.

#include <fstream>

#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kEntry = "/opt/minicluster/bin/minicluster-entry";

class InstanceTest : public CliTest {
 protected:
  InstanceTest() {
    fake->clusterViews = {runningCluster()};
    fake->podViews = {runningPod(0, "x7k2p"), runningPod(1, "nmtt7")};
    answer("", "", 0);
  }
  void answer(const std::string& stdoutText, const std::string& stderrText, int status) {
    fake->onExec = [=, this] {
      return std::make_unique<fakes::FakeSession>(stdoutText, stderrText, status, &fake->resizes);
    };
  }
};

TEST_F(InstanceTest, ShellEntersTheLeadsFluxContainer) {
  terminal.isTerminal = true;
  setStdin("");
  EXPECT_EQ(run({"shell", "flux-sample"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("exec default/flux-sample-0-x7k2p flux-sample"));
  ASSERT_EQ(fake->execs.size(), 1U);
  EXPECT_THAT(fake->execs[0].argv, ElementsAre(kEntry, "enter"));
  EXPECT_TRUE(fake->execs[0].tty);
  EXPECT_GE(fake->execs[0].stdinFd, 0);
  EXPECT_EQ(terminal.raw, 0);
}

TEST_F(InstanceTest, ShellRunsACommandAndPassesItsStatusOn) {
  answer("two nodes\n", "", 4);
  EXPECT_EQ(run({"shell", "mc/flux-sample", "--", "flux", "resource", "list"}), 4);
  EXPECT_EQ(out.text, "two nodes\n");
  EXPECT_THAT(fake->execs.at(0).argv,
              ElementsAre(kEntry, "enter", "--", "flux", "resource", "list"));
  EXPECT_FALSE(fake->execs.at(0).tty);
}

TEST_F(InstanceTest, AManifestNamesItsCluster) {
  const std::string file = ::testing::TempDir() + "instance_test.yaml";
  std::ofstream(file) << kManifest;
  EXPECT_EQ(run({"shell", file, "--", "date"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("exec default/flux-sample-0-x7k2p flux-sample"));
  EXPECT_EQ(run({"logs", file}), 0);
  EXPECT_EQ(fake->calls.back(), "logs default/flux-sample-0-x7k2p flux-sample");
}

TEST_F(InstanceTest, TheBareNameOfAClusterIsItsLead) {
  fake->logPieces["flux-sample-0-x7k2p/flux-sample"] = {"hello\n"};
  EXPECT_EQ(run({"logs", "flux-sample"}), 0);
  EXPECT_EQ(out.text, "hello\n");
  EXPECT_EQ(run({"logs", "nobody"}), 1);
  EXPECT_THAT(err.text, HasSubstr("pods \"nobody\" not found"));
}

TEST_F(InstanceTest, NeedsARunningInstance) {
  fake->podViews[0].containers[0].state = engine::ContainerState::Waiting;
  fake->podViews[0].status = "Init:0/2";
  EXPECT_EQ(run({"shell", "flux-sample"}), 1);
  EXPECT_THAT(err.text, HasSubstr("pod flux-sample-0-x7k2p is Init:0/2"));
  fake->clusterViews[0].finished = true;
  fake->clusterViews[0].exitCode = 3;
  EXPECT_EQ(run({"submit", "flux-sample", "--", "date"}), 1);
  EXPECT_THAT(err.text, HasSubstr("has ended: its job's exit status is 3"));
  fake->clusterViews[0].finished = false;
  fake->clusterViews[0].leadPod = "";
  EXPECT_EQ(run({"shell", "flux-sample"}), 1);
  EXPECT_THAT(err.text, HasSubstr("has no lead pod yet"));
  EXPECT_THAT(fake->execs, IsEmpty());
}

TEST_F(InstanceTest, SubmitHandsEverythingToFlux) {
  answer("ƒ26\n", "", 0);
  EXPECT_EQ(run({"submit", "flux-sample", "--", "-N2", "hostname", "-s"}), 0);
  EXPECT_EQ(out.text, "ƒ26\n");
  EXPECT_THAT(fake->execs.at(0).argv,
              ElementsAre(kEntry, "enter", "--", "flux", "submit", "-N2", "hostname", "-s"));
  EXPECT_EQ(run({"submit", "flux-sample", "--watch", "--", "hostname"}), 0);
  EXPECT_THAT(fake->execs.at(1).argv, ElementsAre(kEntry, "enter", "--", "flux", "submit",
                                                  "--quiet", "--watch", "hostname"));
}

TEST_F(InstanceTest, SubmitNeedsACommand) {
  EXPECT_EQ(run({"submit", "flux-sample"}), 1);
  EXPECT_THAT(err.text, HasSubstr("expected a command after --"));
  EXPECT_EQ(run({"submit", "--", "date"}), 1);
  EXPECT_THAT(err.text, HasSubstr("expected one FILE with a MiniCluster or NAME of one"));
  EXPECT_EQ(run({"submit", "pod/flux-sample-0", "--", "date"}), 1);
  EXPECT_THAT(err.text, HasSubstr("submit takes a MiniCluster"));
}

TEST_F(InstanceTest, StatusShowsClusterPodsAndJobs) {
  answer("       JOBID USER\n         ƒ26 flux\n", "", 0);
  fake->podViews.push_back(runningPod(0, "other"));
  fake->podViews.back().cluster = "another";
  EXPECT_EQ(run({"status", "flux-sample"}), 0);
  EXPECT_THAT(out.text, HasSubstr("flux-sample   2      2       Running"));
  EXPECT_THAT(out.text, HasSubstr("flux-sample-1-nmtt7"));
  EXPECT_THAT(out.text, HasSubstr("\n\n       JOBID USER\n         ƒ26 flux\n"));
  EXPECT_THAT(out.text, Not(HasSubstr("other")));
  EXPECT_THAT(fake->execs.at(0).argv, ElementsAre(kEntry, "enter", "--", "flux", "jobs", "-a"));
}

TEST_F(InstanceTest, StatusSaysWhatIsWrong) {
  fake->clusterViews[0].conditions = {
      {"Accepted", true, "ManifestValid", "", 0},
      {"Ready", false, "PodsNotReady", "pod flux-sample-1-nmtt7: ImagePullBackOff", 0},
      {"Failed", false, "JobNotFinished", "fine", 0}};
  fake->onExec = {};
  EXPECT_EQ(run({"status", "flux-sample"}), 0);
  EXPECT_THAT(out.text, HasSubstr("\nReady=False (PodsNotReady): pod flux-sample-1-nmtt7: "
                                  "ImagePullBackOff\n"));
  EXPECT_THAT(out.text, Not(HasSubstr("JobNotFinished")));
  EXPECT_THAT(out.text, HasSubstr("\nNo jobs to be had: "));
}

TEST_F(InstanceTest, StatusOfOneThatHasEndedAsksNobody) {
  fake->clusterViews[0].finished = true;
  fake->podViews.clear();
  EXPECT_EQ(run({"status", "flux-sample"}), 0);
  EXPECT_THAT(out.text, HasSubstr("No pods."));
  EXPECT_THAT(fake->execs, IsEmpty());
  EXPECT_EQ(run({"status", "other"}), 1);
  EXPECT_THAT(err.text, HasSubstr("Error from server (NotFound)"));
}

}  // namespace
}  // namespace mc::cli
