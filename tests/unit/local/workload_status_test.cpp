// What is shown of pods of Deployments, and of Pods of their own.

#include "local/workload_status.hpp"

#include <gmock/gmock.h>

#include "core/read.hpp"
#include "local/owner.hpp"
#include "local/status.hpp"

namespace mc::local {
namespace {

using testing::HasSubstr;

class WorkloadStatus : public testing::Test {
 protected:
  WorkloadStatus() {
    owner.record.ref = ownerRef(core::Kind::Deployment, "ns", "web");
    owner.hasRecord = true;
    pod.name = pod.spec.name = "web-abcdefghij-klmno";
    pod.spec.role = plan::Role::Workload;
    pod.pause.startedAt = 1;
  }

  ContainerFacts& add(const std::string& name, const std::string& status,
                      plan::ContainerKind kind = plan::ContainerKind::Main) {
    plan::Container spec;
    spec.name = name;
    spec.kind = kind;
    pod.spec.containers.push_back(spec);
    ContainerFacts facts;
    facts.id = "id";
    facts.status = status;
    facts.startedAt = status == "created" ? 0 : 1;
    pod.containers.emplace_back(facts);
    return *pod.containers.back();
  }
  void addMissing(const std::string& name) {
    plan::Container spec;
    spec.name = name;
    spec.kind = plan::ContainerKind::Main;
    pod.spec.containers.push_back(spec);
    pod.containers.emplace_back(std::nullopt);
  }
  PodView view() { return podView(owner, pod, "node"); }
  Condition ready() { return view().conditions.back(); }

  ClusterState owner;
  PodState pod;
};

TEST_F(WorkloadStatus, Running) {
  add("c", "running");
  EXPECT_EQ(view().status, "Running");
  EXPECT_EQ(view().readyContainers, 1);
  EXPECT_TRUE(ready().status);
  EXPECT_EQ(view().controller, "ReplicaSet/web-abcdefghij");
}

TEST_F(WorkloadStatus, ProbesMakeReady) {
  ContainerFacts& facts = add("c", "running");
  pod.spec.containers[0].probes.readiness.emplace();
  facts.health = "starting";
  EXPECT_EQ(view().readyContainers, 0);
  facts.health = "unhealthy";
  facts.healthOutput = "Readiness probe failed: no";
  EXPECT_EQ(view().status, "Running");
  EXPECT_FALSE(ready().status);
  EXPECT_EQ(ready().message, "containers with unready status: [c]; c: Readiness probe failed: no");
  facts.health = "healthy";
  EXPECT_TRUE(ready().status);
}

TEST_F(WorkloadStatus, LivenessAloneHoldsNothingUp) {
  ContainerFacts& facts = add("c", "running");
  pod.spec.containers[0].probes.liveness.emplace();
  facts.health = "starting";
  EXPECT_TRUE(ready().status);
}

TEST_F(WorkloadStatus, ImagesThatCannotBePulled) {
  addMissing("c");
  owner.marks.push_back({pod.name, "c", "ErrImagePull", "cannot pull image \"x\"", 1, 0});
  EXPECT_EQ(view().status, "ErrImagePull");
  EXPECT_THAT(ready().message, HasSubstr("cannot pull image"));
  owner.marks[0].tries = 2;
  EXPECT_EQ(view().status, "ImagePullBackOff");
}

TEST_F(WorkloadStatus, InitContainersComeFirst) {
  addMissing("c");
  add("one", "exited", plan::ContainerKind::Init);
  ContainerFacts& two = add("two", "running", plan::ContainerKind::Init);
  EXPECT_EQ(view().status, "Init:1/2");
  EXPECT_EQ(view().containers[0].reason, "PodInitializing");
  two.status = "restarting";
  EXPECT_EQ(view().status, "Init:CrashLoopBackOff");
  two.status = "exited";
  pod.containers[0] = two;
  pod.containers[0]->status = "running";
  EXPECT_EQ(view().status, "Running");
}

TEST_F(WorkloadStatus, PodsThatEnd) {
  owner.record.ref = ownerRef(core::Kind::Pod, "ns", "once");
  pod.spec.restartPolicy = "Never";
  ContainerFacts& facts = add("c", "exited");
  EXPECT_EQ(view().status, "Completed");
  EXPECT_EQ(view().phase, Phase::Succeeded);
  facts.exitCode = 3;
  EXPECT_EQ(view().status, "Error");
  EXPECT_EQ(view().phase, Phase::Failed);
  EXPECT_FALSE(view().controlled);
}

TEST_F(WorkloadStatus, Crashes) {
  add("c", "restarting").exitCode = 1;
  EXPECT_EQ(view().status, "CrashLoopBackOff");
  EXPECT_EQ(view().phase, Phase::Running);
}

TEST(Owner, HasItsKindInItsName) {
  const ClusterRef ref = ownerRef(core::Kind::Secret, "ns", "a.b");
  EXPECT_EQ(ref.name, "secret/a.b");
  EXPECT_EQ(kindOf(ref), core::Kind::Secret);
  EXPECT_EQ(plainNameOf(ref), "a.b");
  EXPECT_FALSE(isMiniCluster(ref));
  EXPECT_TRUE(isMiniCluster({"ns", "flux-sample"}));
  EXPECT_EQ(notFound(ref).message, "secrets \"a.b\" not found");
  EXPECT_EQ(notFound(ownerRef(core::Kind::Deployment, "ns", "x")).message,
            "deployments.apps \"x\" not found");
}

TEST(Owner, RecordsHoldNoValues) {
  const auto read = core::readObject(
      {{"apiVersion", "v1"},
       {"kind", "Secret"},
       {"metadata",
        {{"name", "s"},
         {"annotations",
          {{"kubectl.kubernetes.io/last-applied-configuration", "{\"data\": \"s3cret\"}"}}}}},
       {"stringData", {{"password", "s3cret"}}}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->data.values.at("password"), "s3cret");
  for (const auto& [label, text] : recordLabels(makeRecord(*read, 0)))
    EXPECT_THAT(text, testing::Not(HasSubstr("s3cret"))) << label;
}

TEST(WaitMark, IsTriedAgainLaterAndLater) {
  WaitMark mark;
  mark.since = 100;
  mark.tries = 1;
  EXPECT_DOUBLE_EQ(mark.retryAt(), 110);
  mark.tries = 3;
  EXPECT_DOUBLE_EQ(mark.retryAt(), 140);
  mark.tries = 50;
  EXPECT_DOUBLE_EQ(mark.retryAt(), 400);
}

}  // namespace
}  // namespace mc::local
