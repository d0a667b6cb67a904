// Deployments and Pods as plans.

#include "plan/workload.hpp"

#include <gmock/gmock.h>

#include <set>

#include "core/read.hpp"

namespace mc::plan {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

core::Object deployment(int replicas, const std::string& image) {
  auto result = core::read(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: " +
          std::to_string(replicas) +
          ", selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
          "{initContainers: [{name: first, image: busybox}], containers: [{name: c, args: [x], "
          "image: " +
          image + "}]}}}\n",
      "ns");
  for (const auto& problem : result.problems) ADD_FAILURE() << problem.text("f");
  return result.objects.at(0);
}

std::set<std::string> namesOf(const Plan& plan) {
  std::set<std::string> names;
  for (const Pod& pod : plan.pods) names.insert(pod.name);
  return names;
}

TEST(Workload, PodsAreNamedAfterDeploymentAndTemplate) {
  const Plan plan = planWorkload(deployment(3, "nginx"));
  EXPECT_EQ(plan.name, "deployment/web");
  EXPECT_EQ(namesOf(plan).size(), 3u);
  for (const Pod& pod : plan.pods) {
    EXPECT_THAT(pod.name, MatchesRegex("web-[a-z0-9]{10}-[a-z0-9]{5}"));
    EXPECT_EQ(pod.role, Role::Workload);
    EXPECT_EQ(pod.labels.at("pod-template-hash"), pod.name.substr(4, 10));
  }
}

TEST(Workload, TheSameManifestGivesTheSamePods) {
  EXPECT_EQ(namesOf(planWorkload(deployment(2, "nginx"))),
            namesOf(planWorkload(deployment(2, "nginx"))));
}

TEST(Workload, MorePodsLeaveTheOthersAsTheyAre) {
  const auto two = namesOf(planWorkload(deployment(2, "nginx")));
  const auto three = namesOf(planWorkload(deployment(3, "nginx")));
  for (const auto& name : two) EXPECT_TRUE(three.contains(name));
}

TEST(Workload, AnotherTemplateGivesOtherPods) {
  const auto old = namesOf(planWorkload(deployment(2, "nginx")));
  for (const auto& name : namesOf(planWorkload(deployment(2, "nginx:2"))))
    EXPECT_FALSE(old.contains(name));
}

TEST(Workload, InitContainersComeLastAndAreKnown) {
  const Pod pod = planWorkload(deployment(1, "nginx")).pods.at(0);
  ASSERT_EQ(pod.containers.size(), 2u);
  EXPECT_EQ(pod.containers[0].kind, ContainerKind::Main);
  EXPECT_THAT(pod.containers[0].args, ElementsAre("x"));
  EXPECT_EQ(pod.containers[1].kind, ContainerKind::Init);
  EXPECT_EQ(pod.containers[1].name, "first");
}

}  // namespace
}  // namespace mc::plan
