#include "plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/plan/sample.hpp"

namespace mc::plan {
namespace {

using testing::HasSubstr;
using testing::Not;

Plan planOf(const api::MiniCluster& cluster) {
  auto plan = makePlan(cluster);
  EXPECT_TRUE(plan) << plan.error().message;
  return plan ? *plan : Plan();
}

TEST(Plan, HasAPodForEachBrokerAndOneForServices) {
  auto cluster = sampleCluster();
  cluster.services = {registry()};
  cluster.maxSize = 5;
  const Plan plan = planOf(cluster);
  ASSERT_EQ(plan.pods.size(), 3u);
  EXPECT_EQ(plan.lead().name, "flux-sample-0");
  EXPECT_EQ(plan.pods[1].index, 1);
  EXPECT_EQ(plan.pods[2].role, Role::Services);
}

TEST(Plan, AsksForACertificateIfSeveralBrokersMayCome) {
  auto cluster = sampleCluster();
  EXPECT_TRUE(planOf(cluster).makeCurveCert);
  cluster.size = 1;
  EXPECT_TRUE(planOf(cluster).makeCurveCert);
  cluster.maxSize = 1;
  EXPECT_FALSE(planOf(cluster).makeCurveCert);
}

TEST(Plan, TakesTheManifestsSecretsAndHidesThem) {
  auto cluster = sampleCluster();
  cluster.flux.curveCert = "curve-secret";
  cluster.users = {{"peenut", "butter"}, {"jelly", ""}};
  const Plan plan = planOf(cluster);
  EXPECT_FALSE(plan.makeCurveCert);
  EXPECT_EQ(plan.secretFiles.at("secret/curve.cert"), "curve-secret");
  EXPECT_EQ(plan.secretFiles.at("secret/users"), "peenut:butter\n");
  const std::string text = format(plan);
  EXPECT_THAT(text, HasSubstr("\"secret/curve.cert\": \"***\""));
  EXPECT_THAT(text, Not(HasSubstr("curve-secret")));
  EXPECT_THAT(text, Not(HasSubstr("butter")));
}

TEST(Plan, FailsIfAnyCommandIsBad) {
  auto cluster = sampleCluster();
  cluster.containers[1].command = "'";
  EXPECT_FALSE(makePlan(cluster));
}

TEST(Plan, RepeatsNothingByItself) {
  auto cluster = sampleCluster();
  EXPECT_EQ(planOf(cluster).backoffLimit, 0);
  cluster.backoffLimit = 3;
  EXPECT_EQ(planOf(cluster).backoffLimit, 3);
}

}  // namespace
}  // namespace mc::plan
