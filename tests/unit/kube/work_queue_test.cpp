#include "kube/work_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "fakes/fake_timer.hpp"

namespace mc::kube {
namespace {

using namespace std::chrono_literals;

ObjectKey key(const std::string& name) {
  return {"team", name};
}

struct Metrics final : QueueMetrics {
  void depth(int priority, size_t items) override { depths[priority] = items; }
  void added() override { ++adds; }
  void retried() override { ++retries; }
  void waited(std::chrono::duration<double> time) override { waits.push_back(time.count()); }
  void worked(std::chrono::duration<double> time) override { works.push_back(time.count()); }
  std::map<int, size_t> depths;
  int adds = 0;
  int retries = 0;
  std::vector<double> waits;
  std::vector<double> works;
};

class WorkQueueTest : public testing::Test {
 protected:
  /// The next key, without waiting: nothing if none is ready.
  std::string next() {
    if (queue.size() == 0) return "";
    const auto item = queue.get({});
    return item ? item->key.name : "over";
  }
  std::string nextDone() {
    const std::string name = next();
    queue.done(key(name));
    return name;
  }

  fakes::FakeTimer timer;
  Metrics metrics;
  WorkQueue queue{timer, {}, &metrics};
};

TEST_F(WorkQueueTest, HandsOutEachKeyOnceInTheOrderOfArrival) {
  for (const char* name : {"b", "a", "b", "b"}) queue.add(key(name));
  EXPECT_EQ(next(), "b");
  EXPECT_EQ(next(), "a");
  EXPECT_EQ(next(), "");
  EXPECT_EQ(metrics.adds, 2);
}

TEST_F(WorkQueueTest, AKeyAtWorkWaitsForItsWorker) {
  queue.add(key("a"));
  EXPECT_EQ(next(), "a");
  queue.add(key("a"));
  EXPECT_EQ(next(), "");
  queue.done(key("a"));
  EXPECT_EQ(next(), "a");
  queue.done(key("a"));
  EXPECT_EQ(next(), "");
}

TEST_F(WorkQueueTest, FreshChangesGoFirst) {
  queue.add(key("old1"), {.priority = kLowPriority});
  queue.add(key("old2"), {.priority = kLowPriority});
  queue.add(key("fresh"));
  queue.add(key("old2"));
  // A raised key keeps its turn among those of its new priority.
  EXPECT_EQ(nextDone(), "old2");
  EXPECT_EQ(nextDone(), "fresh");
  EXPECT_EQ(nextDone(), "old1");
}

TEST_F(WorkQueueTest, AResyncDoesNotPushAFreshChangeBack) {
  queue.add(key("a"));
  queue.add(key("a"), {.priority = kLowPriority});
  queue.add(key("a"), {.after = 1h});
  EXPECT_EQ(queue.get({})->priority, 0);
}

TEST_F(WorkQueueTest, ADelayedKeyComesInItsTime) {
  queue.add(key("later"), {.after = 2s});
  queue.add(key("soon"), {.after = 1s});
  EXPECT_EQ(next(), "");
  timer.advance(1s);
  EXPECT_EQ(nextDone(), "soon");
  EXPECT_EQ(next(), "");
  timer.advance(1s);
  EXPECT_EQ(nextDone(), "later");
}

TEST_F(WorkQueueTest, ADelayMayBeCutShort) {
  queue.add(key("a"), {.after = 1h});
  queue.add(key("a"), {.after = 1s});
  timer.advance(1s);
  EXPECT_EQ(nextDone(), "a");
  queue.add(key("a"), {.after = 1h});
  queue.add(key("a"));
  EXPECT_EQ(nextDone(), "a");
  timer.advance(2h);
  EXPECT_EQ(next(), "");
}

TEST_F(WorkQueueTest, FailuresWaitTwiceAsLongEachTime) {
  for (const auto wait : {5ms, 10ms, 20ms, 40ms}) {
    queue.add(key("a"), {.rateLimited = true});
    timer.advance(wait - 1ms);
    EXPECT_EQ(next(), "");
    timer.advance(1ms);
    EXPECT_EQ(nextDone(), "a");
  }
  EXPECT_EQ(queue.retries(key("a")), 4);
  EXPECT_EQ(metrics.retries, 4);
  queue.forget(key("a"));
  EXPECT_EQ(queue.retries(key("a")), 0);
  queue.add(key("a"), {.rateLimited = true});
  timer.advance(5ms);
  EXPECT_EQ(nextDone(), "a");
}

TEST_F(WorkQueueTest, TheLongestWaitIs1000Seconds) {
  for (int i = 0; i < 60; ++i) {
    queue.add(key("a"), {.rateLimited = true});
    timer.advance(1000s);
    ASSERT_EQ(nextDone(), "a");
  }
}

TEST_F(WorkQueueTest, MeasuresWaitAndWork) {
  queue.add(key("a"));
  queue.add(key("b"), {.priority = kLowPriority});
  EXPECT_EQ(metrics.depths, (std::map<int, size_t>{{kLowPriority, 1}, {0, 1}}));
  timer.advance(2s);
  EXPECT_EQ(next(), "a");
  timer.advance(3s);
  EXPECT_EQ(queue.unfinishedWork(), 3s);
  EXPECT_EQ(next(), "b");
  timer.advance(1s);
  EXPECT_EQ(queue.unfinishedWork(), 5s);
  EXPECT_EQ(queue.longestRunning(), 4s);
  queue.done(key("a"));
  EXPECT_THAT(metrics.waits, testing::ElementsAre(2, 5));
  EXPECT_THAT(metrics.works, testing::ElementsAre(4));
  EXPECT_EQ(metrics.depths, (std::map<int, size_t>{{kLowPriority, 0}, {0, 0}}));
}

TEST_F(WorkQueueTest, HandsOutWhatIsReadyAfterItsEnd) {
  queue.add(key("a"));
  queue.add(key("b"), {.after = 1s});
  queue.shutDown();
  queue.add(key("c"));
  EXPECT_EQ(nextDone(), "a");
  EXPECT_FALSE(queue.get({}));
}

TEST_F(WorkQueueTest, AWaitingWorkerHearsTheStop) {
  std::jthread worker([this](const std::stop_token& stop) { EXPECT_FALSE(queue.get(stop)); });
  worker.request_stop();
  worker.join();
}

TEST(WorkQueue, NeverGivesAKeyToTwoWorkers) {
  constexpr int kKeys = 5;
  constexpr int kRounds = 2000;
  SystemTimer timer;
  WorkQueue queue(timer);
  std::array<std::atomic<int>, kKeys> atWork{};
  std::array<std::atomic<int>, kKeys> seen{};
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&] {
        while (const auto item = queue.get({})) {
          const size_t at = std::stoul(item->key.name);
          EXPECT_EQ(atWork[at]++, 0);
          ++seen[at];
          --atWork[at];
          queue.done(item->key);
        }
      });
    }
    for (int i = 0; i < kRounds; ++i)
      queue.add(key(std::to_string(i % kKeys)), {.priority = i % 3 == 0 ? kLowPriority : 0,
                                                 .after = std::chrono::microseconds(i % 7)});
    // Delayed keys would be dropped by shutDown(): let each come once more.
    for (int i = 0; i < kKeys; ++i) queue.add(key(std::to_string(i)));
    queue.shutDown();
  }
  for (const auto& count : seen) EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace mc::kube
