#include "plan/pods.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/plan/sample.hpp"

namespace mc::plan {
namespace {

using testing::Contains;
using testing::Pair;
using Words = std::vector<std::string>;

Pod podOf(base::Result<Pod> pod) {
  EXPECT_TRUE(pod) << pod.error().message;
  return pod ? *pod : Pod();
}

TEST(FluxPod, HasTheFluxContainerFirst) {
  auto cluster = sampleCluster();
  std::swap(cluster.containers[0], cluster.containers[1]);
  const Pod pod = podOf(fluxPod(cluster, 1));
  EXPECT_EQ(pod.name, "flux-sample-1");
  EXPECT_EQ(pod.hostname, "flux-sample-1");
  EXPECT_EQ(pod.subdomain, "flux-service");
  EXPECT_EQ(pod.role, Role::Follower);
  ASSERT_EQ(pod.containers.size(), 2u);
  EXPECT_EQ(pod.containers[0].name, "flux-sample");
  EXPECT_EQ(pod.containers[0].kind, ContainerKind::Flux);
  EXPECT_EQ(pod.containers[0].command, Words{"/opt/minicluster/bin/minicluster-entry"});
  EXPECT_EQ(pod.containers[1].name, "nginx");
  EXPECT_EQ(pod.containers[1].kind, ContainerKind::Sidecar);
  EXPECT_TRUE(pod.containers[1].command.empty());
  EXPECT_EQ(podOf(fluxPod(cluster, 0)).role, Role::Lead);
}

TEST(FluxPod, HasTheLabelsThatSelectorsLookFor) {
  auto cluster = sampleCluster();
  cluster.pod.labels = {{"mine", "x"}, {"job-name", "not-mine"}};
  cluster.pod.annotations = {{"note", "y"}};
  const Pod pod = podOf(fluxPod(cluster, 1));
  EXPECT_THAT(pod.labels, Contains(Pair("mine", "x")));
  EXPECT_THAT(pod.labels, Contains(Pair("app.kubernetes.io/name", "flux-sample")));
  EXPECT_THAT(pod.labels, Contains(Pair("namespace", "flux-operator")));
  EXPECT_THAT(pod.labels, Contains(Pair("job-name", "flux-sample")));
  EXPECT_THAT(pod.labels, Contains(Pair("hpa-selector", "flux-sample")));
  EXPECT_THAT(pod.labels, Contains(Pair("job-index", "1")));
  EXPECT_THAT(pod.annotations, Contains(Pair("note", "y")));
  EXPECT_THAT(pod.annotations, Contains(Pair("batch.kubernetes.io/job-completion-index", "1")));
}

TEST(FluxPod, TellsEachContainerItsIndexAndKeepsTheOrderOfTheEnvironment) {
  auto cluster = sampleCluster();
  cluster.containers[0].environment = {{"B", "1"}, {"JOB_COMPLETION_INDEX", "9"}, {"A", "$(B)"}};
  cluster.flux.environment = {{"C", "2"}};
  cluster.flux.optionFlags = "-n 2";
  const Pod pod = podOf(fluxPod(cluster, 1));
  EXPECT_EQ(pod.containers[0].environment, (api::StringPairs{{"JOB_COMPLETION_INDEX", "1"},
                                                             {"B", "1"},
                                                             {"A", "$(B)"},
                                                             {"C", "2"},
                                                             {"FLUX_OPTION_FLAGS", "-n 2"}}));
  EXPECT_EQ(pod.containers[1].environment, (api::StringPairs{{"JOB_COMPLETION_INDEX", "1"}}));
}

TEST(FluxPod, MountsAVolumeOnlyWhereItIsAskedFor) {
  auto cluster = sampleCluster();
  api::Volume data;
  data.name = "data";
  data.mountPath = "/data";
  cluster.containers[0].volumes = {data};
  const Pod pod = podOf(fluxPod(cluster, 0));
  ASSERT_EQ(pod.volumes.size(), 1u);
  ASSERT_EQ(pod.containers[0].mounts.size(), 1u);
  EXPECT_EQ(pod.containers[0].mounts[0].path, "/data");
  EXPECT_TRUE(pod.containers[1].mounts.empty());
}

TEST(FluxPod, OfV1alpha2SharesADirectory) {
  const Pod pod = podOf(fluxPod(alpha2Cluster(), 0));
  ASSERT_EQ(pod.volumes.size(), 1u);
  EXPECT_EQ(pod.volumes[0].name, "flux-view");
  EXPECT_EQ(pod.volumes[0].source.kind, api::VolumeKind::EmptyDir);
  for (const auto& container : pod.containers) {
    ASSERT_EQ(container.mounts.size(), 1u);
    EXPECT_EQ(container.mounts[0].path, "/mnt/flux");
  }
}

TEST(ServicesPod, HoldsAllServices) {
  auto cluster = sampleCluster();
  cluster.services = {registry(), registry()};
  cluster.services[1].name = "redis";
  cluster.services[1].command = "redis-server --port 7";
  const Pod pod = podOf(servicesPod(cluster));
  EXPECT_EQ(pod.name, "flux-sample-services");
  EXPECT_EQ(pod.role, Role::Services);
  EXPECT_EQ(pod.dnsNames.back(),
            "flux-sample-services.flux-service.flux-operator.svc.cluster.local");
  EXPECT_EQ(pod.labels.count("hpa-selector"), 0u);
  ASSERT_EQ(pod.containers.size(), 2u);
  EXPECT_EQ(pod.containers[0].kind, ContainerKind::Service);
  EXPECT_EQ(pod.containers[1].command, (Words{"redis-server", "--port", "7"}));
}

}  // namespace
}  // namespace mc::plan
