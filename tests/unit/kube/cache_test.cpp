#include "kube/cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace mc::kube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ObjectPtr pod(const std::string& ns, const std::string& name, const std::string& app,
              const std::string& owner = "") {
  Object object{
      {"metadata", Object{{"name", name}, {"namespace", ns}, {"labels", Object{{"app", app}}}}}};
  if (!owner.empty())
    object["metadata"].as_object()["ownerReferences"] =
        boost::json::array{Object{{"uid", owner}, {"controller", true}}};
  return std::make_shared<const Object>(std::move(object));
}

std::vector<std::string> namesOf(const std::vector<ObjectPtr>& objects) {
  std::vector<std::string> names;
  for (const ObjectPtr& object : objects) names.push_back(keyOf(*object).text());
  return names;
}

class CacheTest : public testing::Test {
 protected:
  Cache cache{{{"app", byLabel("app")}, {"owner", byControllerUid()}, {"ns", byNamespace()}}};
};

TEST_F(CacheTest, FindsByKeyAndByIndex) {
  cache.put(pod("b", "x", "web"));
  cache.put(pod("a", "y", "web", "o1"));
  cache.put(pod("a", "z", "db", "o1"));
  EXPECT_THAT(namesOf(cache.all()), ElementsAre("a/y", "a/z", "b/x"));
  EXPECT_THAT(namesOf(cache.find("app", "web")), ElementsAre("a/y", "b/x"));
  EXPECT_THAT(namesOf(cache.find("owner", "o1")), ElementsAre("a/y", "a/z"));
  EXPECT_THAT(namesOf(cache.find("ns", "b")), ElementsAre("b/x"));
  EXPECT_THAT(cache.find("app", "none"), IsEmpty());
  EXPECT_THAT(cache.find("none", "web"), IsEmpty());
  EXPECT_EQ(labelOf(*cache.get({"a", "z"}), "app"), "db");
  EXPECT_EQ(cache.get({"a", "x"}), nullptr);
}

TEST_F(CacheTest, MovesAnObjectInTheIndexes) {
  const ObjectPtr before = pod("a", "x", "web");
  EXPECT_EQ(cache.put(before), nullptr);
  EXPECT_EQ(cache.put(pod("a", "x", "db")), before);
  EXPECT_THAT(cache.find("app", "web"), IsEmpty());
  EXPECT_THAT(namesOf(cache.find("app", "db")), ElementsAre("a/x"));
  EXPECT_EQ(cache.size(), 1u);
}

TEST_F(CacheTest, ForgetsAnObject) {
  cache.put(pod("a", "x", "web"));
  EXPECT_NE(cache.erase({"a", "x"}), nullptr);
  EXPECT_EQ(cache.erase({"a", "x"}), nullptr);
  EXPECT_THAT(cache.find("app", "web"), IsEmpty());
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(CacheTest, ReadersAndAWriterDoNotDisturbEachOther) {
  std::jthread writer([this] {
    for (int i = 0; i < 500; ++i) {
      cache.put(pod("a", std::to_string(i % 7), i % 2 == 0 ? "web" : "db"));
      cache.erase({"a", std::to_string((i + 3) % 7)});
    }
  });
  for (int i = 0; i < 500; ++i)
    for (const ObjectPtr& object : cache.find("app", "web"))
      EXPECT_EQ(labelOf(*object, "app"), "web");
}

}  // namespace
}  // namespace mc::kube
