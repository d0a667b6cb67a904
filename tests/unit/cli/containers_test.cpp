// logs, exec, attach.

#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ContainersTest : public CliTest {
 protected:
  ContainersTest() {
    fake->podViews = {runningPod(0, "p5xls"), runningPod(1, "nmtt7")};
    fake->clusterViews = {runningCluster()};
    fake->clusterViews[0].leadPod = "flux-sample-0-p5xls";
    fake->logPieces["flux-sample-0-p5xls/flux-sample"] = {"<html>\n", "</ht", "ml>\n"};
    fake->logPieces["flux-sample-0-p5xls/nginx"] = {"GET /\n", "no newline"};
    fake->logPieces["flux-sample-1-nmtt7/nginx"] = {"second\n"};
  }

  void answer(const std::string& text, const std::string& errText, int status) {
    fake->onExec = [=, this] {
      auto session = std::make_unique<fakes::FakeSession>(text, errText, status, &fake->resizes);
      session->onRun = whileRunning;
      return session;
    };
  }

  std::function<void()> whileRunning;
};

constexpr const char* kDefaulted =
    "Defaulted container \"flux-sample\" out of: flux-sample, nginx\n";

TEST_F(ContainersTest, LogsAreThoseOfTheFluxContainer) {
  EXPECT_EQ(run({"logs", "flux-sample-0"}), 0);
  EXPECT_EQ(out.text, "<html>\n</html>\n");
  EXPECT_EQ(err.text, kDefaulted);
  EXPECT_EQ(fake->calls.back(), "logs default/flux-sample-0-p5xls flux-sample");
}

TEST_F(ContainersTest, LogsTakeContainerAndWholeName) {
  EXPECT_EQ(run({"logs", "pod/flux-sample-0-p5xls", "-c", "nginx"}), 0);
  EXPECT_EQ(out.text, "GET /\nno newline");
  EXPECT_EQ(err.text, "");
}

TEST_F(ContainersTest, LogsOfAMiniClusterAreItsLeads) {
  EXPECT_EQ(run({"logs", "mc/flux-sample"}), 0);
  EXPECT_EQ(fake->calls.back(), "logs default/flux-sample-0-p5xls flux-sample");
}

TEST_F(ContainersTest, LogsHonourTheDefaultContainerAnnotation) {
  fake->podViews[0].annotations["kubectl.kubernetes.io/default-container"] = "nginx";
  EXPECT_EQ(run({"logs", "flux-sample-0"}), 0);
  EXPECT_EQ(out.text, "GET /\nno newline");
  EXPECT_EQ(err.text, "");
}

TEST_F(ContainersTest, LogOptionsArePassedOn) {
  EXPECT_EQ(
      run({"logs", "flux-sample-0", "nginx", "-f", "-p", "--tail=3", "--since=1m", "--timestamps"}),
      0);
  const auto& options = fake->logOptions.back();
  EXPECT_TRUE(options.follow);
  EXPECT_TRUE(options.previous);
  EXPECT_TRUE(options.timestamps);
  EXPECT_EQ(options.tail, 3);
  EXPECT_EQ(options.since, kNow - 60);
  EXPECT_EQ(run({"logs", "flux-sample-0", "nginx", "--since-time=2023-11-14T22:13:20+01:00"}), 0);
  EXPECT_EQ(fake->logOptions.back().since, kNow - 3600);
  EXPECT_EQ(fake->logOptions.back().tail, std::nullopt);
}

TEST_F(ContainersTest, PrefixNamesPodAndContainer) {
  EXPECT_EQ(run({"logs", "flux-sample-0", "--all-containers", "--prefix"}), 0);
  EXPECT_EQ(out.text,
            "[pod/flux-sample-0-p5xls/flux-sample] <html>\n"
            "[pod/flux-sample-0-p5xls/flux-sample] </html>\n"
            "[pod/flux-sample-0-p5xls/nginx] GET /\n"
            "[pod/flux-sample-0-p5xls/nginx] no newline");
}

TEST_F(ContainersTest, LogsBySelectorShowTheLastLines) {
  EXPECT_EQ(run({"logs", "-l", "app=flux", "-c", "nginx"}), 0);
  EXPECT_EQ(out.text, "GET /\nno newlinesecond\n");
  EXPECT_EQ(fake->logOptions.back().tail, 10);
  EXPECT_EQ(run({"logs", "-l", "app=other"}), 0);
  EXPECT_EQ(err.text, "No resources found in default namespace.\n");
}

TEST_F(ContainersTest, LogErrorsAreKubectls) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases = {
      {{"logs"}, "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'."},
      {{"logs", "nope"}, "Error from server (NotFound): pods \"nope\" not found\n"},
      {{"logs", "flux-sample-0", "-c", "x"},
       "error: container x is not valid for pod flux-sample-0-p5xls; its containers are: "
       "flux-sample, nginx\n"},
      {{"logs", "flux-sample-0", "-c", "nginx", "--all-containers"},
       "error: --all-containers=true should not be specified with container name nginx\n"},
      {{"logs", "flux-sample-0", "a", "-c", "nginx"}, "error: only one of -c or an inline"},
      {{"logs", "flux-sample-0", "-l", "a=b"}, "error: only a selector (-l) or a POD name"},
      {{"logs", "flux-sample-0", "--tail=-2"}, "error: --tail must be greater than or equal to -1"},
      {{"logs", "flux-sample-0", "--since=-2s"}, "error: --since must be greater than 0"},
      {{"logs", "flux-sample-0", "--since-time=now"}, "error: --since-time must be a date"},
      {{"logs", "svc/x"}, "error: a service has no containers of its own"},
      {{"logs", "-l", "app=flux", "-f", "-c", "nginx", "--max-log-requests=1"},
       "error: you are attempting to follow 2 log streams, but maximum allowed concurrency is 1"}};
  for (const auto& [words, message] : cases) {
    err.text.clear();
    EXPECT_EQ(run(words), 1);
    EXPECT_THAT(err.text, HasSubstr(message));
  }
}

