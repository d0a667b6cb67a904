#include "flux/commands/options.hpp"

#include <gtest/gtest.h>

namespace mc::flux::commands {
namespace {

constexpr Option kOptions[] = {
    {'n', "ntasks", Takes::Value, "N", "Number of tasks"},
    {'q', "quiet", Takes::Nothing, "", "Say nothing"},
    {'v', "verbose", Takes::Nothing, "", "Say more"},
    {0, "wait", Takes::Nothing, "", "Wait"},
    {0, "wait-event", Takes::Value, "NAME", "Wait for an event"},
    {'u', "user", Takes::OptionalValue, "USER", "A user"},
    {'a', nullptr, Takes::Nothing, "", "All"},
};

class OptionsTest : public testing::Test {
 protected:
  ParseOutcome parse(const Args& args) { return parseOptions(grammar_, args); }
  // What goes to standard error, and the exit status.
  std::pair<std::string, int> complaint(const Args& args) {
    testing::internal::CaptureStderr();
    const auto outcome = parse(args);
    return {testing::internal::GetCapturedStderr(), outcome.exitStatus.value_or(-1)};
  }
  Grammar grammar_{.program = "flux run",
                   .usage = "flux run [OPTIONS...] COMMAND [ARGS...]",
                   .options = kOptions};
};

TEST_F(OptionsTest, ReadsAllForms) {
  const auto [parsed, status] =
      parse({"-n4", "-qv", "x", "--ntasks", "5", "--nt=6", "-v", "--wait", "-a", "y"});
  ASSERT_FALSE(status);
  EXPECT_EQ(parsed.values("ntasks"), (std::vector<std::string>{"4", "5", "6"}));
  EXPECT_EQ(parsed.value("ntasks"), "6");
  EXPECT_EQ(parsed.count("verbose"), 2);
  EXPECT_TRUE(parsed.has("wait"));
  EXPECT_TRUE(parsed.has("a"));
  EXPECT_FALSE(parsed.has("wait-event"));
  EXPECT_EQ(parsed.rest, (Args{"x", "y"}));
}

TEST_F(OptionsTest, LeavesTheCommandAlone) {
  grammar_.commandFollows = true;
  const auto [parsed, status] = parse({"-q", "sh", "-c", "exit 3", "--wait"});
  ASSERT_FALSE(status);
  EXPECT_EQ(parsed.rest, (Args{"sh", "-c", "exit 3", "--wait"}));
}

TEST_F(OptionsTest, TakesOptionalValues) {
  EXPECT_EQ(parse({"--user=me"}).parsed.value("user"), "me");
  EXPECT_EQ(parse({"-u", "me"}).parsed.value("user"), "me");
  const auto bare = parse({"-u", "-q"}).parsed;
  EXPECT_TRUE(bare.has("user"));
  EXPECT_EQ(bare.value("user"), std::nullopt);
}

TEST_F(OptionsTest, ComplainsAsArgparse) {
  const std::string usage = "usage: flux run [OPTIONS...] COMMAND [ARGS...]\n";
  using Complaint = std::pair<std::string, int>;
  EXPECT_EQ(complaint({"--badopt"}),
            (Complaint{usage + "flux run: error: unrecognized arguments: --badopt\n", 2}));
  EXPECT_EQ(complaint({"-Z"}),
            (Complaint{usage + "flux run: error: unrecognized arguments: -Z\n", 2}));
  EXPECT_EQ(
      complaint({"-n"}),
      (Complaint{usage + "flux run: error: argument -n/--ntasks: expected one argument\n", 2}));
  EXPECT_EQ(complaint({"--wai"}),
            (Complaint{usage + "flux run: error: ambiguous option: --wai could "
                               "match --wait, --wait-event\n",
                       2}));
  EXPECT_EQ(
      complaint({"--quiet=1"}),
      (Complaint{usage + "flux run: error: argument --quiet: ignored explicit argument '1'\n", 2}));
}

TEST_F(OptionsTest, ComplainsAsOptparse) {
  grammar_.style = Style::C;
  grammar_.program = "flux-job";
  EXPECT_EQ(complaint({"--badopt"}),
            (std::pair<std::string, int>{"flux-job: unrecognized option '--badopt'\nTry `flux-job "
                                         "--help' for more information.\n",
                                         1}));
}

TEST_F(OptionsTest, HelpsInColumns) {
  EXPECT_NE(helpText(grammar_).find("  -n, --ntasks=N               Number of tasks\n"),
            std::string::npos);
  grammar_.style = Style::C;
  EXPECT_NE(helpText(grammar_).find("  -q, --quiet            Say nothing\n"), std::string::npos);
  EXPECT_NE(helpText(grammar_).find("  -h, --help             Display this message.\n"),
            std::string::npos);
}

TEST_F(OptionsTest, ChecksNumbers) {
  std::optional<int> status;
  EXPECT_EQ(integerOption(grammar_, parse({"-n", "12"}).parsed, "ntasks", status), 12);
  EXPECT_FALSE(status);
  testing::internal::CaptureStderr();
  EXPECT_FALSE(integerOption(grammar_, parse({"-n", "x"}).parsed, "ntasks", status));
  EXPECT_TRUE(testing::internal::GetCapturedStderr().ends_with(
      "flux run: error: argument -n/--ntasks: invalid int value: 'x'\n"));
  EXPECT_EQ(status, 2);
}

}  // namespace
}  // namespace mc::flux::commands
