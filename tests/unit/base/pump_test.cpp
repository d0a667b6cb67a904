#include "base/pump.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <thread>

#include "base/fd.hpp"

namespace mc::base {
namespace {

struct Connection {
  Fd near;
  Fd far;
};

/// The near end is the loop's, the far end the test's.
Connection connection() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  EXPECT_TRUE(setNonblocking(ends[0]));
  return {Fd(ends[0]), Fd(ends[1])};
}

class PumpTest : public testing::Test {
 protected:
  /// Runs until the pump has ended.
  void pump(int from, int to) {
    const Pump pump(*loop_, from, to, [this](bool good) {
      EXPECT_FALSE(good_);
      good_ = good;
      loop_->stop();
    });
    loop_->run();
  }

  std::unique_ptr<Loop> loop_ = makeLoop();
  Connection in_ = connection();
  Connection out_ = connection();
  std::optional<bool> good_;
};

TEST_F(PumpTest, CarriesAllThatComes) {
  ASSERT_TRUE(writeAll(in_.far.get(), "one "));
  ASSERT_TRUE(writeAll(in_.far.get(), "two"));
  in_.far.reset();
  pump(in_.near.get(), out_.near.get());
  EXPECT_EQ(good_, true);
  out_.near.reset();
  EXPECT_EQ(readAll(out_.far.get(), "output").value_or(""), "one two");
}

TEST_F(PumpTest, WaitsForASlowReader) {
  // More than both sockets hold.
  const std::string much(8 << 20, 'x');
  std::string seen;
  std::thread writer([&] {
    EXPECT_TRUE(writeAll(in_.far.get(), much));
    in_.far.reset();
  });
  std::thread reader([&] { seen = readAll(out_.far.get(), "output").value_or(""); });
  pump(in_.near.get(), out_.near.get());
  out_.near.reset();
  writer.join();
  reader.join();
  EXPECT_EQ(good_, true);
  EXPECT_EQ(seen, much);
}

TEST_F(PumpTest, TellsThatTheReaderHasGone) {
  out_.far.reset();
  ASSERT_TRUE(writeAll(in_.far.get(), "lost"));
  pump(in_.near.get(), out_.near.get());
  EXPECT_EQ(good_, false);
}

TEST_F(PumpTest, WritesToPipesToo) {
  Pipe pipe = std::move(makePipe().value());
  ASSERT_TRUE(writeAll(in_.far.get(), "through a pipe"));
  in_.far.reset();
  pump(in_.near.get(), pipe.write.get());
  EXPECT_EQ(good_, true);
  pipe.write.reset();
  EXPECT_EQ(readAll(pipe.read.get(), "pipe").value_or(""), "through a pipe");
}

}  // namespace
}  // namespace mc::base
