// A custom resource in two versions with a conversion, as a webhook would do it.
#include <gtest/gtest.h>

#include "unit/fakes/server_test_util.hpp"

namespace mc::fakes {
namespace {

namespace json = boost::json;

constexpr const char* kDefinition = R"({
  "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
  "metadata": {"name": "things.x.test"},
  "spec": {"group": "x.test", "scope": "Namespaced",
    "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
    "versions": [
      {"name": "v1", "served": true, "storage": false, "subresources": {"status": {}},
       "schema": {"openAPIV3Schema": {"type": "object",
                                      "x-kubernetes-preserve-unknown-fields": true}}},
      {"name": "v2", "served": true, "storage": true, "subresources": {"status": {}},
       "schema": {"openAPIV3Schema": {"type": "object",
                                      "x-kubernetes-preserve-unknown-fields": true}}}]}})";

void rename(json::object& object, const char* from, const char* to) {
  auto& spec = child(object, "spec");
  if (const auto* value = spec.if_contains(from)) {
    const json::value moved = *value;
    spec.erase(from);
    spec[to] = moved;
  }
}

class VersionsTest : public ServerTest {
 protected:
  VersionsTest() {
    server.setConversion(
        "things.x.test", "v1",
        [](json::object object) -> Outcome<json::object> {
          rename(object, "old", "new");
          return object;
        },
        [](json::object object) -> Outcome<json::object> {
          rename(object, "new", "old");
          return object;
        });
    server.define(parsed(kDefinition));
  }
};

TEST_F(VersionsTest, EachVersionSeesItsFields) {
  const auto made = send("POST", "/apis/x.test/v1/namespaces/default/things",
                         parsed(R"({"apiVersion":"x.test/v1","kind":"Thing",
                                    "metadata":{"name":"a"},"spec":{"old":1}})"));
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(numberAt(made.body, {"spec", "old"}), 1);
  const auto v2 = send("GET", "/apis/x.test/v2/namespaces/default/things/a").body;
  EXPECT_EQ(textAt(v2, {"apiVersion"}), "x.test/v2");
  EXPECT_EQ(numberAt(v2, {"spec", "new"}), 1);
  EXPECT_EQ(numberAt(*server.get("things.x.test", "default", "a"), {"spec", "new"}), 1);
}

TEST_F(VersionsTest, ResourceGoesWithItsDefinition) {
  server.create(parsed(R"({"apiVersion":"x.test/v2","kind":"Thing","metadata":{"name":"a"}})"));
  EXPECT_EQ(send("GET", "/apis/x.test/v2/things").status, 200);
  server.remove("customresourcedefinitions.apiextensions.k8s.io", "", "things.x.test");
  EXPECT_EQ(send("GET", "/apis/x.test/v2/things").status, 404);
}

TEST_F(VersionsTest, HooksMayRefuse) {
  server.changeType("things.x.test", [](ResourceType& type) {
    type.validate = [](const json::object&, const json::object*) {
      return std::vector<ApiCause>{invalidValue("spec.new", "1", "is odd")};
    };
  });
  const auto refused = send("POST", "/apis/x.test/v2/namespaces/default/things",
                            parsed(R"({"metadata":{"name":"a"}})"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(textAt(refused.body, {"message"}),
            "Thing.x.test \"a\" is invalid: spec.new: Invalid value: 1: is odd");
}

}  // namespace
}  // namespace mc::fakes
