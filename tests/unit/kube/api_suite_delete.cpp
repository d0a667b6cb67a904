// Deleting: preconditions, finalizers, dependents, namespaces.
#include <boost/json/array.hpp>

#include "unit/kube/api_suite.hpp"

namespace mc::kube {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class Deleting : public ApiSuite {
 protected:
  Object ownedMap(const std::string& name, const Object& owner, bool block = true) {
    Object object = configMap(name);
    object["metadata"].as_object()["ownerReferences"] = json::array{reference(owner, block)};
    return create(kConfigMaps, object);
  }
  Object heldMap(const std::string& name) {
    Object object = configMap(name);
    object["metadata"].as_object()["finalizers"] = json::array{"suite.test/hold"};
    return create(kConfigMaps, object);
  }
  void release(const std::string& name) {
    merge(kConfigMaps, name, {{"metadata", Object{{"finalizers", nullptr}}}});
  }
};

TEST_F(Deleting, Removes) {
  const Object made = create(kConfigMaps, configMap("a"));
  const auto answer = client().remove(kConfigMaps, {ns_, "a"}, {}, {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(text(*answer, {"kind"}), "Status");
  EXPECT_EQ(text(*answer, {"details", "uid"}), uidOf(made));
  EXPECT_FALSE(exists(kConfigMaps, "a"));
  EXPECT_EQ(reasonOf(client().remove(kConfigMaps, {ns_, "a"}, {}, {})), Reason::NotFound);
}

TEST_F(Deleting, WrongUidIsConflict) {
  create(kConfigMaps, configMap("a"));
  const auto refused =
      client().remove(kConfigMaps, {ns_, "a"}, {.uid = "00000000-0000-4000-8000-000000000000"}, {});
  ASSERT_EQ(reasonOf(refused), Reason::Conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("the UID in the precondition ("));
  EXPECT_TRUE(exists(kConfigMaps, "a"));
}

TEST_F(Deleting, StaleVersionIsConflict) {
  const Object made = create(kConfigMaps, configMap("a"));
  merge(kConfigMaps, "a", {{"data", Object{{"a", "2"}}}});
  EXPECT_EQ(
      reasonOf(client().remove(kConfigMaps, {ns_, "a"}, {.resourceVersion = version(made)}, {})),
      Reason::Conflict);
  remove(kConfigMaps, "a", {.uid = std::string(uidOf(made))});
  EXPECT_FALSE(exists(kConfigMaps, "a"));
}

TEST_F(Deleting, FinalizerHolds) {
  const Object made = heldMap("a");
  const auto answer = client().remove(kConfigMaps, {ns_, "a"}, {}, {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(text(*answer, {"kind"}), "ConfigMap");
  const Object held = get(kConfigMaps, "a");
  EXPECT_TRUE(isDeleting(held));
  EXPECT_NE(version(held), version(made));
  EXPECT_EQ(findNumber(held, {"metadata", "deletionGracePeriodSeconds"}), 0);
  remove(kConfigMaps, "a");
  EXPECT_EQ(version(get(kConfigMaps, "a")), version(held)) << "a second delete changes nothing";
  release("a");
  EXPECT_FALSE(exists(kConfigMaps, "a"));
}

TEST_F(Deleting, NoNewFinalizersOnceDeleted) {
  heldMap("a");
  remove(kConfigMaps, "a");
  const Object patch{
      {"metadata", Object{{"finalizers", json::array{"suite.test/hold", "suite.test/more"}}}}};
  const auto refused = client().patch(kConfigMaps, {ns_, "a"}, PatchType::Merge, patch, {}, {});
  EXPECT_EQ(reasonOf(refused), Reason::Invalid);
  EXPECT_THAT(causeFields(refused), testing::Contains("metadata.finalizers"));
  release("a");
}

TEST_F(Deleting, DeletionCountsAsGeneration) {
  Object object = widget("a");
  object["metadata"].as_object()["finalizers"] = json::array{"suite.test/hold"};
  create(kWidgets, object);
  remove(kWidgets, "a");
  EXPECT_EQ(generationOf(get(kWidgets, "a")), 2);
  merge(kWidgets, "a", {{"metadata", Object{{"finalizers", nullptr}}}});
  EXPECT_FALSE(exists(kWidgets, "a"));
}

TEST_F(Deleting, BackgroundTakesDependentsAlong) {
  const Object owner = create(kConfigMaps, configMap("owner"));
  ownedMap("child", owner);
  remove(kConfigMaps, "owner", {.propagation = Propagation::Background});
  EXPECT_FALSE(exists(kConfigMaps, "owner"));
  awaitGone(kConfigMaps, "child");
}

TEST_F(Deleting, DefaultTakesDependentsAlong) {
  const Object owner = create(kWidgets, widget("owner"));
  ownedMap("child", owner);
  remove(kWidgets, "owner");
  awaitGone(kConfigMaps, "child");
}

TEST_F(Deleting, OrphanLeavesDependents) {
  const Object owner = create(kConfigMaps, configMap("owner"));
  ownedMap("child", owner);
  remove(kConfigMaps, "owner", {.propagation = Propagation::Orphan});
  awaitGone(kConfigMaps, "owner");
  EXPECT_FALSE(find(get(kConfigMaps, "child"), {"metadata", "ownerReferences"}));
}

TEST_F(Deleting, ForegroundWaitsForDependents) {
  const Object owner = create(kConfigMaps, configMap("owner"));
  Object child = configMap("child");
  child["metadata"].as_object()["ownerReferences"] = json::array{reference(owner)};
  child["metadata"].as_object()["finalizers"] = json::array{"suite.test/hold"};
  create(kConfigMaps, child);
  remove(kConfigMaps, "owner", {.propagation = Propagation::Foreground});
  await(kConfigMaps, "child", [](const Object* object) { return object && isDeleting(*object); });
  EXPECT_TRUE(isDeleting(get(kConfigMaps, "owner")));
  release("child");
  awaitGone(kConfigMaps, "owner");
}

TEST_F(Deleting, OneOfTwoOwnersIsEnough) {
  const Object first = create(kConfigMaps, configMap("first"));
  const Object second = create(kConfigMaps, configMap("second"));
  Object child = configMap("child");
  Object other = reference(second);
  other["controller"] = false;
  child["metadata"].as_object()["ownerReferences"] = json::array{reference(first), other};
  create(kConfigMaps, child);
  remove(kConfigMaps, "first", {.propagation = Propagation::Background});
  await(kConfigMaps, "child", [](const Object* object) {
    const auto* owners = object ? findArray(*object, {"metadata", "ownerReferences"}) : nullptr;
    return owners && owners->size() == 1;
  });
  remove(kConfigMaps, "second", {.propagation = Propagation::Background});
  awaitGone(kConfigMaps, "child");
}

TEST_F(Deleting, MissingOwnerMeansCollected) {
  Object gone = create(kConfigMaps, configMap("owner"));
  remove(kConfigMaps, "owner");
  ownedMap("child", gone);
  awaitGone(kConfigMaps, "child");
}

TEST_F(Deleting, TwoControllersAreInvalid) {
  const Object first = create(kConfigMaps, configMap("first"));
  const Object second = create(kConfigMaps, configMap("second"));
  Object child = configMap("child");
  child["metadata"].as_object()["ownerReferences"] =
      json::array{reference(first), reference(second)};
  EXPECT_THAT(causeFields(client().create(kConfigMaps, child, {}, {})),
              testing::ElementsAre("metadata.ownerReferences"));
}

TEST_F(Deleting, JobsOrphanTheirPodsByDefault) {
  const Object owner = create(kJobs, job("owner"));
  ownedMap("child", owner, false);
  remove(kJobs, "owner");
  awaitGone(kJobs, "owner");
  EXPECT_FALSE(find(get(kConfigMaps, "child"), {"metadata", "ownerReferences"}));
}

TEST_F(Deleting, NamespaceTakesItsContent) {
  create(kConfigMaps, configMap("plain"));
  heldMap("held");
  ASSERT_TRUE(client().remove(kNamespaces, {"", ns_}, {}, {}));
  await(kConfigMaps, "plain", [](const Object* object) { return !object; });
  const auto ns = client().get(kNamespaces, {"", ns_}, {}, {});
  ASSERT_TRUE(ns) << ns.error().message;
  EXPECT_EQ(text(*ns, {"status", "phase"}), "Terminating");
  const auto refused = client().create(kConfigMaps, configMap("late"), {}, {});
  ASSERT_EQ(reasonOf(refused), Reason::Forbidden);
  EXPECT_EQ(refused.error().message,
            "configmaps \"late\" is forbidden: unable to create new content in namespace " + ns_ +
                " because it is being terminated");
  await(kConfigMaps, "held", [](const Object* object) { return object && isDeleting(*object); });
  release("held");
  awaitGone(kNamespaces, ns_);
}

}  // namespace
}  // namespace mc::kube
