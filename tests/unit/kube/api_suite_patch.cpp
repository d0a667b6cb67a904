// Patches but for apply.
#include <boost/json/array.hpp>

#include "unit/kube/api_suite.hpp"

namespace mc::kube {
namespace {

namespace json = boost::json;

class Patches : public ApiSuite {
 protected:
  Result<Object> patchAs(PatchType type, const Resource& resource, const std::string& name,
                         const json::value& patch) {
    return client().patch(resource, {ns_, name}, type, patch, {}, {});
  }
};

TEST_F(Patches, MergeAddsChangesAndRemoves) {
  create(kConfigMaps, configMap("a", {{"one", "1"}, {"two", "2"}}));
  const Object now = merge(kConfigMaps, "a", {{"data", Object{{"one", nullptr}, {"three", "3"}}}});
  EXPECT_EQ(*findObject(now, {"data"}), (Object{{"two", "2"}, {"three", "3"}}));
}

TEST_F(Patches, WithoutChangeKeepsVersion) {
  const Object made = create(kConfigMaps, configMap("a"));
  EXPECT_EQ(version(merge(kConfigMaps, "a", {{"data", Object{{"a", "1"}}}})), version(made));
}

TEST_F(Patches, OfMissingIsNotFound) {
  EXPECT_EQ(reasonOf(patchAs(PatchType::Merge, kConfigMaps, "a", Object{})), Reason::NotFound);
}

TEST_F(Patches, WithStaleVersionIsConflict) {
  const Object made = create(kConfigMaps, configMap("a"));
  merge(kConfigMaps, "a", {{"data", Object{{"a", "2"}}}});
  const Object patch{{"metadata", Object{{"resourceVersion", version(made)}}},
                     {"data", Object{{"a", "3"}}}};
  EXPECT_EQ(reasonOf(patchAs(PatchType::Merge, kConfigMaps, "a", patch)), Reason::Conflict);
}

TEST_F(Patches, JsonOperations) {
  Object object = configMap("a", {{"b", "2"}});
  object["metadata"].as_object()["annotations"] = {{"x/y", "1"}};
  create(kConfigMaps, object);
  const json::array patch{
      Object{{"op", "test"}, {"path", "/data/b"}, {"value", "2"}},
      Object{{"op", "replace"}, {"path", "/data/b"}, {"value", "3"}},
      Object{{"op", "copy"}, {"from", "/data/b"}, {"path", "/data/c"}},
      Object{{"op", "remove"}, {"path", "/metadata/annotations/x~1y"}},
      Object{{"op", "add"}, {"path", "/metadata/labels"}, {"value", Object{{"l", "v"}}}}};
  const auto now = patchAs(PatchType::Json, kConfigMaps, "a", patch);
  ASSERT_TRUE(now) << now.error().message;
  EXPECT_EQ(*findObject(*now, {"data"}), (Object{{"b", "3"}, {"c", "3"}}));
  EXPECT_EQ(labelOf(*now, "l"), "v");
  EXPECT_EQ(annotationOf(*now, "x/y"), "");
}

TEST_F(Patches, FailedJsonTestChangesNothing) {
  const Object made = create(kConfigMaps, configMap("a"));
  const json::array patch{Object{{"op", "replace"}, {"path", "/data/a"}, {"value", "2"}},
                          Object{{"op", "test"}, {"path", "/data/a"}, {"value", "other"}}};
  EXPECT_EQ(reasonOf(patchAs(PatchType::Json, kConfigMaps, "a", patch)), Reason::Invalid);
  EXPECT_EQ(get(kConfigMaps, "a"), made);
}

TEST_F(Patches, JsonRemoveOfMissingIsInvalid) {
  create(kConfigMaps, configMap("a"));
  const json::array patch{Object{{"op", "remove"}, {"path", "/data/none"}}};
  EXPECT_EQ(reasonOf(patchAs(PatchType::Json, kConfigMaps, "a", patch)), Reason::Invalid);
}

TEST_F(Patches, StrategicMergesListsByKey) {
  const Object service =
      object(kServices, "a",
             {{"spec", Object{{"ports", json::array{Object{{"name", "x"}, {"port", 80}},
                                                    Object{{"name", "y"}, {"port", 81}}}}}}});
  create(kServices, service);
  const Object patch{{"spec", Object{{"ports", json::array{Object{{"port", 81}, {"name", "z"}}}}}}};
  const auto now = patchAs(PatchType::StrategicMerge, kServices, "a", patch);
  ASSERT_TRUE(now) << now.error().message;
  const auto& ports = *findArray(*now, {"spec", "ports"});
  ASSERT_EQ(ports.size(), 2u);
  std::vector<std::string> names;
  for (const auto& port : ports) names.push_back(text(port.as_object(), {"name"}));
  EXPECT_THAT(names, testing::UnorderedElementsAre("x", "z"));
}

TEST_F(Patches, StrategicMergeOfCustomResourceIsUnsupported) {
  create(kWidgets, widget("a"));
  EXPECT_EQ(reasonOf(patchAs(PatchType::StrategicMerge, kWidgets, "a", Object{})),
            Reason::UnsupportedType);
}

}  // namespace
}  // namespace mc::kube
