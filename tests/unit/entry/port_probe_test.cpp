#include "entry/port_probe.hpp"

#include <gtest/gtest.h>

#include "base/asio_loop.hpp"
#include "entry/port_waiter.hpp"
#include "fakes/fake_processes.hpp"
#include "fakes/fake_resolver.hpp"
#include "unit/entry/listener.hpp"

namespace mc::entry {
namespace {

using namespace std::chrono_literals;

/// With a loop whose time the test turns, and names that are not known.
class FakeTime : public testing::Test {
 protected:
  fakes::FakeLoop loop;
  fakes::FakeResolver resolver{loop};
  bool connected = false;
};

TEST_F(FakeTime, TriesInGrowingSteps) {
  const PortProbe probe(loop, resolver, "nowhere", 80, [this] { connected = true; });
  std::vector<int> asked;
  for (const auto step : {0ms, 1ms, 2ms, 4ms, 8ms, 16ms, 32ms, 50ms, 50ms}) {
    loop.advance(step);
    asked.push_back(resolver.asked("nowhere"));
  }
  EXPECT_EQ(asked, (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(probe.lastError(), "nowhere: name not known");
  EXPECT_FALSE(connected);
}

TEST_F(FakeTime, WaitingSaysOnWhomAndEndsAtItsLimit) {
  fakes::FakeProcesses processes(loop);
  std::string said;
  const Messages messages([&said](std::string_view text) { said += text; }, false);
  PortWaiter waiter(processes, loop, resolver, messages);
  std::string missing;
  const auto answered = waiter.wait({{"nginx", "nowhere", 80}}, 30s,
                                    [&](const std::string& names) { missing = names; });
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().errnum, ETIMEDOUT);
  EXPECT_EQ(answered.error().message,
            "no connection within 30 s to nginx (nowhere:80: nowhere: name not known)");
  EXPECT_EQ(missing, "nginx");
  EXPECT_EQ(said,
            "minicluster-entry: still waiting for nginx (nowhere:80: nowhere: name not known)\n");
}

TEST_F(FakeTime, WaitingEndsWhenToldToStop) {
  fakes::FakeProcesses processes(loop);
  const Messages messages([](std::string_view) {}, true);
  PortWaiter waiter(processes, loop, resolver, messages);
  const auto watch = loop.after(3s, [&] {
    processes.stop(143);
    loop.stop();
  });
  EXPECT_EQ(waiter.wait({{"nginx", "nowhere", 80}}, 0s).error().errnum, ECANCELED);
  EXPECT_EQ(loop.clock().steady().time_since_epoch(), 3s);
}

/// With real sockets.
class RealTime : public testing::Test {
 protected:
  std::unique_ptr<base::Loop> loop = base::makeAsioLoop();
  bool connected = false;
};

TEST_F(RealTime, FindsAServerThatComesLater) {
  fakes::FakeResolver resolver(*loop);
  Listener listener(AF_INET);
  resolver.set("later", {listener.address()});
  const PortProbe probe(*loop, resolver, "later", 1, [&] {
    connected = true;
    loop->stop();
  });
  resolver.onAsk = [&] {
    if (resolver.asked("later") == 4) listener.open();
  };
  loop->run();
  EXPECT_TRUE(connected);
  EXPECT_EQ(resolver.asked("later"), 4);
}

TEST_F(RealTime, TriesAllAddressesOfAName) {
  fakes::FakeResolver resolver(*loop);
  Listener closed(AF_INET);
  Listener listener(AF_INET);
  listener.open();
  resolver.set("two", {closed.address(), listener.address()});
  const PortProbe probe(*loop, resolver, "two", 1, [&] {
    connected = true;
    loop->stop();
  });
  loop->run();
  EXPECT_TRUE(connected);
  EXPECT_EQ(resolver.asked("two"), 1);
}

TEST_F(RealTime, TheRealResolverKnowsThisHost) {
  const auto resolver = makeResolver(*loop);
  Listener listener(AF_INET);
  listener.open();
  for (const char* host : {"localhost", "127.0.0.1"}) {
    connected = false;
    const PortProbe probe(*loop, *resolver, host, listener.port(), [&] {
      connected = true;
      loop->stop();
    });
    loop->run();
    EXPECT_TRUE(connected) << host;
  }
}

TEST_F(RealTime, ALookupThatIsGoneDoesNotCallBack) {
  const auto resolver = makeResolver(*loop);
  bool called = false;
  auto lookup = resolver->resolve("localhost", 1, [&](const auto&) { called = true; });
  lookup.reset();
  loop->post([&] { loop->stop(); });
  loop->run();
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace mc::entry
