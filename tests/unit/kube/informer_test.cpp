#include "kube/informer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_kube_client.hpp"
#include "fakes/fake_timer.hpp"

namespace mc::kube {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

Object pod(const std::string& name, const std::string& phase) {
  return {{"metadata", Object{{"name", name}, {"namespace", "team"}}},
          {"spec", Object{{"nodeName", "n1"}}},
          {"status", Object{{"phase", phase}}}};
}

/// Collects what an informer tells, and lets a test wait for it.
class Listener {
 public:
  void operator()(const Change& change) {
    const std::lock_guard lock(mutex_);
    const std::string_view before = change.before ? phaseOf(change.before) : "-";
    const std::string_view after = change.after ? phaseOf(change.after) : "-";
    const ObjectPtr& object = change.after ? change.after : change.before;
    lines_.push_back(std::string(nameOf(*object)) + ": " + std::string(before) + " to " +
                     std::string(after) + (change.fromList ? " (list)" : ""));
    changed_.notify_all();
  }
  std::vector<std::string> await(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return lines_.size() >= count; });
    return std::exchange(lines_, {});
  }

 private:
  static std::string_view phaseOf(const ObjectPtr& object) {
    return findText(*object, {"status", "phase"});
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

class InformerTest : public testing::Test {
 protected:
  std::unique_ptr<Informer> start(InformerOptions options = {}) {
    options.onError = [this](const Error& error) {
      const std::lock_guard lock(errorsMutex);
      errors.emplace_back(describe(error.reason));
    };
    auto informer = std::make_unique<Informer>(client, timer, kPods, std::move(options));
    informer->addHandler([this](const Change& change) { listener(change); });
    informer->start();
    EXPECT_TRUE(informer->waitForSync({}));
    return informer;
  }
  std::vector<std::string> errorsSoFar() {
    const std::lock_guard lock(errorsMutex);
    return errors;
  }

  fakes::FakeKubeClient client;
  fakes::FakeTimer timer;
  Listener listener;
  std::mutex errorsMutex;
  std::vector<std::string> errors;
};

TEST_F(InformerTest, ListsThenFollows) {
  client.put(kPods, pod("a", "Pending"));
  const auto informer = start();
  EXPECT_THAT(listener.await(1), ElementsAre("a: - to Pending (list)"));
  client.put(kPods, pod("a", "Running"));
  client.put(kPods, pod("b", "Pending"));
  client.erase(kPods, {"team", "a"});
  EXPECT_THAT(listener.await(3),
              ElementsAre("a: Pending to Running", "b: - to Pending", "a: Running to -"));
  EXPECT_EQ(informer->cache().size(), 1u);
  EXPECT_EQ(findText(*informer->cache().get({"team", "b"}), {"status", "phase"}), "Pending");
}

TEST_F(InformerTest, ResumesABrokenWatchWhereItWas) {
  const auto informer = start();
  client.put(kPods, pod("a", "Pending"));
  listener.await(1);
  client.awaitCalls("watch pods", 1);
  client.endWatches(Error(Reason::Connection, "broken"));
  timer.advanceToNext();
  client.awaitCalls("watch pods", 2);
  client.put(kPods, pod("a", "Running"));
  EXPECT_THAT(listener.await(1), ElementsAre("a: Pending to Running"));
  EXPECT_THAT(client.log(), ElementsAre("list pods", "watch pods", "watch pods"));
  EXPECT_EQ(client.calls().back().resourceVersion, "101");
  EXPECT_THAT(errorsSoFar(), ElementsAre("Connection"));
}

TEST_F(InformerTest, AWatchThatEndsInPeaceGoesOnAtOnce) {
  const auto informer = start();
  client.awaitCalls("watch pods", 1);
  client.bookmark(kPods);
  client.put(kPods, pod("a", "Pending"));
  listener.await(1);
  client.endWatches();
  client.awaitCalls("watch pods", 2);
  EXPECT_EQ(timer.waiting(), 0u);
  EXPECT_EQ(client.calls().back().resourceVersion, "102");
}

TEST_F(InformerTest, ABookmarkMovesThePlaceToResume) {
  const auto informer = start();
  client.awaitCalls("watch pods", 1);
  client.bookmark(kPods);
  client.endWatches(Error(Reason::Connection, "broken"));
  timer.advanceToNext();
  client.awaitCalls("watch pods", 2);
  EXPECT_EQ(client.calls().back().resourceVersion, "101");
}

TEST_F(InformerTest, ListsAgainWhenThePlaceIsGone) {
  client.put(kPods, pod("a", "Pending"));
  client.put(kPods, pod("b", "Pending"));
  client.put(kPods, pod("same", "Pending"));
  const auto informer = start();
  listener.await(3);
  client.awaitCalls("watch pods", 1);
  client.endWatches(Error(Reason::Connection, "broken"));
  timer.awaitWaiting(1);
  client.erase(kPods, {"team", "a"});
  client.put(kPods, pod("b", "Running"));
  client.put(kPods, pod("c", "Pending"));
  client.compact();
  timer.advanceToNext();
  // What did not change is not told of again.
  EXPECT_THAT(listener.await(3), ElementsAre("b: Pending to Running (list)",
                                             "c: - to Pending (list)", "a: Pending to - (list)"));
  client.awaitCalls("watch pods", 3);
  EXPECT_THAT(errorsSoFar(), ElementsAre("Connection", "Gone"));
}

TEST_F(InformerTest, AServerThatFailsIsAskedLessAndLess) {
  std::atomic<int> left = 3;
  client.onCall = [&](const fakes::KubeCall& call) -> std::optional<Error> {
    if (call.verb == "list" && left-- > 0) return Error(Reason::Unavailable, "down", 503);
    return {};
  };
  Informer informer(client, timer, kPods, {.reflector = {.backoff = {.first = 1s, .jitter = 0}}});
  informer.start();
  EXPECT_EQ(timer.advanceToNext(), 1s);
  EXPECT_EQ(timer.advanceToNext(), 2s);
  EXPECT_EQ(timer.advanceToNext(), 4s);
  EXPECT_TRUE(informer.waitForSync({}));
}

TEST_F(InformerTest, KeepsOnlyWhatTheTransformLeaves) {
  client.put(kPods, pod("a", "Pending"));
  const auto informer =
      start({.indexes = {{"phase",
                          [](const Object& object) {
                            return std::vector{std::string(findText(object, {"status", "phase"}))};
                          }}},
             .transform = [](Object& object) { object.erase("spec"); }});
  EXPECT_FALSE(informer->cache().get({"team", "a"})->contains("spec"));
  client.put(kPods, pod("a", "Running"));
  listener.await(2);
  EXPECT_FALSE(informer->cache().get({"team", "a"})->contains("spec"));
  EXPECT_EQ(informer->cache().find("phase", "Running").size(), 1u);
}

TEST_F(InformerTest, WaitingForAServerThatNeverAnswersCanBeStopped) {
  client.onCall = [](const fakes::KubeCall&) { return Error(Reason::Connection, "down"); };
  Informer informer(client, timer, kPods, {});
  informer.start();
  timer.awaitWaiting(1);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(informer.waitForSync(stop.get_token()));
  EXPECT_FALSE(informer.synced());
  informer.stop();
}

}  // namespace
}  // namespace mc::kube
