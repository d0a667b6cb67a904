#include "entry/supervisor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "entry/capture.hpp"

namespace mc::entry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Real programs below a real loop. They say in their output when they are ready for a signal.
class Supervised : public testing::Test {
 protected:
  void limit(const Limits& limits) {
    supervisor = std::make_unique<Supervisor>(*loop, runner, messages, limits);
  }
  base::Command shell(const std::string& text) {
    base::Command command;
    command.argv = {"sh", "-c", text};
    command.stdoutFd = output->writeFd();
    return command;
  }
  base::Result<int> run(const std::string& text, Kind kind) {
    if (!supervisor) limit({});
    return supervisor->run(shell(text), kind);
  }
  /// Calls `then` as soon as the program's output has `text`.
  void when(const std::string& text, std::function<void()> then) {
    watches.push_back(loop->after(1ms, [this, text, then = std::move(then)]() mutable {
      if (output->text().find(text) == std::string::npos) return when(text, std::move(then));
      then();
    }));
  }

  std::unique_ptr<base::Loop> loop = base::makeLoop();
  std::unique_ptr<Capture> output = std::move(*Capture::open(*loop, 65536));
  base::SystemProcessRunner runner;
  std::string said;
  Messages messages{[this](std::string_view text) { said += text; }, true};
  std::unique_ptr<Supervisor> supervisor;
  std::vector<base::Watch> watches;
};

TEST_F(Supervised, ProgramsGiveTheirExitCode) {
  EXPECT_EQ(*run("exit 3", Kind::Flux), 3);
  EXPECT_EQ(*run("kill -9 $$", Kind::Hook), 137);
  base::Command missing;
  missing.argv = {"/no/such/program"};
  EXPECT_EQ(supervisor->run(missing, Kind::Flux).error().errnum, ENOENT);
  EXPECT_FALSE(supervisor->stopping());
}

TEST_F(Supervised, FluxGetsTheSignalToStopAndEndsByItself) {
  when("ready", [] { ::raise(SIGTERM); });
  EXPECT_EQ(
      *run("trap 'echo ending; exit 7' TERM; echo ready; while :; do sleep 0.01; done", Kind::Flux),
      7);
  EXPECT_THAT(output->text(), HasSubstr("ending"));
  EXPECT_TRUE(supervisor->stopping());
  EXPECT_EQ(supervisor->stopStatus(), 143);
}

TEST_F(Supervised, FluxGetsInterruptsAsSuch) {
  when("ready", [] { ::raise(SIGINT); });
  EXPECT_EQ(*run("trap 'exit 8' INT; echo ready; while :; do sleep 0.01; done", Kind::Flux), 8);
  EXPECT_EQ(supervisor->stopStatus(), 130);
}

TEST_F(Supervised, OtherSignalsArePassedOnOnly) {
  when("ready", [] { ::raise(SIGUSR1); });
  when("one", [] { ::raise(SIGWINCH); });
  EXPECT_EQ(
      *run("trap 'echo one' USR1; trap 'exit 9' WINCH; echo ready; while :; do sleep 0.01; done",
           Kind::Flux),
      9);
  EXPECT_FALSE(supervisor->stopping());
}

TEST_F(Supervised, HooksAreEndedWithAllTheyStarted) {
  when("ready", [] { ::raise(SIGTERM); });
  EXPECT_EQ(*run("trap '' USR1; (trap 'echo below; exit' TERM; echo ready; while :; do sleep 0.01; "
                 "done); echo x",
                 Kind::Hook),
            143);
  when("below", [this] { loop->stop(); });
  loop->run();
}

TEST_F(Supervised, NothingStartsAfterTheRequestButPostHooks) {
  when("ready", [] { ::raise(SIGTERM); });
  ASSERT_TRUE(run("echo ready; exec sleep 1000", Kind::Flux));
  EXPECT_EQ(run("true", Kind::Hook).error().errnum, ECANCELED);
  EXPECT_EQ(run("true", Kind::Flux).error().errnum, ECANCELED);
  EXPECT_EQ(*run("exit 4", Kind::Post), 4);
  EXPECT_FALSE(supervisor->wait([] { return false; }));
}

TEST_F(Supervised, APostHookEndsAtAFurtherRequest) {
  when("ready", [] { ::raise(SIGTERM); });
  EXPECT_EQ(*run("echo ready; exec sleep 1000", Kind::Post), 143);
}

TEST_F(Supervised, ThoseThatDontEndAreKilledAfterTheGracePeriod) {
  limit({0s, 0s});
  when("ready", [] { ::raise(SIGTERM); });
  EXPECT_EQ(*run("trap '' TERM; echo ready; while :; do sleep 0.01; done", Kind::Flux), 137);
  EXPECT_THAT(said, HasSubstr("not ended within 0 s: killed"));
  EXPECT_EQ(run("true", Kind::Post).error().errnum, ECANCELED);
}

TEST_F(Supervised, TheDeadlineEndsWithItsOwnStatus) {
  limit({30s, 1s});
  EXPECT_EQ(*run("exec sleep 1000", Kind::Flux), 143);
  EXPECT_EQ(supervisor->stopStatus(), kDeadlineExceeded);
  EXPECT_THAT(said, HasSubstr("DeadlineExceeded: running longer than deadlineSeconds (1 s)"));
}

TEST_F(Supervised, WaitingEndsWithTheConditionOrTheRequest) {
  limit({});
  bool done = false;
  auto watch = loop->after(1ms, [&] {
    done = true;
    loop->stop();
  });
  EXPECT_TRUE(supervisor->wait([&] { return done; }));
  watch = loop->after(1ms, [] { ::raise(SIGTERM); });
  EXPECT_FALSE(supervisor->wait([] { return false; }));
}

TEST_F(Supervised, OrphansAreReapedAndNoneIsLeftBehind) {
  EXPECT_EQ(*run("(setsid sh -c 'trap \"\" HUP; echo $$; exec sleep 1000' &) ", Kind::Hook), 0);
  pid_t orphan = 0;
  when("\n", [&] {
    orphan = static_cast<pid_t>(std::stol(output->text()));
    loop->stop();
  });
  loop->run();
  ASSERT_EQ(::kill(orphan, 0), 0);
  supervisor->endChildren();
  EXPECT_NE(::kill(orphan, 0), 0);
}

TEST_F(Supervised, ThoseLeftThatDontEndAreKilled) {
  limit({0s, 0s});
  EXPECT_EQ(*run("(sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.01; done' &) ", Kind::Hook),
            0);
  pid_t orphan = 0;
  when("\n", [&] {
    orphan = static_cast<pid_t>(std::stol(output->text()));
    loop->stop();
  });
  loop->run();
  supervisor->endChildren();
  EXPECT_NE(::kill(orphan, 0), 0);
}

TEST_F(Supervised, AnEndlessDeadlineIsNone) {
  limit({30s, std::chrono::seconds(std::numeric_limits<int64_t>::max())});
  EXPECT_EQ(*run("exit 0", Kind::Flux), 0);
}

}  // namespace
}  // namespace mc::entry
