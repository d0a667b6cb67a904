#include "unit/remote/remote_fixture.hpp"

#include <boost/json.hpp>
#include <thread>

#include "kube/object.hpp"

namespace mc::remote {
namespace {

using engine::Applied;

class Changes : public RemoteTest {
 protected:
  base::Result<Applied> apply(const api::Document& made) {
    return engine->apply(made, planOf(made), progress, {});
  }
};

TEST_F(Changes, CreateMakesTheObjectAsWritten) {
  ASSERT_TRUE(create(document()));
  const auto object = stored();
  ASSERT_TRUE(object);
  EXPECT_EQ(kube::findNumber(*object, {"spec", "size"}), 2);
  EXPECT_EQ(kube::labelOf(*object, "team"), "a");
  const auto again = create(document());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().errnum, EEXIST);
  EXPECT_EQ(again.error().message,
            "miniclusters.flux-framework.org \"flux-sample\" already exists");
}

TEST_F(Changes, CreateSaysThatThereIsNoOperator) {
  ASSERT_TRUE(server.remove("customresourcedefinitions.apiextensions.k8s.io", "",
                            "miniclusters.flux-framework.org"));
  const auto made = create(document());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().errnum, ENODEV);
  EXPECT_THAT(made.error().message, ::testing::HasSubstr("operator is not installed"));
}

TEST_F(Changes, ApplyCreatesChangesAndLeavesAlone) {
  EXPECT_EQ(apply(document()).value(), Applied::Created);
  EXPECT_EQ(apply(document()).value(), Applied::Unchanged);
  EXPECT_EQ(apply(document(3)).value(), Applied::Configured);
  EXPECT_EQ(kube::findNumber(*stored(), {"spec", "size"}), 3);
}

TEST_F(Changes, ApplyTakesAwayWhatTheManifestNoLongerHas) {
  api::Document first = document();
  first.manifest["spec"].as_object()["interactive"] = true;
  ASSERT_TRUE(create(first));
  EXPECT_EQ(apply(document()).value(), Applied::Configured);
  EXPECT_EQ(kube::find(*stored(), {"spec", "interactive"}), nullptr);
}

TEST_F(Changes, ApplyKeepsWhatOthersSay) {
  ASSERT_TRUE(create(document()));
  setStatus({{"phase", "Running"}});
  server.change(
      "miniclusters.flux-framework.org", "default", "flux-sample", [](boost::json::object& object) {
        object["metadata"].as_object()["annotations"] = boost::json::object{{"other", "tool"}};
        object["spec"].as_object()["size"] = 5;
      });
  api::Document unsized = document();
  unsized.manifest["spec"].as_object().erase("size");
  EXPECT_EQ(apply(unsized).value(), Applied::Unchanged);
  EXPECT_EQ(kube::annotationOf(*stored(), "other"), "tool");
  EXPECT_EQ(kube::findText(*stored(), {"status", "phase"}), "Running");
  EXPECT_EQ(kube::findNumber(*stored(), {"spec", "size"}), 5);
}

TEST_F(Changes, DryRunsChangeNothing) {
  const api::Document made = document();
  EXPECT_EQ(engine->dryRun(engine::Change::Create, made, planOf(made), {}).value(),
            Applied::Created);
  EXPECT_EQ(engine->dryRun(engine::Change::Apply, made, planOf(made), {}).value(),
            Applied::Created);
  EXPECT_FALSE(stored());
  ASSERT_TRUE(create(made));
  EXPECT_EQ(engine->dryRun(engine::Change::Create, made, planOf(made), {}).error().errnum, EEXIST);
  const api::Document larger = document(3);
  EXPECT_EQ(engine->dryRun(engine::Change::Apply, larger, planOf(larger), {}).value(),
            Applied::Configured);
  EXPECT_EQ(kube::findNumber(*stored(), {"spec", "size"}), 2);
}

TEST_F(Changes, RemoveTakesAllThatBelongsToIt) {
  ASSERT_TRUE(create(document()));
  const auto object = *stored();
  auto map = parsed(R"({"apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": {"namespace": "default", "name": "mine"}})");
  map["metadata"].as_object()["ownerReferences"] =
      boost::json::array{boost::json::object{{"apiVersion", "flux-framework.org/v1alpha2"},
                                             {"kind", "MiniCluster"},
                                             {"name", "flux-sample"},
                                             {"uid", std::string(kube::uidOf(object))},
                                             {"blockOwnerDeletion", true}}};
  server.create(map);
  ASSERT_TRUE(engine->remove({"default", "flux-sample"}, {}, progress, {}));
  EXPECT_FALSE(stored());
  EXPECT_FALSE(server.get("configmaps", "default", "mine"));
  const auto again = engine->remove({"default", "flux-sample"}, {}, progress, {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().errnum, ENOENT);
  EXPECT_EQ(again.error().message, "miniclusters.flux-framework.org \"flux-sample\" not found");
}

TEST_F(Changes, RemoveWaitsForFinalizersUnlessToldOtherwise) {
  ASSERT_TRUE(create(document()));
  server.change(
      "miniclusters.flux-framework.org", "default", "flux-sample", [](boost::json::object& object) {
        object["metadata"].as_object()["finalizers"] = boost::json::array{"example.org/last"};
      });
  ASSERT_TRUE(
      engine->remove({"default", "flux-sample"}, {.grace = {}, .wait = false}, progress, {}));
  ASSERT_TRUE(stored());
  std::jthread finalizer([&] {
    server.log().await({.verb = "watch"}, 1);
    server.change(
        "miniclusters.flux-framework.org", "default", "flux-sample",
        [](boost::json::object& object) { object["metadata"].as_object().erase("finalizers"); });
  });
  ASSERT_TRUE(engine->remove({"default", "flux-sample"}, {}, progress, {}));
  EXPECT_FALSE(stored());
}

TEST_F(Changes, RemoveWithGraceEndsPodsWithIt) {
  ASSERT_TRUE(create(document()));
  makePod(0, "abcde");
  ASSERT_TRUE(
      engine->remove({"default", "flux-sample"}, {.grace = std::chrono::seconds(0)}, progress, {}));
  EXPECT_FALSE(server.get("pods", "default", "flux-sample-0-abcde"));
}

TEST_F(Changes, NamespacesAreMade) {
  EXPECT_TRUE(engine->createNamespace("flux-operator", {}).value());
  EXPECT_TRUE(server.get("namespaces", "", "flux-operator"));
}

}  // namespace
}  // namespace mc::remote
