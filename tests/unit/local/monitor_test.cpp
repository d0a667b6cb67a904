// The monitor, which ends a cluster whose job has ended.

#include "local/monitor.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "local/role.hpp"
#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MonitorTest : public LocalFixture {
 protected:
  void SetUp() override { ASSERT_TRUE(create()); }

  void endJob(int exitCode) {
    docker.exitContainer(dockerName(1, "flux-sample"), exitCode);
    docker.exitContainer(dockerName(0, "flux-sample"), exitCode);
  }

  bool anythingRuns() {
    bool any = false;
    docker.with([&](fakes::FakeDockerModel& model) {
      for (const auto& [name, container] : model.containers) any = any || container.running();
    });
    return any;
  }
};

TEST_F(MonitorTest, StopsTheRestWhenTheLeadHasEnded) {
  std::thread ender([this] { endJob(0); });
  EXPECT_TRUE(engine->monitor(ref, {}));
  ender.join();
  EXPECT_FALSE(anythingRuns());
  EXPECT_EQ(engine->minicluster(ref, {}).value().status, "Succeeded");
}

TEST_F(MonitorTest, ALeadKilledByASignalIsNotWaitedFor) {
  docker.exitContainer(dockerName(0, "flux-sample"), 137);
  EXPECT_TRUE(engine->monitor(ref, {}));
  EXPECT_FALSE(anythingRuns());
}

TEST_F(MonitorTest, RemovesWithCleanup) {
  ASSERT_TRUE(remove());
  cluster.cleanup = true;
  ASSERT_TRUE(create());
  endJob(0);
  EXPECT_TRUE(engine->monitor(ref, {}));
  EXPECT_TRUE(nothingLeft());
}

TEST_F(MonitorTest, EndsWithTheCluster) {
  std::thread remover([this] {
    auto other = newEngine();
    EXPECT_TRUE(other->remove(ref, {}, progress, {}));
  });
  EXPECT_TRUE(engine->monitor(ref, {}));
  remover.join();
  EXPECT_TRUE(nothingLeft());
}

TEST_F(MonitorTest, ThereIsOneAtATime) {
  const std::string uid = engine->minicluster(ref, {}).value().uid;
  EXPECT_FALSE(isRoleTaken(Role::Monitor, uid));
  auto being = takeRole(Role::Monitor, uid).value();
  ASSERT_TRUE(being);
  EXPECT_TRUE(isRoleTaken(Role::Monitor, uid));
  EXPECT_FALSE(takeRole(Role::Monitor, uid).value());
  EXPECT_TRUE(engine->monitor(ref, {})) << "returns at once";
  being.reset();
  EXPECT_FALSE(isRoleTaken(Role::Monitor, uid));
}

TEST_F(MonitorTest, AMissingOneIsStartedByEveryLook) {
  monitors.clear();
  ASSERT_TRUE(engine->pods("", {}));
  EXPECT_THAT(monitors, ElementsAre("flux-sample"));
  const auto being = takeRole(Role::Monitor, engine->minicluster(ref, {}).value().uid).value();
  monitors.clear();
  ASSERT_TRUE(engine->pods("", {}));
  EXPECT_THAT(monitors, IsEmpty());
}

TEST_F(MonitorTest, AFinishedClusterNeedsNone) {
  endJob(0);
  ASSERT_TRUE(engine->monitor(ref, {}));
  monitors.clear();
  ASSERT_TRUE(engine->pods("", {}));
  EXPECT_THAT(monitors, IsEmpty());
}

TEST_F(MonitorTest, ARemovalUnderWayIsLeftToItsCommand) {
  const std::string uid = engine->minicluster(ref, {}).value().uid;
  ASSERT_TRUE(engine->remove(ref, {std::nullopt, false}, progress, {}));
  auto remover = takeRole(Role::Remover, uid).value();
  monitors.clear();
  EXPECT_TRUE(engine->monitor(ref, {}));
  ASSERT_TRUE(engine->pods("", {}));
  EXPECT_THAT(monitors, IsEmpty());
  EXPECT_FALSE(nothingLeft());
  remover.reset();  // it was killed
  ASSERT_TRUE(engine->pods("", {}));
  EXPECT_THAT(monitors, ElementsAre("flux-sample"));
  EXPECT_TRUE(engine->monitor(ref, {}));
  EXPECT_TRUE(nothingLeft());
}

TEST_F(MonitorTest, OfNothingReturns) {
  EXPECT_TRUE(engine->monitor({"a", "b"}, {}));
}

}  // namespace
}  // namespace mc::local
