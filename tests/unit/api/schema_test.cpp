// The CRD's schema: structural, complete, and never stricter than api::read().

#include "api/schema.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <regex>
#include <set>

#include "api/read.hpp"
#include "base/yaml.hpp"
#include "golden.hpp"

namespace mc::api {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const json::object* objectAt(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

std::string textAt(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr || !value->is_string() ? "" : std::string(value->get_string());
}

bool isSet(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && *value == json::value(true);
}

/// The part of JSON schema that a structural schema of ours uses, as the API server takes it.
class Validator {
 public:
  std::vector<std::string> problems;

  void check(const json::value& value, const json::object& schema, const std::string& path) {
    if (value.is_null()) return;  // pruned, as no field of ours is nullable
    if (isSet(schema, "x-kubernetes-int-or-string")) {
      if (!value.is_string() && !value.is_int64()) add(path, "type");
    } else if (!hasType(value, textAt(schema, "type"))) {
      return add(path, "type " + textAt(schema, "type"));
    }
    if (value.is_object()) object(value.get_object(), schema, path);
    if (value.is_array()) array(value.get_array(), schema, path);
    if (value.is_string()) text(std::string(value.get_string()), schema, path);
    if (value.is_int64()) number(value.get_int64(), schema, path);
  }

 private:
  void add(const std::string& path, const std::string& what) {
    problems.push_back(path + ": " + what);
  }

  static bool hasType(const json::value& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_int64();
    if (type == "boolean") return value.is_bool();
    return type.empty();
  }
  void object(const json::object& object, const json::object& schema, const std::string& path) {
    const auto* properties = objectAt(schema, "properties");
    const auto* others = objectAt(schema, "additionalProperties");
    for (const auto& [key, value] : object) {
      const std::string here = path + "." + std::string(key);
      const auto* known = properties == nullptr ? others : objectAt(*properties, key);
      if (known != nullptr)
        check(value, *known, here);
      else if (!isSet(schema, "x-kubernetes-preserve-unknown-fields") && path != ".metadata")
        add(here, "unknown");
    }
    if (const auto* required = schema.if_contains("required"))
      for (const auto& name : required->as_array())
        if (!object.contains(name.as_string()))
          add(path, "missing " + std::string(name.as_string()));
  }
  void array(const json::array& array, const json::object& schema, const std::string& path) {
    if (const auto* least = schema.if_contains("minItems"))
      if (static_cast<int64_t>(array.size()) < least->as_int64()) add(path, "too few items");
    const auto* items = objectAt(schema, "items");
    for (size_t i = 0; items != nullptr && i < array.size(); ++i)
      check(array[i], *items, path + "[" + std::to_string(i) + "]");
  }
  void text(const std::string& text, const json::object& schema, const std::string& path) {
    const std::string pattern = textAt(schema, "pattern");
    if (!pattern.empty() && !std::regex_search(text, std::regex(pattern)))
      add(path, "pattern " + pattern);
    if (const auto* most = schema.if_contains("maxLength"))
      if (text.size() > most->to_number<size_t>()) add(path, "too long");
    if (const auto* least = schema.if_contains("minLength"))
      if (text.size() < least->to_number<size_t>()) add(path, "too short");
    if (const auto* values = schema.if_contains("enum")) {
      bool found = false;
      for (const auto& each : values->as_array()) found = found || each == json::value(text);
      if (!found) add(path, "enum");
    }
  }
  void number(int64_t number, const json::object& schema, const std::string& path) {
    if (const auto* least = schema.if_contains("minimum"))
      if (number < least->to_number<int64_t>()) add(path, "minimum");
    if (const auto* most = schema.if_contains("maximum"))
      if (number > most->to_number<int64_t>()) add(path, "maximum");
  }
};

std::vector<std::string> problemsOf(const json::object& object) {
  const bool old = textAt(object, "apiVersion").ends_with("v1alpha1");
  Validator validator;
  validator.check(object, openApiSchema(old ? kAlpha1 : kAlpha2), "");
  return validator.problems;
}

TEST(Schema, TakesEveryManifestThatIsTakenElsewhere) {
  int count = 0;
  for (const fs::path& folder :
       {kFiles / "manifests", kFiles / "errors", fs::path("tests/golden"), fs::path("examples")}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".yaml") continue;
      SCOPED_TRACE(entry.path());
      for (const auto& document :
           read(contentOf(entry.path()), "default", Runs::OnKubernetes).documents) {
        EXPECT_THAT(problemsOf(document.manifest), testing::IsEmpty());
        ++count;
      }
    }
  }
  EXPECT_GT(count, 20);
}

