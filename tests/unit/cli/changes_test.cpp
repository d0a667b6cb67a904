// create, apply, delete.

#include "cli_fixture.hpp"
#include "unit/base/temporary_directory.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string manifest(const std::string& name, const std::string& ns = "") {
  std::string text = kManifest;
  const std::string given = "name: flux-sample";
  text.replace(text.find(given), given.size(),
               "name: " + name + (ns.empty() ? "" : "\n  namespace: " + ns));
  return text;
}

class ChangesTest : public CliTest {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::string path = directory_.file(name);
    EXPECT_TRUE(base::writeFileAtomic(path, text, 0600));
    return path;
  }

  base::TemporaryDirectory directory_;
};

TEST_F(ChangesTest, CreateSaysWhatItCreated) {
  const auto file = write("a.yaml", manifest("a"));
  EXPECT_EQ(run({"create", "-f", file}), 0);
  EXPECT_EQ(out.text, "minicluster.flux-framework.org/a created\n");
  EXPECT_THAT(fake->calls, ElementsAre("create default/a"));
}

TEST_F(ChangesTest, ReadsStdinAndSeveralDocuments) {
  setStdin(manifest("a") + "---\n" + manifest("b"));
  EXPECT_EQ(run({"create", "-f", "-"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("create default/a", "create default/b"));
}

TEST_F(ChangesTest, ReadsSeveralFilesDirectoriesAndPatterns) {
  const auto a = write("a.yaml", manifest("a"));
  write("b.yml", manifest("b"));
  write("notes.txt", "no manifest");
  EXPECT_EQ(run({"create", "-f", a, "-f", directory_.path()}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("create default/a", "create default/a", "create default/b"));
  fake->calls.clear();
  EXPECT_EQ(run({"create", "-f", directory_.path() + "/*.yml"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("create default/b"));
}

TEST_F(ChangesTest, TheNamespaceIsThatOfTheManifestOrOfTheOption) {
  setStdin(manifest("a", "own"));
  EXPECT_EQ(run({"create", "-f", "-"}), 0);
  setStdin(manifest("b"));
  EXPECT_EQ(run({"create", "-n", "given", "-f", "-"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("create own/a", "create given/b"));
}

TEST_F(ChangesTest, ANamespaceThatDiffersIsRefused) {
  setStdin(manifest("a", "own"));
  EXPECT_EQ(run({"create", "-n", "other", "-f", "-"}), 1);
  EXPECT_EQ(err.text,
            "error: the namespace from the provided object \"own\" does not match the namespace "
            "\"other\". You must pass '--namespace=own' to perform this operation.\n");
  EXPECT_THAT(fake->calls, IsEmpty());
}

TEST_F(ChangesTest, NothingIsCreatedIfAnythingIsWrong) {
  const auto good = write("good.yaml", manifest("a"));
  const auto bad = write("bad.yaml", manifest("b") + "  bogus: 1\n  size2: 3\n");
  EXPECT_EQ(run({"create", "-f", good, "-f", bad}), 1);
  EXPECT_THAT(err.text, HasSubstr("bad.yaml:11:3: "));
  EXPECT_THAT(err.text, HasSubstr("bad.yaml:12:3: "));
  EXPECT_THAT(err.text, HasSubstr("bogus"));
  EXPECT_THAT(fake->calls, IsEmpty());
  EXPECT_EQ(out.text, "");
}

TEST_F(ChangesTest, ProblemsShowThePlaceOnATerminal) {
  err.isTerminal = true;
  setStdin(manifest("b") + "  bogus: 1\n");
  EXPECT_EQ(run({"create", "-f", "-"}), 1);
  EXPECT_THAT(err.text, HasSubstr("STDIN:11:3: "));
  EXPECT_THAT(err.text, HasSubstr("\n      bogus: 1\n      ^\n"));
}

TEST_F(ChangesTest, DryRunDoesNothing) {
  setStdin(manifest("a"));
  EXPECT_EQ(run({"create", "-f", "-", "--dry-run"}), 0);
  EXPECT_EQ(out.text, "minicluster.flux-framework.org/a created (dry run)\n");
  setStdin(manifest("a"));
  out.text.clear();
  EXPECT_EQ(run({"create", "-f", "-", "--dry-run=client", "-o", "name"}), 0);
  EXPECT_EQ(out.text, "minicluster.flux-framework.org/a\n");
  EXPECT_THAT(fake->calls, IsEmpty());
}

TEST_F(ChangesTest, DryRunShowsTheObject) {
  setStdin(manifest("a") + "---\n" + manifest("b"));
  EXPECT_EQ(run({"create", "-f", "-", "--dry-run=client", "-o", "yaml"}), 0);
  const std::string object =
      "apiVersion: flux-framework.org/v1alpha1\n"
      "kind: MiniCluster\n"
      "metadata:\n"
      "  name: NAME\n"
      "  namespace: default\n"
      "spec:\n"
      "  containers:\n"
      "  - command: hostname\n"
      "    image: debian\n"
      "    runFlux: true\n"
      "  size: 2\n";
  std::string a = object;
  std::string b = object;
  EXPECT_EQ(out.text,
            a.replace(a.find("NAME"), 4, "a") + "---\n" + b.replace(b.find("NAME"), 4, "b"));
}

TEST_F(ChangesTest, AnExistingOneIsAnError) {
  setStdin(manifest("a") + "---\n" + manifest("b"));
  fake->onCreate = [&](engine::Progress&) -> base::Status {
    if (fake->calls.back() == "create default/b") return {};
    return base::fail(EEXIST, "miniclusters.flux-framework.org \"a\" already exists");
  };
  EXPECT_EQ(run({"create", "-f", "-"}), 1);
  EXPECT_EQ(err.text,
            "Error from server (AlreadyExists): error when creating \"STDIN\": "
            "miniclusters.flux-framework.org \"a\" already exists\n");
  EXPECT_EQ(out.text, "minicluster.flux-framework.org/b created\n");
}

TEST_F(ChangesTest, CreateShowsPlainProgressWithoutTerminal) {
  setStdin(manifest("a"));
  fake->onCreate = [](engine::Progress& progress) -> base::Status {
    progress.pull(pulling("debian", 0, 2'000'000));
    progress.pull(pulling("debian", 1'000'000, 2'000'000));
    progress.pull(pulling("debian", 2'000'000, 2'000'000, true));
    progress.step("start", 1, 4);
    progress.step("start", 4, 4);
    return {};
  };
  EXPECT_EQ(run({"create", "-f", "-"}), 0);
  EXPECT_EQ(err.text, "Pulling debian\nPulled debian (2.0 MB)\nStarted 4 containers\n");
}

TEST_F(ChangesTest, NamespacesNeedNotBeCreated) {
  EXPECT_EQ(run({"create", "namespace", "flux-operator"}), 0);
  EXPECT_THAT(err.text, HasSubstr("need not be created"));
  EXPECT_EQ(run({"create", "pod"}), 1);
}

TEST_F(ChangesTest, SaysWhatIsMissing) {
  EXPECT_EQ(run({"create"}), 1);
  EXPECT_EQ(err.text,
            "error: must specify -f, --filename\nSee 'minicluster create -h' for help and "
            "examples\n");
  err.text.clear();
  EXPECT_EQ(run({"apply", "-f", "/nonexistent.yaml"}), 1);
  EXPECT_EQ(err.text, "error: the path \"/nonexistent.yaml\" does not exist\n");
  err.text.clear();
  setStdin("");
  EXPECT_EQ(run({"create", "-f", "-"}), 1);
  EXPECT_NE(err.text, "");
  err.text.clear();
  EXPECT_EQ(run({"create", "-f", "https://example.org/x.yaml"}), 1);
  EXPECT_THAT(err.text, HasSubstr("not read from a URL"));
  err.text.clear();
  EXPECT_EQ(run({"create", "-f", directory_.path()}), 1);
  EXPECT_THAT(err.text, HasSubstr("recognized file extensions are [.json .yaml .yml]"));
}

TEST_F(ChangesTest, ApplySaysWhatHappened) {
  for (const auto& [applied, word] : {std::pair(engine::Applied::Created, "created"),
                                      std::pair(engine::Applied::Configured, "configured"),
                                      std::pair(engine::Applied::Unchanged, "unchanged")}) {
    out.text.clear();
    setStdin(manifest("a"));
    fake->onApply = [applied = applied](engine::Progress&) -> base::Result<engine::Applied> {
      return applied;
    };
    EXPECT_EQ(run({"apply", "-f", "-"}), 0);
    EXPECT_EQ(out.text, std::string("minicluster.flux-framework.org/a ") + word + "\n");
  }
}

TEST_F(ChangesTest, ApplyShowsTheObjectIfAsked) {
  fake->clusterViews = {runningCluster()};
  setStdin(kManifest);
  EXPECT_EQ(run({"apply", "-f", "-", "-o", "json"}), 0);
  EXPECT_THAT(out.text, HasSubstr("\"phase\": \"Running\""));
}

TEST_F(ChangesTest, ApplyDryRunLooksWhetherItIsThere) {
  setStdin(kManifest);
  EXPECT_EQ(run({"apply", "-f", "-", "--dry-run=server"}), 0);
  fake->clusterViews = {runningCluster()};
  setStdin(kManifest);
  EXPECT_EQ(run({"apply", "-f", "-", "--dry-run=client"}), 0);
  EXPECT_EQ(out.text,
            "minicluster.flux-framework.org/flux-sample created (server dry run)\n"
            "minicluster.flux-framework.org/flux-sample configured (dry run)\n");
}

TEST_F(ChangesTest, ApplyRefusesOtherDryRuns) {
  setStdin(kManifest);
  EXPECT_EQ(run({"apply", "-f", "-", "--dry-run=maybe"}), 1);
  EXPECT_EQ(err.text,
            "error: Invalid dry-run value (maybe). Must be \"none\", \"server\", or \"client\".\n");
}

TEST_F(ChangesTest, DeleteByFile) {
  fake->clusterViews = {runningCluster()};
  setStdin(kManifest);
  EXPECT_EQ(run({"delete", "-f", "-"}), 0);
  EXPECT_EQ(out.text, "minicluster.flux-framework.org \"flux-sample\" deleted\n");
  setStdin(kManifest);
  EXPECT_EQ(run({"delete", "-f", "-"}), 1);
  EXPECT_EQ(err.text,
            "Error from server (NotFound): error when deleting \"STDIN\": "
            "miniclusters.flux-framework.org \"flux-sample\" not found\n");
}

TEST_F(ChangesTest, DeleteByName) {
  fake->clusterViews = {runningCluster("a"), runningCluster("b", "other")};
  EXPECT_EQ(run({"delete", "mc", "a", "nope"}), 1);
  EXPECT_EQ(out.text, "minicluster.flux-framework.org \"a\" deleted\n");
  EXPECT_EQ(err.text,
            "Error from server (NotFound): miniclusters.flux-framework.org \"nope\" not found\n");
  EXPECT_EQ(run({"delete", "mc/b", "-n", "other", "-o", "name"}), 0);
  EXPECT_THAT(out.text, HasSubstr("minicluster.flux-framework.org/b\n"));
}

TEST_F(ChangesTest, DeleteIgnoresWhatIsNotThereIfAsked) {
  EXPECT_EQ(run({"delete", "mc", "nope", "--ignore-not-found"}), 0);
  EXPECT_EQ(out.text + err.text, "");
}

TEST_F(ChangesTest, DeleteAllAndBySelector) {
  fake->clusterViews = {runningCluster("a"), runningCluster("b"), runningCluster("c", "other")};
  EXPECT_EQ(run({"delete", "mc", "-l", "team=b"}), 0);
  EXPECT_EQ(out.text, "No resources found\n");
  EXPECT_EQ(run({"delete", "mc", "--all"}), 0);
  EXPECT_THAT(fake->calls, ElementsAre("remove default/a", "remove default/b"));
  EXPECT_EQ(run({"delete", "mc", "--all", "-A"}), 0);
  EXPECT_EQ(fake->calls.back(), "remove other/c");
}

TEST_F(ChangesTest, DeletePassesTheGraceOn) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases = {
      {{}, "remove default/a"},
      {{"--grace-period=7"}, "remove default/a grace=7"},
      {{"--grace-period=0"}, "remove default/a grace=1"},
      {{"--now"}, "remove default/a grace=1"},
      {{"--force"}, "remove default/a grace=0"},
      {{"--force", "--grace-period=0"}, "remove default/a grace=0"},
      {{"--wait=false"}, "remove default/a nowait"}};
  for (const auto& [options, call] : cases) {
    fake->clusterViews = {runningCluster("a")};
    std::vector<std::string> words = {"delete", "mc", "a"};
    words.insert(words.end(), options.begin(), options.end());
    EXPECT_EQ(run(words), 0);
    EXPECT_EQ(fake->calls.back(), call);
  }
  EXPECT_THAT(out.text, HasSubstr("\"a\" force deleted\n"));
}

TEST_F(ChangesTest, DeleteRefusesWhatMakesNoSense) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases = {
      {{"delete"}, "You must provide one or more resources by argument or filename"},
      {{"delete", "mc"}, "resource(s) were provided, but no name was specified"},
      {{"delete", "mc", "x", "--now", "--grace-period=3"}, "cannot be specified together"},
      {{"delete", "mc", "x", "--force", "--grace-period=3"}, "cannot be specified together"},
      {{"delete", "mc", "--all", "-l", "a=b"}, "cannot set --all and --selector"},
      {{"delete", "mc", "x", "-o", "yaml"}, "unexpected -o output mode: yaml"},
      {{"delete", "mc", "x", "-f", "y"}, "you may not specify resource arguments as well"}};
  for (const auto& [words, message] : cases) {
    err.text.clear();
    EXPECT_EQ(run(words), 1);
    EXPECT_THAT(err.text, HasSubstr(message));
  }
  EXPECT_THAT(fake->calls, IsEmpty());
}

TEST_F(ChangesTest, DeleteDryRunDoesNothing) {
  EXPECT_EQ(run({"delete", "mc", "a", "--dry-run=client"}), 0);
  EXPECT_EQ(out.text, "minicluster.flux-framework.org \"a\" deleted (dry run)\n");
  EXPECT_THAT(fake->calls, IsEmpty());
}

TEST_F(ChangesTest, DeleteGivesUpAfterItsTimeout) {
  fake->onRemove = [](const engine::RemoveOptions&, std::stop_token stop) -> base::Status {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait(lock, stop, [] { return false; });
    return base::fail(ECANCELED, "stopped");
  };
  EXPECT_EQ(run({"delete", "mc", "a", "--timeout=1ms"}), 1);
  EXPECT_EQ(err.text, "error: timed out waiting for the condition on miniclusters/a\n");
}

}  // namespace
}  // namespace mc::cli
