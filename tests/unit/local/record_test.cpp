// Records, labels and names.

#include "local/record.hpp"

#include <gmock/gmock.h>

#include <boost/json/value_from.hpp>
#include <set>

#include "local/labels.hpp"
#include "local/names.hpp"
#include "local/plan_change.hpp"
#include "local/pod_label.hpp"
#include "unit/plan/sample.hpp"

namespace mc::local {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

plan::Plan samplePlan() {
  return plan::makePlan(plan::sampleCluster()).value();
}

json::object manifest() {
  return {{"kind", "MiniCluster"},
          {"spec",
           {{"maxSize", 4},
            {"flux", {{"curveCert", "the key"}}},
            {"users", {{{"name", "ana"}, {"password", "hunter2"}}}}}}};
}

TEST(Record, ComesBackFromItsLabels) {
  const Record record = makeRecord(manifest(), samplePlan(), 1795413272.25);
  const Record read = readRecord(json::value_from(recordLabels(record)).as_object()).value();
  EXPECT_EQ(read.ref.ns, "flux-operator");
  EXPECT_EQ(read.ref.name, "flux-sample");
  EXPECT_EQ(read.uid, record.uid);
  EXPECT_DOUBLE_EQ(read.createdAt, 1795413272.25);
  EXPECT_EQ(read.manifest, record.manifest);
  EXPECT_EQ(read.planDigest, record.planDigest);
  EXPECT_EQ(read.size, 2);
  EXPECT_EQ(read.maxSize, 4);
  EXPECT_EQ(read.graceSeconds, record.graceSeconds);
  ASSERT_EQ(read.services.size(), 2u);
  EXPECT_TRUE(read.services[0].headless);
  EXPECT_EQ(read.services[1].name, "nginx");
  EXPECT_THAT(read.services[1].ports, ElementsAre(80));
  EXPECT_THAT(read.services[1].pods, ElementsAre("flux-sample-0", "flux-sample-1"));
}

TEST(Record, HoldsNoSecrets) {
  for (const auto& [key, value] : recordLabels(makeRecord(manifest(), samplePlan(), 1))) {
    EXPECT_THAT(value, Not(HasSubstr("hunter2"))) << key;
    EXPECT_THAT(value, Not(HasSubstr("the key"))) << key;
  }
}

TEST(Record, OtherLabelsAreRefused) {
  EXPECT_FALSE(readRecord({}));
  json::object labels =
      json::value_from(recordLabels(makeRecord(manifest(), samplePlan(), 1))).as_object();
  labels[label::kManifest] = "{";
  EXPECT_FALSE(readRecord(labels));
}

TEST(Record, ThePlansDigestFollowsTheManifest) {
  api::MiniCluster cluster = plan::sampleCluster();
  const std::string digest = planDigest(plan::makePlan(cluster).value());
  EXPECT_EQ(planDigest(plan::makePlan(cluster).value()), digest);
  cluster.containers[0].command = "hostname";
  EXPECT_NE(planDigest(plan::makePlan(cluster).value()), digest);
}

TEST(Names, PodsHaveKubernetesSuffixes) {
  const plan::Plan plan = samplePlan();
  const std::string uid = newUid();
  const std::string name = podName(plan.pods[0], uid);
  EXPECT_THAT(name, MatchesRegex("flux-sample-0-[bcdfghjklmnpqrstvwxz2456789]{5}"));
  EXPECT_EQ(podName(plan.pods[0], uid), name);
  EXPECT_NE(podName(plan.pods[0], newUid()), name);
  EXPECT_NE(podName(plan.pods[1], uid).substr(14), name.substr(14));
}

TEST(Names, UidsAreUuids) {
  EXPECT_THAT(newUid(),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) all.insert(newUid());
  EXPECT_EQ(all.size(), 100u);
  EXPECT_EQ(derivedUid("x"), derivedUid("x"));
  EXPECT_NE(derivedUid("x"), derivedUid("y"));
}

TEST(PodLabel, KeepsWhatIsShownAndNoValues) {
  api::MiniCluster cluster = plan::sampleCluster();
  cluster.containers[1].environment = {{"PASSWORD", "hunter2"}};
  cluster.containers[1].preStopExec = "bye";
  cluster.containers[1].resources.limits["cpu"] = "1";
  api::Volume volume;
  volume.name = "data";
  volume.kind = api::VolumeKind::HostPath;
  volume.source = "/srv";
  volume.mountPath = "/data";
  volume.readOnly = true;
  cluster.containers[1].volumes = {volume};
  const plan::Plan plan = plan::makePlan(cluster).value();
  const std::string text = podLabel(plan.pods[1]);
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  const plan::Pod pod = readPodLabel(text).value();
  EXPECT_EQ(pod.name, "flux-sample-1");
  EXPECT_EQ(pod.role, plan::Role::Follower);
  EXPECT_EQ(pod.index, 1);
  EXPECT_EQ(pod.labels, plan.pods[1].labels);
  EXPECT_EQ(pod.annotations, plan.pods[1].annotations);
  ASSERT_EQ(pod.containers.size(), 2u);
  const plan::Container& nginx = pod.containers[1];
  EXPECT_EQ(nginx.image, "nginx");
  EXPECT_EQ(nginx.kind, plan::ContainerKind::Sidecar);
  EXPECT_EQ(nginx.preStopExec, "bye");
  EXPECT_EQ(nginx.resources.limits.at("cpu"), "1");
  EXPECT_THAT(nginx.ports, ElementsAre(80));
  ASSERT_EQ(nginx.mounts.size(), 1u);
  EXPECT_TRUE(nginx.mounts[0].readOnly);
  ASSERT_EQ(pod.volumes.size(), 1u);
  EXPECT_EQ(pod.volumes[0].source.source, "/srv");
  EXPECT_FALSE(readPodLabel("{}"));
  EXPECT_FALSE(readPodLabel("nonsense"));
}

TEST(PlanChange, NamesTheField) {
  const auto refused = [](json::object a, json::object b) {
    return changeRefused({{"spec", std::move(a)}}, {{"spec", std::move(b)}}).message;
  };
  EXPECT_THAT(refused({{"size", 2}}, {{"size", 3}}), HasSubstr("spec.size: can't be changed"));
  EXPECT_THAT(refused({{"a", 1}}, {{"a", 1}, {"b", 2}}), HasSubstr("spec.b:"));
  EXPECT_THAT(refused({{"containers", {{{"image", "x"}}}}}, {{"containers", {{{"image", "y"}}}}}),
              HasSubstr("spec.containers[0].image:"));
  EXPECT_THAT(refused({{"flux", {{"curveCert", "***"}}}, {"size", 1}},
                      {{"flux", {{"curveCert", "key"}}}, {"size", 2}}),
              HasSubstr("spec.size:"));
}

}  // namespace
}  // namespace mc::local
