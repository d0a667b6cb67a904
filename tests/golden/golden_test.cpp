// Each NAME.yaml of this folder has its plan in NAME.plan.json.

#include "golden.hpp"

#include "plan/plan.hpp"

namespace mc::plan {
namespace {

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, PlanIsAsItWas) {
  const auto now = golden::madeFrom(GetParam(), [](const api::MiniCluster& cluster) {
    const auto plan = makePlan(cluster);
    EXPECT_TRUE(plan) << plan.error().message;
    return plan ? format(*plan) : "";
  });
  ASSERT_FALSE(HasFailure());
  golden::expectAsItWas(GetParam() + ".plan.json", now);
}

INSTANTIATE_TEST_SUITE_P(Manifests, Golden, testing::ValuesIn(golden::manifests()),
                         golden::testName);

TEST(GoldenPlans, EachHasItsManifest) {
  golden::expectManifestsFor(".plan.json");
}

}  // namespace
}  // namespace mc::plan
