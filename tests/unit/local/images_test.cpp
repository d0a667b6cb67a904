// Images: pulled when they are missing, refused with their name and cause.

#include <gmock/gmock.h>

#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Images : public LocalFixture {
 protected:
  void SetUp() override {
    docker.with([](fakes::FakeDockerModel& model) { model.images.erase("nginx"); });
  }

  [[nodiscard]] size_t count(const std::string& text) const {
    size_t found = 0;
    for (const std::string& request : docker.requests()) {
      found += request.find(text) != std::string::npos ? 1 : 0;
    }
    return found;
  }
};

TEST_F(Images, AMissingOneIsPulled) {
  docker.setPull("nginx",
                 {R"({"status":"Pulling from library/nginx","id":"latest"})",
                  R"({"status":"Pulling fs layer","progressDetail":{},"id":"a"})",
                  R"({"status":"Pulling fs layer","progressDetail":{},"id":"b"})",
                  R"({"status":"Downloading","progressDetail":{"current":10,"total":40},"id":"a"})",
                  R"({"status":"Already exists","progressDetail":{},"id":"b"})",
                  R"({"status":"Pull complete","progressDetail":{},"id":"a"})",
                  R"({"status":"Digest: sha256:1"})"});
  ASSERT_TRUE(create());
  EXPECT_EQ(count("fromImage=nginx&tag=latest"), 1u);
  ASSERT_FALSE(progress.pulls.empty());
  EXPECT_EQ(progress.pulls.front().image, "nginx");
  const PullProgress& last = progress.pulls.back();
  EXPECT_TRUE(last.done);
  EXPECT_EQ(last.failure, "");
  EXPECT_EQ(last.layers, 2);
  EXPECT_EQ(last.layersDone, 2);
  EXPECT_EQ(last.bytes, 40u);
  EXPECT_EQ(last.total, 40u);
}

TEST_F(Images, OneThatIsThereIsNotPulled) {
  docker.with([](fakes::FakeDockerModel& model) { model.images["nginx"]; });
  ASSERT_TRUE(create());
  EXPECT_EQ(count("fromImage"), 0u);
}

TEST_F(Images, AFailedPullNamesImageAndCauseAndLeavesNothing) {
  docker.setPull("nginx", {R"({"errorDetail":{"message":"no such host"},"error":"no such host"})"});
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "cannot pull image \"nginx\": no such host");
  EXPECT_EQ(progress.pulls.back().failure, "no such host");
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Images, PolicyNeverDoesNotPull) {
  cluster.containers[1].pullPolicy = api::PullPolicy::Never;
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "image \"nginx\" is not present with pull policy of Never");
  EXPECT_EQ(count("fromImage"), 0u);
}

TEST_F(Images, PolicyAlwaysPullsWhatIsThere) {
  docker.with([](fakes::FakeDockerModel& model) { model.images["nginx"]; });
  cluster.containers[1].pullPolicy = api::PullPolicy::Always;
  docker.setPull("nginx", {R"({"status":"Digest: sha256:1"})"});
  ASSERT_TRUE(create());
  EXPECT_EQ(count("fromImage=nginx"), 1u);
}

TEST_F(Images, TheToolsImageIsMadeOnceAndRenewedWithItsPrograms) {
  docker.with([](fakes::FakeDockerModel& model) { model.images["nginx"]; });
  ASSERT_TRUE(create());
  ASSERT_TRUE(remove());
  ASSERT_TRUE(create());
  ASSERT_TRUE(remove());
  EXPECT_EQ(count("fromSrc"), 1u);
  std::ofstream(directory + "/flux") << "a newer program";
  ASSERT_TRUE(create());
  EXPECT_EQ(count("fromSrc"), 2u);
  EXPECT_EQ(clusterFiles().at("bin/flux"), "a newer program");
  docker.with([](fakes::FakeDockerModel& model) {
    EXPECT_EQ(model.images.size(), 3u) << "the earlier tools image is gone";
  });
}

TEST_F(Images, RunAsNonRootIsChecked) {
  docker.with([](fakes::FakeDockerModel& model) { model.images["nginx"].user = "root"; });
  cluster.containers[1].security.runAsNonRoot = true;
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message,
              HasSubstr("container has runAsNonRoot and image will run as root"));
  docker.with([](fakes::FakeDockerModel& model) { model.images["nginx"].user = "101"; });
  EXPECT_TRUE(create());
}

}  // namespace
}  // namespace mc::local
