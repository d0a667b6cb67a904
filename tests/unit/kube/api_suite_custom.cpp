// Custom resources: schema, generation, the status and scale subresources.
#include <boost/json/array.hpp>

#include "unit/kube/api_suite.hpp"

namespace mc::kube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Custom : public ApiSuite {
 protected:
  Object scale(const std::string& name) {
    const auto got = client().get(kWidgets, {ns_, name}, {.subresource = "scale"}, {});
    EXPECT_TRUE(got) << got.error().message;
    return got ? *got : Object{};
  }
};

TEST_F(Custom, GenerationCountsChangesOfTheSpec) {
  Object object = create(kWidgets, widget("a"));
  EXPECT_EQ(generationOf(object), 1);
  object = merge(kWidgets, "a", {{"metadata", Object{{"labels", Object{{"a", "b"}}}}}});
  EXPECT_EQ(generationOf(object), 1);
  object = merge(kWidgets, "a", {{"spec", Object{{"size", 2}}}});
  EXPECT_EQ(generationOf(object), 2);
  object = merge(kWidgets, "a", {{"status", Object{{"size", 2}}}}, {.subresource = "status"});
  EXPECT_EQ(generationOf(object), 2);
}

TEST_F(Custom, CreateIgnoresStatus) {
  Object object = widget("a");
  object["status"] = Object{{"size", 7}};
  EXPECT_FALSE(create(kWidgets, object).contains("status"));
}

TEST_F(Custom, SpecAndStatusAreWrittenApart) {
  Object object = create(kWidgets, widget("a"));
  object["spec"].as_object()["size"] = 5;
  object["status"] = Object{{"size", 4}};
  object["metadata"].as_object()["labels"] = {{"a", "b"}};
  const Object status = update(kWidgets, object, {.subresource = "status"});
  EXPECT_EQ(findNumber(status, {"spec", "size"}), 1);
  EXPECT_EQ(findNumber(status, {"status", "size"}), 4);
  EXPECT_EQ(labelOf(status, "a"), "") << "metadata is not the status endpoint's";
  object["metadata"].as_object()["resourceVersion"] = version(status);
  object["status"] = Object{{"size", 9}};
  const Object spec = update(kWidgets, object);
  EXPECT_EQ(findNumber(spec, {"spec", "size"}), 5);
  EXPECT_EQ(findNumber(spec, {"status", "size"}), 4);
}

TEST_F(Custom, StaleStatusIsConflict) {
  const Object first = create(kWidgets, widget("a"));
  merge(kWidgets, "a", {{"spec", Object{{"size", 2}}}});
  Object stale = first;
  stale["status"] = Object{{"size", 1}};
  EXPECT_EQ(reasonOf(client().update(kWidgets, stale, {.subresource = "status"}, {})),
            Reason::Conflict);
}

TEST_F(Custom, UpdateMustSayWhichVersion) {
  Object object = create(kWidgets, widget("a"));
  object["metadata"].as_object().erase("resourceVersion");
  const auto refused = client().update(kWidgets, object, {}, {});
  EXPECT_EQ(reasonOf(refused), Reason::Invalid);
  EXPECT_THAT(causeFields(refused), ElementsAre("metadata.resourceVersion"));
}

TEST_F(Custom, Defaults) {
  EXPECT_EQ(text(create(kWidgets, widget("a")), {"spec", "color"}), "red");
}

TEST_F(Custom, UnknownFieldsArePrunedOrRefused) {
  Object object = widget("a");
  object["spec"].as_object()["shape"] = "round";
  const auto refused = client().create(kWidgets, object, {}, {});
  ASSERT_EQ(reasonOf(refused), Reason::BadRequest);
  EXPECT_THAT(refused.error().message,
              HasSubstr("strict decoding error: unknown field \"spec.shape\""));
  const auto made =
      client().create(kWidgets, object, {.fieldValidation = FieldValidation::Ignore}, {});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_FALSE(find(*made, {"spec", "shape"}));
}

