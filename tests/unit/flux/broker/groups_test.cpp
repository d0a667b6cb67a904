#include "flux/services/groups/service.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_host.hpp"

namespace mc::flux::services {
namespace {

using fakes::Asked;
using fakes::FakeHost;

TEST(Groups, RootKnowsTheMembersOfAll) {
  FakeHost host(0, 4);
  Groups groups(host);
  Asked watcher("groups.get", R"({"name":"broker.online"})", wire::kStreaming);
  groups.handle(watcher.request());
  EXPECT_EQ(watcher.last().text, R"({"members":""})");
  Asked join("groups.join", R"({"name":"broker.online"})");
  groups.handle(join.request());
  EXPECT_EQ(join.last().errnum, 0U);
  groups.handle(Asked("groups.update",
                      R"({"update":{"broker.online":[{"ranks":"1-3","set":true}]}})",
                      wire::kNoResponse)
                    .request());
  host.fakeLoop.settle();
  EXPECT_EQ(watcher.last().text, R"({"members":"0-3"})");
  EXPECT_EQ(watcher.replies().size(), 2U);

  groups.lost(*formats::Idset::parse("2-3"));
  host.fakeLoop.settle();
  EXPECT_EQ(watcher.last().text, R"({"members":"0-1"})");
}

TEST(Groups, FollowerTellsItsParentOfAllOfOneTurn) {
  FakeHost host(1, 4);
  Groups groups(host);
  groups.handle(Asked("groups.join", R"({"name":"g"})").request());
  groups.handle(
      Asked("groups.update", R"({"update":{"g":[{"ranks":"3","set":true}]}})", wire::kNoResponse)
          .request());
  host.fakeLoop.settle();
  ASSERT_EQ(host.notified.size(), 1U);
  EXPECT_EQ(host.notified[0].nodeid, wire::kNodeidUpstream);
  EXPECT_EQ(boost::json::serialize(host.notified[0].payload),
            R"({"update":{"g":[{"ranks":"1,3","set":true}]}})");
  Asked get("groups.get", R"({"name":"g"})");
  groups.handle(get.request());
  EXPECT_EQ(get.last().errnum, static_cast<uint32_t>(EPROTO));
}

TEST(Groups, JoinOnceLeaveOnce) {
  FakeHost host;
  Groups groups(host);
  const auto call = [&](const char* topic) {
    Asked asked(topic, R"({"name":"g"})");
    groups.handle(asked.request());
    return asked.last().errnum;
  };
  EXPECT_EQ(call("groups.leave"), static_cast<uint32_t>(ENOENT));
  EXPECT_EQ(call("groups.join"), 0U);
  EXPECT_EQ(call("groups.join"), static_cast<uint32_t>(EEXIST));
  EXPECT_EQ(call("groups.leave"), 0U);
  host.fakeLoop.settle();
  EXPECT_TRUE(groups.members("g").empty());
}

TEST(Groups, ClientThatGoesLeaves) {
  FakeHost host;
  Groups groups(host);
  groups.handle(Asked("groups.join", R"({"name":"g"})", 0, "client-9").request());
  host.fakeLoop.settle();
  EXPECT_EQ(groups.members("g").str(), "0");
  groups.disconnect("client-9");
  host.fakeLoop.settle();
  EXPECT_TRUE(groups.members("g").empty());
}

TEST(Groups, RefuseBadUpdates) {
  FakeHost host;
  Groups groups(host);
  for (const char* bad : {"{}", R"({"update":{"g":1}})", R"({"update":{"g":[1]}})",
                          R"({"update":{"g":[{"ranks":"x","set":true}]}})"}) {
    Asked asked("groups.update", bad);
    groups.handle(asked.request());
    EXPECT_NE(asked.last().errnum, 0U) << bad;
  }
  Asked guest("groups.join", R"({"name":"g"})");
  guest.as(1001, wire::kRoleUser);
  groups.handle(guest.request());
  EXPECT_EQ(guest.last().errnum, static_cast<uint32_t>(EPERM));
}

}  // namespace
}  // namespace mc::flux::services
