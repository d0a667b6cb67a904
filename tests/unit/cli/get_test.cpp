#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class GetTest : public CliTest {
 protected:
  GetTest() {
    fake->podViews = {runningPod(1, "nmtt7"), runningPod(0, "p5xls")};
    fake->clusterViews = {runningCluster()};
    engine::ServiceView service;
    service.name = "flux-service";
    service.ns = "default";
    service.headless = true;
    service.createdAt = kNow - 65;
    fake->serviceViews = {service};
  }
};

TEST_F(GetTest, PrintsPodsAsKubectl) {
  EXPECT_EQ(run({"get", "pods"}), 0);
  EXPECT_EQ(out.text,
            "NAME                  READY   STATUS    RESTARTS   AGE\n"
            "flux-sample-0-p5xls   2/2     Running   0          65s\n"
            "flux-sample-1-nmtt7   2/2     Running   0          65s\n");
  EXPECT_EQ(err.text, "");
}

TEST_F(GetTest, WideAddsColumns) {
  EXPECT_EQ(run({"get", "po", "flux-sample-0", "-o", "wide"}), 0);
  EXPECT_EQ(out.text,
            "NAME                  READY   STATUS    RESTARTS   AGE   IP           NODE       "
            "NOMINATED NODE   "
            "READINESS GATES\n"
            "flux-sample-0-p5xls   2/2     Running   0          65s   172.18.0.2   thishost   "
            "<none>           "
            "<none>\n");
}

TEST_F(GetTest, SaysWhenAContainerWasRestarted) {
  fake->podViews = {runningPod(0, "p5xls")};
  fake->podViews[0].restarts = 2;
  fake->podViews[0].containers[1].lastFinishedAt = kNow - 5;
  EXPECT_EQ(run({"get", "pods", "--no-headers"}), 0);
  EXPECT_EQ(out.text, "flux-sample-0-p5xls   2/2   Running   2 (5s ago)   65s\n");
}

TEST_F(GetTest, PrintsMiniClusters) {
  EXPECT_EQ(run({"get", "mc"}), 0);
  EXPECT_EQ(out.text,
            "NAME          SIZE   READY   STATUS    AGE\n"
            "flux-sample   2      2       Running   65s\n");
}

TEST_F(GetTest, PrintsServices) {
  EXPECT_EQ(run({"get", "svc"}), 0);
  EXPECT_EQ(out.text,
            "NAME           TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n"
            "flux-service   ClusterIP   None         <none>        <none>    65s\n");
}

TEST_F(GetTest, AllPutsTheKindBeforeTheName) {
  EXPECT_EQ(run({"get", "all"}), 0);
  EXPECT_EQ(out.text,
            "NAME                      READY   STATUS    RESTARTS   AGE\n"
            "pod/flux-sample-0-p5xls   2/2     Running   0          65s\n"
            "pod/flux-sample-1-nmtt7   2/2     Running   0          65s\n"
            "\n"
            "NAME                   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n"
            "service/flux-service   ClusterIP   None         <none>        <none>    65s\n"
            "\n"
            "NAME                                         SIZE   READY   STATUS    AGE\n"
            "minicluster.flux-framework.org/flux-sample   2      2       Running   65s\n");
}

TEST_F(GetTest, NamesAreForScripts) {
  EXPECT_EQ(run({"get", "pods,mc", "-o", "name"}), 0);
  EXPECT_EQ(out.text,
            "pod/flux-sample-0-p5xls\npod/flux-sample-1-nmtt7\n"
            "minicluster.flux-framework.org/flux-sample\n");
}

TEST_F(GetTest, SaysThatThereIsNothing) {
  EXPECT_EQ(run({"get", "pods", "-n", "empty"}), 0);
  EXPECT_EQ(out.text, "");
  EXPECT_EQ(err.text, "No resources found in empty namespace.\n");
}

TEST_F(GetTest, AMissingNameIsAnErrorAfterTheOthers) {
  EXPECT_EQ(run({"get", "pods", "nope", "flux-sample-1"}), 1);
  EXPECT_THAT(out.text, HasSubstr("flux-sample-1-nmtt7"));
  EXPECT_EQ(err.text, "Error from server (NotFound): pods \"nope\" not found\n");
}

