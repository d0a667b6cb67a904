// What a cluster can't be made to do at will: history that is gone.
#include <gtest/gtest.h>

#include <sstream>

#include "fakes/fake_apiserver/watch.hpp"
#include "http/uri.hpp"
#include "unit/fakes/server_test_util.hpp"

namespace mc::fakes {
namespace {

class ListsTest : public ServerTest {
 protected:
  void SetUp() override {
    for (const auto* name : {"a", "b", "c"}) create(name);
  }
  /// The types of a watch's events.
  std::vector<std::string> lines(const std::string& target) {
    std::vector<std::string> types;
    std::istringstream text(fetch(target));
    for (std::string line; std::getline(text, line);)
      types.push_back(textAt(parsed(line), {"type"}));
    return types;
  }
};

TEST_F(ListsTest, TokensExpire) {
  const auto first = send("GET", maps("?limit=1")).body;
  server.compact();
  const auto token = http::escaped(textAt(first, {"metadata", "continue"}));
  const auto expired = send("GET", maps("?limit=1&continue=" + token));
  EXPECT_EQ(expired.status, 410);
  EXPECT_EQ(textAt(expired.body, {"reason"}), "Expired");
  // The Status carries a token for an inconsistent rest.
  const auto rest = http::escaped(textAt(expired.body, {"metadata", "continue"}));
  const auto second = send("GET", maps("?limit=5&continue=" + rest));
  ASSERT_EQ(second.status, 200);
  EXPECT_EQ(arrayAt(second.body, {"items"}).size(), 2u);
}

TEST_F(ListsTest, ExactRevisionsOfThePast) {
  const auto revision = textAt(send("GET", kMaps).body, {"metadata", "resourceVersion"});
  create("d");
  const auto exact = maps("?resourceVersionMatch=Exact&resourceVersion=" + revision);
  EXPECT_EQ(arrayAt(send("GET", exact).body, {"items"}).size(), 3u);
  server.compact();
  EXPECT_EQ(send("GET", exact).status, 410);
}

TEST_F(ListsTest, InitialEventsEndWithABookmark) {
  const auto url = maps(
      "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
      "&allowWatchBookmarks=true&timeoutSeconds=1");
  EXPECT_THAT(lines(url), testing::ElementsAre("ADDED", "ADDED", "ADDED", "BOOKMARK"));
  EXPECT_EQ(send("GET", maps("?watch=1&sendInitialEvents=true")).status, 422);
}

TEST_F(ListsTest, RevisionsOfTheFutureTimeOut) {
  const auto future = send("GET", maps("?resourceVersion=100000"));
  EXPECT_EQ(future.status, 504);
  EXPECT_EQ(textAt(future.body, {"reason"}), "Timeout");
}

TEST(WatchTest, BookmarksAndEndsOnDemand) {
  World world;
  const auto served = world.types.find("", "v1", "configmaps");
  WatchQuery query;
  query.bookmarks = true;
  const auto begun = Watch::begin(world, {served.type, served.version, "default", "", ""}, query);
  ASSERT_TRUE(begun);
  Watch* watch = begun->get();
  ++world.bookmarks;
  const auto event = watch->next({});
  ASSERT_TRUE(event);
  EXPECT_EQ(textAt(*event, {"type"}), "BOOKMARK");
  ++world.drops;
  EXPECT_FALSE(watch->next({}));
}

}  // namespace
}  // namespace mc::fakes
