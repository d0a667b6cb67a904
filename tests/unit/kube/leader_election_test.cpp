#include "kube/leader_election.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "fakes/fake_kube_client.hpp"
#include "fakes/fake_timer.hpp"

namespace mc::kube {
namespace {

using namespace std::chrono_literals;

/// A replica on a thread of its own.
class Candidate {
 public:
  Candidate(Client& client, Timer& timer, const std::string& identity)
      : elector_(client, timer, {.lease = {"sys", "op"}, .identity = identity},
                 {.started = [this] { note("started"); },
                  .stopped = [this] { note("stopped"); },
                  .newLeader = [this](const std::string& who) { note("leader " + who); },
                  .failed = [this](const Error&) { note("failed"); }}),
        thread_([this](const std::stop_token& stop) {
          const Status outcome = elector_.run(stop);
          note(outcome ? "ended" : std::string(describe(outcome.error().reason)));
        }) {}

  void await(const std::string& line) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return std::ranges::find(lines_, line) != lines_.end(); });
  }
  bool has(const std::string& line) {
    const std::lock_guard lock(mutex_);
    return std::ranges::find(lines_, line) != lines_.end();
  }
  void stop() {
    thread_.request_stop();
    thread_.join();
  }
  LeaderElector& elector() { return elector_; }

 private:
  void note(const std::string& line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  LeaderElector elector_;
  std::jthread thread_;
};

class LeaderElectionTest : public testing::Test {
 protected:
  Object lease() { return client.stored(kLeases, {"sys", "op"}).value(); }
  std::string holder() { return std::string(findText(lease(), {"spec", "holderIdentity"})); }
  void takeLease(const std::string& identity, const std::string& renewTime) {
    client.put(kLeases, {{"metadata", Object{{"name", "op"}, {"namespace", "sys"}}},
                         {"spec", Object{{"holderIdentity", identity},
                                         {"leaseDurationSeconds", 15},
                                         {"leaseTransitions", 4},
                                         {"renewTime", renewTime},
                                         {"kept", "unknown field"}}}});
  }

  fakes::FakeKubeClient client;
  fakes::FakeTimer timer;
};

TEST_F(LeaderElectionTest, TheFirstOneLeadsAndRenews) {
  Candidate a(client, timer, "a");
  a.await("started");
  EXPECT_TRUE(a.elector().isLeader());
  EXPECT_EQ(a.elector().leader(), "a");
  EXPECT_EQ(holder(), "a");
  EXPECT_EQ(findNumber(lease(), {"spec", "leaseDurationSeconds"}), 15);
  const std::string renewed(findText(lease(), {"spec", "renewTime"}));
  timer.advanceToNext();
  client.awaitCalls("update leases.coordination.k8s.io sys/op", 1);
  timer.awaitWaiting(1);
  EXPECT_GT(findText(lease(), {"spec", "renewTime"}), renewed);
  // Renewing takes one request, not a read and a write.
  EXPECT_THAT(client.log(), testing::ElementsAre("get leases.coordination.k8s.io sys/op",
                                                 "create leases.coordination.k8s.io sys/op",
                                                 "update leases.coordination.k8s.io sys/op"));
}

TEST_F(LeaderElectionTest, ACleanEndReleasesTheLease) {
  Candidate a(client, timer, "a");
  a.await("started");
  timer.awaitWaiting(1);
  a.stop();
  EXPECT_TRUE(a.has("stopped"));
  EXPECT_TRUE(a.has("ended"));
  EXPECT_EQ(holder(), "");
  EXPECT_FALSE(a.elector().isLeader());
  Candidate b(client, timer, "b");
  b.await("started");
  EXPECT_EQ(findNumber(lease(), {"spec", "leaseTransitions"}), 1);
}

TEST_F(LeaderElectionTest, ALeaseIsTakenOverWhenItsHolderIsSilent) {
  takeLease("dead", "2026-01-01T00:00:00.000000Z");
  Candidate b(client, timer, "b");
  b.await("leader dead");
  timer.awaitWaiting(1);
  timer.advance(14s);
  timer.awaitWaiting(1);
  EXPECT_FALSE(b.has("started"));
  while (!b.has("started")) {
    timer.awaitWaiting(1);
    timer.advance(1s);
  }
  EXPECT_EQ(holder(), "b");
  EXPECT_EQ(findNumber(lease(), {"spec", "leaseTransitions"}), 5);
  EXPECT_EQ(findText(lease(), {"spec", "kept"}), "unknown field");
}

TEST_F(LeaderElectionTest, ALeaseThatIsRenewedIsLeftAlone) {
  takeLease("alive", "0");
  Candidate b(client, timer, "b");
  b.await("leader alive");
  for (int i = 1; i < 20; ++i) {
    timer.awaitWaiting(1);
    takeLease("alive", std::to_string(i));
    timer.advance(5s);
  }
  timer.awaitWaiting(1);
  EXPECT_FALSE(b.has("started"));
}

TEST_F(LeaderElectionTest, ALeaderThatCannotRenewGivesUpBeforeTheLeaseEnds) {
  std::atomic<bool> down = false;
  client.onCall = [&](const fakes::KubeCall&) -> std::optional<Error> {
    if (down) return Error(Reason::Connection, "down");
    return {};
  };
  Candidate a(client, timer, "a");
  a.await("started");
  timer.awaitWaiting(1);
  const auto before = timer.clock().steady();
  down = true;
  while (!a.has("stopped")) timer.advanceToNextIfAny();
  a.await("Timeout");
  EXPECT_EQ(timer.clock().steady() - before, 10s);
  EXPECT_EQ(holder(), "a");
}

TEST_F(LeaderElectionTest, ALeaderWhoseLeaseWasTakenEndsAtOnce) {
  Candidate a(client, timer, "a");
  a.await("started");
  timer.awaitWaiting(1);
  takeLease("thief", "now");
  timer.advanceToNext();
  a.await("Conflict");
  EXPECT_TRUE(a.has("stopped"));
  EXPECT_EQ(holder(), "thief");
}

TEST(LeaderIdentity, IsUnique) {
  EXPECT_NE(makeIdentity(), makeIdentity());
}

}  // namespace
}  // namespace mc::kube
