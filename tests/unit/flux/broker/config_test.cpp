#include "flux/broker/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "flux/broker/run_directory.hpp"

namespace mc::flux::broker {
namespace {

using testing::HasSubstr;

class ConfigFiles : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(directory.data()), nullptr); }
  void TearDown() override { removeTree(directory); }
  std::string write(const std::string& name, std::string_view text) const {
    EXPECT_TRUE(base::writeFileAtomic(directory + "/" + name, text, 0600));
    return directory + "/" + name;
  }
  std::string directory = "/tmp/config-test-XXXXXX";
};

TEST_F(ConfigFiles, TomlBecomesJson) {
  const auto config = loadConfig(write("a.toml", R"(
[bootstrap]
default_port = 8050
hosts = [ { host = "a[0-1]" } ]
[access]
allow-guest-user = true
[x]
ratio = 1.5
)"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(*findConfig(*config, "bootstrap.default_port"), 8050);
  EXPECT_EQ(findConfig(*config, "bootstrap.hosts")->at(0).at("host").as_string(), "a[0-1]");
  EXPECT_EQ(*configBool(*config, "access.allow-guest-user", false), true);
  EXPECT_EQ(*findConfig(*config, "x.ratio"), 1.5);
  EXPECT_EQ(findConfig(*config, "x.nosuch"), nullptr);
  EXPECT_EQ(findConfig(*config, "bootstrap.default_port.x"), nullptr);
}

TEST_F(ConfigFiles, ErrorNamesFileLineAndColumn) {
  const std::string path = write("a.toml", "[a]\nb = 1\nc = = 2\n");
  const auto config = loadConfig(path);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().errnum, EINVAL);
  EXPECT_THAT(config.error().message, HasSubstr(path + ":3:"));
}

TEST_F(ConfigFiles, TablesOfADirectoryAreMerged) {
  write("1.toml", "[t]\na = 1\nb = 1\n");
  write("2.toml", "[t]\nb = 2\n");
  write("ignored.txt", "= nonsense");
  const auto config = loadConfig(directory);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(*findConfig(*config, "t.a"), 1);
  EXPECT_EQ(*findConfig(*config, "t.b"), 2);
}

TEST_F(ConfigFiles, MissingFileIsAnError) {
  EXPECT_EQ(loadConfig(directory + "/nosuch.toml").error().errnum, ENOENT);
}

TEST(ConfigValue, IsJsonOrToml) {
  EXPECT_EQ(*findConfig(*parseConfigValue(R"({"a":{"b":1}})"), "a.b"), 1);
  EXPECT_EQ(*findConfig(*parseConfigValue("a.b = 1"), "a.b"), 1);
  EXPECT_FALSE(parseConfigValue("{"));
  EXPECT_FALSE(parseConfigValue("a.b"));
}

TEST(ConfigValue, HasATypeThatIsChecked) {
  const auto config = parseToml("a = 1", "x");
  EXPECT_EQ(configString(*config, "a", "").error().errnum, EINVAL);
  EXPECT_EQ(configBool(*config, "a", false).error().errnum, EINVAL);
  EXPECT_EQ(*configString(*config, "b", "standard"), "standard");
}

}  // namespace
}  // namespace mc::flux::broker
