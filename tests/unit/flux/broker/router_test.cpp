#include "flux/broker/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.hpp"
#include "flux/wire/framing.hpp"

namespace mc::flux::broker {
namespace {

using fakes::FakeLoop;
using testing::ElementsAre;
using testing::HasSubstr;

/// Rank 1 of a tree in which 0 is the parent and 3 and 4 are below.
class FakeNeighbours final : public Neighbours {
 public:
  [[nodiscard]] std::string parentUuid() const override { return parent; }
  [[nodiscard]] std::optional<std::string> childTowards(uint32_t rank) const override {
    const auto found = children.find(rank);
    return found == children.end() ? std::nullopt : std::optional(found->second);
  }
  void sendToChildren(const wire::Message& message) override { toChildren.push_back(message); }
  std::string parent;
  std::map<uint32_t, std::string> children;
  std::vector<wire::Message> toChildren;
};

class Echo final : public Service {
 public:
  [[nodiscard]] std::string name() const override { return "echo"; }
  void handle(const Request& request) override { requests.push_back(request); }
  void disconnect(const std::string& sender) override { gone.push_back(sender); }
  std::vector<Request> requests;
  std::vector<std::string> gone;
};

class RouterTest : public testing::Test {
 protected:
  void make(uint32_t rank) {
    router = std::make_unique<Router>(loop, Router::Identity{rank, 0, "self-uuid-000"}, neighbours);
    router->addService(echo);
    if (rank > 0) {
      neighbours.parent = "parent";
      link("parent", true);
    }
    neighbours.children = {{3, "child3"}, {4, ""}};
    link("child3", true);
    link("client", false);
  }
  void link(const std::string& uuid, bool peer) {
    router->addLink(uuid, peer, [this, uuid](const wire::Message& m) { sent[uuid].push_back(m); });
  }
  static wire::Message request(const char* topic, uint32_t nodeid = wire::kNodeidAny,
                               uint32_t tag = 1, uint8_t flags = 0) {
    auto m = wire::makeRequest(topic, nodeid, tag, flags);
    m.userid = 0;
    m.rolemask = wire::kRoleOwner | wire::kRoleLocal;
    return m;
  }
  const wire::Message& last(const std::string& uuid) { return sent.at(uuid).back(); }

