#include "fakes/fake_apiserver/apply.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {
namespace {

namespace json = boost::json;

json::object parsed(const std::string& text) {
  return json::parse(text).as_object();
}

/// Applies, and shows the object without its managedFields.
class ApplyTest : public testing::Test {
 protected:
  Outcome<json::object> apply(const std::string& manager, const std::string& config,
                              bool force = false) {
    auto done = applyTo(type, live, parsed(config), {{manager, true, "v1", ""}, force, "now"});
    if (done) live = *done;
    return done;
  }
  json::object bare() const {
    json::object object = live;
    object.erase("metadata");
    return object;
  }
  const ResourceType type = podType();
  json::object live;
};

TEST_F(ApplyTest, ItemsKeepTheirPlaceAndOrder) {
  ASSERT_TRUE(apply("a", R"({"spec":{"containers":[{"name":"x"},{"name":"y"}]}})"));
  ASSERT_TRUE(apply("b", R"({"spec":{"containers":[{"name":"z","image":"1"}]}})"));
  ASSERT_TRUE(apply("a", R"({"spec":{"containers":[{"name":"y"},{"name":"x"}]}})"));
  EXPECT_EQ(bare(), parsed(R"({"spec":{"containers":[{"name":"y"},{"name":"x"},
                                                     {"name":"z","image":"1"}]}})"));
}

TEST_F(ApplyTest, DroppedItemTakesUnownedDefaultsAlong) {
  ASSERT_TRUE(apply("a", R"({"spec":{"containers":[{"name":"x"},{"name":"y"}]}})"));
  live.at("spec").at("containers").as_array()[1].as_object()["imagePullPolicy"] = "Always";
  ASSERT_TRUE(apply("a", R"({"spec":{"containers":[{"name":"x"}]}})"));
  EXPECT_EQ(bare(), parsed(R"({"spec":{"containers":[{"name":"x"}]}})"));
}

TEST_F(ApplyTest, EmptiedObjectsGo) {
  ASSERT_TRUE(apply("a", R"({"metadata":{"labels":{"l":"1"}},"spec":{"nodeName":"n"}})"));
  ASSERT_TRUE(apply("a", R"({"spec":{"nodeName":"n"}})"));
  EXPECT_FALSE(objectAt(live, {"metadata"}).contains("labels"));
}

TEST_F(ApplyTest, KeysHaveDefaults) {
  ASSERT_TRUE(
      apply("a", R"({"spec":{"containers":[{"name":"x","ports":[{"containerPort":80}]}]}})"));
  live.at("spec").at("containers").as_array()[0].at("ports").as_array()[0].as_object()["protocol"] =
      "TCP";
  const auto before = live;
  ASSERT_TRUE(
      apply("a", R"({"spec":{"containers":[{"name":"x","ports":[{"containerPort":80}]}]}})"));
  EXPECT_EQ(live, before);
}

TEST_F(ApplyTest, ConflictLeavesAllAsItWas) {
  ASSERT_TRUE(apply("a", R"({"spec":{"nodeName":"n"}})"));
  const auto before = live;
  const auto refused = apply("b", R"({"spec":{"nodeName":"m","hostname":"h"}})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 409);
  EXPECT_EQ(live, before);
  EXPECT_TRUE(apply("b", R"({"spec":{"nodeName":"m"}})", true));
}

TEST(FieldSetTest, RoundTrip) {
  const auto text = R"({"f:metadata":{"f:labels":{".":{},"f:a":{}}},)"
                    R"("f:spec":{"f:containers":{"k:{\"name\":\"x\"}":{".":{},"f:image":{}}}}})";
  EXPECT_EQ(toFieldsV1(fromFieldsV1(parsed(text))), parsed(text));
}

TEST(FieldSetTest, Comparison) {
  const auto changes = compareFields(
      podType(), parsed(R"({"spec":{"containers":[{"name":"x","image":"1"}],"nodeName":"n"}})"),
      parsed(R"({"spec":{"containers":[{"name":"x","image":"2"},{"name":"y"}]}})"));
  EXPECT_EQ(describeFields(changes.changed),
            (std::vector<std::string>{R"(.spec.containers[name="x"].image)",
                                      R"(.spec.containers[name="y"])",
                                      R"(.spec.containers[name="y"].name)"}));
  EXPECT_EQ(describeFields(changes.removed), (std::vector<std::string>{".spec.nodeName"}));
}

}  // namespace
}  // namespace mc::fakes
