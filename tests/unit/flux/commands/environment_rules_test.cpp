#include "flux/commands/environment_rules.hpp"

#include <gtest/gtest.h>

namespace mc::flux::commands {
namespace {

const Environment kBase = {{"PATH", "/bin"}, {"OMP_A", "1"}, {"OMP_B", "2"}, {"HOME", "/root"}};

std::string apply(const std::vector<std::string>& rules) {
  const auto result = applyEnvironmentRules(kBase, rules);
  if (!result) return "error";
  std::string out;
  for (const auto& [name, value] : *result) out += name + "=" + value + " ";
  return out;
}

TEST(EnvironmentRules, FollowTheManual) {
  EXPECT_EQ(apply({}), "HOME=/root OMP_A=1 OMP_B=2 PATH=/bin ");
  EXPECT_EQ(apply({"-*"}), "");
  EXPECT_EQ(apply({"-OMP*"}), "HOME=/root PATH=/bin ");
  EXPECT_EQ(apply({"-/^OMP.*/"}), "HOME=/root PATH=/bin ");
  EXPECT_EQ(apply({"-*", "PATH"}), "PATH=/bin ");
  EXPECT_EQ(apply({"-*", "PATH=/x", "PATH=$PATH:/usr/bin"}), "PATH=/x:/usr/bin ");
  EXPECT_EQ(apply({"-*", "A=${HOME}/b$$"}), "A=/root/b$ ");
  EXPECT_EQ(apply({"-*", "NOSUCH*"}), "");
  EXPECT_EQ(apply({"-*", "A=x=y"}), "A=x=y ");
}

TEST(EnvironmentRules, RefuseBadRules) {
  for (const char* rule : {"A=$NOSUCH", "A=${HOME:-x}", "A=${HOME", "A=$", "-/(/", "^/nosuch/file"})
    EXPECT_EQ(apply({rule}), "error") << rule;
}

}  // namespace
}  // namespace mc::flux::commands
