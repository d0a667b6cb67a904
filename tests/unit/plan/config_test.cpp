#include "plan/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/layout.hpp"
#include "unit/plan/sample.hpp"

namespace mc::plan {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(BrokerConfig, OfTheTutorial) {
  EXPECT_EQ(brokerConfig(sampleCluster()), R"([access]
allow-root-owner = true
allow-guest-user = false

[bootstrap]
curve_cert = "/etc/curve/curve.cert"
default_port = 8050
default_bind = "tcp://*:%p"
default_connect = "tcp://%h.flux-service.flux-operator.svc.cluster.local:%p"
hosts = [
    { host = "flux-sample-[0-1]" },
]
)");
}

TEST(BrokerConfig, AdmitsGuestsOnlyIfThereAreUsers) {
  auto cluster = sampleCluster();
  cluster.users = {{"peenut", "butter"}};
  EXPECT_THAT(brokerConfig(cluster), HasSubstr("allow-guest-user = true\n"));
}

TEST(BrokerConfig, OfASingleBrokerNeedsNoCertificate) {
  auto cluster = sampleCluster();
  cluster.size = cluster.maxSize = 1;
  EXPECT_THAT(brokerConfig(cluster), Not(HasSubstr("curve_cert")));
  EXPECT_EQ(paths(cluster).curveCert, "");
}

TEST(BrokerConfig, PointsToResourcesWhereFluxCantFindThem) {
  auto cluster = sampleCluster();
  EXPECT_THAT(brokerConfig(cluster), Not(HasSubstr("[resource]")));
  EXPECT_EQ(paths(cluster).resources, "");

  cluster.maxSize = 4;
  EXPECT_THAT(brokerConfig(cluster), HasSubstr("\n[resource]\npath = \"/etc/flux/system/R\"\n"));
  EXPECT_THAT(brokerConfig(cluster), Not(HasSubstr("noverify")));
  EXPECT_EQ(paths(cluster).resources, "/etc/flux/system/R");

  cluster.maxSize = cluster.size;
  cluster.minSize = 1;
  EXPECT_TRUE(needsResourceFile(cluster));

  cluster.minSize = 0;
  cluster.containers[0].cores = 4;
  EXPECT_THAT(brokerConfig(cluster), HasSubstr("noverify = true\n"));
}

TEST(BrokerConfig, TakesTheQueuePolicy) {
  auto cluster = sampleCluster();
  cluster.flux.queuePolicy = "easy";
  EXPECT_THAT(brokerConfig(cluster),
              HasSubstr("\n[sched-fluxion-qmanager]\nqueue-policy = \"easy\"\n"));
}

TEST(BrokerConfig, GivenByHandIsTakenAsItIs) {
  auto cluster = sampleCluster();
  cluster.flux.brokerConfig = "[bootstrap]\n";
  EXPECT_EQ(brokerConfig(cluster), "[bootstrap]\n");
}

TEST(Layout, OfV1alpha1IsASystemInstallation) {
  const auto where = paths(sampleCluster());
  EXPECT_EQ(where.configDirectory, "/etc/flux/config");
  EXPECT_EQ(where.runDirectory, "/run/flux");
  EXPECT_EQ(where.stateDirectory, "/var/lib/flux");
  EXPECT_EQ(where.viewFile, "");
  EXPECT_EQ(sharedDirectory(sampleCluster()), "");
}

TEST(Layout, OfV1alpha2IsBelowTheMountPath) {
  auto cluster = alpha2Cluster();
  auto where = paths(cluster);
  EXPECT_EQ(where.configDirectory, "/mnt/flux/config/etc/flux/config");
  EXPECT_EQ(where.curveCert, "/mnt/flux/config/curve/curve.cert");
  EXPECT_EQ(where.runDirectory, "/mnt/flux/config/run/flux");
  EXPECT_EQ(where.viewFile, "/mnt/flux/flux-view.sh");
  EXPECT_EQ(sharedDirectory(cluster), "/mnt/flux");
  EXPECT_THAT(brokerConfig(cluster), HasSubstr("\"/mnt/flux/config/curve/curve.cert\""));

  cluster.flux.socket = "/opt/f/config/run/flux/local";
  EXPECT_EQ(sharedDirectory(cluster), "/opt/f");
}

}  // namespace
}  // namespace mc::plan
