#include "fakes/fake_apiserver/faults.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "unit/fakes/server_test_util.hpp"

namespace mc::fakes {
namespace {

using testing::ElementsAre;

class FaultsTest : public ServerTest {};

TEST_F(FaultsTest, AnswersTheSecond) {
  server.faults().add({.match = {.verb = "create", .resource = "configmaps"},
                       .error = tooManyRequests(7),
                       .skip = 1});
  EXPECT_EQ(create("a").status, 201);
  const auto refused = create("b");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.retryAfter, "7");
  EXPECT_EQ(numberAt(refused.body, {"details", "retryAfterSeconds"}), 7);
  EXPECT_EQ(create("b").status, 201);
}

TEST_F(FaultsTest, CutsBeforeAndAfter) {
  server.faults().add({.kind = FaultKind::CutBefore, .match = {.verb = "create"}});
  server.faults().add({.kind = FaultKind::CutAfter, .match = {.verb = "create"}});
  EXPECT_EQ(create("a").status, 0);
  EXPECT_FALSE(there("a"));
  EXPECT_EQ(create("b").status, 0);
  EXPECT_TRUE(there("b"));
  EXPECT_EQ(create("c").status, 201);
}

TEST_F(FaultsTest, HoldsUntilReleased) {
  server.faults().add({.kind = FaultKind::Hold, .match = {.verb = "create"}});
  Reply reply;
  std::thread client([&] { reply = create("a"); });
  EXPECT_TRUE(server.faults().awaitHeld(1));
  EXPECT_FALSE(there("a"));
  server.faults().release();
  client.join();
  EXPECT_EQ(reply.status, 201);
}

TEST_F(FaultsTest, KilledAfterTheSecondWrite) {
  server.faults().cutAtWrite(2, true);
  EXPECT_EQ(create("a").status, 201);
  EXPECT_EQ(send("GET", kMaps).status, 200);
  EXPECT_EQ(create("b").status, 0);
  EXPECT_TRUE(server.faults().cut());
  EXPECT_TRUE(there("b"));
  EXPECT_EQ(send("GET", kMaps).status, 0);
  server.faults().mend();
  EXPECT_EQ(create("c").status, 201);
}

TEST_F(FaultsTest, KilledBeforeAWrite) {
  server.faults().cutAtWrite(1, false);
  EXPECT_EQ(create("a").status, 0);
  EXPECT_FALSE(there("a"));
}

TEST_F(FaultsTest, TellsOfWrites) {
  std::vector<std::string> writes;
  server.faults().onWrite([&](const LoggedRequest& request, size_t number) {
    writes.push_back(std::to_string(number) + " " + request.text());
  });
  create("a");
  send("GET", kMaps);
  create("a");
  send("DELETE", std::string(kMaps) + "/a");
  EXPECT_THAT(writes, ElementsAre("1 create configmaps default", "2 delete configmaps default/a"));
}

TEST_F(FaultsTest, LogCountsRequests) {
  create("a");
  create("a");
  send("GET", std::string(kMaps) + "/a");
  EXPECT_THAT(server.log().lines(),
              ElementsAre("create configmaps default", "create configmaps default",
                          "get configmaps default/a"));
  EXPECT_EQ(server.log().count({.writesOnly = true}), 2u);
  EXPECT_EQ(server.log().all()[1].status, 409);
  server.log().forget();
  EXPECT_EQ(server.log().count(), 0u);
}

TEST_F(FaultsTest, RestartKeepsStateAndAddress) {
  create("a");
  const auto url = server.url();
  server.restart();
  EXPECT_EQ(server.url(), url);
  EXPECT_EQ(send("GET", std::string(kMaps) + "/a").status, 200);
}

}  // namespace
}  // namespace mc::fakes
