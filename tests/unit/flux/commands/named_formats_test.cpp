#include "flux/commands/named_formats.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "base/fd.hpp"

namespace mc::flux::commands {
namespace {

constexpr NamedFormat kKnown[] = {{"default", "d", "{id}"}};
constexpr FormatSource kSource{"flux-jobs", "flux-jobs", "", "TEST_FORMAT_DEFAULT", kKnown};
constexpr FormatSource kListSource{"flux-resource list", "flux-resource", "list",
                                   "TEST_FORMAT_DEFAULT", kKnown};
constexpr Option kFormatOption{'o', "format", Takes::Value, "FORMAT", ""};

class NamedFormats : public testing::Test {
 protected:
  void SetUp() override {
    char path[] = "/tmp/formats-XXXXXX";
    ASSERT_NE(::mkdtemp(path), nullptr);
    directory_ = path;
    ASSERT_EQ(::mkdir((directory_ + "/flux").c_str(), 0700), 0);
    ::setenv("XDG_CONFIG_HOME", directory_.c_str(), 1);
    ::setenv("XDG_CONFIG_DIRS", "/nonexistent", 1);
    ::unsetenv("TEST_FORMAT_DEFAULT");
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, std::string_view text) const {
    ASSERT_TRUE(base::writeFileAtomic(directory_ + "/flux/" + name, text, 0600));
  }
  static base::Result<FormatChoice> choose(const std::string& text) {
    Parsed parsed;
    parsed.add(&kFormatOption, text);
    return chooseFormat(kSource, parsed);
  }

  std::string directory_;
};

TEST_F(NamedFormats, AreFound) {
  EXPECT_EQ(*findFormat(kSource, "default"), "{id}");
  EXPECT_EQ(*findFormat(kSource, "{x}"), "{x}");
  EXPECT_EQ(findFormat(kSource, "nosuch").error().message,
            "--format: No such format nosuch (Did you mean '{nosuch}'?)");
}

TEST_F(NamedFormats, ComeFromConfiguration) {
  write("flux-jobs.toml", "[formats.mine]\ndescription = \"My own\"\nformat = \"{id} {name}\"\n");
  write("flux-jobs.yaml", "formats:\n  other:\n    format: \"{name}\"\n");
  write("flux-resource.json", R"({"list":{"formats":{"r":{"format":"{ranks}"}}}})");
  EXPECT_EQ(*findFormat(kSource, "mine"), "{id} {name}");
  EXPECT_EQ(*findFormat(kSource, "other"), "{name}");
  EXPECT_EQ(*findFormat(kListSource, "r"), "{ranks}");
  EXPECT_EQ(*choose("help")->answer,
            "\nConfigured flux-jobs output formats:\n\n  default      d\n  mine         My own\n"
            "  other        \n\n");
  EXPECT_EQ(*choose("get-config=mine")->answer,
            "[formats.mine]\ndescription = \"My own\"\nformat = \"{id} {name}\"\n");
}

TEST_F(NamedFormats, TheDefaultComesFromTheEnvironment) {
  EXPECT_EQ(chooseFormat(kSource, Parsed())->format, "{id}");
  ::setenv("TEST_FORMAT_DEFAULT", "{name}", 1);
  EXPECT_EQ(chooseFormat(kSource, Parsed())->format, "{name}");
}

TEST_F(NamedFormats, BadConfigurationIsNamed) {
  const std::string path = directory_ + "/flux/flux-jobs.toml";
  write("flux-jobs.toml", "[formats.default]\nformat = \"{x}\"\n");
  EXPECT_EQ(choose("x").error().message,
            path + ": override of builtin format default not permitted");
  write("flux-jobs.toml", "[formats.x]\nformat = 1\n");
  EXPECT_EQ(choose("x").error().message, path + ": formats.x: no string 'format'");
  write("flux-jobs.toml", "[formats");
  EXPECT_NE(choose("x").error().message.find(path), std::string::npos);
}

}  // namespace
}  // namespace mc::flux::commands
