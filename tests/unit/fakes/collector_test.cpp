// The garbage collector, step by step.
#include <gtest/gtest.h>

#include "unit/fakes/server_test_util.hpp"

namespace mc::fakes {
namespace {

class CollectorTest : public ServerTest {
 protected:
  CollectorTest() : ServerTest(FakeApiServerOptions{.controllersRun = false}) {}
};

TEST_F(CollectorTest, WorksWhenToldTo) {
  const auto owner = server.create(configMap("owner"));
  auto child = configMap("child");
  metadata(child)["ownerReferences"] = boost::json::array{boost::json::object{
      {"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "owner"}, {"uid", uidOf(owner)}}};
  server.create(child);
  server.runControllers();
  server.remove("configmaps", "default", "owner");
  EXPECT_TRUE(there("child"));
  server.runControllers();
  EXPECT_FALSE(there("child"));
}

TEST_F(CollectorTest, NamespacesEmptyWhenToldTo) {
  server.create(parsed(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team"}})"));
  auto map = configMap("a");
  metadata(map)["namespace"] = "team";
  server.create(map);
  EXPECT_EQ(send("DELETE", "/api/v1/namespaces/team").status, 200);
  EXPECT_TRUE(server.get("configmaps", "team", "a"));
  EXPECT_EQ(
      send("POST", "/api/v1/namespaces/team/configmaps", parsed(R"({"metadata":{"name":"b"}})"))
          .status,
      403);
  server.runControllers();
  EXPECT_FALSE(server.get("namespaces", "", "team"));
}

TEST_F(CollectorTest, AwaitIsToldOfChanges) {
  EXPECT_TRUE(server.await([&, made = false]() mutable {
    if (made) return there("a");
    made = true;
    create("a");
    return false;
  }));
}

}  // namespace
}  // namespace mc::fakes
