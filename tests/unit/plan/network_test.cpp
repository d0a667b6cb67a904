#include "plan/network.hpp"

#include <gtest/gtest.h>

#include "unit/plan/sample.hpp"

namespace mc::plan {
namespace {

using Names = std::vector<std::string>;

TEST(DnsNames, GoFromShortToFull) {
  EXPECT_EQ(dnsNames(sampleCluster(), "flux-sample-0"),
            (Names{"flux-sample-0", "flux-sample-0.flux-service",
                   "flux-sample-0.flux-service.flux-operator",
                   "flux-sample-0.flux-service.flux-operator.svc",
                   "flux-sample-0.flux-service.flux-operator.svc.cluster.local"}));
}

TEST(Hostlist, CoversAllHostsThatMayCome) {
  auto cluster = sampleCluster();
  EXPECT_EQ(hostlist(cluster), "flux-sample-[0-1]");
  cluster.maxSize = 10;
  EXPECT_EQ(hostlist(cluster), "flux-sample-[0-9]");
  cluster.size = cluster.maxSize = 1;
  EXPECT_EQ(hostlist(cluster), "flux-sample-0");
}

TEST(Services, AreTheHeadlessOneAndThoseOfSidecars) {
  auto cluster = sampleCluster();
  cluster.services = {registry()};
  cluster.containers[0].ports = {5000};
  api::Container silent;
  silent.name = "silent";
  cluster.containers.push_back(silent);

  const auto all = services(cluster);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "flux-service");
  EXPECT_TRUE(all[0].headless);
  EXPECT_EQ(all[0].pods, (Names{"flux-sample-0", "flux-sample-1", "flux-sample-services"}));
  EXPECT_EQ(all[1].name, "nginx");
  EXPECT_FALSE(all[1].headless);
  EXPECT_EQ(all[1].ports, std::vector<int32_t>{80});
  EXPECT_EQ(all[1].pods, (Names{"flux-sample-0", "flux-sample-1"}));
}

}  // namespace
}  // namespace mc::plan
