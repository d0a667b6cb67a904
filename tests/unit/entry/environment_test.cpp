#include "entry/environment.hpp"

#include <gtest/gtest.h>

namespace mc::entry {
namespace {

TEST(Environment, ComesBackAsItWas) {
  Environment environment;
  environment.directory = "/a b";
  environment.variables = {{"A", "1=2"}, {"B", ""}, {"C", "two\nlines"}};
  const auto again = decodeEnvironment(encode(environment));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->directory, "/a b");
  EXPECT_EQ(again->variables, environment.variables);
}

TEST(Environment, LeavesOutWhatShellsNote) {
  Environment environment;
  environment.variables = {{"_", "x"}, {"SHLVL", "2"}, {"OLDPWD", "/"}, {"PWD", "/"}};
  EXPECT_EQ(decodeEnvironment(encode(environment))->variables.size(), 1u);
}

TEST(Environment, OfAnotherFormatIsRefused) {
  EXPECT_FALSE(decodeEnvironment(""));
  EXPECT_FALSE(decodeEnvironment("/tmp"));
  EXPECT_FALSE(decodeEnvironment(std::string("/tmp\0A=1", 8)));
}

TEST(WithDirectories, AddsWhatIsNotThere) {
  EXPECT_EQ(withDirectories("/bin:/usr/bin", {"/usr/bin", "/x"}), "/bin:/usr/bin:/x");
  EXPECT_EQ(withDirectories("/usr/bin2", {"/usr/bin"}), "/usr/bin2:/usr/bin");
  EXPECT_EQ(withDirectories("", {}),
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
}

}  // namespace
}  // namespace mc::entry
