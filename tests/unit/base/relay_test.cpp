#include "base/relay.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "base/fd.hpp"

namespace mc::base {
namespace {

class RelayTest : public testing::Test {
 protected:
  RelayTest() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    connection.reset(ends[0]);
    peer.reset(ends[1]);
  }

  Status run(int input, const std::stop_token& stop = {}) {
    const auto take = [this](std::string_view bytes) -> Status {
      taken += bytes;
      return {};
    };
    return relay(connection.get(), input, take, stop);
  }

  Fd connection;
  Fd peer;
  std::string taken;
};

TEST_F(RelayTest, CarriesBothWaysAndTheEndOfInput) {
  Pipe input = std::move(makePipe().value());
  std::thread server([this] {
    const auto all = readAll(peer.get(), "peer");  // to the end of what we send
    EXPECT_TRUE(writeAll(peer.get(), "[" + all.value_or("") + "]"));
    peer.reset();
  });
  ASSERT_TRUE(writeAll(input.write.get(), "hello"));
  input.write.reset();
  EXPECT_TRUE(run(input.read.get()));
  server.join();
  EXPECT_EQ(taken, "[hello]");
}

TEST_F(RelayTest, EndsWithThePeerThoughInputGoesOn) {
  const Pipe input = std::move(makePipe().value());
  ASSERT_TRUE(writeAll(peer.get(), "bye"));
  peer.reset();
  EXPECT_TRUE(run(input.read.get()));
  EXPECT_EQ(taken, "bye");
}

TEST_F(RelayTest, EndsWhenItIsStopped) {
  std::stop_source stop;
  std::thread stopper([&] { stop.request_stop(); });
  const auto ended = run(-1, stop.get_token());
  stopper.join();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().errnum, ECANCELED);
}

TEST_F(RelayTest, AFailureOfTheTakerEndsIt) {
  ASSERT_TRUE(writeAll(peer.get(), "x"));
  const auto ended =
      relay(connection.get(), -1, [](std::string_view) { return Status(fail(EPIPE, "gone")); }, {});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().errnum, EPIPE);
}

}  // namespace
}  // namespace mc::base
