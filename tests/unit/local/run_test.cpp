// Engine::run on a fake Docker daemon.

#include <gmock/gmock.h>

#include <thread>

#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

class Run : public LocalFixture {
 protected:
  /// As soon as everything runs, the lead writes `text` and exits, and so does the follower.
  void finishWith(const std::string& text, int exitCode) {
    docker.onChange([=](fakes::FakeDockerModel& model) {
      size_t running = 0;
      for (auto& [name, container] : model.containers) running += container.running() ? 1 : 0;
      if (running < 6) return;
      for (auto& [name, container] : model.containers) {
        if (!name.ends_with("_flux-sample")) continue;
        const bool lead = name.find("flux-sample-0-") != std::string::npos;
        if (lead) container.output.emplace_back(1, text);
        model.end(container, lead ? exitCode : 0);
      }
    });
  }

  base::Result<int> run() {
    output.clear();
    return engine->run(documentOf(cluster), plan::makePlan(cluster).value(), progress,
                       [this](Stream, std::string_view bytes) {
                         output += bytes;
                         return base::Status();
                       },
                       {});
  }

  bool anythingRuns() {
    bool any = false;
    docker.with([&](fakes::FakeDockerModel& model) {
      for (const auto& [name, container] : model.containers) any = any || container.running();
    });
    return any;
  }

  std::string output;
};

TEST_F(Run, DeliversOutputAndExitStatus) {
  finishWith("<html>", 3);
  EXPECT_EQ(run().value(), 3);
  EXPECT_EQ(output, "<html>");
  EXPECT_FALSE(anythingRuns());
  const auto view = engine->minicluster(ref, {}).value();
  EXPECT_EQ(view.status, "Failed");
  EXPECT_EQ(view.exitCode, 3);
}

TEST_F(Run, FollowIsForOneThatIsThere) {
  const auto follow = [this] {
    output.clear();
    return engine->follow(ref, progress,
                          [this](Stream, std::string_view bytes) {
                            output += bytes;
                            return base::Status();
                          },
                          {});
  };
  const auto missing = follow();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().errnum, ENOENT);
  finishWith("<html>", 3);
  ASSERT_EQ(run().value(), 3);
  EXPECT_EQ(follow().value(), 3);
  EXPECT_EQ(output, "<html>");
}

TEST_F(Run, AgainGivesTheSameWithoutRunningItAgain) {
  finishWith("page", 0);
  EXPECT_EQ(run().value(), 0);
  EXPECT_EQ(run().value(), 0);
  EXPECT_EQ(output, "page");
  EXPECT_EQ(containerCopy(dockerName(0, "flux-sample")).starts, 1);
}

TEST_F(Run, OfAnotherManifestIsRefused) {
  finishWith("page", 0);
  ASSERT_TRUE(run());
  cluster.containers[0].command = "something else";
  const auto other = run();
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().errnum, EEXIST);
}

TEST_F(Run, AResultOutlivesAnUnfinishedRemoval) {
  finishWith("page", 5);
  ASSERT_TRUE(run());
  // The removal had been begun, and everything but the lead's Flux container was gone.
  ASSERT_TRUE(engine->remove(ref, {std::nullopt, false}, progress, {}));
  const std::string lead = dockerName(0, "flux-sample");
  docker.with([&](fakes::FakeDockerModel& model) {
    std::erase_if(model.containers, [&](const auto& item) { return item.first != lead; });
  });
  EXPECT_EQ(run().value(), 5);
  EXPECT_EQ(output, "page");
  ASSERT_TRUE(remove());
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Run, AJobThatARemovalHasEndedIsRunAnew) {
  ASSERT_TRUE(create());
  ASSERT_TRUE(engine->remove(ref, {std::nullopt, false}, progress, {}));
  docker.exitContainer(dockerName(0, "flux-sample"), 143);
  finishWith("page", 0);
  EXPECT_EQ(run().value(), 0);
  EXPECT_EQ(output, "page");
}

TEST_F(Run, ALeadThatTheEngineIsRemovingHasNoResult) {
  finishWith("page", 5);
  ASSERT_TRUE(run());
  ASSERT_TRUE(engine->remove(ref, {std::nullopt, false}, progress, {}));
  const std::string lead = dockerName(0, "flux-sample");
  docker.with(
      [&](fakes::FakeDockerModel& model) { model.containers.at(lead).status = "removing"; });
  EXPECT_EQ(run().value(), 5);
  EXPECT_EQ(output, "page");
  EXPECT_NE(dockerName(0, "flux-sample"), lead) << "a new cluster has run";
}

TEST_F(Run, AStopIsHeard) {
  std::stop_source source;
  std::thread stopper([&] {
    docker.await([](fakes::FakeDockerModel& model) {
      size_t running = 0;
      for (auto& [name, container] : model.containers) running += container.running() ? 1 : 0;
      return running == 6;
    });
    source.request_stop();
  });
  const auto result = engine->run(
      documentOf(cluster), plan::makePlan(cluster).value(), progress,
      [](Stream, std::string_view) { return base::Status(); }, source.get_token());
  stopper.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().errnum, ECANCELED);
  ASSERT_TRUE(remove());
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Run, ASinkThatFailsEndsIt) {
  finishWith("page", 0);
  const auto result = engine->run(
      documentOf(cluster), plan::makePlan(cluster).value(), progress,
      [](Stream, std::string_view) -> base::Status { return base::fail(EPIPE, "nobody reads"); },
      {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().errnum, EPIPE);
}

}  // namespace
}  // namespace mc::local
