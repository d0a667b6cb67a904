#include "base/loop.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <string>

#include "base/asio_loop.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"

namespace mc::base {
namespace {

using std::chrono::milliseconds;

using MakeLoop = std::unique_ptr<Loop> (*)();

class LoopTest : public testing::TestWithParam<MakeLoop> {
 protected:
  std::unique_ptr<Loop> loop_ = GetParam()();
  Pipe pipe_ = std::move(makePipe().value());
  std::string order_;
};

TEST_P(LoopTest, PostRunsAfterTheCurrentCallback) {
  loop_->post([&] {
    loop_->post([&] {
      order_ += "b";
      loop_->stop();
    });
    order_ += "a";
  });
  loop_->run();
  EXPECT_EQ(order_, "ab");
}

TEST_P(LoopTest, RunsAgainAfterStop) {
  for (int i = 0; i < 2; ++i) {
    loop_->post([&] {
      order_ += "x";
      loop_->stop();
    });
    loop_->run();
  }
  EXPECT_EQ(order_, "xx");
}

TEST_P(LoopTest, TimersFireInOrderAndOnce) {
  const Watch late = loop_->after(milliseconds(200), [&] { loop_->stop(); });
  const Watch early = loop_->after(milliseconds(1), [&] { order_ += "e"; });
  const Watch cancelled = loop_->after(milliseconds(0), [&] { order_ += "c"; });
  const_cast<Watch&>(cancelled).reset();
  loop_->run();
  EXPECT_EQ(order_, "e");
}

TEST_P(LoopTest, ReadableRepeatsWhileThereIsSomething) {
  ASSERT_TRUE(writeAll(pipe_.write.get(), "ab"));
  const Watch watch = loop_->readable(pipe_.read.get(), [&] {
    char byte = 0;
    ASSERT_EQ(::read(pipe_.read.get(), &byte, 1), 1);
    order_ += byte;
    if (order_.size() == 2) loop_->stop();
  });
  loop_->run();
  EXPECT_EQ(order_, "ab");
}

TEST_P(LoopTest, ACallbackMayDestroyItsOwnWatch) {
  ASSERT_TRUE(writeAll(pipe_.write.get(), "a"));
  Watch watch = loop_->readable(pipe_.read.get(), [&] {
    order_ += "r";
    watch.reset();
    loop_->post([&] { loop_->stop(); });
  });
  loop_->run();
  EXPECT_EQ(order_, "r");
}

TEST_P(LoopTest, TwoWatchesOfOneDescriptor) {
  ASSERT_TRUE(writeAll(pipe_.write.get(), "a"));
  Watch first;
  Watch second;
  const auto seen = [&](Watch& watch, const char* name) {
    order_ += name;
    watch.reset();
    if (order_.size() == 2) loop_->stop();
  };
  first = loop_->readable(pipe_.read.get(), [&] { seen(first, "x"); });
  second = loop_->readable(pipe_.read.get(), [&] { seen(second, "x"); });
  loop_->run();
  EXPECT_EQ(order_, "xx");
}

TEST_P(LoopTest, Writable) {
  Watch watch = loop_->writable(pipe_.write.get(), [&] {
    order_ += "w";
    watch.reset();
    loop_->stop();
  });
  loop_->run();
  EXPECT_EQ(order_, "w");
}

TEST_P(LoopTest, ReapsAChildOnce) {
  SystemProcessRunner runner;
  Command command;
  command.argv = {"sh", "-c", "exit 5"};
  const pid_t pid = runner.spawn(command).value();
  const Watch watch = loop_->child(pid, [&](int status) {
    order_ += std::to_string(exitCode(status));
    loop_->stop();
  });
  loop_->run();
  EXPECT_EQ(order_, "5");
  EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), -1);
}

TEST_P(LoopTest, AChildThatHasEndedWakesNobodyAnyMore) {
  SystemProcessRunner runner;
  Command command;
  command.argv = {"true"};
  Watch watch = loop_->child(runner.spawn(command).value(), [&](int) { loop_->stop(); });
  loop_->run();
  // The watch lives on. The loop must be able to sleep all the same: its thread's CPU time tells.
  const auto used = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto before = used();
  const Watch timer = loop_->after(milliseconds(100), [&] { loop_->stop(); });
  loop_->run();
  EXPECT_LT(used() - before, milliseconds(50));
}

