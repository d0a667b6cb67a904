// Status, conditions and history, computed from containers.

#include "local/status.hpp"

#include <gmock/gmock.h>

#include "local/history.hpp"
#include "local/labels.hpp"
#include "unit/plan/sample.hpp"

namespace mc::local {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ContainerFacts factsOf(const std::string& status, int exitCode = 0) {
  ContainerFacts facts;
  facts.part = label::kPartContainer;
  facts.status = status;
  facts.exitCode = exitCode;
  facts.createdAt = 100;
  if (status != "created") facts.startedAt = 110;
  if (status == "exited" || status == "restarting") facts.finishedAt = 120;
  return facts;
}

/// A cluster of two pods, Flux and nginx in each, all running.
class Status : public testing::Test {
 protected:
  void SetUp() override {
    plan::Plan plan = plan::makePlan(plan::sampleCluster()).value();
    cluster.record = makeRecord({}, plan, 90);
    for (plan::Pod& pod : plan.pods) {
      PodState state;
      state.name = pod.name + "-abcde";
      state.spec = pod;
      state.pause = factsOf("running");
      state.pause.ip = "10.0.0." + std::to_string(pod.index + 2);
      state.containers = {factsOf("running"), factsOf("running")};
      cluster.pods.push_back(std::move(state));
    }
  }

  /// Sets a container's state: 0 Flux, 1 nginx.
  void set(size_t pod, size_t container, const ContainerFacts& facts) {
    cluster.pods[pod].containers[container] = facts;
  }

  PodView pod(size_t number) { return podView(cluster, cluster.pods[number], "node"); }

  ClusterView view() {
    collect();
    return clusterView(cluster);
  }

  void collect() {
    cluster.all.clear();
    for (size_t i = 0; i < cluster.pods.size(); ++i) {
      cluster.all.push_back(cluster.pods[i].pause);
      for (size_t k = 0; k < 2; ++k) {
        auto& facts = cluster.pods[i].containers[k];
        if (!facts) continue;
        facts->lead = i == 0 && k == 0;
        facts->pod = cluster.pods[i].name;
        cluster.all.push_back(*facts);
      }
    }
  }

  bool conditionOf(const std::vector<Condition>& all, const std::string& type) {
    for (const Condition& condition : all) {
      if (condition.type == type) return condition.status;
    }
    ADD_FAILURE() << "no condition " << type;
    return false;
  }

