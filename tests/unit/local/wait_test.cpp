// Engine::watch, waitCluster and waitPod.

#include <gmock/gmock.h>

#include <thread>

#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

class Wait : public LocalFixture {
 protected:
  void SetUp() override { ASSERT_TRUE(create()); }

  static Until forCondition(const std::string& type) {
    Until until;
    until.condition = type;
    return until;
  }
};

TEST_F(Wait, WhatHoldsAlreadyReturns) {
  EXPECT_TRUE(engine->waitCluster(ref, forCondition("ready"), {}));
  EXPECT_TRUE(engine->waitPod("flux-operator", "flux-sample-1", forCondition("Ready"), {}));
}

TEST_F(Wait, ForTheEndOfTheJob) {
  std::thread ender([this] { docker.exitContainer(dockerName(0, "flux-sample"), 0); });
  EXPECT_TRUE(engine->waitCluster(ref, forCondition("Succeeded"), {}));
  ender.join();
}

TEST_F(Wait, ForAConditionsFalseness) {
  std::thread ender([this] { docker.exitContainer(dockerName(0, "flux-sample"), 1); });
  Until until = forCondition("Running");
  until.value = false;
  EXPECT_TRUE(engine->waitCluster(ref, until, {}));
  ender.join();
}

TEST_F(Wait, ForDeletion) {
  std::thread remover([this] {
    RecordingProgress own;
    EXPECT_TRUE(newEngine()->remove(ref, {}, own, {}));
  });
  Until until;
  until.deleted = true;
  EXPECT_TRUE(engine->waitCluster(ref, until, {}));
  remover.join();
  EXPECT_TRUE(engine->waitPod("flux-operator", "flux-sample-0", until, {}));
}

TEST_F(Wait, TimesOut) {
  Until until = forCondition("Failed");
  until.timeout = std::chrono::milliseconds(1);
  const auto waited = engine->waitCluster(ref, until, {});
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().errnum, ETIMEDOUT);
  EXPECT_EQ(waited.error().message,
            "timed out waiting for the condition on miniclusters/flux-sample");
}

TEST_F(Wait, ForWhatDoesNotExist) {
  EXPECT_EQ(engine->waitCluster({"a", "b"}, forCondition("Ready"), {}).error().errnum, ENOENT);
  EXPECT_EQ(engine->waitPod("a", "b", forCondition("Ready"), {}).error().errnum, ENOENT);
}

TEST_F(Wait, ARemovedClusterMeetsNoCondition) {
  std::thread remover([this] {
    RecordingProgress own;
    EXPECT_TRUE(newEngine()->remove(ref, {std::chrono::seconds(0), true}, own, {}));
  });
  const auto waited = engine->waitCluster(ref, forCondition("Succeeded"), {});
  remover.join();
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().errnum, ENOENT);
}

TEST_F(Wait, AWatchCallsAtEachChange) {
  int calls = 0;
  std::thread ender([this] { docker.exitContainer(dockerName(1, "nginx"), 1); });
  const auto changed = [&]() -> base::Result<bool> {
    ++calls;
    MC_TRY_ASSIGN(const PodView pod, engine->pod("flux-operator", "flux-sample-1", {}));
    return pod.readyContainers == 1;
  };
  EXPECT_TRUE(engine->watch("flux-operator", changed, std::nullopt, {}));
  ender.join();
  EXPECT_GE(calls, 1);
}

TEST_F(Wait, AStoppedWatchReturns) {
  std::stop_source source;
  const auto changed = [&]() -> base::Result<bool> {
    source.request_stop();
    return false;
  };
  const auto watched = engine->watch("", changed, std::nullopt, source.get_token());
  ASSERT_FALSE(watched);
  EXPECT_EQ(watched.error().errnum, ECANCELED);
}

}  // namespace
}  // namespace mc::local
