// help, completion, version.

#include "cli/help.hpp"

#include "cli/complete.hpp"
#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class HelpTest : public CliTest {
 protected:
  HelpTest() {
    fake->podViews = {runningPod(0, "p5xls"), runningPod(1, "nmtt7", "flux-operator")};
    fake->clusterViews = {runningCluster(), runningCluster("other", "flux-operator")};
  }

  std::vector<std::string> candidates(std::vector<std::string> words) {
    words.insert(words.begin(), {"__complete", "--"});
    out.text.clear();
    EXPECT_EQ(run(words), 0);
    std::vector<std::string> values;
    for (size_t begin = 0; begin < out.text.size();) {
      const size_t end = out.text.find('\n', begin);
      const std::string line = out.text.substr(begin, end - begin);
      values.push_back(line.substr(0, line.find('\t')));
      begin = end + 1;
    }
    return values;
  }
};

TEST_F(HelpTest, EveryVerbExplainsItself) {
  const Verbs verbs = makeVerbs();
  EXPECT_EQ(run({}), 0);
  const std::string overview = out.text;
  for (const auto& verb : verbs) {
    const VerbInfo info = verb->info();
    EXPECT_NE(info.summary, "") << info.name;
    const bool hidden = info.group == VerbGroup::Hidden;
    EXPECT_EQ(overview.find("\n  " + info.name + " ") == std::string::npos, hidden) << info.name;
    out.text.clear();
    EXPECT_EQ(run({info.name, "--help"}), 0);
    EXPECT_THAT(out.text, AllOf(StartsWith(info.summary + ".\n"),
                                HasSubstr("Usage:\n  minicluster " + info.name)));
    if (!hidden && info.name != "help") {
      EXPECT_THAT(out.text, HasSubstr("Examples:\n  # ")) << info.name;
    }
    const std::string byOption = std::exchange(out.text, "");
    EXPECT_EQ(run({"help", info.name}), 0);
    EXPECT_EQ(out.text, byOption);
  }
}

TEST_F(HelpTest, OptionsAreShownAsKubectlShowsThem) {
  EXPECT_EQ(run({"logs", "-h"}), 0);
  EXPECT_THAT(out.text,
              HasSubstr("    -c, --container='':\n\tPrint the logs of this container.\n"));
  EXPECT_THAT(out.text, HasSubstr("    -f, --follow=false:\n"));
  EXPECT_THAT(out.text, HasSubstr("    --since=0s:\n"));
  out.text.clear();
  EXPECT_EQ(run({"help", "options"}), 0);
  EXPECT_THAT(out.text, HasSubstr("    -n, --namespace='':\n"));
}

TEST_F(HelpTest, UnknownTopicsAreErrors) {
  EXPECT_EQ(run({"help", "gte"}), 1);
  EXPECT_THAT(err.text, HasSubstr("Did you mean this?\n\tget\n"));
}

TEST_F(HelpTest, CompletesVerbs) {
  EXPECT_THAT(candidates({"de"}), ElementsAre("delete", "describe", ":nofiles"));
  EXPECT_THAT(candidates({"-n", "x", "ver"}), ElementsAre("version", ":nofiles"));
  EXPECT_THAT(candidates({"help", "lo"}), ElementsAre("logs", ":nofiles"));
}

TEST_F(HelpTest, CompletesOptions) {
  EXPECT_THAT(candidates({"get", "--no"}), ElementsAre("--no-headers", ":nofiles"));
  EXPECT_THAT(candidates({"get", "--names"}), ElementsAre("--namespace", ":nofiles"));
  EXPECT_THAT(candidates({"get", "-o", ""}),
              ElementsAre("json", "name", "wide", "yaml", ":nofiles"));
  EXPECT_THAT(candidates({"get", "--output=y"}), ElementsAre("--output=yaml", ":nofiles"));
  EXPECT_THAT(candidates({"wait", "--for=cr"}), ElementsAre("--for=create", ":nofiles"));
  EXPECT_THAT(candidates({"create", "-f", ""}), ElementsAre(":files"));
  EXPECT_THAT(candidates({"run", ""}), ElementsAre(":files"));
}

TEST_F(HelpTest, CompletesNamesOfTheNamespace) {
  EXPECT_THAT(candidates({"logs", ""}), ElementsAre("flux-sample-0-p5xls", ":nofiles"));
  EXPECT_THAT(candidates({"-n", "flux-operator", "logs", "fl"}),
              ElementsAre("flux-sample-1-nmtt7", ":nofiles"));
  EXPECT_THAT(candidates({"logs", "--namespace=flux-operator", "-f", ""}),
              ElementsAre("flux-sample-1-nmtt7", ":nofiles"));
  EXPECT_THAT(candidates({"logs", "mc/"}), ElementsAre("mc/flux-sample", ":nofiles"));
  EXPECT_THAT(candidates({"get", "mc", ""}), ElementsAre("flux-sample", ":nofiles"));
  EXPECT_THAT(candidates({"get", "miniclusters"}), ElementsAre("miniclusters", ":nofiles"));
  EXPECT_THAT(candidates({"get", "pod/"}), ElementsAre("pod/flux-sample-0-p5xls", ":nofiles"));
  EXPECT_THAT(candidates({"logs", "flux-sample-0", "-c", ""}),
              ElementsAre("flux-sample", "nginx", ":nofiles"));
  EXPECT_THAT(candidates({"get", "pods", "-n", ""}),
              ElementsAre("default", "flux-operator", ":nofiles"));
}

TEST_F(HelpTest, CompletesFilesInACommand) {
  EXPECT_THAT(candidates({"exec", "x", "--", "ls", ""}), ElementsAre(":files"));
}

TEST_F(HelpTest, CompletesWithoutEngine) {
  fake->reachable = base::fail(ECONNREFUSED, "no engine");
  EXPECT_THAT(candidates({"logs", ""}), ElementsAre(":nofiles"));
  EXPECT_EQ(err.text, "");
}

TEST_F(HelpTest, PrintsCompletionScripts) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    out.text.clear();
    EXPECT_EQ(run({"completion", shell}), 0);
    EXPECT_THAT(out.text, HasSubstr("__complete -- "));
  }
  EXPECT_EQ(run({"completion", "tcsh"}), 1);
  EXPECT_THAT(err.text, HasSubstr("Unsupported shell type \"tcsh\""));
}

TEST_F(HelpTest, ShowsVersions) {
  EXPECT_EQ(run({"version"}), 0);
  EXPECT_THAT(out.text, AllOf(StartsWith("Client Version: v"),
                              HasSubstr("\nEngine Version: Docker Engine 20.10.24")));
  out.text.clear();
  EXPECT_EQ(run({"version", "--client", "-o", "yaml"}), 0);
  EXPECT_THAT(out.text, StartsWith("clientVersion:\n  gitVersion: v"));
  out.text.clear();
  fake->reachable = base::fail(ECONNREFUSED, "no engine");
  EXPECT_EQ(run({"version"}), 1);
  EXPECT_THAT(out.text, StartsWith("Client Version: v"));
  EXPECT_THAT(err.text, StartsWith("error: no engine\n"));
}

TEST_F(HelpTest, TheMonitorIsCalledWithNamespaceAndName) {
  EXPECT_EQ(run({"monitor", "ns", "name"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("monitor ns/name"));
  EXPECT_EQ(run({"monitor"}), 1);
}

}  // namespace
}  // namespace mc::cli
