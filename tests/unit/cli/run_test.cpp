#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RunTest : public CliTest {
 protected:
  RunTest() {
    setStdin(kManifest);
    fake->clusterViews = {runningCluster()};
  }
};

TEST_F(RunTest, PrintsTheJobsOutputAndExitsWithItsStatus) {
  fake->onRun = [](engine::Progress& progress, const engine::OutputSink& sink,
                   std::stop_token) -> base::Result<int> {
    progress.step("start", 2, 2);
    MC_TRY(sink(engine::Stream::Out, "hello\n"));
    MC_TRY(sink(engine::Stream::Err, "oops\n"));
    return 3;
  };
  EXPECT_EQ(run({"run", "-"}), 3);
  EXPECT_EQ(out.text, "hello\n");
  EXPECT_THAT(err.text, HasSubstr("oops\n"));
  EXPECT_THAT(fake->calls, ElementsAre("run default/flux-sample", "remove default/flux-sample"));
}

TEST_F(RunTest, QuietSaysNothingOfItsOwn) {
  fake->onRun = [](engine::Progress& progress, const engine::OutputSink& sink,
                   std::stop_token) -> base::Result<int> {
    progress.pull(pulling("x"));
    progress.step("start", 2, 2);
    progress.note("note");
    MC_TRY(sink(engine::Stream::Out, "hello\n"));
    return 0;
  };
  EXPECT_EQ(run({"run", "-q", "--keep", "-"}), 0);
  EXPECT_EQ(out.text, "hello\n");
  EXPECT_EQ(err.text, "");
}

