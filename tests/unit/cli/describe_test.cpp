#include "cli/print/describe.hpp"

#include "cli/print/description.hpp"
#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::HasSubstr;

TEST(LabelFor, SplitsAsKubectl) {
  EXPECT_EQ(labelFor("apiVersion"), "API Version");
  EXPECT_EQ(labelFor("creationTimestamp"), "Creation Timestamp");
  EXPECT_EQ(labelFor("uid"), "UID");
  EXPECT_EQ(labelFor("podIPAddress"), "Pod IP Address");
  EXPECT_EQ(labelFor("flux.io/x"), "flux.io/x");
}

TEST(DescribePod, HasKubectlsLayout) {
  engine::PodView pod = runningPod(0, "p5xls");
  pod.annotations = {{"note", "text"}};
  pod.conditions = {{"Initialized", true, "", "", kNow}, {"Ready", false, "", "", kNow}};
  auto& flux = pod.containers[0];
  flux.command = {"/opt/minicluster/bin/minicluster-entry", "start"};
  flux.environment = {{"A", "1"}, {"TEXT", "two\nlines"}};
  flux.resources.limits = {{"cpu", "500m"}, {"memory", "1Gi"}};
  auto& nginx = pod.containers[1];
  nginx.state = engine::ContainerState::Waiting;
  nginx.reason = "CrashLoopBackOff";
  nginx.ready = false;
  nginx.restarts = 3;
  nginx.exitCode = 7;
  nginx.lastFinishedAt = kNow - 5;
  nginx.mounts = {{"data", "/z", false}, {"data", "/a", true}};
  pod.volumes = {{"data", {}}};
  const std::vector<engine::Event> events = {
      {kNow - 60, false, "Started", "pod/flux-sample-0-p5xls", "Started container nginx"},
      {kNow - 5, true, "BackOff", "pod/flux-sample-0-p5xls", "Back-off restarting nginx"}};
  EXPECT_EQ(describePod(pod, events, kNow), R"(Name:         flux-sample-0-p5xls
Namespace:    default
Node:         thishost
Start Time:   Tue, 14 Nov 2023 22:12:20 +0000
Labels:       app=flux
              index=0
Annotations:  note: text
Status:       Running
IP:           172.18.0.2
IPs:
  IP:           172.18.0.2
Controlled By:  MiniCluster/flux-sample
Containers:
  flux-sample:
    Container ID:  docker://0123flux-sample
    Image:         flux-sample:latest
    Image ID:      sha256:flux-sample
    Port:          <none>
    Host Port:     <none>
    Command:
      /opt/minicluster/bin/minicluster-entry
      start
    State:          Running
      Started:      Tue, 14 Nov 2023 22:12:20 +0000
    Ready:          True
    Restart Count:  0
    Limits:
      cpu:     500m
      memory:  1Gi
    Environment:
      A:     1
      TEXT:  two
             lines
    Mounts:  <none>
  nginx:
    Container ID:   docker://0123nginx
    Image:          nginx:latest
    Image ID:       sha256:nginx
    Port:           80/TCP
    Host Port:      0/TCP
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Exit Code:    7
      Finished:     Tue, 14 Nov 2023 22:13:15 +0000
    Ready:          False
    Restart Count:  3
    Environment:    <none>
    Mounts:
      /a from data (ro)
      /z from data (rw)
Conditions:
  Type          Status
  Initialized   True 
  Ready         False 
Volumes:
  data:
    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:     
    SizeLimit:  <unset>
Events:
  Type     Reason   Age   From         Message
  ----     ------   ----  ----         -------
  Normal   Started  60s   minicluster  Started container nginx
  Warning  BackOff  5s    minicluster  Back-off restarting nginx
)");
}

TEST(DescribeCluster, ShowsManifestAndStatus) {
  EXPECT_EQ(describeCluster(runningCluster(), {}, kNow), R"(Name:         flux-sample
Namespace:    default
Labels:       team=a
Annotations:  <none>
API Version:  flux-framework.org/v1alpha1
Kind:         MiniCluster
Metadata:
  Creation Timestamp:  2023-11-14T22:12:15Z
  Generation:          1
  UID:                 uid-flux-sample
Spec:
  Size:  2
Status:
  Conditions:
    Last Transition Time:  2023-11-14T22:12:20Z
    Reason:                LeadStarted
    Status:                True
    Type:                  Running
  Lead Pod:                flux-sample-0-x7k2p
  Phase:                   Running
  Ready:                   2
  Size:                    2
  Start Time:              2023-11-14T22:12:20Z
Events:                    <none>
)");
}

TEST(DescribeService, ShowsItsEndpoints) {
  engine::ServiceView service;
  service.name = "registry";
  service.ns = "default";
  service.clusterIp = "172.18.0.4";
  service.ports = {5000};
  service.endpoints = {"172.18.0.4"};
  EXPECT_EQ(describeService(service), R"(Name:              registry
Namespace:         default
Type:              ClusterIP
IP:                172.18.0.4
Port:              <unset>  5000/TCP
TargetPort:        5000/TCP
Endpoints:         172.18.0.4:5000
Session Affinity:  None
)");
}

class DescribeTest : public CliTest {
 protected:
  DescribeTest() {
    fake->podViews = {runningPod(0, "p5xls"), runningPod(1, "nmtt7")};
    fake->clusterViews = {runningCluster()};
    fake->eventList = {{kNow - 60, false, "Created", "minicluster/flux-sample", "made"},
                       {kNow - 50, false, "Started", "pod/flux-sample-1-nmtt7", "started"}};
  }
};

TEST_F(DescribeTest, ShowsTheEventsOfTheObject) {
  EXPECT_EQ(run({"describe", "mc/flux-sample"}), 0);
  EXPECT_THAT(out.text, HasSubstr("  Normal  Created  60s   minicluster  made\n"));
  EXPECT_THAT(out.text, ::testing::Not(HasSubstr("started")));
  out.text.clear();
  EXPECT_EQ(run({"describe", "pod", "flux-sample-1", "--show-events=false"}), 0);
  EXPECT_THAT(out.text, HasSubstr("Events:   <none>\n"));
}

TEST_F(DescribeTest, TakesTheBeginningOfNames) {
  EXPECT_EQ(run({"describe", "pods", "flux-"}), 0);
  EXPECT_THAT(out.text, HasSubstr("Name:         flux-sample-0-p5xls\n"));
  EXPECT_THAT(out.text, HasSubstr("\n\n\nName:         flux-sample-1-nmtt7\n"));
}

TEST_F(DescribeTest, SaysWhatIsNotThere) {
  EXPECT_EQ(run({"describe", "pod", "nope"}), 1);
  EXPECT_EQ(err.text, "Error from server (NotFound): pods \"nope\" not found\n");
  err.text.clear();
  EXPECT_EQ(run({"describe", "svc"}), 0);
  EXPECT_EQ(err.text, "No resources found in default namespace.\n");
}

}  // namespace
}  // namespace mc::cli
