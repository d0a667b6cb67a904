// The operator as a whole on a fake API server: what it makes, changes, keeps and takes away.

#include "unit/operator/world.hpp"

namespace mc::controller {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const json::array kNginx = {
    json::object{{"image", "debian"}, {"command", "hostname"}, {"runFlux", true}},
    json::object{{"image", "nginx"}, {"name", "nginx"}, {"ports", {80}}}};

class Reconciling : public testing::Test {
 protected:
  void makeReady(const std::string& name, int size, json::object spec = {}) {
    world.server.create(World::manifest(name, size, std::move(spec)));
    ASSERT_TRUE(world.awaitReady(name)) << json::serialize(world.cluster(name));
  }
  World world;
  fakes::FakeApiServer& server = world.server;
};

TEST_F(Reconciling, MakesAllObjectsAndTellsWhenTheyAreReady) {
  const RunningOperator running(server);
  makeReady("a", 2, {{"containers", kNginx}});
  for (const auto& [type, name] : {std::pair("configmaps", "a-config"),
                                   {"services", "a"},
                                   {"services", "a-nginx"},
                                   {"jobs.batch", "a"}})
    EXPECT_TRUE(server.get(type, "lab", name)) << type << " " << name;
  EXPECT_THAT(server.list("secrets", "lab"), SizeIs(1));
  const auto cluster = world.cluster("a");
  EXPECT_EQ(world.phase("a"), "Running");
  EXPECT_EQ(kube::findNumber(cluster, {"status", "ready"}), 2);
  EXPECT_EQ(kube::findText(cluster, {"status", "leadPod"}), world.pod("a", 0));
  EXPECT_TRUE(world.isTrue("a", "Running"));
  EXPECT_TRUE(world.isTrue("a", "Accepted"));
}

TEST_F(Reconciling, NeedsEightRequestsUntilReady) {
  RunningOperator running(server);
  world.server.create(World::manifest("a", 2));
  ASSERT_TRUE(
      world.await([&] { return world.phase("a") == "Pending" && !world.pod("a", 1).empty(); }));
  ASSERT_TRUE(world.awaitReady("a"));
  EXPECT_TRUE(server.log().await({.verb = "create", .resource = "events"}, 2));
  EXPECT_THAT(world.writes(), SizeIs(8)) << testing::PrintToString(world.writes());
  EXPECT_EQ(server.log().count({.verb = "get"}), 0u);
}

TEST_F(Reconciling, SucceedsWithItsLead) {
  const RunningOperator running(server);
  makeReady("a", 2);
  world.jobs.nodes().exit("lab", world.pod("a", 0), 0);
  ASSERT_TRUE(world.await([&] { return world.isTrue("a", "Succeeded"); }));
  EXPECT_EQ(kube::findNumber(world.cluster("a"), {"status", "exitCode"}), 0);
  EXPECT_EQ(world.phase("a"), "Succeeded");
  EXPECT_NE(kube::findText(world.cluster("a"), {"status", "completionTime"}), "");
}

TEST_F(Reconciling, FailsWithTheJobsStatus) {
  const RunningOperator running(server);
  makeReady("a", 2);
  world.jobs.nodes().exit("lab", world.pod("a", 0), 3);
  ASSERT_TRUE(world.await([&] { return world.isTrue("a", "Failed"); }));
  EXPECT_EQ(kube::findNumber(world.cluster("a"), {"status", "exitCode"}), 3);
}

TEST_F(Reconciling, ReplacesALeadThatWasLost) {
  const RunningOperator running(server);
  makeReady("a", 2);
  const std::string lead = world.pod("a", 0);
  world.jobs.nodes().disrupt("lab", lead);
  ASSERT_TRUE(world.awaitRunning([&] {
    return world.isTrue("a", "Ready") &&
           kube::findText(world.cluster("a"), {"status", "leadPod"}) != lead;
  })) << json::serialize(world.cluster("a"));
  EXPECT_FALSE(world.isTrue("a", "Failed"));
}

TEST_F(Reconciling, MakesAgainWhatSomebodyDeletes) {
  const RunningOperator running(server);
  makeReady("a", 2, {{"containers", kNginx}});
  for (const auto& [type, name] : {std::pair("configmaps", "a-config"),
                                   {"services", "a"},
                                   {"services", "a-nginx"},
                                   {"jobs.batch", "a"}}) {
    const std::string kind = type, object = name;
    const std::string uid(kube::uidOf(*server.get(kind, "lab", object)));
    ASSERT_TRUE(server.remove(kind, "lab", object));
    EXPECT_TRUE(world.awaitRunning([&] {
      const auto now = server.get(kind, "lab", object);
      return now && kube::uidOf(*now) != uid;
    })) << kind;
  }
}

TEST_F(Reconciling, RestoresWhatSomebodyChanges) {
  const RunningOperator running(server);
  makeReady("a", 2, {{"containers", kNginx}});
  server.change("services", "lab", "a-nginx", [](json::object& service) {
    service["spec"].as_object()["ports"].as_array()[0].as_object()["targetPort"] = 81;
  });
  server.change("services", "lab", "a", [](json::object& service) {
    service["spec"].as_object()["publishNotReadyAddresses"] = false;
  });
  server.change("configmaps", "lab", "a-config", [](json::object& config) {
    for (auto& each : config["data"].as_object()) each.value() = "broken";
  });
  EXPECT_TRUE(server.await([&] {
    const auto config = *server.get("configmaps", "lab", "a-config");
    const auto sidecar = *server.get("services", "lab", "a-nginx");
    const auto headless = *server.get("services", "lab", "a");
    return json::serialize(*kube::find(config, {"data"})).find("broken") == std::string::npos &&
           (*kube::findArray(sidecar, {"spec", "ports"}))[0].as_object().at("targetPort") == 80 &&
           *kube::find(headless, {"spec", "publishNotReadyAddresses"}) == true;
  }));
}

TEST_F(Reconciling, RestoresWhatWasChangedWhileItWasAway) {
  {
    const RunningOperator running(server);
    makeReady("a", 2);
  }
  server.change("configmaps", "lab", "a-config", [](json::object& config) {
    for (auto& each : config["data"].as_object()) each.value() = "broken";
  });
  const RunningOperator next(server);
  EXPECT_TRUE(server.await([&] {
    const auto config = *server.get("configmaps", "lab", "a-config");
    return json::serialize(*kube::find(config, {"data"})).find("broken") == std::string::npos;
  }));
}

TEST_F(Reconciling, KeepsServicesRunning) {
  const RunningOperator running(server);
  makeReady("a", 1, {{"services", {json::object{{"image", "registry"}, {"name", "registry"}}}}});
  ASSERT_TRUE(
      world.awaitRunning([&] { return server.get("pods", "lab", "a-services").has_value(); }));
  const std::string uid(kube::uidOf(*server.get("pods", "lab", "a-services")));
  world.jobs.nodes().disrupt("lab", "a-services");
  EXPECT_TRUE(world.awaitRunning([&] {
    world.jobs.nodes().finishDeletions();
    const auto pod = server.get("pods", "lab", "a-services");
    return pod && kube::uidOf(*pod) != uid;
  }));
  world.jobs.nodes().exit("lab", world.pod("a", 0), 0);
  EXPECT_TRUE(world.await([&] {
    world.jobs.nodes().finishDeletions();
    return !server.get("pods", "lab", "a-services") && world.isTrue("a", "Succeeded");
  }));
}

TEST_F(Reconciling, ChangesTheSizeInPlace) {
  const RunningOperator running(server);
  makeReady("a", 2, {{"maxSize", 4}});
  const std::string lead = world.pod("a", 0);
  server.change(kType, "lab", "a",
                [](json::object& cluster) { cluster["spec"].as_object()["size"] = 4; });
  ASSERT_TRUE(world.awaitRunning([&] {
    return kube::findNumber(world.cluster("a"), {"status", "ready"}) == 4;
  })) << json::serialize(world.cluster("a"));
  EXPECT_EQ(world.pod("a", 0), lead);
  server.change(kType, "lab", "a",
                [](json::object& cluster) { cluster["spec"].as_object()["size"] = 1; });
  EXPECT_TRUE(world.awaitRunning(
      [&] { return kube::findNumber(world.cluster("a"), {"status", "ready"}) == 1; }));
  EXPECT_EQ(kube::findNumber(world.cluster("a"), {"status", "maximumSize"}), 4);
}

TEST_F(Reconciling, KeepsToTheMostThatFluxKnows) {
  const RunningOperator running(server);
  makeReady("a", 2);
  server.change(kType, "lab", "a",
                [](json::object& cluster) { cluster["spec"].as_object()["size"] = 9; });
  ASSERT_TRUE(world.await([&] { return !world.isTrue("a", "Accepted"); }));
  EXPECT_THAT(json::serialize(world.cluster("a")), HasSubstr("SizeLimited"));
  EXPECT_EQ(kube::findNumber(*server.get("jobs.batch", "lab", "a"), {"spec", "parallelism"}), 2);
}

TEST_F(Reconciling, SuspendsAndResumes) {
  const RunningOperator running(server);
  makeReady("a", 2);
  const auto suspend = [&](bool value) {
    server.change(kType, "lab", "a",
                  [&](json::object& cluster) { cluster["spec"].as_object()["suspend"] = value; });
  };
  suspend(true);
  ASSERT_TRUE(world.await([&] {
    world.jobs.nodes().finishDeletions();
    return world.isTrue("a", "Suspended") && server.list("pods", "lab").empty();
  }));
  EXPECT_EQ(world.phase("a"), "Suspended");
  suspend(false);
  ASSERT_TRUE(world.awaitReady("a"));
  EXPECT_FALSE(world.isTrue("a", "Suspended"));
}

TEST_F(Reconciling, LeavesTheJobsSuspensionToKueue) {
  const RunningOperator running(server);
  world.server.create(
      World::manifest("a", 1, {{"jobLabels", {{"kueue.x-k8s.io/queue-name", "q"}}}}));
  ASSERT_TRUE(server.await([&] { return server.get("jobs.batch", "lab", "a").has_value(); }));
  const auto suspend = [&](bool value) {
    server.change("jobs.batch", "lab", "a",
                  [&](json::object& job) { job["spec"].as_object()["suspend"] = value; });
  };
  suspend(true);
  ASSERT_TRUE(server.await([&] { return world.isTrue("a", "Suspended"); }));
  EXPECT_EQ(*kube::find(*server.get("jobs.batch", "lab", "a"), {"spec", "suspend"}), true);
  suspend(false);
  EXPECT_TRUE(world.awaitReady("a"));
}

TEST_F(Reconciling, SaysWhatIsWrongWithAManifest) {
  RunningOperator running(server);
  auto bad = World::manifest("a", 2);
  bad["spec"].as_object()["containers"].as_array()[0].as_object()["command"] = "echo 'open";
  server.create(bad);
  ASSERT_TRUE(server.await([&] { return world.cluster("a").contains("status"); }));
  EXPECT_FALSE(world.isTrue("a", "Accepted"));
  EXPECT_THAT(json::serialize(world.cluster("a")), HasSubstr("spec.containers[0].command"));
  EXPECT_FALSE(server.get("jobs.batch", "lab", "a"));
  EXPECT_TRUE(server.log().await({.verb = "create", .resource = "events"}, 1));
  EXPECT_THAT(world.writes(), SizeIs(2)) << "the status and an event";
}

TEST_F(Reconciling, SharesAHeadlessServiceAndTakesItAwayWithTheLast) {
  const RunningOperator running(server);
  const json::object shared = {{"network", {{"headlessName", "flux-service"}}}};
  makeReady("a", 1, shared);
  makeReady("b", 1, shared);
  ASSERT_TRUE(server.await([&] {
    const auto service = server.get("services", "lab", "flux-service");
    return service && ownerUids(*service).size() == 2;
  }));
  server.remove(kType, "lab", "a");
  ASSERT_TRUE(server.await([&] { return !server.get("jobs.batch", "lab", "a"); }));
  EXPECT_TRUE(server.get("services", "lab", "flux-service"));
  server.remove(kType, "lab", "b");
  EXPECT_TRUE(server.await([&] { return !server.get("services", "lab", "flux-service"); }));
}

TEST_F(Reconciling, DoesNotTakeOverAForeignService) {
  server.create(
      {{"apiVersion", "v1"},
       {"kind", "Service"},
       {"metadata", {{"name", "a"}, {"namespace", "lab"}}},
       {"spec", {{"selector", {{"app", "mine"}}}, {"ports", {json::object{{"port", 80}}}}}}});
  const RunningOperator running(server);
  server.create(World::manifest("a", 1));
  ASSERT_TRUE(server.await([&] { return world.cluster("a").contains("status"); }));
  const auto service = *server.get("services", "lab", "a");
  EXPECT_EQ(kube::findText(service, {"spec", "selector", "app"}), "mine");
  EXPECT_THAT(ownerUids(service), testing::IsEmpty());
}

TEST_F(Reconciling, TwoClustersWithTheSameSidecarDoNotCollide) {
  const RunningOperator running(server);
  makeReady("a", 1, {{"containers", kNginx}});
  makeReady("b", 1, {{"containers", kNginx}});
  EXPECT_TRUE(server.get("services", "lab", "a-nginx"));
  EXPECT_TRUE(server.get("services", "lab", "b-nginx"));
}

TEST_F(Reconciling, CleansUp) {
  const RunningOperator running(server);
  makeReady("a", 1, {{"cleanup", true}});
  makeReady("b", 1, {{"ttlSecondsAfterFinished", 0}});
  makeReady("c", 1);
  for (const char* name : {"a", "b", "c"}) world.jobs.nodes().exit("lab", world.pod(name, 0), 0);
  EXPECT_TRUE(world.await([&] {
    return world.cluster("a").empty() && world.cluster("b").empty() &&
           world.isTrue("c", "Succeeded");
  }));
}

TEST_F(Reconciling, StartsAClusterAnewUnderTheSameName) {
  const RunningOperator running(server);
  makeReady("a", 2);
  const std::string job(kube::uidOf(*server.get("jobs.batch", "lab", "a")));
  server.remove(kType, "lab", "a");
  server.create(World::manifest("a", 2));
  EXPECT_TRUE(world.awaitRunning([&] {
    const auto now = server.get("jobs.batch", "lab", "a");
    return now && kube::uidOf(*now) != job && world.isTrue("a", "Ready");
  }));
}

TEST_F(Reconciling, IsQuietAboutANamespaceThatGoes) {
  RunningOperator running(server);
  makeReady("a", 2);
  server.remove("namespaces", "", "lab");
  EXPECT_TRUE(server.await([&] { return server.list(kType).empty(); }));
  EXPECT_LE(server.log().count({.verb = "patch", .resource = "configmaps"}), 2u)
      << "the one that was made, and one that was refused";
  EXPECT_THAT(running.metrics().text(),
              HasSubstr("controller_runtime_reconcile_errors_total{controller=\"minicluster\"} 0"));
}

TEST_F(Reconciling, DoesNothingWhenAllIsWell) {
  {
    const RunningOperator running(server);
    for (const char* name : {"a", "b", "c"}) makeReady(name, 2, {{"containers", kNginx}});
  }
  server.log().forget();
  RunningOperator next(server);
  // One more cluster, to know when the queue is through with the others.
  makeReady("z", 1);
  for (const auto& write : world.writes())
    EXPECT_THAT(write, testing::AnyOf(HasSubstr("lab/z"), HasSubstr("events"), "create jobs lab"))
        << write;
  EXPECT_EQ(server.log().count({.verb = "create", .resource = "jobs"}), 1u);
}

TEST_F(Reconciling, TellsTheStoryInEvents) {
  RunningOperator running(server);
  makeReady("a", 1);
  world.jobs.nodes().exit("lab", world.pod("a", 0), 0);
  ASSERT_TRUE(world.await([&] { return world.isTrue("a", "Succeeded"); }));
  // Created, Ready and JobSucceeded; status_test.cpp knows their words.
  EXPECT_TRUE(server.log().await({.verb = "create", .resource = "events"}, 3));
}

}  // namespace
}  // namespace mc::controller
