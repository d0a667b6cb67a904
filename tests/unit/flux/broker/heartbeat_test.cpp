#include "flux/services/heartbeat/service.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_host.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;
using fakes::FakeHost;

TEST(Heartbeat, BeatsWhileSomeBrokerListens) {
  FakeHost host;
  const Heartbeat heartbeat(host, [] { return false; });
  const auto members = host.rpcOf("groups.get");
  members.answer(R"({"members":""})");
  host.fakeLoop.advance(10s);
  EXPECT_TRUE(host.published.empty());

  members.answer(R"({"members":"3"})");
  host.fakeLoop.advance(3s);
  members.answer(R"({"members":"3,5"})");  // goes on in its own time
  host.fakeLoop.advance(1s);
  ASSERT_EQ(host.published.size(), 2U);
  EXPECT_EQ(host.published[0].topic, "heartbeat.pulse");
  EXPECT_TRUE(host.published[0].payload.is_null());

  members.answer(R"({"members":""})");
  host.fakeLoop.advance(10s);
  EXPECT_EQ(host.published.size(), 2U);
}

TEST(Heartbeat, TellsOnceThatItsClientsListen) {
  FakeHost host(3, 4);
  bool listened = false;
  Heartbeat heartbeat(host, [&] { return listened; });
  EXPECT_TRUE(host.rpcs().empty());
  for (const bool now : {false, true, true, false}) {
    listened = now;
    heartbeat.onSubscriptions();
  }
  ASSERT_EQ(host.notified.size(), 2U);
  EXPECT_EQ(host.notified[0].topic, "groups.join");
  EXPECT_EQ(host.notified[0].nodeid, 3U);
  EXPECT_EQ(boost::json::serialize(host.notified[0].payload), R"({"name":"heartbeat.listeners"})");
  EXPECT_EQ(host.notified[1].topic, "groups.leave");
}

}  // namespace
}  // namespace mc::flux::services
