#include "flux/broker/lifecycle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.hpp"

namespace mc::flux::broker {
namespace {

using fakes::FakeHost;
using fakes::FakeLoop;

class FakeStage final : public Stage {
 public:
  base::Status startServices() override { return started; }
  void stopServices(std::function<void()> done) override { stopped = std::move(done); }
  bool startProgram(std::function<void(int)> done) override {
    if (!hasProgram) return false;
    program = std::move(done);
    return true;
  }
  bool abortProgram() override {
    if (program) ++aborts;
    return static_cast<bool>(program);
  }
  [[nodiscard]] size_t childrenOnline() const override { return children; }
  void refuseChildren() override { refusing = true; }
  void leaveParent(std::function<void()> done) override { left = std::move(done); }
  void exit() override { exited = true; }

  base::Status started;
  bool hasProgram = true;
  size_t children = 0;
  int aborts = 0;
  bool refusing = false;
  bool exited = false;
  std::function<void()> stopped;
  std::function<void(int)> program;
  std::function<void()> left;
};

class LifecycleTest : public testing::Test {
 protected:
  void make(uint32_t rank, uint32_t size, uint32_t quorum = 0) {
    host = std::make_unique<FakeHost>(rank, size);
    host->attributes["hostlist"] = "n[0-7]";
    machine = std::make_unique<StateMachine>(host->fakeLoop, [this](const std::string& text) {
      transitions.push_back(text.substr(0, text.rfind(' ')));
    });
    LifecycleOptions options;
    options.quorum = quorum == 0 ? size : quorum;
    options.followsLeader = followsLeader;
    options.all = formats::Idset::range(0, size - 1);
    life = std::make_unique<Lifecycle>(*host, *machine, stage, options);
    life->start();
    settle();
  }
  void settle() { host->fakeLoop.settle(); }
  void online(const char* ranks) {
    host->rpcOf("groups.get").answer(std::string(R"({"members":")") + ranks + "\"}");
    settle();
  }
  void parent(State state) {
    host->rpcOf("state-machine.monitor")
        .answer(R"({"state":)" + std::to_string(static_cast<int>(state)) + "}");
    settle();
  }
  void answerCleanup() {
    host->rpcOf("job-manager.queue-start").fail(ENOSYS);
    host->rpcOf("job-manager.raiseall").answer(R"({"count":1,"errors":0})");
    host->rpcOf("job-manager.idle").answer("{}");
    settle();
  }
  void finish() {
    stage.stopped();
    settle();
    stage.left();
    settle();
  }

