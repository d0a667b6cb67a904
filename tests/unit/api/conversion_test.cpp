// Conversion between the versions: nothing is lost, edits stand, nonsense does no harm.

#include "api/conversion.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <random>

#include "api/fields.hpp"
#include "api/object.hpp"
#include "base/yaml.hpp"
#include "golden.hpp"

namespace mc::api {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Kind = Type::Kind;

json::object parse(const std::string& yaml) {
  const auto stream = base::parseYaml(yaml);
  EXPECT_TRUE(stream.errors.empty()) << yaml;
  return base::toJson(*stream.documents.at(0)).as_object();
}

json::object to(std::string_view version, const json::object& object) {
  auto result = convertTo(version, object);
  EXPECT_TRUE(result) << result.error().message;
  return result ? *result : json::object();
}

json::object toOther(const json::object& object) {
  const bool old = std::string_view(object.at("apiVersion").as_string()) == kAlpha1Version;
  return to(old ? kAlpha2Version : kAlpha1Version, object);
}

const json::value& at(const json::object& object, std::string_view pointer) {
  static const json::value kNothing;
  boost::system::error_code error;
  const json::value whole = object;
  const auto* found = whole.find_pointer(pointer, error);
  static thread_local json::value kept;
  kept = found == nullptr ? kNothing : *found;
  return kept;
}

json::object alpha1(const std::string& spec) {
  return parse(
      "apiVersion: flux-framework.org/v1alpha1\nkind: MiniCluster\nmetadata: {name: c}\nspec: " +
      spec);
}

json::object alpha2(const std::string& spec) {
  return parse(
      "apiVersion: flux-framework.org/v1alpha2\nkind: MiniCluster\nmetadata: {name: c}\nspec: " +
      spec);
}

void expectRoundTrip(const json::object& object) {
  EXPECT_TRUE(toOther(toOther(object)) == object) << json::serialize(toOther(object));
  const auto written = asWritten(toOther(object));
  ASSERT_TRUE(written);
  EXPECT_EQ(*written, object);
}

TEST(Conversion, ReturnsEveryExampleUnchanged) {
  int count = 0;
  for (const fs::path folder :
       {kFiles / "manifests", fs::path("tests/golden"), fs::path("examples")}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".yaml") continue;
      SCOPED_TRACE(entry.path());
      for (const auto& document : base::parseYaml(contentOf(entry.path())).documents) {
        const json::value value = base::toJson(*document);
        if (!value.is_object() || value.at("kind") != "MiniCluster") continue;
        expectRoundTrip(value.get_object());
        ++count;
      }
    }
  }
  EXPECT_GT(count, 15);
}

TEST(Conversion, TheOtherVersionOfEveryExampleIsGood) {
  for (const fs::path folder : {kFiles / "manifests", fs::path("tests/golden")}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".yaml") continue;
      SCOPED_TRACE(entry.path());
      const auto text = contentOf(entry.path());
      if (!read(text, "default", Runs::OnKubernetes).problems.empty()) continue;
      auto other = toOther(parse(text));
      other.at("metadata").as_object().erase("annotations");  // by itself, as people would copy it
      const auto result = readObject(other);
      for (const auto& problem : result.problems) {
        const bool idle =
            problem.field.ends_with(".command") && problem.message.starts_with("missing");
        EXPECT_TRUE(idle) << problem.text("other");
      }
    }
  }
}

/// Random objects that have all kinds of fields of a version, right and wrong.
class Generator {
 public:
  Generator(unsigned seed, Versions version) : random_(seed), version_(version) {}

  json::object document() {
    json::object object = {{"apiVersion", version_ == kAlpha1 ? kAlpha1Version : kAlpha2Version},
                           {"kind", "MiniCluster"},
                           {"metadata", {{"name", "c"}, {"namespace", "default"}}},
                           {"spec", this->object(kSpecTable)}};
    return object;
  }

 private:
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  json::object object(const Table& table) {
    json::object result;
    for (const auto& field : table.fields)
      if ((field.versions & version_) != 0 && chance(40))
        result[field.name] = value(field.type, field);
    return result;
  }
  json::value value(const Type& type, const Field& field) {
    if (chance(2)) return json::array{1, "x", nullptr};
    if (!field.byDefault.empty() && &type == &field.type && chance(30) && type.kind == Kind::String)
      return json::value(field.byDefault);
    switch (type.kind) {
      case Kind::Boolean:
        return chance(50);
      case Kind::Integer:
        return static_cast<int64_t>(random_() % 5);
      case Kind::List: {
        json::array items;
        for (size_t i = random_() % 4; i > 0; --i) items.push_back(value(*type.items, field));
        return items;
      }
      case Kind::Map: {
        json::object entries;
        for (size_t i = random_() % 3; i > 0; --i) entries[word()] = value(*type.items, field);
        return entries;
      }
      case Kind::Object:
        return object(*type.table);
      default:
        return json::value(chance(10) ? "" : word());
    }
  }
  std::string word() {
    static constexpr std::array<const char*, 6> kWords = {"a",  "b",        "data",
                                                          "/x", "hostpath", "nginx"};
    return kWords[random_() % kWords.size()];
  }

