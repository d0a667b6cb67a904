#include "fakes/fake_apiserver/patches.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {
namespace {

namespace json = boost::json;

json::object parsed(const char* text) {
  return json::parse(text).as_object();
}

TEST(MergePatchTest, Rfc7386) {
  auto object = parsed(R"({"a":{"b":1,"c":2},"d":[1]})");
  mergePatch(object, parsed(R"({"a":{"b":null,"e":{"f":3}},"d":[2,3]})"));
  EXPECT_EQ(object, parsed(R"({"a":{"c":2,"e":{"f":3}},"d":[2,3]})"));
}

TEST(JsonPatchTest, Lists) {
  const auto done =
      jsonPatch(parsed(R"({"a":[1,2,3]})"), json::parse(R"([{"op":"add","path":"/a/1","value":9},
                                              {"op":"remove","path":"/a/0"},
                                              {"op":"add","path":"/a/-","value":4},
                                              {"op":"move","from":"/a/0","path":"/b"}])"));
  ASSERT_TRUE(done);
  EXPECT_EQ(*done, parsed(R"({"a":[2,3,4],"b":9})"));
}

TEST(JsonPatchTest, Refuses) {
  for (const auto* bad :
       {R"([{"op":"remove","path":"/none"}])", R"([{"op":"replace","path":"/a/5","value":1}])",
        R"([{"op":"add","path":"a","value":1}])", R"([{"op":"fly","path":"/a"}])",
        R"([{"op":"test","path":"/a","value":1}])", R"([{"op":"add","path":"/a/x","value":1}])"})
    EXPECT_FALSE(jsonPatch(parsed(R"({"a":[1]})"), json::parse(bad))) << bad;
}

TEST(StrategicMergeTest, ListsByKey) {
  auto pod = parsed(R"({"spec":{"containers":[{"name":"a","image":"1","args":["x"]},
                                             {"name":"b","image":"1"}]}})");
  strategicMerge(podType(), pod,
                 parsed(R"({"spec":{"containers":[{"name":"a","image":"2","args":["y"]},
                                                  {"name":"b","$patch":"delete"}]}})"));
  EXPECT_EQ(pod, parsed(R"({"spec":{"containers":[{"name":"a","image":"2","args":["y"]}]}})"));
}

}  // namespace
}  // namespace mc::fakes
