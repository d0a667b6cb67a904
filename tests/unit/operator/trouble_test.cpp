#include "operator/policies/trouble.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "operator/caches.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;
using testing::IsEmpty;

/// A pod of cluster "a" with one more container status, as the kubelet writes it.
json::object pod(const char* list, const char* status) {
  json::object object{
      {"metadata", {{"name", "a-0"}, {"labels", {{"flux-framework.org/cluster", "a"}}}}},
      {"status", {{"phase", "Pending"}}}};
  object["status"].as_object()[list] = json::array{json::parse(status)};
  // As the operator's caches keep it.
  trimPod(object);
  return object;
}

api::MiniCluster withPorts() {
  api::MiniCluster cluster;
  api::Container flux;
  flux.name = "a";
  flux.runFlux = true;
  flux.ports = {8050};
  api::Container nginx;
  nginx.name = "nginx";
  nginx.ports = {81, 82};
  cluster.containers = {flux, nginx};
  return cluster;
}

TEST(TroubleOfAPod, IsNoneWhileItStarts) {
  EXPECT_THAT(
      troubleOf(pod("containerStatuses",
                    R"({"name": "a", "state": {"waiting": {"reason": "PodInitializing"}}})"),
                nullptr),
      IsEmpty());
  EXPECT_THAT(troubleOf(pod("initContainerStatuses",
                            R"({"name": "install", "state": {"terminated": {"exitCode": 0}}})"),
                        nullptr),
              IsEmpty());
}

TEST(TroubleOfAPod, NamesTheImageThatIsMissing) {
  EXPECT_EQ(troubleOf(pod("initContainerStatuses",
                          R"({"name": "registry", "image": "no/such:1", "lastState": {},
                        "state": {"waiting": {"reason": "ErrImagePull", "message": "long"}}})"),
                      nullptr),
            "container registry: ErrImagePull no/such:1");
}

TEST(TroubleOfAPod, TellsWhatACrashingContainerSaidLast) {
  EXPECT_EQ(troubleOf(pod("containerStatuses",
                          R"({"name": "registry", "image": "r",
                        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "in 10s"}},
                        "lastState": {"terminated": {"exitCode": 3, "reason": "Error",
                                                     "message": "begin\nno configuration\n"}}})"),
                      nullptr),
            "container registry: CrashLoopBackOff, it ended with exit status 3: no configuration");
  EXPECT_EQ(troubleOf(pod("containerStatuses",
                          R"({"name": "registry", "state": {"terminated":
                              {"exitCode": 137, "reason": "OOMKilled"}}})"),
                      nullptr),
            "container registry: it ended with exit status 137 for want of memory");
}

TEST(TroubleOfAPod, LeavesTheJournalOfTheFluxContainerOut) {
  EXPECT_EQ(troubleOf(pod("containerStatuses", R"({"name": "a", "state": {"terminated":
                          {"exitCode": 2, "message": "minicluster journal 1 0\n0 end 2\n"}}})"),
                      nullptr),
            "container a: it ended with exit status 2");
}

TEST(TroubleOfAPod, NamesThePortThatNobodyAnswers) {
  const auto cluster = withPorts();
  const char* status = R"({"name": "nginx", "started": false, "state": {"running": {}}})";
  EXPECT_EQ(troubleOf(pod("initContainerStatuses", status), &cluster),
            "container nginx: it runs, but nothing answers on its port 81");
  EXPECT_THAT(troubleOf(pod("initContainerStatuses", status), nullptr), IsEmpty());
  EXPECT_THAT(troubleOf(pod("initContainerStatuses",
                            R"({"name": "nginx", "started": true, "state": {"running": {}}})"),
                        &cluster),
              IsEmpty());
  // Flux's own ports are not waited for.
  EXPECT_THAT(troubleOf(pod("containerStatuses",
                            R"({"name": "a", "started": false, "state": {"running": {}}})"),
                        &cluster),
              IsEmpty());
}

TEST(TroubleOfAPod, IsThatItHasNoNode) {
  EXPECT_EQ(troubleOf(json::parse(R"({"status": {"conditions": [{"type": "PodScheduled",
                          "status": "False", "reason": "Unschedulable"}]}})")
                          .as_object(),
                      nullptr),
            "Unschedulable");
}

TEST(EndOfAPod, TellsWhyItWasEvicted) {
  auto evicted = json::parse(R"({"metadata": {}, "status": {"phase": "Failed", "reason": "Evicted",
      "message": "Usage of EmptyDir volume \"data\" exceeds the limit \"1Mi\". "}})")
                     .as_object();
  trimPod(evicted);
  EXPECT_EQ(endOf(evicted),
            "Evicted: Usage of EmptyDir volume \"data\" exceeds the limit \"1Mi\".");
  EXPECT_THAT(endOf(json::parse(R"({"status": {"phase": "Running"}})").as_object()), IsEmpty());
}

}  // namespace
}  // namespace mc::controller