  std::mt19937 random_;
  Versions version_;
};

TEST(Conversion, ReturnsWhateverItIsGivenUnchanged) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const auto object = Generator(seed, seed % 2 == 0 ? kAlpha1 : kAlpha2).document();
    const auto back = toOther(toOther(object));
    ASSERT_TRUE(back == object) << seed << ": " << json::serialize(object) << "\n"
                                << json::serialize(back);
  }
}

TEST(Conversion, IsStableFromTheFirstTimeOn) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    const auto object = Generator(seed, seed % 2 == 0 ? kAlpha1 : kAlpha2).document();
    const auto other = toOther(object);
    ASSERT_TRUE(toOther(toOther(other)) == other) << seed << ": " << json::serialize(other) << "\n"
                                                  << json::serialize(toOther(toOther(other)));
  }
}

TEST(Conversion, SpellsOutDefaultsThatDiffer) {
  const auto newer = toOther(alpha1("{containers: [{image: a, command: b}]}"));
  EXPECT_EQ(at(newer, "/spec/logging/strict"), json::value(true));
  EXPECT_EQ(at(newer, "/spec/network/headlessName"), json::value("flux-service"));
  const auto older = toOther(alpha2("{containers: [{image: a, command: b}]}"));
  EXPECT_EQ(at(older, "/spec/logging/strict"), json::value(false));
  EXPECT_EQ(at(older, "/spec/network/headlessName"), json::value("c"));
}

TEST(Conversion, SaysVolumesInTheOthersWords) {
  const auto newer =
      toOther(alpha1("{containers: [{image: a, volumes: {data: {path: /data, readOnly: true}},"
                     " existingVolumes: {claim: {path: /claim, claimName: c}}}],"
                     " volumes: {data: {path: /host, capacity: 3Gi}}}"));
  EXPECT_EQ(at(newer, "/spec/containers/0/volumes"),
            json::value(parse("{data: {path: /data, readOnly: true, hostPath: /host},"
                              " claim: {path: /claim, claimName: c}}")));
  EXPECT_TRUE(at(newer, "/spec/volumes").is_null());

  const auto older =
      toOther(alpha2("{containers: [{image: a, volumes: {data: {path: /data, hostPath: /host},"
                     " shm: {emptyDir: true}, map: {path: /map, configMapName: m}}}]}"));
  EXPECT_EQ(at(older, "/spec/volumes"), json::value(parse("{data: {path: /host}}")));
  EXPECT_EQ(at(older, "/spec/containers/0/volumes"), json::value(parse("{data: {path: /data}}")));
  EXPECT_EQ(at(older, "/spec/containers/0/existingVolumes"),
            json::value(parse("{map: {path: /map, configMapName: m}}")));
}

TEST(Conversion, SaysCapabilitiesInTheOthersWords) {
  const auto newer =
      toOther(alpha1("{containers: [{image: a, securityContext: {addCapabilities: [KILL]}}]}"));
  EXPECT_EQ(at(newer, "/spec/containers/0/securityContext/capabilities/add/0"),
            json::value("KILL"));
  const auto older = toOther(alpha2(
      "{containers: [{image: a, securityContext: {capabilities: {add: [KILL], drop: [ALL]}}}]}"));
  EXPECT_EQ(at(older, "/spec/containers/0/securityContext/addCapabilities/0"), json::value("KILL"));
}

TEST(Conversion, EditsInBetweenStand) {
  const auto original = alpha1(
      "{size: 2, containers: [{image: a, cores: 3, command: x}, {name: side, image: b}],"
      " users: [{name: anna}], logging: {strict: false}}");
  auto newer = toOther(original);
  auto& spec = newer.at("spec").as_object();
  spec["size"] = 4;
  spec.at("logging").as_object()["strict"] = true;
  spec.at("containers").as_array()[0].as_object()["command"] = "y";
  const auto back = toOther(newer);
  EXPECT_EQ(at(back, "/spec/size"), json::value(4));
  EXPECT_EQ(at(back, "/spec/containers/0/command"), json::value("y"));
  EXPECT_EQ(at(back, "/spec/containers/0/cores"), json::value(3));
  EXPECT_EQ(at(back, "/spec/users/0/name"), json::value("anna"));
  EXPECT_EQ(at(back, "/spec/logging/strict"), json::value(true));
  EXPECT_TRUE(at(back, "/metadata/annotations").is_null());
}