TEST_P(LoopTest, EachChildHasItsOwnWatch) {
  SystemProcessRunner runner;
  std::vector<Watch> watches;
  int sum = 0;
  for (int i = 1; i <= 4; ++i) {
    Command command;
    command.argv = {"sh", "-c", "exit " + std::to_string(i)};
    watches.push_back(loop_->child(runner.spawn(command).value(), [&](int status) {
      sum += exitCode(status);
      if (sum == 10) loop_->stop();
    }));
  }
  loop_->run();
  EXPECT_EQ(sum, 10);
}

TEST_P(LoopTest, SignalsBecomeCallbacks) {
  const Watch watch = loop_->signal(SIGUSR1, [&] {
    order_ += "s";
    if (order_.size() == 2) return loop_->stop();
    ::raise(SIGUSR1);
  });
  loop_->post([] { ::raise(SIGUSR1); });
  loop_->run();
  EXPECT_EQ(order_, "ss");
}

TEST_P(LoopTest, ReadingAndWritingOfOneDescriptor) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const Fd ours(ends[0]);
  const Fd theirs(ends[1]);
  const Watch readable = loop_->readable(ours.get(), [&] {
    char byte = 0;
    ASSERT_EQ(::read(ours.get(), &byte, 1), 1);
    order_ += byte;
    loop_->stop();
  });
  Watch writable = loop_->writable(ours.get(), [&] {
    order_ += "w";
    writable.reset();
    ASSERT_TRUE(writeAll(theirs.get(), "r"));
  });
  loop_->run();
  EXPECT_EQ(order_, "wr");
}

TEST_P(LoopTest, AHangUpWakesWhoReads) {
  const Watch watch = loop_->readable(pipe_.read.get(), [&] {
    order_ += "h";
    loop_->stop();
  });
  pipe_.write.reset();
  loop_->run();
  EXPECT_EQ(order_, "h");
}

TEST_P(LoopTest, ADescriptorWhoseNumberIsUsedAgain) {
  Watch watch = loop_->readable(pipe_.read.get(), [] { FAIL() << "nothing was written"; });
  const int number = pipe_.read.get();
  watch.reset();
  pipe_ = std::move(makePipe().value());
  ASSERT_EQ(::dup2(pipe_.read.get(), number), number);
  const Fd again(number);
  watch = loop_->readable(number, [&] {
    order_ += "n";
    loop_->stop();
  });
  ASSERT_TRUE(writeAll(pipe_.write.get(), "x"));
  loop_->run();
  EXPECT_EQ(order_, "n");
}

TEST_P(LoopTest, FilesAreAlwaysReady) {
  const Fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Watch watch = loop_->readable(file.get(), [&] {
    order_ += "f";
    if (order_.size() < 2) return;
    watch.reset();
    loop_->post([&] { loop_->stop(); });
  });
  loop_->run();
  EXPECT_EQ(order_, "ff");
}

TEST_P(LoopTest, ATimerMayEndItself) {
  Watch timer = loop_->after(std::chrono::microseconds(1), [&] {
    timer.reset();
    order_ += "t";
    loop_->post([&] { loop_->stop(); });
  });
  loop_->run();
  EXPECT_EQ(order_, "t");
}

TEST_P(LoopTest, ASignalIsForAllWhoWait) {
  const auto other = GetParam()();
  const Watch first = loop_->signal(SIGUSR2, [&] {
    order_ += "1";
    loop_->stop();
  });
  {
    const Watch second = other->signal(SIGUSR2, [&] {
      order_ += "2";
      other->stop();
    });
    ::raise(SIGUSR2);
    loop_->run();
    other->run();
  }
  ::raise(SIGUSR2);  // still somebody's
  loop_->run();
  EXPECT_EQ(order_, "121");
}

TEST_P(LoopTest, ClockGoesOn) {
  const auto before = loop_->clock().steady();
  EXPECT_GT(loop_->clock().wall(), 1.6e9);
  EXPECT_GE(loop_->clock().steady(), before);
}

TEST(EpollLoop, WhatIsLeftGoesWithIt) {
  auto loop = makeLoop();
  const Pipe pipe = std::move(makePipe().value());
  // What waits may own watches of the loop.
  auto owned = std::make_shared<Watch>(loop->readable(pipe.read.get(), [] {}));
  loop->post([owned] {});
  auto timer = std::make_shared<Watch>();
  *timer = loop->after(std::chrono::hours(1), [owned] {});
  loop->post([timer] {});
  owned.reset();
  timer.reset();
  loop.reset();
}

INSTANTIATE_TEST_SUITE_P(Kinds, LoopTest, testing::Values(&makeLoop, &makeAsioLoop),
                         [](const auto& kind) { return kind.index == 0 ? "Epoll" : "Asio"; });

}  // namespace
}  // namespace mc::base
