// Each NAME.yaml of this folder has its plan in NAME.plan.json.
//
// After a change that is meant, write them anew with
//   MINICLUSTER_UPDATE_GOLDEN=1 ctest -L golden
// and read the difference before it is committed.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "api/read.hpp"
#include "base/fd.hpp"
#include "plan/plan.hpp"

namespace mc::plan {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> manifests() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(GOLDEN_DIRECTORY))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

std::string fileOf(const std::string& name) {
  return std::string(GOLDEN_DIRECTORY) + "/" + name;
}

/// The plans of all documents of a manifest, one after the other.
std::string planned(const std::string& name) {
  const auto text = base::readFile(fileOf(name + ".yaml"));
  EXPECT_TRUE(text) << text.error().message;
  const auto read = api::read(text.value_or(""), "default");
  for (const auto& problem : read.problems) ADD_FAILURE() << problem.text(name);
  std::string result;
  for (const auto& document : read.documents) {
    const auto plan = makePlan(document.cluster);
    EXPECT_TRUE(plan) << plan.error().message;
    if (plan) result += format(*plan);
  }
  return result;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, PlanIsAsItWas) {
  const std::string file = fileOf(GetParam() + ".plan.json");
  const std::string now = planned(GetParam());
  ASSERT_FALSE(HasFailure());
  if (std::getenv("MINICLUSTER_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::writeFileAtomic(file, now, 0644));
    return;
  }
  const auto before = base::readFile(file);
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ(now, *before);
}

std::string testName(const testing::TestParamInfo<std::string>& manifest) {
  std::string name = manifest.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Manifests, Golden, testing::ValuesIn(manifests()), testName);

TEST(GoldenPlans, EachHasItsManifest) {
  for (const auto& entry : fs::directory_iterator(GOLDEN_DIRECTORY)) {
    const std::string file = entry.path().filename();
    const size_t end = file.find(".plan.json");
    if (end == std::string::npos) continue;
    EXPECT_TRUE(fs::exists(fileOf(file.substr(0, end) + ".yaml"))) << file;
  }
}

}  // namespace
}  // namespace mc::plan