TEST(Conversion, AnEditedDirectoryIsTheNewOneInBothVersions) {
  auto newer =
      toOther(alpha1("{containers: [{image: a, volumes: {data: {path: /data}}}],"
                     " volumes: {data: {path: /host, capacity: 3Gi}}}"));
  newer.at("spec").at("containers").as_array()[0].at("volumes").at("data").as_object()["hostPath"] =
      "/other";
  const auto back = toOther(newer);
  EXPECT_EQ(at(back, "/spec/volumes/data"), json::value(parse("{path: /other, capacity: 3Gi}")));
}

TEST(Conversion, ARemovedVolumeStaysRemoved) {
  auto newer =
      toOther(alpha1("{containers: [{image: a, volumes: {data: {path: /data}}}],"
                     " volumes: {data: {path: /host, capacity: 3Gi}}}"));
  newer.at("spec").at("containers").as_array()[0].as_object().erase("volumes");
  EXPECT_TRUE(at(toOther(newer), "/spec/volumes/data").is_null());
}

TEST(Conversion, ContainersAreFoundAgainAfterTheListWasEdited) {
  const auto original = alpha1(
      "{containers: [{name: side, image: b, commands: {runFluxAsRoot: true}},"
      " {image: a, runFlux: true, cores: 3}]}");
  auto newer = toOther(original);
  auto& containers = newer.at("spec").at("containers").as_array();
  containers.insert(containers.begin(), json::object{{"name", "first"}, {"image", "c"}});
  const auto back = toOther(newer);
  EXPECT_TRUE(at(back, "/spec/containers/0/cores").is_null());
  EXPECT_EQ(at(back, "/spec/containers/1/commands/runFluxAsRoot"), json::value(true));
  EXPECT_EQ(at(back, "/spec/containers/2/cores"), json::value(3));
}

TEST(Conversion, WhatTheNewVersionAloneHasIsKeptWhereTheOldOneWasWritten) {
  auto newer = toOther(alpha1("{size: 3, containers: [{image: a, command: x}]}"));
  newer.at("spec").as_object()["minSize"] = 2;
  const auto back = toOther(newer);
  EXPECT_TRUE(at(back, "/spec/minSize").is_null());
  EXPECT_EQ(toOther(back), newer);
  EXPECT_EQ(*asWritten(newer), back);
  EXPECT_EQ(*asWritten(back), back);
}

/// What the API server does to a stored object: defaults of v1alpha2 in every object that is there.
void fillDefaults(json::object& object, const Table& table) {
  for (const auto& field : table.fields) {
    if ((field.versions & kAlpha2) == 0) continue;
    auto* value = object.if_contains(field.name);
    if (value == nullptr && !field.byDefault.empty()) {
      const auto scalar = base::resolveScalar(std::string(field.byDefault));
      json::value& made = object[field.name];
      if (field.type.kind == Kind::Boolean)
        made = scalar.boolean;
      else if (field.type.kind == Kind::Integer)
        made = scalar.integer;
      else
        made = json::value(field.byDefault);
    } else if (value != nullptr && field.type.kind == Kind::Object) {
      fillDefaults(value->as_object(), *field.type.table);
    } else if (value != nullptr && field.type.kind == Kind::List && value->is_array() &&
               field.type.items->kind == Kind::Object) {
      for (auto& item : value->as_array()) fillDefaults(item.as_object(), *field.type.items->table);
    }
  }
}

TEST(Conversion, DefaultsThatTheServerFillsInAreNoEdits) {
  const auto original = alpha1(
      "{size: 2, containers: [{image: a, command: x, cores: 2}], flux: {installRoot: /opt}}");
  auto stored = toOther(original);
  fillDefaults(stored.at("spec").as_object(), kSpecTable);
  const auto back = toOther(stored);
  EXPECT_TRUE(at(back, "/spec/logging").is_null());
  EXPECT_TRUE(at(back, "/spec/network").is_null());
  EXPECT_TRUE(at(back, "/metadata/annotations").is_null());
  EXPECT_EQ(at(back, "/spec/containers/0/cores"), json::value(2));
  EXPECT_EQ(at(back, "/spec/flux/installRoot"), json::value("/opt"));
}

