// Engine::remove on a fake Docker daemon.

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

using testing::ElementsAre;

class Remove : public LocalFixture {};

TEST_F(Remove, LeavesNothing) {
  ASSERT_TRUE(create());
  ASSERT_TRUE(remove());
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Remove, PodmanWantsThoseWhoJoinedGoneFirst) {
  docker.with([](fakes::FakeDockerModel& model) { model.podman = true; });
  ASSERT_TRUE(create());
  ASSERT_TRUE(remove());
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Remove, OfNothingSaysSo) {
  const auto removed = remove();
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().errnum, ENOENT);
  EXPECT_EQ(removed.error().message, "miniclusters.flux-framework.org \"flux-sample\" not found");
}

size_t indexOf(const std::vector<std::string>& all, const std::string& text) {
  size_t i = 0;
  while (i < all.size() && all[i].find(text) == std::string::npos) ++i;
  return i;
}

TEST_F(Remove, FluxEndsBeforeItsSidecars) {
  ASSERT_TRUE(create());
  const std::string flux = containerCopy(dockerName(0, "flux-sample")).id;
  const std::string nginx = containerCopy(dockerName(0, "nginx")).id;
  const std::string pause = containerCopy(dockerName(0, "")).id;
  docker.forgetRequests();
  ASSERT_TRUE(remove());
  const auto requests = docker.requests();
  EXPECT_LT(indexOf(requests, "POST /containers/" + flux + "/stop"),
            indexOf(requests, "POST /containers/" + nginx + "/stop"));
  EXPECT_LT(indexOf(requests, "POST /containers/" + nginx + "/stop"),
            indexOf(requests, "POST /containers/" + pause + "/stop"));
  // The lead's result outlives everything else.
  EXPECT_LT(indexOf(requests, "DELETE /containers/" + nginx),
            indexOf(requests, "DELETE /containers/" + flux));
  EXPECT_LT(indexOf(requests, "DELETE /containers/" + flux),
            indexOf(requests, "DELETE /volumes/minicluster_flux-operator_flux-sample"));
}

TEST_F(Remove, GraceIsPassedOn) {
  ASSERT_TRUE(create());
  docker.forgetRequests();
  ASSERT_TRUE(engine->remove(ref, {std::chrono::seconds(7), true}, progress, {}));
  const auto requests = docker.requests();
  EXPECT_LT(indexOf(requests, "/stop?t=7"), requests.size());
}

TEST_F(Remove, WithoutGraceKillsAtOnce) {
  ASSERT_TRUE(create());
  docker.forgetRequests();
  ASSERT_TRUE(engine->remove(ref, {std::chrono::seconds(0), true}, progress, {}));
  const auto requests = docker.requests();
  EXPECT_EQ(indexOf(requests, "/stop"), requests.size());
  EXPECT_LT(indexOf(requests, "/kill?signal=KILL"), requests.size());
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Remove, WithoutWaitingLeavesItToTheMonitor) {
  ASSERT_TRUE(create());
  monitors.clear();
  ASSERT_TRUE(engine->remove(ref, {std::nullopt, false}, progress, {}));
  EXPECT_THAT(monitors, ElementsAre("flux-sample"));
  EXPECT_EQ(engine->minicluster(ref, {}).value().status, "Terminating");
  const auto pods = engine->pods("", {}).value();
  EXPECT_EQ(pods.size(), 2u);
  for (const PodView& pod : pods) EXPECT_EQ(pod.status, "Terminating");
  ASSERT_TRUE(engine->monitor(ref, {}));
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Remove, PreStopHooksRunFirst) {
  cluster.containers[1].preStopExec = "say goodbye";
  ASSERT_TRUE(create());
  std::vector<std::string> ran;
  docker.with([&](fakes::FakeDockerModel& model) {
    model.execResult = [&](const boost::json::object& spec) {
      ran.push_back(boost::json::serialize(spec.at("Cmd")));
      return 1;  // a failing hook keeps nothing from ending
    };
  });
  ASSERT_TRUE(remove());
  EXPECT_THAT(
      ran, ElementsAre(R"(["/bin/sh","-c","say goodbye"])", R"(["/bin/sh","-c","say goodbye"])"));
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Remove, TheNextClusterOfThatNameIsLeftAlone) {
  ASSERT_TRUE(create());
  const std::string lead = dockerName(0, "flux-sample");
  // While the first is being removed, its record goes and another cluster takes the name.
  bool replaced = false;
  docker.onChange([&](fakes::FakeDockerModel& model) {
    if (replaced || model.containers.contains(lead)) return;
    replaced = true;
    for (auto& [name, volume] : model.volumes) volume.labels["flux-framework.org/uid"] = "new";
  });
  ASSERT_TRUE(remove());
  docker.onChange({});
  docker.with([](fakes::FakeDockerModel& model) { EXPECT_EQ(model.volumes.size(), 2u); });
}

TEST_F(Remove, ContainersWithoutARecordAreRemovedToo) {
  ASSERT_TRUE(create());
  docker.with([&](fakes::FakeDockerModel& model) { model.volumes.clear(); });
  ASSERT_TRUE(remove());
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Remove, ACreateAfterAnUnfinishedRemovalEndsThatFirst) {
  ASSERT_TRUE(create());
  const std::string uid = engine->minicluster(ref, {}).value().uid;
  ASSERT_TRUE(engine->remove(ref, {std::nullopt, false}, progress, {}));
  ASSERT_TRUE(create());
  const auto view = engine->minicluster(ref, {}).value();
  EXPECT_NE(view.uid, uid);
  EXPECT_EQ(view.status, "Running");
}

}  // namespace
}  // namespace mc::local