  FakeLoop loop;
  FakeNeighbours neighbours;
  Echo echo;
  std::unique_ptr<Router> router;
  std::map<std::string, std::vector<wire::Message>> sent;
};

TEST_F(RouterTest, DeliversToAServiceHereAndAnswersTheClient) {
  make(1);
  router->receive("client", request("echo.this", wire::kNodeidAny, 42));
  ASSERT_EQ(echo.requests.size(), 1U);
  EXPECT_EQ(echo.requests[0].sender(), "client");
  echo.requests[0].respondText("{}");
  EXPECT_EQ(last("client").matchtag(), 42U);
  EXPECT_TRUE(last("client").routes.empty());
  EXPECT_TRUE(last("client").has(wire::kRoute));
}

TEST_F(RouterTest, UnknownServiceGoesUpAndFailsAtTheRoot) {
  make(1);
  router->receive("client", request("nosuch.x"));
  EXPECT_EQ(last("parent").topic, "nosuch.x");
  EXPECT_THAT(last("parent").routes, ElementsAre("client"));
  EXPECT_EQ(last("parent").rolemask, static_cast<uint32_t>(wire::kRoleOwner));

  make(0);
  router->receive("client", request("nosuch.x"));
  EXPECT_EQ(last("client").errnum(), static_cast<uint32_t>(ENOSYS));
  EXPECT_EQ(last("client").text(), "No service matching nosuch.x is registered");
}

TEST_F(RouterTest, RankDecidesTheWay) {
  make(1);
  router->receive("client", request("echo.this", 1));
  EXPECT_EQ(echo.requests.size(), 1U);
  router->receive("client", request("echo.this", 3));
  EXPECT_EQ(last("child3").nodeid(), 3U);
  router->receive("client", request("echo.this", 0));
  EXPECT_EQ(last("parent").nodeid(), 0U);
  router->receive("client", request("echo.this", 4));  // below us, but not there
  EXPECT_EQ(last("client").errnum(), static_cast<uint32_t>(EHOSTUNREACH));
  make(0);
  router->receive("client", request("echo.this", 99));
  EXPECT_EQ(last("client").errnum(), static_cast<uint32_t>(EHOSTUNREACH));
}

TEST_F(RouterTest, UpstreamSkipsThisBroker) {
  make(1);
  router->receive("client", request("echo.this", wire::kNodeidUpstream));
  EXPECT_TRUE(echo.requests.empty());
  EXPECT_TRUE(last("parent").has(wire::kUpstream));
  EXPECT_EQ(last("parent").nodeid(), 1U);
  // From a child: this is the broker above it.
  router->receive("child3", request("echo.this", 3, 1, wire::kUpstream));
  EXPECT_EQ(echo.requests.size(), 1U);
}

TEST_F(RouterTest, ResponsesFindTheirWayBack) {
  make(1);
  auto fromBelow = request("other.x", 0, 7);
  fromBelow.set(wire::kRoute);
  fromBelow.routes = {"leafclient"};
  router->receive("child3", fromBelow);
  const auto forwarded = last("parent");
  EXPECT_THAT(forwarded.routes, ElementsAre("child3", "leafclient"));
  router->receive("parent", wire::makeResponse(forwarded));
  EXPECT_THAT(last("child3").routes, ElementsAre("leafclient"));
  // Nobody waits for it a second time.
  sent.clear();
  router->receive("parent", wire::makeResponse(forwarded));
  EXPECT_TRUE(sent.empty());
}

TEST_F(RouterTest, StreamStaysOpenUntilItsError) {
  make(1);
  router->receive("client", request("other.watch", 0, 7, wire::kStreaming));
  const auto forwarded = last("parent");
  router->receive("parent", wire::makeResponse(forwarded));
  router->receive("parent", wire::makeResponse(forwarded, ENODATA));
  router->receive("parent", wire::makeResponse(forwarded));
  EXPECT_EQ(sent["client"].size(), 2U);
}

TEST_F(RouterTest, LostPeerFailsWhatWaitsForIt) {
  make(1);
  router->receive("client", request("other.watch", 3, 7, wire::kStreaming));
  router->receive("client", request("other.note", 3, 8, wire::kNoResponse));
  neighbours.children[3] = "";
  router->removeLink("child3");
  ASSERT_EQ(sent["client"].size(), 1U);
  EXPECT_EQ(last("client").errnum(), static_cast<uint32_t>(EHOSTUNREACH));
}

TEST_F(RouterTest, LostPeerIsADisconnectOfItsClients) {
  make(1);
  auto fromBelow = request("echo.watch", 1, 7, wire::kStreaming);
  fromBelow.routes = {"leafclient"};
  router->receive("child3", fromBelow);
  auto beyond = request("other.watch", 0, 8, wire::kStreaming);
  beyond.routes = {"leafclient"};
  router->receive("child3", beyond);
  router->removeLink("child3");
  EXPECT_THAT(echo.gone, ElementsAre("child3!leafclient"));
  EXPECT_EQ(last("parent").topic, "other.disconnect");
  EXPECT_TRUE(last("parent").has(wire::kNoResponse));
}

TEST_F(RouterTest, ClientThatLeavesIsADisconnectOnce) {
  make(1);
  router->receive("client", request("echo.a"));
  router->receive("client", request("echo.b"));
  router->removeLink("client");
  EXPECT_THAT(echo.gone, ElementsAre("client"));
  echo.requests[0].respond();  // too late: dropped
  EXPECT_EQ(sent.count("client"), 0U);
}

TEST_F(RouterTest, ClientsProvideServices) {
  make(1);
  link("shell", false);
  ASSERT_TRUE(router->addClientService("0-shell-f1", "shell"));
  EXPECT_EQ(router->addClientService("0-shell-f1", "client").error().errnum, EEXIST);
  EXPECT_EQ(router->addClientService("a.b", "client").error().errnum, EINVAL);
  router->receive("client", request("0-shell-f1.stdin", 1, 5));
  EXPECT_THAT(last("shell").routes, ElementsAre("client"));
  router->receive("shell", wire::makeResponse(last("shell")));
  EXPECT_EQ(last("client").matchtag(), 5U);

  router->receive("client", request("0-shell-f1.stdin", 1, 6));
  router->removeLink("shell");
  EXPECT_EQ(last("client").errnum(), static_cast<uint32_t>(ENOSYS));
  EXPECT_EQ(router->removeClientService("0-shell-f1", "shell").error().errnum, ENOENT);
}

TEST_F(RouterTest, ForgedResponsesGoNowhere) {
  make(1);
  link("evil", false);
  auto forged = wire::makeResponse(request("echo.x", 1, 1));
  forged.routes = {"client"};
  router->receive("evil", forged);
  EXPECT_TRUE(sent.empty());
}

/// A peer that can't read a message closes the connection: a client could cut the tree by it.
TEST_F(RouterTest, WhatAPeerWouldNotReadIsNotSentToIt) {
  make(1);
  auto large = request("other.x", 0, 7);
  large.setText(std::string(wire::kMaxBody - 70, 'x'));
  router->receive("client", large);
  EXPECT_EQ(sent.count("parent"), 0U);
  EXPECT_EQ(last("client").errnum(), static_cast<uint32_t>(EMSGSIZE));
  auto travelled = request("other.x", 0, 8);
  travelled.set(wire::kRoute);
  travelled.routes.assign(wire::kMaxRoutes, "r");
  router->receive("client", travelled);
  EXPECT_EQ(sent.count("parent"), 0U);
  wire::Message event;
  event.type = wire::Type::Event;
  event.topic = std::string("a\0b", 3);
  event.set(wire::kTopic);
  EXPECT_EQ(router->publish(event), 0U);
  EXPECT_EQ(sent.count("parent"), 0U);
}

TEST_F(RouterTest, AnswerThatIsTooLargeBecomesAnError) {
  make(1);
  router->receive("client", request("echo.this"));
  echo.requests.at(0).respondText(std::string(wire::kMaxBody, 'x'));
  EXPECT_EQ(last("client").errnum(), static_cast<uint32_t>(EOVERFLOW));
  EXPECT_EQ(last("client").text(), "response is too large");
}

TEST_F(RouterTest, OwnRpcsAreAnsweredLater) {
  make(0);
  int answers = 0;
  std::string text;
  auto rpc = router->rpc("echo.x", R"({"a":1})", 0, false, [&](const Answer& answer) {
    ++answers;
    text = answer ? "ok" : answer.error().message;
  });
  EXPECT_TRUE(echo.requests.empty());
  loop.settle();
  ASSERT_EQ(echo.requests.size(), 1U);
  EXPECT_TRUE(echo.requests[0].isOwner());
  echo.requests[0].fail(EINVAL, "why");
  EXPECT_EQ(answers, 0);
  loop.settle();
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(text, "why");
}

TEST_F(RouterTest, DroppedRpcIsNotAnswered) {
  make(0);
  bool answered = false;
  auto rpc = router->rpc("echo.x", "", 0, false, [&](const Answer&) { answered = true; });
  loop.settle();
  rpc.reset();
  echo.requests[0].respond();
  loop.settle();
  EXPECT_FALSE(answered);
}

TEST_F(RouterTest, PingIsAnsweredForEachService) {
  make(1);
  auto ping = request("echo.ping", 1, 3);
  ping.setText(R"({"seq":0,"pad":"x"})");
  router->receive("client", ping);
  const auto reply = fakes::parseJson(last("client").text());
  EXPECT_EQ(reply.at("seq"), 0);
  EXPECT_EQ(reply.at("rank"), 1);
  EXPECT_EQ(reply.at("route").as_string(), "client!self-uui");
  EXPECT_TRUE(echo.requests.empty());
}

TEST_F(RouterTest, EventsAreNumberedAtTheRootAndSpread) {
  make(0);
  std::vector<std::string> heard;
  auto watch = router->subscribe("job", [&](std::string_view topic, const boost::json::value& v) {
    heard.push_back(std::string(topic) + ":" + std::to_string(v.at("n").as_int64()));
  });
  std::vector<uint32_t> sequence;
  router->onEvent([&](const wire::Message& event) { sequence.push_back(event.aux1); });
  router->publish("job.start", R"({"n":1})");
  router->publish("other", R"({"n":2})");
  loop.settle();
  EXPECT_THAT(heard, ElementsAre("job.start:1"));
  EXPECT_THAT(sequence, ElementsAre(1, 2));
  EXPECT_EQ(neighbours.toChildren.size(), 2U);
}

TEST_F(RouterTest, EventsOfFollowersGoUpAndComeDown) {
  make(1);
  wire::Message event;
  event.type = wire::Type::Event;
  event.topic = "foo";
  event.set(wire::kTopic);
  router->receive("client", event);
  EXPECT_EQ(last("parent").topic, "foo");
  EXPECT_TRUE(neighbours.toChildren.empty());
  event.aux1 = 9;
  router->receive("parent", event);
  ASSERT_EQ(neighbours.toChildren.size(), 1U);
  EXPECT_EQ(neighbours.toChildren[0].aux1, 9U);
}

TEST_F(RouterTest, WithoutParentRequestsUpFail) {
  make(1);
  neighbours.parent.clear();
  router->receive("client", request("kvs.get"));
  EXPECT_EQ(last("client").errnum(), static_cast<uint32_t>(EHOSTUNREACH));
  EXPECT_THAT(std::string(last("client").text()), HasSubstr("offline"));
}

}  // namespace
}  // namespace mc::flux::broker
