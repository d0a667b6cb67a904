// The operator is killed after each single write, whether or not the write came through: the next
// one brings the cluster to the same objects.

#include <atomic>
#include <thread>

#include "operator/objects/names.hpp"
#include "unit/operator/world.hpp"

namespace mc::controller {
namespace {

/// What differs between two worlds without meaning anything: times, UIDs, keys, and the order in
/// which the API server wrote things.
void normalize(json::value& value) {
  static const std::set<std::string_view> kRandom = {"controller-uid",
                                                     "batch.kubernetes.io/controller-uid",
                                                     "uid",
                                                     "resourceVersion",
                                                     "creationTimestamp",
                                                     "managedFields",
                                                     "generation",
                                                     "clusterIP",
                                                     "clusterIPs",
                                                     "startTime",
                                                     "completionTime",
                                                     "lastTransitionTime",
                                                     "ip",
                                                     "data",
                                                     "leadPod",
                                                     "message",
                                                     "observedGeneration"};
  if (value.is_array())
    for (auto& each : value.get_array()) normalize(each);
  if (!value.is_object()) return;
  auto& object = value.get_object();
  for (const auto key : kRandom) object.erase(key);
  for (auto& each : object) normalize(each.value());
}

std::string summary(World& world) {
  std::string text;
  for (const char* type : {"configmaps", "secrets", "services", "jobs.batch", kType}) {
    for (const auto& object : world.server.list(type, "lab")) {
      json::value value = object;
      // What the Job controller counts comes a moment later, and is not ours.
      if (std::string_view(type) == "jobs.batch") value.as_object().erase("status");
      normalize(value);
      text += std::string(type) + " " + json::serialize(value) + "\n";
    }
  }
  text += std::to_string(world.server.list("pods", "lab").size()) + " pods\n";
  // The Secret's name has the MiniCluster's UID in it.
  const std::string secret = secretName("a", std::string(kube::uidOf(world.cluster("a"))));
  for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos;)
    text.replace(at, secret.size(), "a-secret");
  return text;
}

json::object manifest() {
  return World::manifest(
      "a", 2,
      {{"containers",
        {json::object{{"image", "debian"}, {"command", "hostname"}, {"runFlux", true}},
         json::object{{"image", "nginx"}, {"name", "nginx"}, {"ports", {80}}}}},
       {"services", {json::object{{"image", "registry"}, {"name", "registry"}}}}});
}

bool awaitAll(World& world) {
  return world.awaitRunning([&] {
    const auto services = world.server.get("pods", "lab", "a-services");
    return world.isTrue("a", "Ready") && services && isReady(*services);
  });
}

TEST(Crash, AfterEachWriteConvergesToTheSameObjects) {
  std::string expected;
  size_t writes = 0;
  {
    World world;
    RunningOperator running(world.server);
    world.server.create(manifest());
    ASSERT_TRUE(awaitAll(world));
    running.flushEvents();
    writes = world.writes().size();
    expected = summary(world);
  }
  ASSERT_GE(writes, 8u);
  for (size_t number = 1; number <= writes; ++number) {
    for (const bool carriedOut : {false, true}) {
      World world;
      world.server.create(manifest());
      world.server.faults().cutAtWrite(number, carriedOut);
      {
        const RunningOperator doomed(world.server);
        std::atomic<bool> over = false;
        std::jthread nodes([&] { world.awaitRunning([&] { return over.load(); }); });
        EXPECT_TRUE(world.server.log().await({.writesOnly = true}, number)) << number;
        over = true;
        // Whoever waits for a change, gets one.
        world.server.create(
            {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "wake-up"}}}});
      }
      world.server.faults().mend();
      const RunningOperator next(world.server);
      ASSERT_TRUE(awaitAll(world)) << number << " " << carriedOut << "\n" << summary(world);
      EXPECT_EQ(summary(world), expected) << number << " " << carriedOut;
    }
  }
}

}  // namespace
}  // namespace mc::controller
