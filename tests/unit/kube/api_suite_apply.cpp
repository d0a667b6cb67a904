// Server-side apply.
#include <boost/json/array.hpp>

#include "unit/kube/api_suite.hpp"

namespace mc::kube {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class Applying : public ApiSuite {
 protected:
  Object widgetWith(const Object& spec) const {
    Object object = widget("a");
    for (const auto& entry : spec) object["spec"].as_object()[entry.key()] = entry.value();
    return object;
  }
  static std::vector<std::string> partNames(const Object& object) {
    std::vector<std::string> names;
    if (const auto* parts = findArray(object, {"spec", "parts"}))
      for (const auto& part : *parts) names.push_back(text(part.as_object(), {"name"}));
    return names;
  }
};

Object part(const std::string& name, int weight) {
  return {{"name", name}, {"weight", weight}};
}

TEST_F(Applying, CreatesAndOwns) {
  const Object made = apply(kConfigMaps, configMap("a"), "one");
  EXPECT_EQ(text(made, {"data", "a"}), "1");
  EXPECT_EQ(ownedFields(made, "one"), (Object{{"f:data", Object{{"f:a", Object{}}}}}));
}

TEST_F(Applying, AgainChangesNothing) {
  const Object first = apply(kConfigMaps, configMap("a"), "one");
  EXPECT_EQ(apply(kConfigMaps, configMap("a"), "one"), first);
}

TEST_F(Applying, AgainLeavesAJobAlone) {
  const Object first = apply(kJobs, job("a"), "one");
  const Object again = apply(kJobs, job("a"), "one");
  EXPECT_EQ(generationOf(again), 1);
  EXPECT_EQ(*findObject(again, {"spec"}), *findObject(first, {"spec"}));
  EXPECT_EQ(ownedFields(again, "one"), ownedFields(first, "one"));
}

TEST_F(Applying, UnknownFieldsAreRefused) {
  const auto refused =
      client().apply(kWidgets, widgetWith({{"shape", "round"}}), {.fieldManager = "one"}, {});
  ASSERT_EQ(reasonOf(refused), Reason::InternalError);
  EXPECT_THAT(refused.error().message, HasSubstr(".spec.shape: field not declared in schema"));
}

TEST_F(Applying, DropsWhatIsNoLongerApplied) {
  apply(kConfigMaps, configMap("a", {{"x", "1"}, {"y", "2"}}), "one");
  const Object now = apply(kConfigMaps, configMap("a", {{"x", "1"}}), "one");
  EXPECT_EQ(*findObject(now, {"data"}), (Object{{"x", "1"}}));
}

TEST_F(Applying, LeavesFieldsOfOthers) {
  apply(kConfigMaps, configMap("a", {{"x", "1"}}), "one");
  apply(kConfigMaps, configMap("a", {{"y", "2"}}), "two");
  const Object now = apply(kConfigMaps, configMap("a", {{"x", "3"}}), "one");
  EXPECT_EQ(*findObject(now, {"data"}), (Object{{"x", "3"}, {"y", "2"}}));
}

TEST_F(Applying, SharedFieldsStayUntilTheLastOwnerDropsThem) {
  apply(kConfigMaps, configMap("a", {{"x", "1"}}), "one");
  apply(kConfigMaps, configMap("a", {{"x", "1"}}), "two");
  EXPECT_TRUE(find(apply(kConfigMaps, configMap("a", {}), "one"), {"data", "x"}));
  EXPECT_FALSE(find(apply(kConfigMaps, configMap("a", {}), "two"), {"data", "x"}));
}

TEST_F(Applying, ConflictNamesOwnerAndField) {
  apply(kConfigMaps, configMap("a", {{"x", "1"}}), "one");
  const auto refused = client().apply(kConfigMaps, configMap("a", {{"x", "2"}}),
                                      {.fieldManager = "two", .force = false}, {});
  ASSERT_EQ(reasonOf(refused), Reason::Conflict);
  EXPECT_EQ(refused.error().message,
            "Apply failed with 1 conflict: conflict with \"one\": .data.x");
  ASSERT_EQ(refused.error().causes.size(), 1u);
  EXPECT_EQ(refused.error().causes[0].reason, "FieldManagerConflict");
  EXPECT_EQ(refused.error().causes[0].field, ".data.x");
  EXPECT_EQ(refused.error().causes[0].message, "conflict with \"one\"");
}

TEST_F(Applying, SeveralConflictsAreAllNamed) {
  apply(kConfigMaps, configMap("a", {{"x", "1"}, {"y", "1"}}), "one");
  const auto refused = client().apply(kConfigMaps, configMap("a", {{"x", "2"}, {"y", "2"}}),
                                      {.fieldManager = "two", .force = false}, {});
  ASSERT_EQ(reasonOf(refused), Reason::Conflict);
  EXPECT_EQ(refused.error().message,
            "Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.x\n- .data.y");
}

TEST_F(Applying, ForceTakesOver) {
  apply(kConfigMaps, configMap("a", {{"x", "1"}}), "one");
  const Object now = apply(kConfigMaps, configMap("a", {{"x", "2"}}), "two", {.force = true});
  EXPECT_EQ(text(now, {"data", "x"}), "2");
  EXPECT_TRUE(ownedFields(now, "one").empty());
  EXPECT_TRUE(find(ownedFields(now, "two"), {"f:data", "f:x"}));
}

TEST_F(Applying, UpdatesTakeOwnership) {
  Object object = apply(kConfigMaps, configMap("a", {{"x", "1"}, {"y", "1"}}), "one");
  object["data"].as_object()["x"] = "2";
  const Object now = update(kConfigMaps, object, {.fieldManager = "editor"});
  EXPECT_FALSE(find(ownedFields(now, "one"), {"f:data", "f:x"}));
  EXPECT_TRUE(find(ownedFields(now, "one"), {"f:data", "f:y"}));
  EXPECT_TRUE(find(ownedFields(now, "editor", "Update"), {"f:data", "f:x"}));
  const auto refused = client().apply(kConfigMaps, configMap("a", {{"x", "1"}, {"y", "1"}}),
                                      {.fieldManager = "one", .force = false}, {});
  ASSERT_EQ(reasonOf(refused), Reason::Conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("conflict with \"editor\" using v1: .data.x"));
}

TEST_F(Applying, MergesListsByKeys) {
  apply(kWidgets, widgetWith({{"parts", json::array{part("x", 1), part("y", 2)}}}), "one");
  const Object two =
      object(kWidgets, "a", {{"spec", Object{{"size", 1}, {"parts", json::array{part("z", 3)}}}}});
  apply(kWidgets, two, "two");
  const Object now = apply(kWidgets, widgetWith({{"parts", json::array{part("y", 2)}}}), "one");
  EXPECT_THAT(partNames(now), UnorderedElementsAre("y", "z"));
  EXPECT_TRUE(
      find(ownedFields(now, "one"), {"f:spec", "f:parts", R"(k:{"name":"y"})", "f:weight"}));
}

TEST_F(Applying, AddsFieldsToItemsOfOthers) {
  apply(kWidgets, widgetWith({{"parts", json::array{part("x", 1)}}}), "one");
  const Object item{{"name", "x"}, {"text", "hello"}};
  apply(kWidgets,
        object(kWidgets, "a", {{"spec", Object{{"size", 1}, {"parts", json::array{item}}}}}),
        "two");
  const Object now = apply(kWidgets, widgetWith({}), "one");
  const auto* parts = findArray(now, {"spec", "parts"});
  ASSERT_TRUE(parts && parts->size() == 1);
  EXPECT_EQ((*parts)[0].as_object(), (Object{{"name", "x"}, {"text", "hello"}}));
}

TEST_F(Applying, AtomicValuesAreReplaced) {
  apply(kWidgets, widgetWith({{"plain", json::array{"a", "b"}}, {"whole", Object{{"a", "1"}}}}),
        "one");
  const auto refused = client().apply(
      kWidgets, widgetWith({{"plain", json::array{"c"}}, {"whole", Object{{"b", "1"}}}}),
      {.fieldManager = "two", .force = false}, {});
  ASSERT_EQ(reasonOf(refused), Reason::Conflict);
  EXPECT_THAT(causeFields(refused), UnorderedElementsAre(".spec.plain", ".spec.whole"));
  const Object now = apply(
      kWidgets, widgetWith({{"plain", json::array{"c"}}, {"whole", Object{{"b", "1"}}}}), "two");
  EXPECT_EQ(*findArray(now, {"spec", "plain"}), (json::array{"c"}));
  EXPECT_EQ(*findObject(now, {"spec", "whole"}), (Object{{"b", "1"}}));
}

TEST_F(Applying, SetsAndMapsAreMerged) {
  apply(kWidgets,
        widgetWith(
            {{"names", json::array{"a", "b"}}, {"limits", Object{{"cpu", "1"}, {"memory", "2"}}}}),
        "one");
  apply(kWidgets, widgetWith({{"names", json::array{"c"}}, {"limits", Object{{"disk", "3"}}}}),
        "two");
  const Object now = apply(
      kWidgets, widgetWith({{"names", json::array{"b"}}, {"limits", Object{{"cpu", "1"}}}}), "one");
  const auto& list = *findArray(now, {"spec", "names"});
  EXPECT_EQ(list.size(), 2u);
  EXPECT_EQ(*findObject(now, {"spec", "limits"}), (Object{{"cpu", "1"}, {"disk", "3"}}));
}

TEST_F(Applying, DefaultsBelongToNobody) {
  const Object made = apply(kWidgets, widgetWith({}), "one");
  EXPECT_EQ(text(made, {"spec", "color"}), "red");
  EXPECT_FALSE(find(ownedFields(made, "one"), {"f:spec", "f:color"}));
  const Object blue = widgetWith({{"color", "blue"}});
  const auto now = client().apply(kWidgets, blue, {.fieldManager = "two", .force = false}, {});
  ASSERT_TRUE(now) << now.error().message;
  EXPECT_EQ(text(*now, {"spec", "color"}), "blue");
}

TEST_F(Applying, DroppedFieldsFallBackToTheDefault) {
  apply(kWidgets, widgetWith({{"color", "blue"}}), "one");
  EXPECT_EQ(text(apply(kWidgets, widgetWith({}), "one"), {"spec", "color"}), "red");
}

TEST_F(Applying, ContainersAndVariablesByName) {
  const Object made = apply(kJobs, job("a"), "one");
  const auto fields = ownedFields(made, "one");
  EXPECT_TRUE(find(fields, {"f:spec", "f:template", "f:spec", "f:containers",
                            R"(k:{"name":"main"})", "f:env", R"(k:{"name":"A"})", "f:value"}));
  EXPECT_TRUE(find(fields, {"f:spec", "f:template", "f:spec", "f:nodeSelector"}));
}

TEST_F(Applying, ServicePortsByPortAndProtocol) {
  const auto service = [&](const json::array& ports) {
    return object(kServices, "a", {{"spec", Object{{"ports", ports}}}});
  };
  const Object first = apply(
      kServices,
      service({Object{{"name", "x"}, {"port", 80}}, Object{{"name", "y"}, {"port", 81}}}), "one");
  const Object now = apply(kServices, service({Object{{"name", "y"}, {"port", 81}}}), "one");
  const auto& ports = *findArray(now, {"spec", "ports"});
  ASSERT_EQ(ports.size(), 1u);
  EXPECT_EQ(text(ports[0].as_object(), {"protocol"}), "TCP");
  EXPECT_EQ(text(now, {"spec", "clusterIP"}), text(first, {"spec", "clusterIP"}));
  EXPECT_TRUE(find(ownedFields(now, "one"),
                   {"f:spec", "f:ports", R"(k:{"port":81,"protocol":"TCP"})", "f:name"}));
}

TEST_F(Applying, OwnerReferencesByUid) {
  const Object owner = create(kConfigMaps, configMap("owner"));
  Object object = configMap("a");
  object["metadata"].as_object()["ownerReferences"] = json::array{reference(owner)};
  const Object made = apply(kConfigMaps, object, "one");
  EXPECT_EQ(controllerUidOf(made), uidOf(owner));
  EXPECT_EQ(apply(kConfigMaps, object, "one"), made);
  EXPECT_EQ(controllerUidOf(apply(kConfigMaps, configMap("a"), "one")), "");
}

TEST_F(Applying, FinalizersAreASet) {
  Object object = configMap("a");
  object["metadata"].as_object()["finalizers"] = json::array{"suite.test/one"};
  apply(kConfigMaps, object, "one");
  object["metadata"].as_object()["finalizers"] = json::array{"suite.test/two"};
  const Object now = apply(kConfigMaps, object, "two");
  EXPECT_EQ(findArray(now, {"metadata", "finalizers"})->size(), 2u);
  merge(kConfigMaps, "a", {{"metadata", Object{{"finalizers", nullptr}}}});
}

TEST_F(Applying, StatusIsApart) {
  const Object made = apply(kWidgets, widgetWith({}), "one");
  const Object status = object(
      kWidgets, "a",
      {{"status",
        Object{{"size", 3},
               {"conditions", json::array{Object{{"type", "Ready"}, {"status", "True"}}}}}}});
  const Object now = apply(kWidgets, status, "one", {.subresource = "status"});
  EXPECT_EQ(findNumber(now, {"status", "size"}), 3);
  EXPECT_EQ(generationOf(now), generationOf(made));
  EXPECT_EQ(apply(kWidgets, status, "one", {.subresource = "status"}), now);
  Object again = widgetWith({{"color", "blue"}});
  again["status"] = Object{{"size", 9}};
  const Object spec = apply(kWidgets, again, "one");
  EXPECT_EQ(findNumber(spec, {"status", "size"}), 3) << "the spec's endpoint leaves the status";
}

TEST_F(Applying, StatusOfMissingIsNotFound) {
  const Object status = object(kWidgets, "none", {{"status", Object{{"size", 3}}}});
  EXPECT_EQ(reasonOf(client().apply(kWidgets, status,
                                    {.fieldManager = "one", .subresource = "status"}, {})),
            Reason::NotFound);
}

TEST_F(Applying, WithStaleVersionIsConflict) {
  const Object made = apply(kConfigMaps, configMap("a"), "one");
  apply(kConfigMaps, configMap("a", {{"a", "2"}}), "one");
  Object stale = configMap("a", {{"a", "3"}});
  stale["metadata"].as_object()["resourceVersion"] = version(made);
  EXPECT_EQ(reasonOf(client().apply(kConfigMaps, stale, {.fieldManager = "one"}, {})),
            Reason::Conflict);
}

TEST_F(Applying, InvalidChangesNothing) {
  const Object made = apply(kWidgets, widgetWith({}), "one");
  Object bad = widgetWith({});
  bad["spec"].as_object()["size"] = 1000;
  const auto refused = client().apply(kWidgets, bad, {.fieldManager = "one"}, {});
  EXPECT_EQ(reasonOf(refused), Reason::Invalid);
  EXPECT_THAT(causeFields(refused), ElementsAre("spec.size"));
  EXPECT_EQ(get(kWidgets, "a"), made);
}

TEST_F(Applying, DryRunStoresNothing) {
  const Object tried = apply(kConfigMaps, configMap("a"), "one", {.dryRun = true});
  EXPECT_EQ(text(tried, {"data", "a"}), "1");
  EXPECT_FALSE(exists(kConfigMaps, "a"));
}

}  // namespace
}  // namespace mc::kube
