#include <boost/json.hpp>

#include "unit/remote/remote_fixture.hpp"

namespace mc::remote {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Looking : public RemoteTest {};

TEST_F(Looking, AtClusters) {
  ASSERT_TRUE(create(document()));
  auto before = engine->minicluster({"default", "flux-sample"}, {}).value();
  EXPECT_EQ(before.status, "Pending");
  EXPECT_EQ(before.size, 2);
  EXPECT_FALSE(before.finished);
  setStatus(parsed(R"({"phase": "Failed", "size": 3, "ready": 1, "exitCode": 7,
      "leadPod": "flux-sample-0-abcde", "startTime": "2026-11-23T05:54:32Z",
      "completionTime": "2026-11-23T05:54:42Z",
      "conditions": [{"type": "Failed", "status": "True", "reason": "JobFailed",
                      "message": "the job's exit status is 7",
                      "lastTransitionTime": "2026-11-23T05:54:42Z"}]})"));
  const auto view = engine->miniclusters("default", {}).value().at(0);
  EXPECT_EQ(view.ref.name, "flux-sample");
  EXPECT_EQ(view.status, "Failed");
  EXPECT_TRUE(view.finished);
  EXPECT_EQ(view.exitCode, 7);
  EXPECT_EQ(view.size, 3);
  EXPECT_EQ(view.readyPods, 1);
  EXPECT_EQ(view.leadPod, "flux-sample-0-abcde");
  EXPECT_EQ(view.finishedAt - view.startedAt, 10);
  ASSERT_EQ(view.conditions.size(), 1U);
  EXPECT_EQ(view.conditions[0].reason, "JobFailed");
  EXPECT_TRUE(view.conditions[0].status);
  ASSERT_TRUE(view.object);
  EXPECT_FALSE(view.manifest.contains("status"));
  EXPECT_TRUE(engine->miniclusters("elsewhere", {}).value().empty());
}

TEST_F(Looking, AtPods) {
  makePod(0, "abcde");
  makePod(1, "fghij");
  server.create(parsed(R"({"apiVersion": "v1", "kind": "Pod",
      "metadata": {"name": "stranger", "namespace": "default"},
      "spec": {"containers": [{"name": "x", "image": "x"}]}})"));
  startPod("flux-sample-0-abcde");
  const auto pods = engine->pods("default", {}).value();
  ASSERT_EQ(pods.size(), 2U);
  EXPECT_EQ(pods[0].plainName, "flux-sample-0");
  EXPECT_EQ(pods[0].role, plan::Role::Lead);
  EXPECT_EQ(pods[1].role, plan::Role::Follower);
  EXPECT_EQ(pods[1].index, 1);
  EXPECT_EQ(pods[0].cluster, "flux-sample");
  ASSERT_EQ(pods[0].containers.size(), 2U);
  EXPECT_EQ(pods[0].containers[0].name, "flux-sample");
  EXPECT_EQ(pods[0].containers[0].state, engine::ContainerState::Running);
  EXPECT_EQ(pods[0].containers[1].name, "nginx");
  EXPECT_THAT(pods[0].containers[1].ports, ElementsAre(80));
}

TEST_F(Looking, AtOnePodByEitherName) {
  makePod(0, "abcde");
  EXPECT_EQ(engine->pod("default", "flux-sample-0-abcde", {}).value().plainName, "flux-sample-0");
  EXPECT_EQ(engine->pod("default", "flux-sample-0", {}).value().name, "flux-sample-0-abcde");
  const auto missing = engine->pod("default", "flux-sample-1", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().errnum, ENOENT);
  EXPECT_EQ(missing.error().message, "pods \"flux-sample-1\" not found");
}

TEST_F(Looking, AtServices) {
  server.create(parsed(R"({"apiVersion": "v1", "kind": "Service",
      "metadata": {"name": "flux-service", "namespace": "default",
                   "labels": {"app.kubernetes.io/managed-by": "minicluster"}},
      "spec": {"clusterIP": "None", "ports": [{"port": 80}]}})"));
  server.create(parsed(R"({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
      "metadata": {"name": "flux-service-x", "namespace": "default",
                   "labels": {"app.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
                              "kubernetes.io/service-name": "flux-service"}},
      "addressType": "IPv4", "endpoints": [{"addresses": ["10.1.0.5"]}]})"));
  const auto services = engine->services("default", {}).value();
  ASSERT_EQ(services.size(), 1U);
  EXPECT_TRUE(services[0].headless);
  EXPECT_THAT(services[0].ports, ElementsAre(80));
  EXPECT_THAT(services[0].endpoints, ElementsAre("10.1.0.5"));
}

TEST_F(Looking, AtEventsOfAClusterAndItsPods) {
  const auto event = [&](const std::string& name, const std::string& kind, const std::string& about,
                         const std::string& time) {
    auto object = parsed(R"({"apiVersion": "events.k8s.io/v1", "kind": "Event",
        "type": "Warning", "reason": "BackOff", "note": "again", "action": "x",
        "reportingController": "x", "reportingInstance": "x"})");
    object["metadata"] = boost::json::object{{"name", name}, {"namespace", "default"}};
    object["regarding"] =
        boost::json::object{{"kind", kind}, {"name", about}, {"namespace", "default"}};
    object["eventTime"] = time;
    server.create(object);
  };
  event("b", "Pod", "flux-sample-0-abcde", "2026-11-23T05:54:33.000000Z");
  event("a", "MiniCluster", "flux-sample", "2026-11-23T05:54:32.000000Z");
  event("c", "Pod", "flux-sample-services", "2026-11-23T05:54:34.000000Z");
  event("d", "Pod", "flux-sample-two-0-abcde", "2026-11-23T05:54:35.000000Z");
  event("e", "Node", "flux-sample", "2026-11-23T05:54:36.000000Z");
  const auto events = engine->events({"default", "flux-sample"}, {}).value();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].object, "minicluster/flux-sample");
  EXPECT_EQ(events[1].object, "pod/flux-sample-0-abcde");
  EXPECT_EQ(events[2].object, "pod/flux-sample-services");
  EXPECT_TRUE(events[0].warning);
  EXPECT_EQ(events[0].message, "again");
  EXPECT_LT(events[0].time, events[1].time);
  // One that comes later under the name has nothing to do with what was before.
  ASSERT_TRUE(create(document()));
  EXPECT_EQ(engine->events({"default", "flux-sample"}, {}).value().size(), 2U);
}

