// What a cluster can't be made to do at will: history that is gone.
#include <gtest/gtest.h>

#include "http/uri.hpp"
#include "server_test_util.hpp"

namespace mc::fakes {
namespace {

class ListsTest : public ServerTest {
 protected:
  void SetUp() override {
    for (const auto* name : {"a", "b", "c"}) create(name);
  }
};

TEST_F(ListsTest, TokensExpire) {
  const auto first = send("GET", std::string(kMaps) + "?limit=1").body;
  server.compact();
  const auto token = http::escaped(textAt(first, {"metadata", "continue"}));
  const auto expired = send("GET", std::string(kMaps) + "?limit=1&continue=" + token);
  EXPECT_EQ(expired.status, 410);
  EXPECT_EQ(textAt(expired.body, {"reason"}), "Expired");
  // The Status carries a token for an inconsistent rest.
  const auto rest = http::escaped(textAt(expired.body, {"metadata", "continue"}));
  const auto second = send("GET", std::string(kMaps) + "?limit=5&continue=" + rest);
  ASSERT_EQ(second.status, 200);
  EXPECT_EQ(arrayAt(second.body, {"items"}).size(), 2u);
}

TEST_F(ListsTest, ExactRevisionsOfThePast) {
  const auto revision = textAt(send("GET", kMaps).body, {"metadata", "resourceVersion"});
  create("d");
  const auto exact = std::string(kMaps) + "?resourceVersionMatch=Exact&resourceVersion=" + revision;
  EXPECT_EQ(arrayAt(send("GET", exact).body, {"items"}).size(), 3u);
  server.compact();
  EXPECT_EQ(send("GET", exact).status, 410);
}

TEST_F(ListsTest, RevisionsOfTheFutureTimeOut) {
  const auto future = send("GET", std::string(kMaps) + "?resourceVersion=100000");
  EXPECT_EQ(future.status, 504);
  EXPECT_EQ(textAt(future.body, {"reason"}), "Timeout");
}

}  // namespace
}  // namespace mc::fakes