json::object minimal(const char* version, const std::string& field, const json::value& value) {
  json::object spec = {{"containers", {{{"image", "a"}, {"command", "b"}}}}};
  spec[field] = value;
  return {{"apiVersion", std::string("flux-framework.org/") + version},
          {"kind", "MiniCluster"},
          {"metadata", {{"name", "c"}}},
          {"spec", std::move(spec)}};
}

TEST(Schema, RefusesWhatIsOutOfRange) {
  using testing::ElementsAre;
  EXPECT_THAT(problemsOf(minimal("v1alpha2", "size", 0)), ElementsAre(".spec.size: minimum"));
  EXPECT_THAT(problemsOf(minimal("v1alpha2", "size", "2")),
              ElementsAre(".spec.size: type integer"));
  EXPECT_THAT(problemsOf(minimal("v1alpha2", "containers", json::array())),
              ElementsAre(".spec.containers: too few items"));
  EXPECT_THAT(problemsOf(minimal("v1alpha2", "users", json::array())),
              ElementsAre(".spec.users: unknown"));
  EXPECT_THAT(problemsOf(minimal("v1alpha1", "minSize", 1)), ElementsAre(".spec.minSize: unknown"));
  EXPECT_THAT(problemsOf(minimal("v1alpha2", "pod", {{"restartPolicy", "Sometimes"}})),
              ElementsAre(".spec.pod.restartPolicy: enum"));
}

TEST(Schema, AnEmptyTextIsAsIfItWasLeftOut) {
  EXPECT_THAT(
      problemsOf(minimal("v1alpha2", "pod", {{"restartPolicy", ""}, {"schedulerName", ""}})),
      testing::IsEmpty());
}

/// Rules of structural schemas (Kubernetes documentation, "Specifying a structural schema").
void expectStructural(const json::object& schema, const std::string& path) {
  SCOPED_TRACE(path);
  const bool open = isSet(schema, "x-kubernetes-preserve-unknown-fields");
  const bool either = isSet(schema, "x-kubernetes-int-or-string");
  EXPECT_TRUE(open || either || !textAt(schema, "type").empty());
  EXPECT_FALSE(schema.contains("properties") && schema.contains("additionalProperties"));
  EXPECT_EQ(textAt(schema, "type") == "array", schema.contains("items"));
  if (const auto* properties = objectAt(schema, "properties"))
    for (const auto& [key, value] : *properties) {
      expectStructural(value.as_object(), path + "." + std::string(key));
      if (path != ".metadata" && path != "" && !path.starts_with(".status")) {
        EXPECT_FALSE(textAt(value.as_object(), "description").empty()) << key;
      }
    }
  for (const char* inner : {"items", "additionalProperties"})
    if (const auto* found = objectAt(schema, inner)) expectStructural(*found, path + "." + inner);
  if (const auto* byDefault = schema.if_contains("default")) {
    Validator validator;
    validator.check(*byDefault, schema, path);
    EXPECT_THAT(validator.problems, testing::IsEmpty());
  }
}

TEST(Schema, IsStructural) {
  expectStructural(openApiSchema(kAlpha1), "");
  expectStructural(openApiSchema(kAlpha2), "");
}

size_t countFields(const json::object& schema) {
  size_t count = 0;
  if (const auto* properties = objectAt(schema, "properties"))
    for (const auto& each : *properties) count += 1 + countFields(each.value().as_object());
  for (const char* inner : {"items", "additionalProperties"})
    if (const auto* found = objectAt(schema, inner)) count += countFields(*found);
  return count;
}

