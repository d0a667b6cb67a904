// Engine::logs on a fake Docker daemon.

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

using testing::HasSubstr;

class Logs : public LocalFixture {
 protected:
  void SetUp() override {
    ASSERT_TRUE(create());
    nginx = dockerName(0, "nginx");
    docker.write(nginx, 1, "out\n");
    docker.write(nginx, 2, "err\n");
    docker.forgetRequests();
  }

  base::Status logs(const LogOptions& options) {
    return engine->logs("flux-operator", "flux-sample-0", "nginx", options,
                        [this](Stream stream, std::string_view bytes) {
                          (stream == Stream::Out ? out : err) += bytes;
                          hasOutput = true;
                          hasOutput.notify_all();
                          return base::Status();
                        },
                        {});
  }

  std::string logRequest() {
    for (const std::string& request : docker.requests()) {
      if (request.find("/logs?") != std::string::npos) return request;
    }
    return {};
  }

  std::string nginx;
  std::string out;
  std::string err;
  std::atomic<bool> hasOutput = false;
};

TEST_F(Logs, StdoutAndStderr) {
  ASSERT_TRUE(logs({}));
  EXPECT_EQ(out, "out\n");
  EXPECT_EQ(err, "err\n");
}

TEST_F(Logs, FollowEndsWithTheContainer) {
  std::thread ender([&] {
    docker.write(nginx, 1, "more\n");
    docker.exitContainer(nginx, 0);
  });
  LogOptions options;
  options.follow = true;
  ASSERT_TRUE(logs(options));
  ender.join();
  EXPECT_EQ(out, "out\nmore\n");
}

TEST_F(Logs, FollowDeliversLastWordsThatComeLate) {
  for (const std::optional<int64_t> tail : {std::optional<int64_t>(), std::optional<int64_t>(1)}) {
    out.clear();
    hasOutput = false;
    docker.with([&](fakes::FakeDockerModel& model) {
      model.lastWordsAreLate = true;
      model.containers.at(nginx).status = "running";
      model.containers.at(nginx).output = {{1, "first\n"}, {1, "second\n"}};
    });
    std::thread ender([&] {
      // By the first output the engine has decided where the tail begins.
      hasOutput.wait(false);
      docker.write(nginx, 1, "third\n");
      docker.write(nginx, 1, "no newline");
      docker.exitContainer(nginx, 0);
    });
    LogOptions options;
    options.follow = true;
    options.tail = tail;
    ASSERT_TRUE(logs(options));
    ender.join();
    EXPECT_TRUE(out.ends_with("third\nno newline")) << out;
    if (!tail) {
      EXPECT_EQ(out, "first\nsecond\nthird\nno newline");
    }
  }
}

TEST_F(Logs, ALogThatIsCompleteIsReadOnce) {
  docker.exitContainer(nginx, 0);
  docker.forgetRequests();
  LogOptions options;
  options.follow = true;
  ASSERT_TRUE(logs(options));
  EXPECT_EQ(out, "out\n");
  size_t reads = 0;
  for (const std::string& request : docker.requests())
    reads += request.find("/logs?") != request.npos;
  EXPECT_EQ(reads, 1u);
}

TEST_F(Logs, OptionsArePassedOn) {
  LogOptions options;
  options.tail = 5;
  options.timestamps = true;
  options.since = 1700000000.5;
  ASSERT_TRUE(logs(options));
  EXPECT_THAT(logRequest(), HasSubstr("tail=5"));
  EXPECT_THAT(logRequest(), HasSubstr("timestamps=1"));
  EXPECT_THAT(logRequest(), HasSubstr("since=1700000000.500000"));
}

TEST_F(Logs, PreviousNeedsARestart) {
  LogOptions options;
  options.previous = true;
  const auto missing = logs(options);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("previous terminated container \"nginx\" in pod"));
}

TEST_F(Logs, ARestartedContainerShowsItsLastRun) {
  double first = 0;
  docker.with([&](fakes::FakeDockerModel& model) {
    auto& container = model.containers.at(nginx);
    first = container.startedAt;
    model.end(container, 1);
    container.status = "running";
    container.restarts = 1;
    container.startedAt = first + 100.25;
  });
  ASSERT_TRUE(logs({}));
  EXPECT_THAT(logRequest(), HasSubstr("since=" + std::to_string(first + 100.25)));

  docker.forgetRequests();
  LogOptions options;
  options.previous = true;
  ASSERT_TRUE(logs(options));
  EXPECT_THAT(logRequest(), HasSubstr("since=" + std::to_string(first)));
  EXPECT_THAT(logRequest(), HasSubstr("until=" + std::to_string(first + 100.25)));
}

TEST_F(Logs, OfAContainerThatWasNeverStarted) {
  docker.with([&](fakes::FakeDockerModel& model) {
    model.containers.at(nginx).status = "created";
    model.containers.at(nginx).startedAt = 0;
  });
  const auto waiting = logs({});
  ASSERT_FALSE(waiting);
  EXPECT_THAT(waiting.error().message, HasSubstr("is waiting to start: ContainerCreating"));
}

}  // namespace
}  // namespace mc::local