TEST(Conversion, RefusesOtherApis) {
  EXPECT_FALSE(convertTo(kAlpha1Version, parse("{apiVersion: v1, kind: Pod}")));
  EXPECT_FALSE(convertTo(kAlpha1Version, parse("{apiVersion: v1, kind: MiniCluster}")));
  EXPECT_FALSE(convertTo("flux-framework.org/v1", alpha1("{}")));
  EXPECT_FALSE(convertTo(kAlpha1Version, json::object()));
}

TEST(Conversion, TakesNonsense) {
  for (const char* spec : {"[]", "7", "{containers: {}}", "{containers: [7, [], {volumes: 7}]}",
                           "{logging: 7, network: [], volumes: {a: 1}}", "null"}) {
    SCOPED_TRACE(spec);
    expectRoundTrip(alpha1(spec));
    expectRoundTrip(alpha2(spec));
  }
}

TEST(Conversion, TakesNonsenseForItsAnnotation) {
  for (
      const std::string text :
      {"", "{", "7", "[]", R"({"fields": 7})",
       R"({"fields": [7, {}, {"path": []}, {"path": [7]}]})",
       R"({"fields": [{"path": ["a", "b", "c"], "value": 1}]})",
       R"({"fields": [{"path": ["containers", {"index": -1, "name": "n"}, "x"], "value": 1}]})",
       R"({"fields": [{"path": ["containers", {"index": 99999999999, "name": "n"}, "x"], "value": 1}]})"}) {
    SCOPED_TRACE(text);
    auto object = alpha2("{containers: [{image: a}]}");
    object.at("metadata").as_object()["annotations"] =
        json::object{{"flux-framework.org/v1alpha1-fields", text}};
    const auto older = to(kAlpha1Version, object);
    EXPECT_EQ(at(older, "/spec/containers/0"), json::value(parse("{image: a}")));
  }
}

TEST(Conversion, KeepsMetadataAndStatus) {
  auto object = alpha1("{containers: [{image: a}]}");
  object["metadata"] = parse("{name: c, uid: u, labels: {a: b}, annotations: {x: y}}");
  object["status"] = parse("{phase: Running}");
  auto newer = toOther(object);
  EXPECT_EQ(newer.at("status"), object.at("status"));
  newer.at("metadata").at("annotations").as_object().erase("flux-framework.org/v1alpha1-fields");
  EXPECT_EQ(newer.at("metadata"), object.at("metadata"));
}

TEST(ReadObject, ReadsWhatWasWritten) {
  auto object = toOther(alpha1("{containers: [{image: a, command: x, fluxUser: {name: joe}}]}"));
  const auto result = readObject(object);
  ASSERT_EQ(result.documents.size(), 1u);
  EXPECT_EQ(result.documents[0].cluster.apiVersion, kAlpha1Version);
  EXPECT_EQ(result.documents[0].cluster.fluxContainer().fluxUser->name, "joe");
}

TEST(ReadObject, TakesWhatTheServerFillsIn) {
  auto object = alpha2("{containers: [{image: a, command: x}]}");
  object["metadata"] = parse("{generateName: c-, managedFields: [{manager: kubectl}], uid: u}");
  object["status"] = parse("{phase: Running}");
  const auto result = readObject(object);
  ASSERT_EQ(result.documents.size(), 1u) << result.problems.at(0).text("");
  EXPECT_EQ(result.documents[0].cluster.metadata.name, "c-xxxxx");
}

TEST(ReadObject, TakesCharactersThatYamlWantsEscaped) {
  auto object = alpha2("{containers: [{image: a}]}");
  const std::string text =
      "a\x7f"
      "b\xC2\x85 \xC2\x9F \xEF\xBB\xBF \xE2\x80\xA8 \t\n\x01 é \xF0\x9F\x98\x80";
  object.at("spec").at("containers").as_array()[0].as_object()["command"] = text;
  const auto result = readObject(object);
  ASSERT_EQ(result.documents.size(), 1u) << result.problems.at(0).text("");
  EXPECT_EQ(result.documents[0].cluster.fluxContainer().command, text);
}

TEST(ReadObject, NamesFieldsWithoutLines) {
  const auto result = readObject(alpha2("{size: 0, containers: [{image: a}]}"));
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_EQ(result.problems[0].line, 0);
  EXPECT_EQ(result.problems[0].field, "spec.size");
}

}  // namespace
}  // namespace mc::api
