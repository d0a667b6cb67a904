#include "cli/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A verb with one option of each kind.
class SampleVerb final : public Verb {
 public:
  explicit SampleVerb(bool takesCommand) : takesCommand_(takesCommand) {}
  [[nodiscard]] VerbInfo info() const override {
    VerbInfo info;
    info.name = takesCommand_ ? "exec" : "logs";
    info.takesCommand = takesCommand_;
    return info;
  }
  void declare(OptionSet& options) override {
    options.flag("stdin,i", &stdinWanted, "");
    options.flag("tty,t", &tty, "");
    options.flag("wait", &wait, "");
    options.text("container,c", &container, "");
    options.list("filename,f", &files, "");
    options.number("tail", &tail, "");
    options.duration("timeout", &timeout, "");
    options.optionalText("dry-run", &dryRun, "client", "");
  }
  base::Result<int> run(Context& /*context*/) override { return 0; }

  bool stdinWanted = false;
  bool tty = false;
  bool wait = true;
  std::string container;
  std::vector<std::string> files;
  int64_t tail = -1;
  std::chrono::nanoseconds timeout{0};
  std::string dryRun = "none";

 private:
  const bool takesCommand_;
};

class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest() {
    for (const bool takesCommand : {false, true}) {
      auto verb = std::make_unique<SampleVerb>(takesCommand);
      (takesCommand ? exec : logs) = verb.get();
      verbs.push_back(std::move(verb));
    }
  }

  base::Result<CommandLine> parse(std::vector<std::string> words) {
    return parseCommandLine(verbs, global, std::move(words));
  }
  std::string errorOf(std::vector<std::string> words) {
    const auto line = parse(std::move(words));
    return line ? "no error" : line.error().message;
  }

  Verbs verbs;
  SampleVerb* logs = nullptr;
  SampleVerb* exec = nullptr;
  GlobalOptions global;
};

TEST_F(CommandLineTest, OptionsMayStandAnywhere) {
  for (const auto& words : {std::vector<std::string>{"-n", "ns", "logs", "pod", "-c", "x", "-i"},
                            std::vector<std::string>{"logs", "-n", "ns", "-i", "-c", "x", "pod"},
                            std::vector<std::string>{"logs", "pod", "-ic", "x", "--namespace=ns"},
                            std::vector<std::string>{"logs", "-cx", "pod", "-i", "-nns"},
                            std::vector<std::string>{"logs", "-c=x", "-i", "pod", "-n=ns"}}) {
    logs->container.clear();
    logs->stdinWanted = false;
    global = {};
    const auto line = parse(words);
    ASSERT_TRUE(line) << line.error().message;
    EXPECT_EQ(line->verb, logs);
    EXPECT_THAT(line->args, ElementsAre("pod"));
    EXPECT_EQ(logs->container, "x");
    EXPECT_TRUE(logs->stdinWanted);
    EXPECT_EQ(global.ns, "ns");
  }
}

TEST_F(CommandLineTest, JoinsShortFlags) {
  ASSERT_TRUE(parse({"exec", "-it", "pod", "--", "sh"}));
  EXPECT_TRUE(exec->stdinWanted);
  EXPECT_TRUE(exec->tty);
}

TEST_F(CommandLineTest, DashesEndTheOptions) {
  const auto line = parse({"exec", "pod", "-c", "x", "--", "ls", "-la", "--", "-n", "++", "/x"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_THAT(line->args, ElementsAre("pod"));
  EXPECT_THAT(line->command, ElementsAre("ls", "-la", "--", "-n", "++", "/x"));
  EXPECT_EQ(global.ns, "");
}

TEST_F(CommandLineTest, WordsBehindDashesAreWordsForOtherVerbs) {
  const auto line = parse({"logs", "--", "-pod"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_THAT(line->args, ElementsAre("-pod"));
}

TEST_F(CommandLineTest, ListsTakeOneValueEach) {
  const auto line = parse({"logs", "-f", "a.yaml", "word", "-f", "-", "--filename", "b.yaml"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_THAT(logs->files, ElementsAre("a.yaml", "-", "b.yaml"));
  EXPECT_THAT(line->args, ElementsAre("word"));
}

TEST_F(CommandLineTest, TheLastValueCounts) {
  ASSERT_TRUE(parse({"logs", "-c", "a", "--container", "b"}));
  EXPECT_EQ(logs->container, "b");
}

TEST_F(CommandLineTest, ReadsNegativeNumbers) {
  ASSERT_TRUE(parse({"logs", "--tail", "-1"}));
  EXPECT_EQ(logs->tail, -1);
  ASSERT_TRUE(parse({"logs", "--tail=-5"}));
  EXPECT_EQ(logs->tail, -5);
}

TEST_F(CommandLineTest, AnEmptyValueIsAValue) {
  const auto line = parse({"logs", "--container=", "pod"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(logs->container, "");
  EXPECT_THAT(line->args, ElementsAre("pod"));
}

TEST_F(CommandLineTest, FlagsCanBeTurnedOff) {
  const auto line = parse({"logs", "--wait=false", "-i", "word"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_FALSE(logs->wait);
  EXPECT_THAT(line->args, ElementsAre("word"));
}

TEST_F(CommandLineTest, AnOptionalValueIsNeverTheNextWord) {
  const auto line = parse({"logs", "--dry-run", "word"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(logs->dryRun, "client");
  EXPECT_THAT(line->args, ElementsAre("word"));
  ASSERT_TRUE(parse({"logs", "--dry-run=server"}));
  EXPECT_EQ(logs->dryRun, "server");
}

TEST_F(CommandLineTest, NoVerbIsNoError) {
  const auto line = parse({});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->verb, nullptr);
}

TEST_F(CommandLineTest, VerbsAreOnlyVerbsInTheirPlace) {
  const auto line = parse({"logs", "exec"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(line->verb, logs);
  EXPECT_THAT(line->args, ElementsAre("exec"));
}

TEST_F(CommandLineTest, ErrorsAreKubectls) {
  EXPECT_EQ(errorOf({"log", "x"}),
            "unknown command \"log\" for \"minicluster\"\n\nDid you mean this?\n\tlogs\n");
  EXPECT_THAT(errorOf({"zzzzzz"}), HasSubstr("unknown command \"zzzzzz\""));
  EXPECT_EQ(errorOf({"logs", "--tial=3"}),
            "unknown flag: --tial\nDid you mean this?\n\t--tail\n\nSee 'minicluster logs --help' "
            "for usage.");
  EXPECT_THAT(errorOf({"logs", "-z"}), HasSubstr("unknown shorthand flag: 'z' in -z"));
  EXPECT_THAT(errorOf({"logs", "--tail"}), HasSubstr("flag needs an argument: --tail"));
  EXPECT_THAT(errorOf({"logs", "-c"}), HasSubstr("flag needs an argument: --container"));
  EXPECT_EQ(errorOf({"logs", "--tail=x"}),
            "invalid argument \"x\" for \"--tail\" flag: must be a number");
  EXPECT_EQ(errorOf({"logs", "--wait=maybe"}),
            "invalid argument \"maybe\" for \"--wait\" flag: must be true or false");
  EXPECT_EQ(errorOf({"logs", "--timeout=5"}),
            "invalid argument \"5\" for \"--timeout\" flag: unit is missing: use s, m or h");
  EXPECT_EQ(errorOf({"logs", "--tail=99999999999999999999"}),
            "invalid argument \"99999999999999999999\" for \"--tail\" flag: out of range");
}

}  // namespace
}  // namespace mc::cli