TEST_F(Looking, AtTheServer) {
  EXPECT_THAT(engine->describeEngine({}).value(), HasSubstr(" at " + server.url()));
  server.stop();
  const auto silent = engine->describeEngine({});
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().errnum, EHOSTUNREACH);
}

TEST_F(Looking, LogsAreThoseOfTheFluxContainerUnlessNamed) {
  makePod(0, "abcde");
  streams->write("flux-sample-0-abcde/flux-sample", "job\n");
  streams->write("flux-sample-0-abcde/nginx", "web\n");
  std::string text;
  const engine::OutputSink sink = [&](engine::Stream, std::string_view piece) -> base::Status {
    text += piece;
    return {};
  };
  ASSERT_TRUE(engine->logs("default", "flux-sample-0", "", {}, sink, {}));
  ASSERT_TRUE(engine->logs("default", "flux-sample-0", "nginx", {}, sink, {}));
  EXPECT_EQ(text, "job\nweb\n");
}

TEST_F(Looking, SessionsGoToTheRightContainer) {
  makePod(0, "abcde");
  engine::ExecRequest request;
  request.argv = {"date"};
  EXPECT_FALSE(engine->exec("default", "flux-sample-0", "", request, {}));
  EXPECT_FALSE(engine->attach("default", "flux-sample-0-abcde", "nginx", request, {}));
  EXPECT_THAT(streams->opened, ElementsAre("exec default/flux-sample-0-abcde/flux-sample: date",
                                           "attach default/flux-sample-0-abcde/nginx"));
}

TEST_F(Looking, MonitorsAreNotForKubernetes) {
  const auto status = engine->monitor({"default", "flux-sample"}, {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, ENOTSUP);
}

}  // namespace
}  // namespace mc::remote