  ClusterState cluster;
};

TEST_F(Status, RunningPod) {
  const PodView view = pod(1);
  EXPECT_EQ(view.status, "Running");
  EXPECT_EQ(view.phase, Phase::Running);
  EXPECT_EQ(view.readyContainers, 2);
  EXPECT_EQ(view.name, "flux-sample-1-abcde");
  EXPECT_EQ(view.plainName, "flux-sample-1");
  EXPECT_EQ(view.ip, "10.0.0.3");
  EXPECT_TRUE(conditionOf(view.conditions, "Ready"));
}

struct StatusCase {
  const char* name;
  ContainerFacts flux;
  ContainerFacts nginx;
  const char* column;
  Phase phase;
  int ready;
};

ContainerFacts oomKilled() {
  ContainerFacts facts = factsOf("exited", 137);
  facts.oomKilled = true;
  return facts;
}

ContainerFacts cannotRun() {
  ContainerFacts facts = factsOf("created");
  facts.error = "exec: not found";
  return facts;
}

class StatusColumn : public Status, public testing::WithParamInterface<StatusCase> {};

TEST_P(StatusColumn, IsKubectls) {
  set(0, 0, GetParam().flux);
  set(0, 1, GetParam().nginx);
  EXPECT_EQ(pod(0).status, GetParam().column);
  EXPECT_EQ(pod(0).phase, GetParam().phase);
  EXPECT_EQ(pod(0).readyContainers, GetParam().ready);
}

INSTANTIATE_TEST_SUITE_P(
    Table, StatusColumn,
    testing::Values(
        StatusCase{"AllRun", factsOf("running"), factsOf("running"), "Running", Phase::Running, 2},
        StatusCase{"NotStarted", factsOf("created"), factsOf("created"), "ContainerCreating",
                   Phase::Pending, 0},
        StatusCase{"FluxNotStarted", factsOf("created"), factsOf("running"), "ContainerCreating",
                   Phase::Pending, 1},
        StatusCase{"Succeeded", factsOf("exited", 0), factsOf("exited", 0), "Completed",
                   Phase::Succeeded, 0},
        StatusCase{"SidecarStillRuns", factsOf("exited", 0), factsOf("running"), "Completed",
                   Phase::Succeeded, 1},
        StatusCase{"SidecarKilled", factsOf("exited", 0), factsOf("exited", 137), "Completed",
                   Phase::Succeeded, 0},
        StatusCase{"Failed", factsOf("exited", 3), factsOf("running"), "Error", Phase::Failed, 1},
        StatusCase{"OutOfMemory", oomKilled(), factsOf("running"), "OOMKilled", Phase::Failed, 1},
        StatusCase{"SidecarCrashes", factsOf("running"), factsOf("restarting", 1),
                   "CrashLoopBackOff", Phase::Running, 1},
        StatusCase{"SidecarCannotRun", factsOf("running"), cannotRun(), "RunContainerError",
                   Phase::Running, 1}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(Status, TerminatingPods) {
  cluster.record.removing = true;
  EXPECT_EQ(pod(0).status, "Terminating");
  EXPECT_EQ(view().status, "Terminating");
}

TEST_F(Status, AServicesPodThatWasStoppedHasCompleted) {
  cluster.pods[1].spec.role = plan::Role::Services;
  set(1, 0, factsOf("exited", 143));
  set(1, 1, factsOf("exited", 137));
  EXPECT_EQ(pod(1).status, "Completed");
  set(1, 1, factsOf("exited", 1));
  EXPECT_EQ(pod(1).status, "Error");
}

TEST_F(Status, ClusterRunning) {
  const ClusterView v = view();
  EXPECT_EQ(v.status, "Running");
  EXPECT_EQ(v.readyPods, 2);
  EXPECT_EQ(v.leadPod, "flux-sample-0-abcde");
  EXPECT_FALSE(v.finished);
  EXPECT_TRUE(conditionOf(v.conditions, "Accepted"));
  EXPECT_TRUE(conditionOf(v.conditions, "Ready"));
  EXPECT_TRUE(conditionOf(v.conditions, "Running"));
  EXPECT_FALSE(conditionOf(v.conditions, "Succeeded"));
  EXPECT_TRUE(complete(cluster));
}

TEST_F(Status, ClusterNotReady) {
  set(1, 1, factsOf("restarting", 1));
  const ClusterView v = view();
  EXPECT_EQ(v.readyPods, 1);
  EXPECT_FALSE(conditionOf(v.conditions, "Ready"));
  EXPECT_TRUE(conditionOf(v.conditions, "Running"));
  EXPECT_EQ(v.conditions[1].reason, "PodsNotReady");
  EXPECT_EQ(v.conditions[1].message,
            "pod flux-sample-1-abcde: container nginx: CrashLoopBackOff, it ended with exit "
            "status 1");
}

TEST_F(Status, ClusterWithoutItsServices) {
  cluster.record.size = 1;
  cluster.pods[1].spec.role = plan::Role::Services;
  EXPECT_TRUE(conditionOf(view().conditions, "Ready"));
  set(1, 0, cannotRun());
  const ClusterView v = view();
  EXPECT_EQ(v.readyPods, 1);
  EXPECT_FALSE(conditionOf(v.conditions, "Ready"));
  EXPECT_EQ(v.conditions[1].reason, "ServicesNotReady");
  EXPECT_THAT(v.conditions[1].message, testing::EndsWith(": RunContainerError: exec: not found"));
}

TEST_F(Status, ClusterSucceeded) {
  set(0, 0, factsOf("exited", 0));
  const ClusterView v = view();
  EXPECT_EQ(v.phase, Phase::Succeeded);
  EXPECT_TRUE(v.finished);
  EXPECT_DOUBLE_EQ(v.finishedAt, 120);
  EXPECT_TRUE(conditionOf(v.conditions, "Succeeded"));
  EXPECT_FALSE(conditionOf(v.conditions, "Ready"));
  EXPECT_FALSE(conditionOf(v.conditions, "Running"));
  EXPECT_TRUE(leftRunning(cluster));
}

TEST_F(Status, ClusterFailed) {
  set(0, 0, factsOf("exited", 3));
  const ClusterView v = view();
  EXPECT_EQ(v.phase, Phase::Failed);
  EXPECT_EQ(v.exitCode, 3);
  EXPECT_TRUE(conditionOf(v.conditions, "Failed"));
  EXPECT_FALSE(conditionOf(v.conditions, "Succeeded"));
  EXPECT_EQ(v.conditions.back().message, "the job's exit status is 3");
}

TEST_F(Status, HalfMadeClusters) {
  cluster.pods[1].containers[1].reset();
  collect();
  EXPECT_FALSE(complete(cluster));
  EXPECT_EQ(pod(1).containers[1].reason, "ContainerCreating");
  cluster.pods.clear();
  const ClusterView v = view();
  EXPECT_EQ(v.status, "Pending");
  EXPECT_FALSE(complete(cluster));
}

TEST_F(Status, Services) {
  const auto services = serviceViews(cluster);
  ASSERT_EQ(services.size(), 2u);
  EXPECT_TRUE(services[0].headless);
  EXPECT_EQ(services[0].clusterIp, "");
  EXPECT_EQ(services[1].name, "nginx");
  EXPECT_EQ(services[1].clusterIp, "10.0.0.2");
  EXPECT_THAT(services[1].endpoints, ElementsAre("10.0.0.2", "10.0.0.3"));
}

TEST_F(Status, EnvironmentShowsTheManifestsVariables) {
  cluster.pods[0].spec.containers[1].environment = {{"A", ""}};
  ContainerFacts facts = factsOf("running");
  facts.environment = {"PATH=/bin", "A=1=2", "AB=3"};
  set(0, 1, facts);
  const auto environment = pod(0).containers[1].environment;
  ASSERT_EQ(environment.size(), 1u);
  EXPECT_EQ(environment[0].second, "1=2");
}

TEST_F(Status, HistoryTellsTheStory) {
  set(0, 0, factsOf("exited", 3));
  ContainerFacts crashing = factsOf("restarting", 1);
  crashing.restarts = 4;
  set(0, 1, crashing);
  collect();
  const std::vector<Event> events = historyOf(cluster);
  EXPECT_EQ(events.front().reason, "Created");
  EXPECT_EQ(events.front().object, "minicluster/flux-sample");
  bool failed = false;
  bool backOff = false;
  double last = 0;
  for (const Event& event : events) {
    EXPECT_GE(event.time, last);
    last = event.time;
    failed = failed || (event.warning && event.reason == "Failed" &&
                        event.message == "Container flux-sample exited with status 3");
    backOff = backOff || (event.warning && event.reason == "BackOff");
  }
  EXPECT_TRUE(failed);
  EXPECT_TRUE(backOff);
}

}  // namespace
}  // namespace mc::local
