// The client is killed at each of its requests in turn, before or after the daemon has carried it
// out; then the same command is given again. It must end as if nothing had happened.

#include <gmock/gmock.h>

#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

class Interruption : public LocalFixture, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override { carriedOut = GetParam(); }

  /// How many containers run, and that each was started once.
  void expectWhole() {
    docker.with([](fakes::FakeDockerModel& model) {
      EXPECT_EQ(model.containers.size(), 6u);
      for (const auto& [name, container] : model.containers) {
        EXPECT_TRUE(container.running()) << name;
        EXPECT_EQ(container.starts, 1) << name;
      }
      EXPECT_EQ(model.networks.size(), 1u);
      EXPECT_EQ(model.volumes.size(), 1u);
      const auto& volume = model.volumes.begin()->second;
      EXPECT_EQ(volume.files.size(), 4u);
      EXPECT_EQ(volume.writes.at("secret/curve.cert"), 1);
    });
  }

  /// Ends the job of whatever lead begins to run from now on.
  void endJobs(int exitCode) {
    docker.onChange([=](fakes::FakeDockerModel& model) {
      for (auto& [name, container] : model.containers) {
        if (!container.running() || !name.ends_with("_flux-sample")) continue;
        const bool lead = name.find("flux-sample-0-") != std::string::npos;
        if (lead) container.output.emplace_back(1, "page");
        model.end(container, lead ? exitCode : 0);
      }
    });
  }

  bool carriedOut = false;
};

TEST_P(Interruption, OfCreate) {
  for (size_t n = 1;; ++n) {
    SCOPED_TRACE("cut at request " + std::to_string(n));
    docker.cutAt(n, carriedOut);
    (void)create();
    const bool wasCut = docker.cut();
    docker.mend();
    engine = newEngine();
    // Cut at its very end, the first one has succeeded.
    const auto again = create();
    EXPECT_TRUE(again || again.error().errnum == EEXIST) << again.error().message;
    expectWhole();
    ASSERT_TRUE(remove());
    ASSERT_TRUE(nothingLeft());
    if (!wasCut || HasFailure()) break;
  }
}

TEST_P(Interruption, OfRemove) {
  for (size_t n = 1;; ++n) {
    SCOPED_TRACE("cut at request " + std::to_string(n));
    ASSERT_TRUE(create());
    docker.cutAt(n, carriedOut);
    (void)remove();
    const bool wasCut = docker.cut();
    docker.mend();
    engine = newEngine();
    const auto again = remove();
    EXPECT_TRUE(again || again.error().errnum == ENOENT) << again.error().message;
    EXPECT_TRUE(nothingLeft());
    if (!wasCut || HasFailure()) break;
  }
}

TEST_P(Interruption, OfRun) {
  endJobs(3);
  for (size_t n = 1;; ++n) {
    SCOPED_TRACE("cut at request " + std::to_string(n));
    const auto runOnce = [&](std::string& output) -> base::Result<int> {
      MC_TRY_ASSIGN(const int status,
                    engine->run(documentOf(cluster), plan::makePlan(cluster).value(), progress,
                                [&](Stream, std::string_view bytes) {
                                  output += bytes;
                                  return base::Status();
                                },
                                {}));
      MC_TRY(remove());
      return status;
    };
    std::string lost;
    docker.cutAt(n, carriedOut);
    (void)runOnce(lost);
    const bool wasCut = docker.cut();
    docker.mend();
    engine = newEngine();
    std::string output;
    const auto again = runOnce(output);
    EXPECT_EQ(again.value_or(-1), 3) << (again ? "" : again.error().message);
    EXPECT_EQ(output, "page");
    EXPECT_TRUE(nothingLeft());
    if (!wasCut || HasFailure()) break;
  }
}

TEST_P(Interruption, OfTheMonitorIsHealed) {
  for (size_t n = 1;; ++n) {
    SCOPED_TRACE("cut at request " + std::to_string(n));
    ASSERT_TRUE(create());
    docker.exitContainer(dockerName(1, "flux-sample"), 0);
    docker.exitContainer(dockerName(0, "flux-sample"), 0);
    docker.cutAt(n, carriedOut);
    (void)engine->monitor(ref, {});
    const bool wasCut = docker.cut();
    docker.mend();
    monitors.clear();
    engine = newEngine();
    ASSERT_TRUE(engine->pods("", {}));
    for (const std::string& name : monitors) {
      ASSERT_TRUE(engine->monitor({"flux-operator", name}, {}));
    }
    docker.with([](fakes::FakeDockerModel& model) {
      for (const auto& [name, container] : model.containers) EXPECT_FALSE(container.running());
    });
    ASSERT_TRUE(remove());
    if (!wasCut || HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(BeforeAndAfter, Interruption, testing::Bool(), [](const auto& tested) {
  return tested.param ? "AnswerLost" : "RequestLost";
});

}  // namespace
}  // namespace mc::local