TEST_F(GetTest, AMissingNameCanBeIgnored) {
  EXPECT_EQ(run({"get", "mc/nope", "--ignore-not-found"}), 0);
  EXPECT_EQ(out.text + err.text, "");
}

TEST_F(GetTest, SelectsByLabel) {
  EXPECT_EQ(run({"get", "pods", "-l", "index in (1)", "--show-labels", "-L", "app"}), 0);
  EXPECT_EQ(out.text,
            "NAME                  READY   STATUS    RESTARTS   AGE   APP    LABELS\n"
            "flux-sample-1-nmtt7   2/2     Running   0          65s   flux   app=flux,index=1\n");
}

TEST_F(GetTest, AllNamespacesHaveAColumn) {
  fake->podViews.push_back(runningPod(0, "aaaaa", "another"));
  EXPECT_EQ(run({"get", "pods", "-A"}), 0);
  EXPECT_EQ(out.text,
            "NAMESPACE   NAME                  READY   STATUS    RESTARTS   AGE\n"
            "another     flux-sample-0-aaaaa   2/2     Running   0          65s\n"
            "default     flux-sample-0-p5xls   2/2     Running   0          65s\n"
            "default     flux-sample-1-nmtt7   2/2     Running   0          65s\n");
}

TEST_F(GetTest, YamlOfOneIsTheObject) {
  EXPECT_EQ(run({"get", "mc", "flux-sample", "-o", "yaml"}), 0);
  EXPECT_EQ(out.text, R"(apiVersion: flux-framework.org/v1alpha1
kind: MiniCluster
metadata:
  creationTimestamp: "2023-11-14T22:12:15Z"
  generation: 1
  labels:
    team: a
  name: flux-sample
  namespace: default
  uid: uid-flux-sample
spec:
  size: 2
status:
  conditions:
  - lastTransitionTime: "2023-11-14T22:12:20Z"
    reason: LeadStarted
    status: "True"
    type: Running
  leadPod: flux-sample-0-x7k2p
  phase: Running
  ready: 2
  size: 2
  startTime: "2023-11-14T22:12:20Z"
)");
}

TEST_F(GetTest, JsonOfSeveralIsAList) {
  EXPECT_EQ(run({"get", "svc", "-o", "json"}), 0);
  EXPECT_EQ(out.text, R"({
    "apiVersion": "v1",
    "items": [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {
                "creationTimestamp": "2023-11-14T22:12:15Z",
                "name": "flux-service",
                "namespace": "default"
            },
            "spec": {
                "clusterIP": "None",
                "ports": [],
                "type": "ClusterIP"
            },
            "status": {
                "loadBalancer": {}
            }
        }
    ],
    "kind": "List",
    "metadata": {
        "resourceVersion": ""
    }
}
)");
}