TEST_F(Custom, SchemaIsEnforced) {
  const auto causes = [&](const char* field, const boost::json::value& value) {
    Object object = widget("a");
    object["spec"].as_object()[field] = value;
    const auto refused = client().create(kWidgets, object, {}, {});
    EXPECT_EQ(reasonOf(refused), Reason::Invalid);
    return causeFields(refused);
  };
  EXPECT_THAT(causes("size", "three"), testing::Contains("spec.size"));
  EXPECT_THAT(causes("size", -1), testing::Contains("spec.size"));
  EXPECT_THAT(causes("color", "green"), ElementsAre("spec.color"));
  EXPECT_THAT(causes("parts", boost::json::array{Object{{"weight", 1}}}),
              testing::Contains("spec.parts[0].name"));
}

TEST_F(Custom, KeysAndSetsAreUnique) {
  const auto refusal = [&](const char* field, const boost::json::array& value) {
    Object object = widget("a");
    object["spec"].as_object()[field] = value;
    return causeFields(client().create(kWidgets, object, {}, {}));
  };
  EXPECT_THAT(refusal("parts", {Object{{"name", "a"}}, Object{{"name", "a"}}}),
              ElementsAre("spec.parts[1]"));
  EXPECT_THAT(refusal("names", {"a", "a"}), ElementsAre("spec.names[1]"));
}

TEST_F(Custom, SchemaMessages) {
  const auto message = [&](const char* field, const boost::json::value& value) {
    Object object = widget("a");
    object["spec"].as_object()[field] = value;
    const auto refused = client().create(kWidgets, object, {}, {});
    return refused ? std::string() : refused.error().message;
  };
  const std::string prefix = "Widget.suite.minicluster.test \"a\" is invalid: ";
  EXPECT_EQ(message("size", 101),
            prefix +
                "spec.size: Invalid value: 101: spec.size in body should be less than or "
                "equal to 100");
  EXPECT_EQ(message("limits", Object{{"cpu", 1}}),
            prefix +
                "spec.limits.cpu: Invalid value: \"integer\": spec.limits.cpu in body must "
                "be of type string: \"integer\"");
  EXPECT_EQ(message("color", "green"),
            prefix +
                "spec.color: Unsupported value: \"green\": supported values: \"red\", "
                "\"blue\"");
}

TEST_F(Custom, Scale) {
  create(kWidgets, widget("a", 3));
  merge(kWidgets, "a", {{"status", Object{{"size", 2}, {"selector", "a=b"}}}},
        {.subresource = "status"});
  const Object now = scale("a");
  EXPECT_EQ(text(now, {"kind"}), "Scale");
  EXPECT_EQ(text(now, {"apiVersion"}), "autoscaling/v1");
  EXPECT_EQ(findNumber(now, {"spec", "replicas"}), 3);
  EXPECT_EQ(findNumber(now, {"status", "replicas"}), 2);
  EXPECT_EQ(text(now, {"status", "selector"}), "a=b");
}

TEST_F(Custom, ScaleChangesTheSpec) {
  create(kWidgets, widget("a", 3));
  merge(kWidgets, "a", {{"spec", Object{{"replicas", 4}}}}, {.subresource = "scale"});
  EXPECT_EQ(findNumber(get(kWidgets, "a"), {"spec", "size"}), 4);
  EXPECT_EQ(generationOf(get(kWidgets, "a")), 2);
  Object wanted = scale("a");
  wanted["spec"] = Object{{"replicas", 5}};
  update(kWidgets, wanted, {.subresource = "scale"});
  EXPECT_EQ(findNumber(get(kWidgets, "a"), {"spec", "size"}), 5);
}

TEST_F(Custom, ScaleBeyondTheSchemaIsInvalid) {
  create(kWidgets, widget("a", 3));
  const Object patch{{"spec", Object{{"replicas", 1000}}}};
  EXPECT_EQ(reasonOf(client().patch(kWidgets, {ns_, "a"}, PatchType::Merge, patch,
                                    {.subresource = "scale"}, {})),
            Reason::Invalid);
}

}  // namespace
}  // namespace mc::kube