TEST_F(ContainersTest, ExecPassesCommandAndStatusOn) {
  answer("out\n", "err\n", 3);
  EXPECT_EQ(run({"exec", "flux-sample-0", "-c", "nginx", "--", "sh", "-c", "exit 3"}), 3);
  EXPECT_EQ(out.text, "out\n");
  EXPECT_EQ(err.text, "err\ncommand terminated with exit code 3\n");
  EXPECT_THAT(fake->execs.back().argv, ElementsAre("sh", "-c", "exit 3"));
  EXPECT_EQ(fake->execs.back().stdinFd, -1);
  EXPECT_FALSE(fake->execs.back().tty);
}

TEST_F(ContainersTest, ExecUsesTheTerminalAndPutsItBack) {
  terminal.isTerminal = true;
  setStdin("");
  answer("$ ", "", 0);
  whileRunning = [&] {
    EXPECT_EQ(terminal.raw, 1);
    signals.resize();
  };
  EXPECT_EQ(run({"exec", "-it", "flux-sample-0", "-c", "nginx", "--", "sh"}), 0);
  EXPECT_TRUE(fake->execs.back().tty);
  EXPECT_EQ(fake->execs.back().stdinFd, stdinFd.get());
  ASSERT_TRUE(fake->execs.back().size);
  EXPECT_EQ(fake->execs.back().size->rows, 24);
  ASSERT_EQ(fake->resizes.size(), 1u);
  EXPECT_EQ(fake->resizes[0].columns, 80);
  EXPECT_EQ(terminal.raw, 0);
  EXPECT_EQ(terminal.rawModes, 1);
  EXPECT_FALSE(signals.watchesSize());
}

TEST_F(ContainersTest, ExecPutsTheTerminalBackAfterASignal) {
  terminal.isTerminal = true;
  setStdin("");
  answer("", "", 0);
  signals.send(SIGTERM);
  EXPECT_EQ(run({"exec", "-it", "flux-sample-0", "-c", "nginx", "--", "sh"}), 143);
  EXPECT_EQ(terminal.raw, 0);
  EXPECT_EQ(terminal.rawModes, 1);
}

TEST_F(ContainersTest, ExecDoesWithoutATerminalIfThereIsNone) {
  setStdin("");
  answer("", "", 0);
  EXPECT_EQ(run({"exec", "-it", "flux-sample-0", "-c", "nginx", "--", "sh"}), 0);
  EXPECT_EQ(err.text, "Unable to use a TTY - input is not a terminal or the right kind of file\n");
  EXPECT_FALSE(fake->execs.back().tty);
  EXPECT_EQ(terminal.rawModes, 0);
}

TEST_F(ContainersTest, ExecDefaultsToTheFluxContainer) {
  answer("", "", 0);
  EXPECT_EQ(run({"exec", "mc/flux-sample", "--", "id"}), 0);
  EXPECT_EQ(err.text, kDefaulted);
  EXPECT_EQ(fake->calls.back(), "exec default/flux-sample-0-p5xls flux-sample");
  err.text.clear();
  EXPECT_EQ(run({"exec", "-q", "mc/flux-sample", "--", "id"}), 0);
  EXPECT_EQ(err.text, "");
}

TEST_F(ContainersTest, ExecErrorsAreKubectls) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases = {
      {{"exec"}, "error: pod or type/name must be specified"},
      {{"exec", "flux-sample-0"}, "error: you must specify at least one command"},
      {{"exec", "flux-sample-0", "ls"}, "error: exec [POD] [COMMAND] is not supported anymore."},
      {{"exec", "nope", "--", "ls"}, "Error from server (NotFound): pods \"nope\" not found"},
      {{"exec", "flux-sample-0", "-c", "nginx", "--", "ls"},
       "error: unable to upgrade connection: container not found (\"nginx\")"}};
  for (const auto& [words, message] : cases) {
    err.text.clear();
    EXPECT_EQ(run(words), 1);
    EXPECT_THAT(err.text, HasSubstr(message));
  }
}

TEST_F(ContainersTest, NothingIsExecutedInACompletedPod) {
  fake->podViews[0].phase = engine::Phase::Succeeded;
  EXPECT_EQ(run({"exec", "flux-sample-0", "--", "ls"}), 1);
  EXPECT_EQ(err.text,
            "error: cannot exec into a container in a completed pod; current phase is Succeeded\n");
  EXPECT_EQ(run({"attach", "flux-sample-0"}), 1);
  EXPECT_THAT(fake->execs, IsEmpty());
}

TEST_F(ContainersTest, AttachShowsWhatTheContainerPrints) {
  answer("from now on\n", "", 0);
  EXPECT_EQ(run({"attach", "flux-sample-1", "-c", "nginx"}), 0);
  EXPECT_EQ(out.text, "from now on\n");
  EXPECT_EQ(fake->calls.back(), "attach default/flux-sample-1-nmtt7 nginx");
}

}  // namespace
}  // namespace mc::cli