TEST_F(GetTest, PodsHaveTheFieldsOfKubernetes) {
  fake->podViews = {runningPod(0, "p5xls")};
  auto& sidecar = fake->podViews[0].containers[1];
  sidecar.state = engine::ContainerState::Terminated;
  sidecar.reason = "Error";
  sidecar.exitCode = 3;
  sidecar.finishedAt = kNow - 10;
  sidecar.ready = false;
  sidecar.environment = {{"A", "b"}};
  sidecar.resources.limits = {{"cpu", "500m"}};
  sidecar.mounts = {{"data", "/data", true}};
  fake->podViews[0].volumes = {{"data", {}}};
  EXPECT_EQ(run({"get", "pod/flux-sample-0", "-o", "yaml"}), 0);
  EXPECT_THAT(out.text, HasSubstr(R"(  - env:
    - name: A
      value: b
    image: nginx:latest
    name: nginx
    ports:
    - containerPort: 80
      protocol: TCP
    resources:
      limits:
        cpu: 500m
    volumeMounts:
    - mountPath: /data
      name: data
      readOnly: true
)"));
  EXPECT_THAT(out.text, HasSubstr(R"(  volumes:
  - emptyDir: {}
    name: data
)"));
  EXPECT_THAT(out.text, HasSubstr(R"(    state:
      terminated:
        containerID: docker://0123nginx
        exitCode: 3
        finishedAt: "2023-11-14T22:13:10Z"
        reason: Error
        startedAt: "2023-11-14T22:12:20Z"
)"));
}

TEST_F(GetTest, WatchPrintsChanges) {
  fake->podViews = {runningPod(0, "p5xls")};
  fake->podViews[0].status = "ContainerCreating";
  fake->podViews[0].readyContainers = 0;
  int step = 0;
  fake->onWatch = [&] {
    if (++step == 1) fake->podViews[0].status = "Running";
    if (step == 2) fake->podViews[0].createdAt -= 100;  // nothing but the age
    if (step == 3) fake->podViews.clear();
    return step < 4;
  };
  EXPECT_EQ(run({"get", "pods", "-w"}), 1);
  EXPECT_EQ(out.text,
            "NAME                  READY   STATUS              RESTARTS   AGE\n"
            "flux-sample-0-p5xls   0/2     ContainerCreating   0          65s\n"
            "flux-sample-0-p5xls   0/2     Running             0          65s\n"
            "flux-sample-0-p5xls   0/2     Running             0          2m45s\n");
}

TEST_F(GetTest, WatchEndsWithTheSignal) {
  fake->onWatch = [&] {
    signals.send(SIGINT);
    return true;
  };
  EXPECT_EQ(run({"get", "pods", "--watch-only"}), 130);
  EXPECT_EQ(out.text, "");
  EXPECT_EQ(err.text, "");
}

TEST_F(GetTest, WatchOfAMissingNameIsAnError) {
  EXPECT_EQ(run({"get", "pod", "nope", "-w"}), 1);
  EXPECT_EQ(err.text, "Error from server (NotFound): pods \"nope\" not found\n");
}

TEST_F(GetTest, RefusesWhatMakesNoSense) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases = {
      {{"get"}, "error: Required resource not specified."},
      {{"get", "pods", "-o", "jpeg"},
       "error: unable to match a printer suitable for the output format \"jpeg\", allowed formats "
       "are: json,name,wide,yaml"},
      {{"get", "podz"},
       "error: the server doesn't have a resource type \"podz\"\n\nDid you mean "
       "this?\n\tpods\n\tpod\n\tpo\n"},
      {{"get", "pods", "x", "-l", "a=b"},
       "error: name cannot be provided when a selector is specified"},
      {{"get", "pods", "x", "-A"},
       "error: a resource cannot be retrieved by name across all namespaces"},
      {{"get", "pods,svc", "-w"}, "error: you may only specify a single resource type"},
      {{"get", "pods", "pod/x"}, "error: there is no need to specify a resource type"},
      {{"get", "pods/"}, "error: arguments in resource/name form must have a single resource"}};
  for (const auto& [words, message] : cases) {
    err.text.clear();
    EXPECT_EQ(run(words), 1);
    EXPECT_THAT(err.text, HasSubstr(message));
  }
  EXPECT_EQ(out.text, "");
}

TEST_F(GetTest, SaysWhyTheEngineCantBeReached) {
  fake->reachable = base::fail(ECONNREFUSED, "no Docker Engine answers at unix:///x");
  EXPECT_EQ(run({"get", "pods"}), 1);
  EXPECT_THAT(err.text, StartsWith("error: no Docker Engine answers at unix:///x\n"));
  EXPECT_THAT(err.text, HasSubstr("DOCKER_HOST"));
}

TEST_F(GetTest, EndsQuietlyWhenNobodyReads) {
  out.failWith = EPIPE;
  EXPECT_EQ(run({"get", "pods"}), 141);
  EXPECT_EQ(err.text, "");
}

TEST_F(GetTest, ReportsThatTheOutputCantBeWritten) {
  out.failWith = ENOSPC;
  EXPECT_EQ(run({"get", "pods"}), 1);
  EXPECT_EQ(err.text, "error: write /dev/stdout: No space left on device\n");
}

}  // namespace
}  // namespace mc::cli
