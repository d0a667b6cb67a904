#include <boost/json.hpp>
#include <thread>

#include "kube/object.hpp"
#include "unit/remote/remote_fixture.hpp"

namespace mc::remote {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kLead = "flux-sample-0-abcde";
constexpr const char* kLog = "flux-sample-0-abcde/flux-sample";

class Run : public RemoteTest {
 protected:
  /// Runs the manifest while `operatorAndNodes` plays the others.
  base::Result<int> run(const std::function<void()>& operatorAndNodes,
                        const api::Document& made = document(), std::stop_token stop = {}) {
    std::jthread others(operatorAndNodes);
    const engine::OutputSink sink = [&](engine::Stream, std::string_view piece) -> base::Status {
      output += piece;
      return {};
    };
    return engine->run(made, planOf(made), progress, sink, std::move(stop));
  }

  void awaitCluster() {
    server.await([&] { return stored().has_value(); });
  }
  void finish(const char* phase, int exitCode) {
    setStatus({{"phase", phase}, {"exitCode", exitCode}, {"leadPod", kLead}});
  }

  std::string output;
};

TEST_F(Run, DeliversTheLeadsOutputAndTheJobsStatus) {
  const auto status = run([&] {
    awaitCluster();
    makePod(0, "abcde");
    makePod(1, "fghij");
    startPod(kLead);
    streams->awaitFollower(kLog);
    streams->write(kLog, "hello\n");
    streams->write(kLog, "world\n");
    streams->end(kLog);
    endPod(kLead, 3);
    finish("Failed", 3);
  });
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 3);
  EXPECT_EQ(output, "hello\nworld\n");
}

TEST_F(Run, SaysHowFarPodsAreAndWhatKeepsThem) {
  const auto status = run([&] {
    awaitCluster();
    makePod(0, "abcde");
    server.change("pods", "default", kLead, [](boost::json::object& pod) {
      pod["status"] = parsed(R"({"phase": "Pending", "containerStatuses": [
          {"name": "flux-sample",
           "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}]})");
    });
    setStatus({{"phase", "Pending"}, {"ready", 1}});
    progress.awaitNoteAnd("start pods 1/2");
    startPod(kLead);
    streams->awaitFollower(kLog);
    streams->end(kLog);
    endPod(kLead, 0);
    finish("Succeeded", 0);
  });
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 0);
  EXPECT_THAT(progress.notes,
              ElementsAre("pod flux-sample-0-abcde: ImagePullBackOff: no such image"));
  EXPECT_THAT(progress.steps, Contains("start pods 1/2"));
}

TEST_F(Run, TakesUpALogThatBreaksOff) {
  const auto status = run([&] {
    awaitCluster();
    makePod(0, "abcde");
    startPod(kLead);
    streams->awaitFollower(kLog);
    streams->write(kLog, "one\n");
    streams->breakOff(kLog);
    streams->write(kLog, "two\n");
    streams->end(kLog);
    endPod(kLead, 0);
    finish("Succeeded", 0);
  });
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(output, "one\ntwo\n");
}

TEST_F(Run, GoesOnWithTheLeadThatComesAfterOneThatWasLost) {
  const auto status = run([&] {
    awaitCluster();
    makePod(0, "abcde");
    startPod(kLead);
    streams->awaitFollower(kLog);
    streams->write(kLog, "first\n");
    streams->end(kLog);
    endPod(kLead, 143);
    makePod(0, "other");
    startPod("flux-sample-0-other");
    const std::string log = "flux-sample-0-other/flux-sample";
    streams->awaitFollower(log);
    streams->write(log, "second\n");
    streams->end(log);
    endPod("flux-sample-0-other", 0);
    finish("Succeeded", 0);
  });
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 0);
  EXPECT_EQ(output, "first\nsecond\n");
}