TEST_F(RunTest, KeepsItIfAsked) {
  EXPECT_EQ(run({"run", "-", "--keep"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("run default/flux-sample"));
  EXPECT_EQ(err.text,
            "minicluster.flux-framework.org/flux-sample is kept. Remove it with: minicluster -n "
            "default delete mc flux-sample\n");
}

TEST_F(RunTest, SaysWhichContainersFailed) {
  fake->podViews = {runningPod(0, "p5xls"), runningPod(1, "nmtt7")};
  auto& lead = fake->podViews[0].containers[0];
  auto& follower = fake->podViews[1].containers[0];
  auto& nginx = fake->podViews[1].containers[1];
  for (auto* container : {&lead, &follower, &nginx}) {
    container->state = engine::ContainerState::Terminated;
    container->reason = "Error";
  }
  lead.exitCode = 1;
  lead.finishedAt = kNow - 5;
  follower.exitCode = 7;
  follower.finishedAt = kNow - 6;
  follower.message = "hook pre failed";
  nginx.exitCode = 137;  // killed when the cluster was stopped
  nginx.finishedAt = kNow - 4;
  fake->onRun = [](auto&, auto&, auto) -> base::Result<int> { return 1; };
  EXPECT_EQ(run({"run", "-"}), 1);
  EXPECT_EQ(err.text,
            "pod flux-sample-0-p5xls, container flux-sample: Error, exit status 1\n"
            "pod flux-sample-1-nmtt7, container flux-sample: Error, exit status 7: hook pre "
            "failed\n");
}

TEST_F(RunTest, SaysWhatAContainerWaitsFor) {
  fake->podViews = {runningPod(0, "p5xls")};
  auto& lead = fake->podViews[0].containers[0];
  lead.state = engine::ContainerState::Waiting;
  lead.reason = "ImagePullBackOff";
  lead.message = "no such image";
  fake->onRun = [](auto&, auto&, auto) -> base::Result<int> {
    return base::fail(EIO, "image \"nope\" can't be pulled");
  };
  EXPECT_EQ(run({"run", "-"}), 1);
  EXPECT_EQ(err.text,
            "pod flux-sample-0-p5xls, container flux-sample: ImagePullBackOff: no such image\n"
            "error: error when running \"STDIN\": image \"nope\" can't be pulled\n");
  EXPECT_EQ(fake->calls.back(), "remove default/flux-sample");
}

TEST_F(RunTest, CtrlCCleansUp) {
  for (const auto& [signal, status] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    signals = {};
    fake->calls.clear();
    setStdin(kManifest);
    fake->onRun = [&, signal = signal](auto&, auto&, std::stop_token stop) -> base::Result<int> {
      signals.send(signal);
      EXPECT_TRUE(stop.stop_requested());
      return base::fail(ECANCELED, "stopped");
    };
    fake->onRemove = [](const auto&, const std::stop_token& stop) -> base::Status {
      EXPECT_FALSE(stop.stop_requested());
      return {};
    };
    EXPECT_EQ(run({"run", "-"}), status);
    EXPECT_THAT(fake->calls, ElementsAre("run default/flux-sample", "remove default/flux-sample"));
    EXPECT_EQ(err.text, "");
  }
}

TEST_F(RunTest, ASecondCtrlCCleansUpAtOnce) {
  fake->onRun = [&](auto&, auto&, auto) -> base::Result<int> {
    signals.send(SIGINT);
    return base::fail(ECANCELED, "stopped");
  };
  fake->onRemove = [&](const engine::RemoveOptions& options, auto) -> base::Status {
    if (options.grace) return {};
    signals.send(SIGINT);
    return base::fail(ECANCELED, "stopped");
  };
  EXPECT_EQ(run({"run", "-"}), 130);
  EXPECT_THAT(fake->calls, ElementsAre("run default/flux-sample", "remove default/flux-sample",
                                       "remove default/flux-sample grace=0"));
}

TEST_F(RunTest, SaysWhatIsLeftIfItCantCleanUp) {
  fake->onRemove = [](const auto&, auto) -> base::Status { return base::fail(EIO, "no engine"); };
  EXPECT_EQ(run({"run", "-"}), 1);
  EXPECT_EQ(err.text,
            "error: minicluster \"flux-sample\" could not be removed completely (minicluster -n "
            "default delete mc flux-sample does the rest): no engine\n");
}

TEST_F(RunTest, AForeignClusterIsLeftAlone) {
  fake->onRun = [](auto&, auto&, auto) -> base::Result<int> {
    return base::fail(EEXIST, "miniclusters.flux-framework.org \"flux-sample\" already exists");
  };
  EXPECT_EQ(run({"run", "-"}), 1);
  EXPECT_EQ(err.text,
            "Error from server (AlreadyExists): error when running \"STDIN\": "
            "miniclusters.flux-framework.org \"flux-sample\" already exists\n");
  EXPECT_THAT(fake->calls, ElementsAre("run default/flux-sample"));
}

TEST_F(RunTest, CleansUpWhenNobodyReads) {
  fake->onRun = [](auto&, const engine::OutputSink& sink, auto) -> base::Result<int> {
    MC_TRY(sink(engine::Stream::Out, "hello\n"));
    return 0;
  };
  out.failWith = EPIPE;
  EXPECT_EQ(run({"run", "-"}), 141);
  EXPECT_EQ(fake->calls.back(), "remove default/flux-sample");
  EXPECT_EQ(err.text, "");
}

TEST_F(RunTest, BarsDontMixWithTheOutput) {
  err.isTerminal = true;
  fake->onRun = [](engine::Progress& progress, const engine::OutputSink& sink,
                   auto) -> base::Result<int> {
    progress.step("start", 1, 2);
    MC_TRY(sink(engine::Stream::Out, "no newline"));
    progress.step("stop", 0, 1);
    return 0;
  };
  EXPECT_EQ(run({"run", "-"}), 0);
  EXPECT_EQ(err.text,
            "Starting containers 1/2\n\x1b[1F\x1b[J"
            "Stopping containers 0/1\n\x1b[1F\x1b[J\n");
}

TEST_F(RunTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(run({"run"}), 1);
  EXPECT_THAT(err.text, HasSubstr("expected one FILE"));
  std::string second = kManifest;
  second.replace(second.find("flux-sample"), 4, "next");
  setStdin(kManifest + ("---\n" + second));
  EXPECT_EQ(run({"run", "-"}), 1);
  EXPECT_THAT(err.text, HasSubstr("run takes one MiniCluster, not 2"));
  EXPECT_THAT(fake->calls, IsEmpty());
}

}  // namespace
}  // namespace mc::cli