  bool followsLeader = false;
  FakeStage stage;
  std::unique_ptr<FakeHost> host;
  std::unique_ptr<StateMachine> machine;
  std::unique_ptr<Lifecycle> life;
  std::vector<std::string> transitions;
};

TEST_F(LifecycleTest, LeaderFromStartToEnd) {
  make(0, 2);
  EXPECT_EQ(machine->state(), State::Quorum);
  EXPECT_EQ(host->rpcOf("groups.join").payload.at("name").as_string(), "broker.online");
  online("0");
  EXPECT_EQ(machine->state(), State::Quorum);
  online("0-1");
  EXPECT_EQ(machine->state(), State::Run);
  stage.children = 1;
  stage.program(3);
  settle();
  EXPECT_EQ(machine->state(), State::Cleanup);
  EXPECT_TRUE(stage.refusing);
  answerCleanup();
  EXPECT_EQ(machine->state(), State::Shutdown);
  stage.children = 0;
  life->onChildDown();
  settle();
  finish();
  EXPECT_TRUE(stage.exited);
  EXPECT_EQ(life->exitCode(), 3);
  EXPECT_THAT(transitions,
              testing::ElementsAre("start: none->join", "parent-none: join->init",
                                   "rc1-success: init->quorum", "quorum-full: quorum->run",
                                   "rc2-fail: run->cleanup", "cleanup-success: cleanup->shutdown",
                                   "children-complete: shutdown->finalize",
                                   "rc3-success: finalize->goodbye", "goodbye: goodbye->exit"));
  const bool told = std::any_of(host->logged.begin(), host->logged.end(), [](const auto& line) {
    return line.text == "cleanup.1: flux-cancel: Canceled 1 job (0 errors)";
  });
  EXPECT_TRUE(told);
}

TEST_F(LifecycleTest, QuorumMaybeLessThanAll) {
  make(0, 4, 2);
  online("0,3");
  EXPECT_EQ(machine->state(), State::Run);
}

TEST_F(LifecycleTest, SlowJoinersAreNamed) {
  make(0, 3);
  online("0");
  host->fakeLoop.advance(std::chrono::seconds(61));
  EXPECT_EQ(host->logged.back().text, "quorum delayed: waiting for n[1-2] (rank 1-2)");
}

TEST_F(LifecycleTest, LossesAreNamed) {
  make(0, 2);
  online("0-1");
  online("0");
  EXPECT_EQ(host->logged.back().text, "dead to Flux: n1 (rank 1)");
}

TEST_F(LifecycleTest, WithoutProgramItRunsUntilShutdown) {
  stage.hasProgram = false;
  make(0, 1);
  EXPECT_FALSE(life->shutDown());  // not in quorum
  online("0");
  EXPECT_EQ(machine->state(), State::Run);
  ASSERT_TRUE(life->shutDown());
  settle();
  answerCleanup();
  finish();
  EXPECT_TRUE(stage.exited);
  EXPECT_EQ(life->exitCode(), 0);
}

TEST_F(LifecycleTest, ShutdownHangsUpOnTheProgram) {
  make(0, 1);
  online("0");
  ASSERT_TRUE(life->shutDown());
  settle();
  EXPECT_EQ(stage.aborts, 1);
  EXPECT_EQ(machine->state(), State::Run);  // until the program has ended
}

TEST_F(LifecycleTest, FollowerFollowsItsParent) {
  make(1, 2);
  EXPECT_EQ(machine->state(), State::Join);
  life->onParentUp();
  parent(State::Init);
  EXPECT_EQ(machine->state(), State::Join);
  parent(State::Quorum);
  EXPECT_EQ(machine->state(), State::Quorum);
  parent(State::Run);
  EXPECT_EQ(machine->state(), State::Run);
  parent(State::Cleanup);
  EXPECT_EQ(machine->state(), State::Run);
  parent(State::Shutdown);
  EXPECT_EQ(machine->state(), State::Finalize);
  finish();
  EXPECT_TRUE(stage.exited);
  EXPECT_EQ(life->exitCode(), 0);
}

TEST_F(LifecycleTest, LateFollowerRunsAtOnce) {
  make(1, 2);
  life->onParentUp();
  parent(State::Run);
  EXPECT_EQ(machine->state(), State::Run);
}

TEST_F(LifecycleTest, FollowerOfAnEndingInstanceLeavesInPeace) {
  make(1, 2);
  life->onParentRefused(true);
  settle();
  finish();
  EXPECT_EQ(life->exitCode(), 0);
}

TEST_F(LifecycleTest, RefusedFollowerFails) {
  make(1, 2);
  life->onParentRefused(false);
  settle();
  finish();
  EXPECT_EQ(life->exitCode(), 1);
}

TEST_F(LifecycleTest, ServicesThatCannotStartEndTheBroker) {
  stage.started = base::fail(EINVAL, "bad configuration");
  make(0, 1);
  EXPECT_EQ(machine->state(), State::Finalize);
  finish();
  EXPECT_EQ(life->exitCode(), 1);
  EXPECT_EQ(host->logged[0].text, "bad configuration");
}

TEST_F(LifecycleTest, SecondSignalDoesNotWaitForJobs) {
  stage.hasProgram = false;
  make(0, 1);
  online("0");
  life->onSignal(15);
  settle();
  EXPECT_EQ(machine->state(), State::Cleanup);
  life->onSignal(15);
  settle();
  EXPECT_EQ(machine->state(), State::Finalize);
}

TEST_F(LifecycleTest, BrokersOfAJobLeaveTheirFirstSignalToTheLeader) {
  followsLeader = true;
  make(1, 2);
  life->onParentUp();
  parent(State::Quorum);
  parent(State::Run);
  ASSERT_EQ(machine->state(), State::Run);
  life->onSignal(15);
  settle();
  EXPECT_EQ(machine->state(), State::Run);
  life->onSignal(15);
  settle();
  EXPECT_EQ(machine->state(), State::Finalize);
}

/// The event for which the broker has waited is already on its way when the signal comes.
TEST_F(LifecycleTest, SignalIsNotLostBetweenTwoStates) {
  make(0, 2);
  host->rpcOf("groups.get").answer(R"({"members":"0-1"})");
  life->onSignal(15);
  settle();
  EXPECT_FALSE(stage.program);
  EXPECT_EQ(machine->state(), State::Cleanup);
  make(1, 2);
  life->onParentUp();
  host->rpcOf("state-machine.monitor").answer(R"({"state":3})");
  life->onSignal(15);
  settle();
  EXPECT_EQ(machine->state(), State::Finalize);
  EXPECT_TRUE(life->isEnding());
}

TEST_F(LifecycleTest, SignalWhileWaitingForOthersEndsTheBroker) {
  make(0, 2);
  life->onSignal(15);
  settle();
  EXPECT_EQ(machine->state(), State::Finalize);
  make(1, 2);
  life->onSignal(15);
  settle();
  EXPECT_EQ(machine->state(), State::Finalize);
}

TEST(StateTable, UnknownEventsMeanNothing) {
  EXPECT_EQ(nextState(State::Run, "quorum-full"), State::Run);
  EXPECT_EQ(nextState(State::Run, "rc2-success"), State::Cleanup);
  EXPECT_EQ(toString(State::Goodbye), "goodbye");
}

}  // namespace
}  // namespace mc::flux::broker