TEST_F(Run, PrintsOnceWhereTheClustersEndIsSeenBeforeItsPods) {
  const auto status = run([&] {
    awaitCluster();
    makePod(0, "abcde");
    finish("Succeeded", 0);
    streams->awaitFollower(kLog);
    streams->write(kLog, "hello\n");
    startPod(kLead);
    endPod(kLead, 0);
    // A watch that was refused as too old, and one more: what happened has been listed.
    const fakes::RequestMatch watches{.verb = "watch", .resource = "pods"};
    const size_t known = server.log().count(watches);
    server.compact();
    server.dropWatches();
    server.log().await(watches, known + 2);
    streams->end(kLog);
  });
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 0);
  EXPECT_EQ(output, "hello\n");
}

TEST_F(Run, TakesUpWhereOneThatWasKilledHasStopped) {
  ASSERT_TRUE(create(document()));
  makePod(0, "abcde");
  endPod(kLead, 4);
  streams->write(kLog, "all of it\n");
  streams->end(kLog);
  finish("Failed", 4);
  const auto status = run([] {});
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 4);
  EXPECT_EQ(output, "all of it\n");
  EXPECT_EQ(server.list("miniclusters.flux-framework.org").size(), 1U);
}

TEST_F(Run, RefusesAClusterOfAnotherManifest) {
  ASSERT_TRUE(create(document(2, "date")));
  const auto status = run([] {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, EEXIST);
}

TEST_F(Run, WaitsForARemovalThatIsGoingOn) {
  ASSERT_TRUE(create(document()));
  server.change("miniclusters.flux-framework.org", "default", "flux-sample",
                [](boost::json::object& object) {
                  object["metadata"].as_object()["finalizers"] = boost::json::array{"x.org/y"};
                });
  const std::string before(kube::uidOf(*stored()));
  ASSERT_TRUE(
      engine->remove({"default", "flux-sample"}, {.grace = {}, .wait = false}, progress, {}));
  const auto status = run([&] {
    server.log().await({.verb = "watch"}, 1);
    server.change(
        "miniclusters.flux-framework.org", "default", "flux-sample",
        [](boost::json::object& object) { object["metadata"].as_object().erase("finalizers"); });
    server.await([&] { return stored() && kube::uidOf(*stored()) != before; });
    streams->end(kLog);
    finish("Succeeded", 0);
  });
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 0);
  EXPECT_THAT(output, IsEmpty());
}

TEST_F(Run, EndsWhenTheClusterIsDeleted) {
  const auto status = run([&] {
    awaitCluster();
    server.log().await({.verb = "watch"}, 2);
    server.remove("miniclusters.flux-framework.org", "default", "flux-sample");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, ENOENT);
}

TEST_F(Run, KnowsTheStatusOfOneThatCleansUpAfterItself) {
  const auto status = run([&] {
    awaitCluster();
    makePod(0, "abcde");
    startPod(kLead);
    streams->awaitFollower(kLog);
    streams->write(kLog, "bye\n");
    endPod(kLead, 5);
    streams->end(kLog);
    server.log().await({.verb = "watch"}, 2);
    server.remove("miniclusters.flux-framework.org", "default", "flux-sample");
  });
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 5);
  EXPECT_EQ(output, "bye\n");
}

TEST_F(Run, CanBeStopped) {
  std::stop_source source;
  const auto status = run(
      [&] {
        awaitCluster();
        makePod(0, "abcde");
        startPod(kLead);
        streams->awaitFollower(kLog);
        source.request_stop();
      },
      document(), source.get_token());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, ECANCELED);
  EXPECT_TRUE(stored());
}

TEST_F(Run, FollowsOneThatIsThere) {
  ASSERT_TRUE(create(document()));
  finish("Succeeded", 0);
  streams->write(kLog, "done before its pod was seen\n");
  streams->end(kLog);
  const engine::OutputSink sink = [&](engine::Stream, std::string_view piece) -> base::Status {
    output += piece;
    return {};
  };
  EXPECT_EQ(engine->follow({"default", "flux-sample"}, progress, sink, {}).value(), 0);
  EXPECT_EQ(output, "done before its pod was seen\n");
  const auto missing = engine->follow({"default", "other"}, progress, sink, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().errnum, ENOENT);
  EXPECT_THAT(missing.error().message, HasSubstr("\"other\" not found"));
}

}  // namespace
}  // namespace mc::remote
