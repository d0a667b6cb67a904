#include "cli/wait_condition.hpp"
#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(WaitCondition, ReadsKubectlsForms) {
  const auto ready = parseWaitCondition("condition=Ready");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->name, "Ready");
  EXPECT_TRUE(ready->value);
  const auto notReady = parseWaitCondition("condition=ready=False");
  ASSERT_TRUE(notReady);
  EXPECT_FALSE(notReady->value);
  EXPECT_EQ(parseWaitCondition("delete")->what, WaitCondition::What::Deleted);
  EXPECT_EQ(parseWaitCondition("Create")->what, WaitCondition::What::Created);
  for (const auto* text : {"", "ready", "condition=", "condition=x=y", "jsonpath={.a}"})
    EXPECT_FALSE(parseWaitCondition(text)) << text;
}

class WaitTest : public CliTest {
 protected:
  WaitTest() {
    fake->podViews = {runningPod(0, "p5xls")};
    fake->clusterViews = {runningCluster()};
  }
};

TEST_F(WaitTest, SaysWhatWasMet) {
  EXPECT_EQ(run({"wait", "--for=condition=Succeeded", "mc/flux-sample", "pod/flux-sample-0"}), 0);
  EXPECT_EQ(out.text,
            "minicluster.flux-framework.org/flux-sample condition met\n"
            "pod/flux-sample-0-p5xls condition met\n");
  EXPECT_THAT(fake->calls, ElementsAre("wait default/flux-sample Succeeded=true",
                                       "wait default/flux-sample-0-p5xls Succeeded=true"));
}

TEST_F(WaitTest, PassesTheTimeoutOn) {
  std::vector<std::chrono::milliseconds> timeouts;
  fake->onWait = [&](const engine::Until& until, auto) -> base::Status {
    timeouts.push_back(until.timeout.value());
    clock.elapsed += std::chrono::seconds(4);
    return {};
  };
  EXPECT_EQ(run({"wait", "--for=condition=Ready=false", "mc", "flux-sample"}), 0);
  EXPECT_EQ(run({"wait", "--for=delete", "mc/flux-sample", "pod/flux-sample-0", "--timeout=10s"}),
            0);
  using namespace std::chrono_literals;
  EXPECT_THAT(timeouts, ElementsAre(30s, 10s, 6s));
  EXPECT_EQ(fake->calls[0], "wait default/flux-sample Ready=false");
  EXPECT_EQ(fake->calls[1], "wait default/flux-sample deleted");
}

TEST_F(WaitTest, SaysWhatTimedOut) {
  fake->onWait = [](auto&, auto) -> base::Status { return base::fail(ETIMEDOUT, "timed out"); };
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "mc/flux-sample"}), 1);
  EXPECT_EQ(err.text, "error: timed out waiting for the condition on miniclusters/flux-sample\n");
  err.text.clear();
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "pod/flux-sample-0", "--timeout=0"}), 1);
  EXPECT_EQ(err.text, "error: condition not met for pods/flux-sample-0-p5xls\n");
}

TEST_F(WaitTest, AMissingOneIsAnErrorUnlessItsEndIsWaitedFor) {
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "mc/nope"}), 1);
  EXPECT_EQ(err.text,
            "Error from server (NotFound): miniclusters.flux-framework.org \"nope\" not found\n");
  err.text.clear();
  EXPECT_EQ(run({"wait", "--for=delete", "mc/nope"}), 0);
  EXPECT_EQ(out.text + err.text, "");
}

TEST_F(WaitTest, WaitsUntilItIsCreated) {
  fake->clusterViews.clear();
  int looks = 0;
  fake->onWatch = [&] {
    if (++looks == 2) fake->clusterViews = {runningCluster()};
    return looks < 5;
  };
  EXPECT_EQ(run({"wait", "--for=create", "mc/flux-sample"}), 0);
  EXPECT_EQ(out.text, "minicluster.flux-framework.org/flux-sample condition met\n");
  EXPECT_EQ(looks, 2);
}

TEST_F(WaitTest, SelectsThem) {
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "pods", "-l", "app=flux"}), 0);
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "mc", "--all"}), 0);
  EXPECT_EQ(out.text,
            "pod/flux-sample-0-p5xls condition met\n"
            "minicluster.flux-framework.org/flux-sample condition met\n");
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "mc", "-l", "x=y"}), 1);
  EXPECT_EQ(err.text, "error: no matching resources found\n");
}

TEST_F(WaitTest, TakesAManifest) {
  setStdin(kManifest);
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "-f", "-"}), 0);
  EXPECT_EQ(out.text, "minicluster.flux-framework.org/flux-sample condition met\n");
}

TEST_F(WaitTest, EndsWithTheSignal) {
  fake->onWait = [&](auto&, auto) -> base::Status {
    signals.send(SIGINT);
    return base::fail(ECANCELED, "stopped");
  };
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "mc/flux-sample"}), 130);
  EXPECT_EQ(err.text, "");
}

TEST_F(WaitTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(run({"wait", "mc/flux-sample"}), 1);
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "mc"}), 1);
  EXPECT_EQ(run({"wait", "--for=condition=Ready", "svc/x"}), 1);
  EXPECT_THAT(err.text, HasSubstr("services have no conditions"));
  EXPECT_THAT(fake->calls, IsEmpty());
}

}  // namespace
}  // namespace mc::cli
