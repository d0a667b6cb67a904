// Engine::apply on a fake Docker daemon.

#include <gmock/gmock.h>

#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

using testing::HasSubstr;

class Apply : public LocalFixture {
 protected:
  base::Result<Applied> apply() {
    return engine->apply(documentOf(cluster), plan::makePlan(cluster).value(), progress, {});
  }

  /// The manifest with one more field.
  api::Document with(const char* field, int value) {
    api::Document document = documentOf(cluster);
    document.manifest["spec"].as_object()[field] = value;
    return document;
  }
};

TEST_F(Apply, CreatesAndThenIsUnchanged) {
  EXPECT_EQ(apply().value(), Applied::Created);
  EXPECT_EQ(apply().value(), Applied::Unchanged);
  EXPECT_EQ(containerCopy(dockerName(0, "flux-sample")).starts, 1);
}

TEST_F(Apply, CompletesAHalfMadeCluster) {
  ASSERT_TRUE(create());
  const std::string nginx = dockerName(1, "nginx");
  docker.with([&](fakes::FakeDockerModel& model) { model.containers.erase(nginx); });
  EXPECT_EQ(apply().value(), Applied::Configured);
  EXPECT_TRUE(containerCopy(nginx).running());
  EXPECT_EQ(containerCopy(dockerName(1, "flux-sample")).starts, 1);
}

TEST_F(Apply, RefusesAChangeAndNamesTheField) {
  ASSERT_TRUE(apply());
  cluster.deadlineSeconds = 60;
  const auto changed =
      engine->apply(with("deadlineSeconds", 60), plan::makePlan(cluster).value(), progress, {});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().errnum, EINVAL);
  EXPECT_THAT(changed.error().message, HasSubstr("spec.deadlineSeconds: can't be changed"));
}

TEST_F(Apply, RefusesMorePodsThanTheClusterWasMadeFor) {
  ASSERT_TRUE(apply());
  cluster.size = cluster.maxSize = 3;
  const auto changed = apply();
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().errnum, EINVAL);
  EXPECT_THAT(changed.error().message, HasSubstr("spec.size: can't be changed to 3"));
  EXPECT_THAT(changed.error().message, HasSubstr("at most 2 pods (spec.maxSize)"));
}

class Resize : public Apply {
 protected:
  void SetUp() override {
    cluster.maxSize = 4;
    ASSERT_EQ(applySize(2).value(), Applied::Created);
  }

  base::Result<Applied> applySize(int32_t size) {
    cluster.size = size;
    return engine->apply(with("maxSize", 4), plan::makePlan(cluster).value(), progress, {});
  }

  /// Each with pause, Flux and nginx.
  void expectPods(int32_t size) {
    docker.with([&](fakes::FakeDockerModel& model) {
      EXPECT_EQ(model.containers.size(), static_cast<size_t>(3 * size));
      for (const auto& [name, container] : model.containers)
        EXPECT_TRUE(container.running()) << name;
    });
  }
};

TEST_F(Resize, StartsFollowersAndLeavesTheRestAlone) {
  EXPECT_EQ(applySize(4).value(), Applied::Configured);
  for (int pod = 0; pod < 4; ++pod) {
    EXPECT_EQ(containerCopy(dockerName(pod, "flux-sample")).starts, 1) << pod;
    EXPECT_EQ(containerCopy(dockerName(pod, "nginx")).starts, 1) << pod;
  }
  EXPECT_EQ(engine->minicluster(ref, {})->size, 4);
  EXPECT_EQ(applySize(4).value(), Applied::Unchanged);
}

TEST_F(Resize, RemovesFollowers) {
  ASSERT_TRUE(applySize(4));
  EXPECT_EQ(applySize(1).value(), Applied::Configured);
  expectPods(1);
  EXPECT_EQ(containerCopy(dockerName(0, "flux-sample")).starts, 1);
  EXPECT_EQ(applySize(1).value(), Applied::Unchanged);
  ASSERT_TRUE(remove());
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Resize, ConvergesFromEveryPointAtWhichItWasCutShort) {
  for (const int32_t size : {4, 1}) {
    for (size_t n = 1;; ++n) {
      SCOPED_TRACE("to " + std::to_string(size) + ", cut at request " + std::to_string(n));
      ASSERT_TRUE(applySize(2));
      docker.cutAt(n, true);
      (void)applySize(size);
      const bool wasCut = docker.cut();
      docker.mend();
      engine = newEngine();
      ASSERT_TRUE(applySize(size));
      expectPods(size);
      if (!wasCut || HasFailure()) break;
    }
  }
}

TEST_F(Resize, OfAFinishedClusterStartsNothing) {
  docker.exitContainer(dockerName(0, "flux-sample"), 0);
  EXPECT_EQ(applySize(4).value(), Applied::Configured);
  EXPECT_EQ(dockerName(3, "flux-sample"), "");
  EXPECT_EQ(applySize(4).value(), Applied::Unchanged);
}

TEST_F(Resize, ACommandThatWasCutShortIsFinishedByTheNextCreate) {
  ASSERT_TRUE(applySize(3));
  const std::string name = dockerName(2, "nginx");
  docker.with([&](fakes::FakeDockerModel& model) { model.containers.erase(name); });
  ASSERT_TRUE(engine->create(with("maxSize", 4), plan::makePlan(cluster).value(), progress, {}));
  EXPECT_TRUE(containerCopy(name).running());
}

TEST_F(Apply, NoticesAChangedSecret) {
  cluster.users = {{"ana", "first"}};
  ASSERT_TRUE(apply());
  EXPECT_EQ(apply().value(), Applied::Unchanged);
  cluster.users = {{"ana", "second"}};
  const auto changed = apply();
  ASSERT_FALSE(changed);
  EXPECT_THAT(changed.error().message, HasSubstr("spec.users: can't be changed"));
  EXPECT_THAT(changed.error().message, testing::Not(HasSubstr("second")));
}

TEST_F(Apply, AfterAnUnfinishedRemovalCreates) {
  ASSERT_TRUE(apply());
  ASSERT_TRUE(engine->remove(ref, {std::nullopt, false}, progress, {}));
  EXPECT_EQ(apply().value(), Applied::Created);
}

}  // namespace
}  // namespace mc::local