size_t countFields(const Table& table, Versions version) {
  size_t count = 0;
  for (const auto& field : table.fields) {
    if ((field.versions & version) == 0) continue;
    const Type* type = &field.type;
    while (type->items != nullptr) type = type->items;
    count += 1 + (type->table == nullptr ? 0 : countFields(*type->table, version));
  }
  return count;
}

TEST(Schema, HasEveryFieldOfTheTables) {
  for (const auto version : {kAlpha1, kAlpha2}) {
    const auto schema = openApiSchema(version);
    EXPECT_EQ(countFields(schema.at("properties").at("spec").as_object()),
              countFields(kSpecTable, version));
  }
}

TEST(Schema, HasTheDefaults) {
  const auto spec = openApiSchema(kAlpha1).at("properties").at("spec").at("properties");
  EXPECT_EQ(spec.at("size").at("default"), json::value(1));
  EXPECT_EQ(spec.at("logging").at("properties").at("strict").at("default"), json::value(true));
  EXPECT_EQ(spec.at("network").at("properties").at("headlessName").at("default"),
            json::value("flux-service"));
  const auto other = openApiSchema(kAlpha2).at("properties").at("spec").at("properties");
  EXPECT_EQ(other.at("logging").at("properties").at("strict").at("default"), json::value(false));
  EXPECT_FALSE(
      other.at("network").at("properties").at("headlessName").as_object().contains("default"));
}

void expectNoDefaults(const json::object& schema) {
  EXPECT_FALSE(schema.contains("default")) << json::serialize(schema);
  if (const auto* properties = objectAt(schema, "properties"))
    for (const auto& each : *properties) expectNoDefaults(each.value().as_object());
  for (const char* inner : {"items", "additionalProperties"})
    if (const auto* found = objectAt(schema, inner)) expectNoDefaults(*found);
}

TEST(Schema, FillsNothingInWithinLists) {
  for (const auto version : {kAlpha1, kAlpha2}) {
    const auto schema = openApiSchema(version);
    const auto& spec = schema.at("properties").at("spec").at("properties").as_object();
    expectNoDefaults(spec.at("containers").at("items").as_object());
    expectNoDefaults(spec.at("services").at("items").as_object());
  }
}

TEST(Schema, RulesNameFieldsThatAreThere) {
  for (const auto version : {kAlpha1, kAlpha2}) {
    for (const Table* table : {&kSpecTable, &kContainerTable}) {
      for (const auto& rule : celRulesOf(*table)) {
        if ((rule.versions & version) == 0) continue;
        EXPECT_NE(table->find(rule.field.substr(1), version), nullptr) << rule.field;
        EXPECT_FALSE(rule.message.empty());
      }
    }
  }
}

TEST(Crd, ServesBothVersionsAndStoresTheNewer) {
  const auto crd = customResourceDefinition({});
  EXPECT_EQ(crd.at("metadata").at("name"), json::value("miniclusters.flux-framework.org"));
  const auto& versions = crd.at("spec").at("versions").as_array();
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].at("name"), json::value("v1alpha2"));
  EXPECT_EQ(versions[0].at("storage"), json::value(true));
  EXPECT_EQ(versions[1].at("name"), json::value("v1alpha1"));
  EXPECT_EQ(versions[1].at("storage"), json::value(false));
  for (const auto& version : versions) {
    EXPECT_EQ(version.at("served"), json::value(true));
    const auto& scale = version.at("subresources").at("scale");
    EXPECT_EQ(scale.at("specReplicasPath"), json::value(".spec.size"));
    EXPECT_EQ(scale.at("statusReplicasPath"), json::value(".status.size"));
    EXPECT_EQ(scale.at("labelSelectorPath"), json::value(".status.selector"));
  }
}

TEST(Crd, FindsTheWebhookWhereItIsTold) {
  const auto crd = customResourceDefinition({.serviceNamespace = "ns", .serviceName = "hook"});
  const auto& service =
      crd.at("spec").at("conversion").at("webhook").at("clientConfig").at("service");
  EXPECT_EQ(service.at("namespace"), json::value("ns"));
  EXPECT_EQ(service.at("name"), json::value("hook"));
}

}  // namespace
}  // namespace mc::api
