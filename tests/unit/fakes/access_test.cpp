#include "fakes/fake_apiserver/access.hpp"

#include <gtest/gtest.h>

#include "unit/fakes/server_test_util.hpp"

namespace mc::fakes {
namespace {

using boost::json::array;

class AccessTest : public ServerTest {
 protected:
  void allow(array verbs, array resources, const std::string& ns = {}) {
    server.setAccess({array{boost::json::object{
                          {"apiGroups", array{""}}, {"resources", resources}, {"verbs", verbs}}},
                      "system:serviceaccount:x:y", ns});
  }
};

TEST_F(AccessTest, OnlyWhatTheRulesSay) {
  allow({"get", "list"}, {"configmaps"});
  EXPECT_EQ(send("GET", kMaps).status, 200);
  const auto refused = create("a");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(textAt(refused.body, {"message"}),
            "configmaps is forbidden: User \"system:serviceaccount:x:y\" cannot create resource "
            "\"configmaps\" in API group \"\" in the namespace \"default\"");
  EXPECT_FALSE(there("a"));
  EXPECT_EQ(send("GET", "/api/v1/namespaces/default/secrets").status, 403);
  EXPECT_EQ(send("GET", "/apis/batch/v1/jobs").status, 403);
}

TEST_F(AccessTest, SubresourcesAreApart) {
  allow({"*"}, {"pods"});
  EXPECT_EQ(send("GET", "/api/v1/namespaces/default/pods/a").status, 404);
  EXPECT_EQ(send("GET", "/api/v1/namespaces/default/pods/a/status").status, 403);
}

TEST_F(AccessTest, RolesHoldInTheirNamespace) {
  allow({"*"}, {"*"}, "default");
  EXPECT_EQ(send("GET", kMaps).status, 200);
  EXPECT_EQ(send("GET", "/api/v1/configmaps").status, 403);
}

TEST_F(AccessTest, ApplyIsAPatch) {
  allow({"get", "create"}, {"configmaps"});
  const auto target = maps("/a?fieldManager=m");
  EXPECT_EQ(send("PATCH", target, configMap("a"), "application/apply-patch+yaml").status, 403);
  allow({"patch"}, {"configmaps"});
  EXPECT_EQ(send("PATCH", target, configMap("a"), "application/apply-patch+yaml").status, 201);
}

class TokenTest : public ServerTest {
 protected:
  TokenTest() : ServerTest(FakeApiServerOptions{.token = "right"}) {}
};

TEST_F(TokenTest, IsAskedFor) {
  EXPECT_EQ(send("GET", kMaps).status, 401);
}

}  // namespace
}  // namespace mc::fakes
