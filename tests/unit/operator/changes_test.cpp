// What a change means, and what of it is the operator's own doing.

#include "operator/changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace mc::controller {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

kube::ObjectPtr service(const char* version, const std::vector<std::string>& owners,
                        const char* hash = "h") {
  json::array references;
  for (const auto& name : owners)
    references.push_back(json::object{{"kind", "MiniCluster"}, {"name", name}, {"uid", name}});
  return std::make_shared<const kube::Object>(
      kube::Object{{"kind", "Service"},
                   {"metadata",
                    {{"name", "s"},
                     {"namespace", "lab"},
                     {"resourceVersion", version},
                     {"annotations", {{"flux-framework.org/applied-hash", hash}}},
                     {"ownerReferences", std::move(references)}}}});
}

kube::ObjectPtr cluster(const char* version, int generation, const char* phase) {
  return std::make_shared<const kube::Object>(kube::Object{{"kind", "MiniCluster"},
                                                           {"metadata",
                                                            {{"name", "a"},
                                                             {"namespace", "lab"},
                                                             {"resourceVersion", version},
                                                             {"generation", generation}}},
                                                           {"status", {{"phase", phase}}}});
}

std::vector<std::string> names(const std::vector<kube::ObjectKey>& keys) {
  std::vector<std::string> names;
  for (const auto& key : keys) names.push_back(key.name);
  return names;
}

TEST(Changes, OfAllOwnersConcernAll) {
  EXPECT_THAT(
      names(concerned({.before = service("1", {"b", "a"}), .after = service("2", {"a", "b"})})),
      ElementsAre("a", "b"));
  EXPECT_THAT(names(concerned({.after = service("1", {"a"})})), ElementsAre("a"));
  EXPECT_THAT(names(concerned({.before = service("1", {"a"})})), ElementsAre("a"));
  EXPECT_THAT(names(concerned({.after = cluster("1", 1, "")})), ElementsAre("a"));
}

TEST(Changes, OfSomeOwnersConcernOnlyThose) {
  const kube::Change change{.before = service("1", {"a", "b"}), .after = service("2", {"b", "c"})};
  EXPECT_TRUE(haveOwnersChanged(change));
  EXPECT_THAT(names(concerned(change)), ElementsAre("a", "c"));
  EXPECT_FALSE(
      haveOwnersChanged({.before = service("1", {"b", "a"}), .after = service("2", {"a", "b"})}));
}

TEST(Changes, AreOwnIfTheyHaveTheWrittenHash) {
  const kube::Change change{.before = service("1", {"a"}, "g"), .after = service("2", {"a"}, "h")};
  EXPECT_TRUE(isOwnWrite(change, "h"));
  EXPECT_FALSE(isOwnWrite(change, "g"));
  EXPECT_FALSE(isOwnWrite(change, std::nullopt));
  EXPECT_FALSE(isOwnWrite({.before = change.before}, "g")) << "it is gone";
  EXPECT_FALSE(isOwnWrite({.after = change.after, .fromList = true}, "h")) << "what came between?";
}

TEST(Changes, OfTheStatusAreOwnIfNothingElseHasChanged) {
  const json::object written{{"phase", "Running"}};
  const auto before = cluster("1", 1, "Pending");
  EXPECT_TRUE(isOwnStatus({.before = before, .after = cluster("2", 1, "Running")}, written));
  EXPECT_FALSE(isOwnStatus({.before = before, .after = cluster("2", 2, "Running")}, written));
  EXPECT_FALSE(isOwnStatus({.before = before, .after = cluster("2", 1, "Failed")}, written));
  EXPECT_FALSE(isOwnStatus({.before = before, .after = cluster("2", 1, "Running")}, std::nullopt));
}

TEST(Changes, OfTheVersionAreNone) {
  EXPECT_TRUE(isSameButVersion(*service("1", {"a"}), *service("2", {"a"})));
  EXPECT_FALSE(isSameButVersion(*service("1", {"a"}), *service("2", {"a", "b"})));
  EXPECT_FALSE(isSameButVersion(*cluster("1", 1, "Pending"), *cluster("2", 1, "Running")));
}

}  // namespace
}  // namespace mc::controller
