#include <boost/json.hpp>
#include <thread>

#include "unit/remote/remote_fixture.hpp"

namespace mc::remote {
namespace {

using std::chrono_literals::operator""ms;

boost::json::object succeeded(bool value) {
  return {{"conditions", boost::json::array{boost::json::object{
                             {"type", "Succeeded"}, {"status", value ? "True" : "False"}}}}};
}

class Wait : public RemoteTest {
 protected:
  Wait() { EXPECT_TRUE(create(document())); }
  base::Status wait(const engine::Until& until, std::stop_token stop = {}) {
    return engine->waitCluster({"default", "flux-sample"}, until, std::move(stop));
  }
  engine::Until condition(const std::string& name) {
    engine::Until until;
    until.condition = name;
    return until;
  }
};

TEST_F(Wait, ReturnsAtOnceIfItIsSo) {
  setStatus(succeeded(true));
  EXPECT_TRUE(wait(condition("succeeded")));
}

TEST_F(Wait, ReturnsWhenItBecomesSo) {
  setStatus(succeeded(false));
  std::jthread later([&] {
    server.log().await({.verb = "watch"}, 1);
    setStatus(succeeded(true));
  });
  EXPECT_TRUE(wait(condition("Succeeded")));
}

TEST_F(Wait, SurvivesAWatchThatEndsAndAHistoryThatIsForgotten) {
  setStatus(succeeded(false));
  std::jthread later([&] {
    server.log().await({.verb = "watch"}, 1);
    server.compact();
    server.dropWatches();
    setStatus(succeeded(true));
  });
  EXPECT_TRUE(wait(condition("Succeeded")));
}

TEST_F(Wait, ForDeletion) {
  engine::Until until;
  until.deleted = true;
  std::jthread later([&] {
    server.log().await({.verb = "watch"}, 1);
    server.remove("miniclusters.flux-framework.org", "default", "flux-sample");
  });
  EXPECT_TRUE(wait(until));
  EXPECT_TRUE(wait(until));
}

TEST_F(Wait, FailsIfTheObjectGoes) {
  std::jthread later([&] {
    server.log().await({.verb = "watch"}, 1);
    server.remove("miniclusters.flux-framework.org", "default", "flux-sample");
  });
  const auto status = wait(condition("Succeeded"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, ENOENT);
}

TEST_F(Wait, EndsInTime) {
  engine::Until until = condition("Succeeded");
  until.timeout = 1ms;
  const auto status = wait(until);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, ETIMEDOUT);
  EXPECT_EQ(status.error().message,
            "timed out waiting for the condition on miniclusters/flux-sample");
}

TEST_F(Wait, CanBeStopped) {
  std::stop_source source;
  std::jthread later([&] {
    server.log().await({.verb = "watch"}, 1);
    source.request_stop();
  });
  const auto status = wait(condition("Succeeded"), source.get_token());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, ECANCELED);
}

TEST_F(Wait, ForPods) {
  makePod(0, "abcde");
  server.change("pods", "default", "flux-sample-0-abcde", [](boost::json::object& pod) {
    pod["status"] = parsed(R"({"conditions": [{"type": "Ready", "status": "True"}]})");
  });
  EXPECT_TRUE(engine->waitPod("default", "flux-sample-0", condition("Ready"), {}));
  engine::Until gone;
  gone.deleted = true;
  EXPECT_TRUE(engine->waitPod("default", "flux-sample-7", gone, {}));
  EXPECT_EQ(engine->waitPod("default", "flux-sample-7", condition("Ready"), {}).error().errnum,
            ENOENT);
}

TEST_F(Wait, WatchTellsOfEachChange) {
  int calls = 0;
  const auto changed = [&]() -> base::Result<bool> {
    ++calls;
    if (calls == 1) makePod(0, "abcde");
    return !engine->pods("default", {}).value().empty();
  };
  EXPECT_TRUE(engine->watch("default", changed, {}, {}));
  EXPECT_GE(calls, 1);
}

TEST_F(Wait, EndsWhenItIsNotAllowed) {
  server.setAccess({boost::json::array(), "nobody"});
  const auto status = wait(condition("Succeeded"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, EACCES);
}

}  // namespace
}  // namespace mc::remote
