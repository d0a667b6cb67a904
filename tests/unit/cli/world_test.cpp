// The real parts of the world: signals, terminal, output, against the kernel.

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <future>

#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using namespace std::chrono_literals;

/// Waits until `token` is stopped; the test's own timeout ends it otherwise.
void awaitStop(const std::stop_token& token) {
  std::promise<void> stopped;
  const std::stop_callback callback(token, [&] { stopped.set_value(); });
  stopped.get_future().wait();
}

TEST(ProcessSignalsTest, ASignalStopsTheStage) {
  ProcessSignals signals;
  const auto first = signals.stopToken();
  EXPECT_EQ(signals.received(), 0);
  ::kill(::getpid(), SIGTERM);
  awaitStop(first);
  EXPECT_EQ(signals.received(), SIGTERM);
  signals.nextStage();
  const auto second = signals.stopToken();
  EXPECT_FALSE(second.stop_requested());
  ::kill(::getpid(), SIGINT);
  awaitStop(second);
  EXPECT_EQ(signals.received(), SIGTERM);
}

TEST(ProcessSignalsTest, ReportsNewSizes) {
  ProcessSignals signals;
  std::promise<void> resized;
  signals.onResize([&] { resized.set_value(); });
  ::kill(::getpid(), SIGWINCH);
  resized.get_future().wait();
  signals.onResize({});
  EXPECT_FALSE(signals.stopToken().stop_requested());
}

TEST(ProcessSignalsTest, TheFourthSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        ProcessSignals signals;
        for (int i = 0; i < 3; ++i) {
          ::kill(::getpid(), SIGINT);
          awaitStop(signals.stopToken());
          signals.nextStage();
        }
        ::kill(::getpid(), SIGINT);
        while (true) ::pause();
      },
      ::testing::ExitedWithCode(130), "");
}

TEST(ProcessSignalsTest, WhatWasIgnoredStaysIgnored) {
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_IGN);
        ProcessSignals signals;
        ::kill(::getpid(), SIGHUP);
        ::kill(::getpid(), SIGTERM);
        awaitStop(signals.stopToken());
        ::_exit(signals.received() == SIGTERM ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

struct Pty {
  Pty() {
    int ends[2];
    winsize size{50, 132, 0, 0};
    EXPECT_EQ(::openpty(&ends[0], &ends[1], nullptr, nullptr, &size), 0);
    user.reset(ends[0]);
    program.reset(ends[1]);
  }
  base::Fd user;
  base::Fd program;
};

TEST(TerminalTest, KnowsItsSizeAndGoesRawAndBack) {
  const Pty pty;
  const auto terminal = makeTerminal(pty.program.get());
  EXPECT_TRUE(terminal->present());
  EXPECT_EQ(terminal->size().rows, 50);
  EXPECT_EQ(terminal->size().columns, 132);
  termios before{};
  ASSERT_EQ(::tcgetattr(pty.program.get(), &before), 0);
  {
    const auto raw = terminal->rawMode();
    ASSERT_TRUE(raw);
    termios now{};
    ASSERT_EQ(::tcgetattr(pty.program.get(), &now), 0);
    EXPECT_EQ(now.c_lflag & (ICANON | ECHO | ISIG), 0u);
  }
  termios after{};
  ASSERT_EQ(::tcgetattr(pty.program.get(), &after), 0);
  EXPECT_EQ(after.c_lflag, before.c_lflag);
  EXPECT_EQ(after.c_iflag, before.c_iflag);
}

TEST(TerminalTest, AFileIsNone) {
  const base::Fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const auto terminal = makeTerminal(file.get());
  EXPECT_FALSE(terminal->present());
  EXPECT_FALSE(terminal->rawMode());
}

TEST(FdOutputTest, WritesEverythingAlsoWhereItMustWait) {
  auto pipe = base::makePipe();
  ASSERT_TRUE(pipe);
  ASSERT_TRUE(base::setNonblocking(pipe->write.get()));
  FdOutput out(pipe->write.get(), "/dev/stdout");
  EXPECT_FALSE(out.terminal());
  EXPECT_EQ(out.columns(), 80);
  const std::string text(1 << 20, 'x');
  auto reader = std::async(std::launch::async, [&] {
    std::string got(text.size(), ' ');
    size_t size = 0;
    while (size < got.size()) {
      const ssize_t n = ::read(pipe->read.get(), got.data() + size, got.size() - size);
      if (n <= 0) break;
      size += static_cast<size_t>(n);
    }
    return got;
  });
  EXPECT_TRUE(out.write(text));
  EXPECT_EQ(reader.get(), text);
}

TEST(FdOutputTest, KnowsThatTheReaderHasGone) {
  std::signal(SIGPIPE, SIG_IGN);
  auto pipe = base::makePipe();
  ASSERT_TRUE(pipe);
  pipe->read.reset();
  FdOutput out(pipe->write.get(), "/dev/stdout");
  const auto written = out.write("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().errnum, EPIPE);
  EXPECT_TRUE(out.closed());
}

TEST(FdOutputTest, SaysWhatCantBeWritten) {
  const base::Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  FdOutput out(full.get(), "/dev/stdout");
  const auto written = out.write("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "write /dev/stdout: No space left on device");
  EXPECT_FALSE(out.closed());
}

}  // namespace
}  // namespace mc::cli
