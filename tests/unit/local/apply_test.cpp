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
  cluster.size = cluster.maxSize = 3;
  const auto changed = apply();
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().errnum, EINVAL);
  EXPECT_THAT(changed.error().message, HasSubstr("spec.size: can't be changed"));
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
