#include "base/loop.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "base/asio_loop.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"

namespace mc::base {
namespace {

using std::chrono::milliseconds;

class LoopTest : public testing::Test {
 protected:
  std::unique_ptr<Loop> loop_ = makeLoop();
  Pipe pipe_ = std::move(makePipe().value());
  std::string order_;
};

TEST_F(LoopTest, PostRunsAfterTheCurrentCallback) {
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

TEST_F(LoopTest, RunsAgainAfterStop) {
  for (int i = 0; i < 2; ++i) {
    loop_->post([&] {
      order_ += "x";
      loop_->stop();
    });
    loop_->run();
  }
  EXPECT_EQ(order_, "xx");
}

TEST_F(LoopTest, TimersFireInOrderAndOnce) {
  const Watch late = loop_->after(milliseconds(2), [&] { loop_->stop(); });
  const Watch early = loop_->after(milliseconds(1), [&] { order_ += "e"; });
  const Watch cancelled = loop_->after(milliseconds(0), [&] { order_ += "c"; });
  const_cast<Watch&>(cancelled).reset();
  loop_->run();
  EXPECT_EQ(order_, "e");
}

TEST_F(LoopTest, ReadableRepeatsWhileThereIsSomething) {
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

TEST_F(LoopTest, ACallbackMayDestroyItsOwnWatch) {
  ASSERT_TRUE(writeAll(pipe_.write.get(), "a"));
  Watch watch = loop_->readable(pipe_.read.get(), [&] {
    order_ += "r";
    watch.reset();
    loop_->post([&] { loop_->stop(); });
  });
  loop_->run();
  EXPECT_EQ(order_, "r");
}

TEST_F(LoopTest, TwoWatchesOfOneDescriptor) {
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

TEST_F(LoopTest, Writable) {
  Watch watch = loop_->writable(pipe_.write.get(), [&] {
    order_ += "w";
    watch.reset();
    loop_->stop();
  });
  loop_->run();
  EXPECT_EQ(order_, "w");
}

TEST_F(LoopTest, ReapsAChildOnce) {
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

TEST_F(LoopTest, EachChildHasItsOwnWatch) {
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

TEST_F(LoopTest, SignalsBecomeCallbacks) {
  const Watch watch = loop_->signal(SIGUSR1, [&] {
    order_ += "s";
    if (order_.size() == 2) return loop_->stop();
    ::raise(SIGUSR1);
  });
  loop_->post([] { ::raise(SIGUSR1); });
  loop_->run();
  EXPECT_EQ(order_, "ss");
}

TEST_F(LoopTest, ClockGoesOn) {
  const auto before = loop_->clock().steady();
  EXPECT_GT(loop_->clock().wall(), 1.6e9);
  EXPECT_GE(loop_->clock().steady(), before);
}

}  // namespace
}  // namespace mc::base
