// One object at a time: making, reading, replacing.
#include "base/rfc3339.hpp"
#include "unit/kube/api_suite.hpp"

namespace mc::kube {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

class Objects : public ApiSuite {};

TEST_F(Objects, CreateStampsMetadata) {
  const Object made = create(kConfigMaps, configMap("a"));
  EXPECT_EQ(nameOf(made), "a");
  EXPECT_EQ(namespaceOf(made), ns_);
  EXPECT_EQ(uidOf(made).size(), 36u);
  EXPECT_GT(base::parseTime(text(made, {"metadata", "creationTimestamp"})), 1.7e9);
  EXPECT_NE(version(made), "");
  EXPECT_EQ(get(kConfigMaps, "a"), made);
}

TEST_F(Objects, VersionsGrowAcrossTypes) {
  const auto first = std::stoll(version(create(kConfigMaps, configMap("a"))));
  const auto second = std::stoll(version(create(kWidgets, widget("a"))));
  const auto third = std::stoll(version(create(kConfigMaps, configMap("b"))));
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_F(Objects, CreateTwiceIsAlreadyExists) {
  create(kConfigMaps, configMap("a"));
  const auto again = client().create(kConfigMaps, configMap("a"), {}, {});
  ASSERT_EQ(reasonOf(again), Reason::AlreadyExists);
  EXPECT_EQ(again.error().message, "configmaps \"a\" already exists");
}

TEST_F(Objects, MissingIsNotFound) {
  const auto missing = client().get(kJobs, {ns_, "none"}, {}, {});
  ASSERT_EQ(reasonOf(missing), Reason::NotFound);
  EXPECT_EQ(missing.error().code, 404);
  EXPECT_EQ(missing.error().message, "jobs.batch \"none\" not found");
}

TEST_F(Objects, UnknownResourceIsNotFound) {
  const Resource unknown{"suite.minicluster.test", "v1", "gadgets", "Gadget", true};
  EXPECT_EQ(reasonOf(client().get(unknown, {ns_, "a"}, {}, {})), Reason::NotFound);
}

TEST_F(Objects, GenerateName) {
  Object nameless = configMap("");
  nameless["metadata"].as_object().erase("name");
  nameless["metadata"].as_object()["generateName"] = "map-";
  const auto one = create(kConfigMaps, nameless);
  const auto two = create(kConfigMaps, nameless);
  EXPECT_THAT(std::string(nameOf(one)), StartsWith("map-"));
  EXPECT_EQ(nameOf(one).size(), 9u);
  EXPECT_NE(nameOf(one), nameOf(two));
}

TEST_F(Objects, CreateWithVersionIsRefused) {
  Object versioned = configMap("a");
  versioned["metadata"].as_object()["resourceVersion"] = "1";
  const auto made = client().create(kConfigMaps, versioned, {}, {});
  ASSERT_EQ(reasonOf(made), Reason::InternalError);
  EXPECT_EQ(made.error().message, "resourceVersion should not be set on objects to be created");
}

TEST_F(Objects, CreateInMissingNamespaceIsNotFound) {
  Object lost = configMap("a");
  lost["metadata"].as_object()["namespace"] = ns_ + "-none";
  const auto made = client().create(kConfigMaps, lost, {}, {});
  ASSERT_EQ(reasonOf(made), Reason::NotFound);
  EXPECT_EQ(made.error().message, "namespaces \"" + ns_ + "-none\" not found");
}

TEST_F(Objects, BadNameIsInvalid) {
  const auto made = client().create(kConfigMaps, configMap("Not_Good"), {}, {});
  ASSERT_EQ(reasonOf(made), Reason::Invalid);
  EXPECT_THAT(causeFields(made), testing::ElementsAre("metadata.name"));
  EXPECT_THAT(made.error().message, HasSubstr("ConfigMap \"Not_Good\" is invalid: metadata.name: "
                                              "Invalid value: \"Not_Good\": a lowercase RFC 1123"));
}

TEST_F(Objects, BadLabelIsInvalid) {
  Object labelled = configMap("a");
  labelled["metadata"].as_object()["labels"] = {{"a", "not/good"}};
  EXPECT_THAT(causeFields(client().create(kConfigMaps, labelled, {}, {})),
              Contains("metadata.labels"));
}

TEST_F(Objects, StaleUpdateIsConflict) {
  const Object first = create(kConfigMaps, configMap("a"));
  Object fresh = first;
  fresh["data"] = {{"a", "2"}};
  update(kConfigMaps, fresh);
  Object stale = first;
  stale["data"] = {{"a", "3"}};
  const auto lost = client().update(kConfigMaps, stale, {}, {});
  ASSERT_EQ(reasonOf(lost), Reason::Conflict);
  EXPECT_EQ(lost.error().code, 409);
  EXPECT_EQ(lost.error().message,
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
            "please apply your changes to the latest version and try again");
  EXPECT_EQ(text(get(kConfigMaps, "a"), {"data", "a"}), "2");
}

TEST_F(Objects, UpdateWithoutChangeKeepsVersion) {
  const Object first = create(kConfigMaps, configMap("a"));
  EXPECT_EQ(version(update(kConfigMaps, first)), version(first));
  Object changed = first;
  changed["data"] = {{"a", "2"}};
  EXPECT_NE(version(update(kConfigMaps, changed)), version(first));
}

TEST_F(Objects, UpdateWithoutVersionWins) {
  Object object = create(kConfigMaps, configMap("a"));
  object["metadata"].as_object().erase("resourceVersion");
  object["data"] = {{"a", "2"}};
  EXPECT_EQ(text(update(kConfigMaps, object), {"data", "a"}), "2");
}

TEST_F(Objects, UpdateOfMissingIsNotFound) {
  EXPECT_EQ(reasonOf(client().update(kConfigMaps, configMap("a"), {}, {})), Reason::NotFound);
}

TEST_F(Objects, UpdateWithOtherUidIsConflict) {
  Object object = create(kConfigMaps, configMap("a"));
  object["metadata"].as_object()["uid"] = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(reasonOf(client().update(kConfigMaps, object, {}, {})), Reason::Conflict);
}

TEST_F(Objects, ServerFieldsCannotBeChanged) {
  const Object made = create(kConfigMaps, configMap("a"));
  Object changed = made;
  changed["metadata"].as_object()["creationTimestamp"] = "2001-01-01T00:00:00Z";
  changed["metadata"].as_object()["labels"] = {{"a", "b"}};
  const Object now = update(kConfigMaps, changed);
  EXPECT_EQ(text(now, {"metadata", "creationTimestamp"}),
            text(made, {"metadata", "creationTimestamp"}));
  EXPECT_EQ(labelOf(now, "a"), "b");
}

TEST_F(Objects, DryRunStoresNothing) {
  const auto tried = client().create(kConfigMaps, configMap("a"), {.dryRun = true}, {});
  ASSERT_TRUE(tried) << tried.error().message;
  EXPECT_EQ(nameOf(*tried), "a");
  EXPECT_FALSE(exists(kConfigMaps, "a"));
  const Object made = create(kConfigMaps, configMap("a"));
  Object changed = made;
  changed["data"] = {{"a", "2"}};
  EXPECT_EQ(text(update(kConfigMaps, changed, {.dryRun = true}), {"data", "a"}), "2");
  remove(kConfigMaps, "a", {.dryRun = true});
  EXPECT_EQ(get(kConfigMaps, "a"), made);
}

TEST_F(Objects, MetadataOnly) {
  const Object made = create(kConfigMaps, configMap("a"));
  const auto partial = client().get(kConfigMaps, {ns_, "a"}, {.metadataOnly = true}, {});
  ASSERT_TRUE(partial) << partial.error().message;
  EXPECT_FALSE(partial->contains("data"));
  EXPECT_EQ(version(*partial), version(made));
  EXPECT_EQ(uidOf(*partial), uidOf(made));
}

TEST_F(Objects, ManagersAreNoted) {
  const auto made =
      client().create(kConfigMaps, configMap("a"), {.fieldManager = "maker"}, {}).value();
  EXPECT_TRUE(find(ownedFields(made, "maker", "Update"), {"f:data", "f:a"}));
}

TEST_F(Objects, Discovery) {
  const auto about = client().getRaw("/version", {});
  ASSERT_TRUE(about) << about.error().message;
  EXPECT_THAT(text(about->as_object(), {"gitVersion"}), StartsWith("v1."));
  const auto batch = client().getRaw("/apis/batch/v1", {}).value().as_object();
  std::vector<std::string> resources;
  for (const auto& entry : *findArray(batch, {"resources"}))
    resources.push_back(text(entry.as_object(), {"name"}));
  EXPECT_THAT(resources, Contains("jobs"));
  EXPECT_THAT(resources, Contains("jobs/status"));
}

}  // namespace
}  // namespace mc::kube
