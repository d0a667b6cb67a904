#include "entry/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_files.hpp"
#include "fakes/fake_processes.hpp"
#include "fakes/fake_resolver.hpp"
#include "unit/entry/listener.hpp"

namespace mc::entry {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kEmbedded = "/opt/minicluster/bin/flux";

/// Keeps what it is told, and has a path once the test gives it one.
class KeptJournal final : public Journal {
 public:
  void phase(std::string_view name, std::string_view detail) override {
    lines.push_back(std::string(name) + (detail.empty() ? "" : " ") + std::string(detail));
  }
  void error(std::string_view text) override { lines.push_back("error " + std::string(text)); }
  void end(int status) override { lines.push_back("end " + std::to_string(status)); }
  void giveTo(Owner owner) override { uid = owner.uid; }
  [[nodiscard]] const std::string& path() const override { return file; }

  std::string file;
  std::vector<std::string> lines;
  uid_t uid = 0;
};

class Sessions : public testing::Test {
 protected:
  Sessions() {
    settings.cluster = "flux-sample";
    settings.addresses = {"lead"};
    settings.hosts = "flux-sample-[0-1]";
    settings.paths.configDirectory = "/etc/flux/config";
    settings.paths.runDirectory = "/run/flux";
    settings.paths.stateDirectory = "/var/lib/flux";
    settings.command = {"true"};
    settings.submitCommand = {"flux", "submit"};
    settings.user = "flux";
    settings.quiet = true;
    files.add("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    files.addProgram(kEmbedded);
    processes.onRun = [this](const base::Command& command) {
      steps.push_back(stepOf(command));
      const auto found = ends.find(steps.back());
      return found == ends.end() ? 0 : found->second;
    };
  }

  /// "hook TEXT", or "flux start" and the like.
  static std::string stepOf(const base::Command& command) {
    const auto& argv = command.argv;
    if (argv[0] != "sh") return "flux " + argv[1];
    return "hook " + argv[argv.size() - 3];
  }

  int run(int32_t index = 0) {
    const Messages messages([this](std::string_view text) { said += text; }, settings.quiet);
    Session session(settings, {index, "/entry", {"/opt/minicluster", 0}, 1e9}, environment,
                    {processes, loop, files, resolver, messages, &journal});
    return session.run();
  }
  const fakes::FakeProcesses::Started& lastStarted() { return processes.started().back(); }

  Settings settings;
  Environment environment{{{"PATH", "/bin"}, {"HOME", "/root"}, {"X", "1"}}, "/work"};
  fakes::FakeLoop loop;
  fakes::FakeProcesses processes{loop};
  fakes::FakeFiles files;
  fakes::FakeResolver resolver{loop};
  KeptJournal journal;
  std::string said;
  std::vector<std::string> steps;
  std::map<std::string, int> ends;  ///< exit codes of steps; 0 where absent
};

TEST_F(Sessions, OfTheLeadGoThroughAllSteps) {
  settings.hooks = {"init", "pre", "brokerPre", "workerPre", "post"};
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(steps,
              ElementsAre("hook init", "hook pre", "hook brokerPre", "flux start", "hook post"));
  EXPECT_EQ(said, "");
}

TEST_F(Sessions, NoteWhatGoesOn) {
  settings.hooks = {"", "pre", "brokerPre", "", "post"};
  settings.waitFor = {{"nginx", "web", 80}, {"db", "web", 81}};
  ends["hook post"] = 5;
  Listener server(AF_UNIX);
  ASSERT_TRUE(server.open());
  resolver.set("web", {server.address()});
  journal.file = "/journal";
  EXPECT_EQ(run(), 5);
  EXPECT_THAT(journal.lines,
              ElementsAre("users", "pre", "brokerPre", "servers nginx,db", "files", "flux", "post",
                          "error hook commands.post failed with exit status 5", "end 5"));
  EXPECT_EQ(journal.uid, 1000U);
  EXPECT_THAT(processes.started()[2].argv, testing::IsSupersetOf(std::vector<std::string>{
                                               "/entry", "record", "/journal", kEmbedded}));
}

TEST_F(Sessions, OfAFollowerHaveTheirOwnHook) {
  settings.hooks = {"init", "pre", "brokerPre", "workerPre", "post"};
  EXPECT_EQ(run(1), 0);
  EXPECT_THAT(steps,
              ElementsAre("hook init", "hook pre", "hook workerPre", "flux start", "hook post"));
}

TEST_F(Sessions, EndWithTheJobsStatus) {
  settings.hooks.post = "post";
  ends["flux start"] = 3;
  ends["hook post"] = 5;
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(steps, ElementsAre("flux start", "hook post"));
}

TEST_F(Sessions, EndWithAFailedPostHookAfterAGoodJob) {
  settings.hooks.post = "post";
  ends["hook post"] = 5;
  EXPECT_EQ(run(), 5);
}

TEST_F(Sessions, EndAtAFailedHookIfStrict) {
  settings.hooks.pre = "pre";
  ends["hook pre"] = 100;
  EXPECT_EQ(run(), 100);
  EXPECT_THAT(steps, ElementsAre("hook pre"));
  EXPECT_THAT(said, HasSubstr("hook commands.pre failed with exit status 100"));
}

TEST_F(Sessions, GoOnAfterAFailedHookIfNotStrict) {
  settings.hooks.pre = "pre";
  settings.strict = false;
  ends["hook pre"] = 100;
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(steps, ElementsAre("hook pre", "flux start"));
}

TEST_F(Sessions, HaveTheUserBeforeTheHookPre) {
  settings.hooks = {"init", "pre", "", "", ""};
  bool before = true, after = false;
  processes.onRun = [&](const base::Command& command) {
    const bool there = files.at("/etc/passwd").content.find("flux:") != std::string::npos;
    (stepOf(command) == "hook init" ? before : after) = there;
    return 0;
  };
  EXPECT_EQ(run(), 0);
  EXPECT_FALSE(before);
  EXPECT_TRUE(after);
}

TEST_F(Sessions, LetHooksFindFluxAfterTheImagesAndAViewsOwn) {
  settings.searchPath = {"/mnt/flux/view/bin"};
  settings.hooks.pre = "merlin run";
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(processes.started()[0].command.environment->at("PATH"),
            "/bin:/usr/local/bin:/mnt/flux/view/bin:/opt/minicluster/bin");
}

TEST_F(Sessions, RunHooksAsTheContainersUserAndFluxAsItsOwn) {
  settings.hooks.pre = "pre";
  EXPECT_EQ(run(), 0);
  EXPECT_FALSE(processes.started()[0].command.uid);
  const auto& flux = lastStarted().command;
  EXPECT_EQ(flux.uid, 1000u);
  EXPECT_EQ(flux.gid, 1000u);
  EXPECT_EQ(flux.environment->at("HOME"), "/home/flux");
  EXPECT_EQ(flux.environment->at("USER"), "flux");
  EXPECT_EQ(flux.environment->at("X"), "1");
  EXPECT_EQ(flux.environment->at("PATH"), "/bin:/usr/local/bin:/opt/minicluster/bin");
  EXPECT_EQ(flux.directory, "/work");
  EXPECT_EQ(flux.stdinFd, 0);
}

TEST_F(Sessions, StartTheEmbeddedFluxUnderItsName) {
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(lastStarted().argv[0], kEmbedded);
  EXPECT_EQ(files.at("/usr/local/bin/flux").target, kEmbedded);
}

TEST_F(Sessions, StartTheImagesFluxIfThereIsOne) {
  files.addProgram("/bin/flux");
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(lastStarted().argv[0], "/bin/flux");
  EXPECT_FALSE(files.has("/usr/local/bin/flux"));
}

TEST_F(Sessions, WithoutAnyFluxEndAsAShellDoes) {
  files = fakes::FakeFiles();
  EXPECT_EQ(run(), 127);
  EXPECT_THAT(said, HasSubstr("there is no flux on PATH"));
}

TEST_F(Sessions, SendSignalsToAllBelowAPrefix) {
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(lastStarted().kind, Kind::Flux);
  settings.prefix = {"nice"};
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(lastStarted().kind, Kind::FluxGroup);
  EXPECT_EQ(lastStarted().argv[0], "nice");
}

TEST_F(Sessions, TellHowLongFluxTookIfTimed) {
  settings.timed = true;
  processes.onRun = [this](const base::Command&) {
    loop.advance(2500ms);
    return 0;
  };
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(said, "FLUXTIME fluxstart wall time 0:02.50\n");
}

TEST_F(Sessions, WriteResourcesWithWhatFluxSays) {
  settings.paths.resources = "/etc/flux/system/R";
  processes.onRun = [this](const base::Command& command) {
    steps.push_back(stepOf(command));
    if (steps.back() != "flux R") return 0;
    EXPECT_TRUE(base::writeAll(command.stdoutFd, "{R}\n"));
    return 0;
  };
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(steps, ElementsAre("flux R", "flux start"));
  EXPECT_EQ(files.at("/etc/flux/system/R").content, "{R}\n");
  EXPECT_EQ(files.at("/etc/flux/system/R").mode, 0644u);
}

TEST_F(Sessions, EndIfResourcesCantBeTold) {
  settings.paths.resources = "/etc/flux/system/R";
  ends["flux R"] = 2;
  EXPECT_EQ(run(), 2);
  EXPECT_THAT(said,
              HasSubstr("R encode --hosts=flux-sample-[0-1] --local failed with exit status 2"));
}

TEST_F(Sessions, RestoreAnArchiveThatIsThere) {
  settings.archivePath = "/state/a.tgz";
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(lastStarted().argv, Not(Contains("-Scontent.restore=/state/a.tgz")));
  files.add("/state/a.tgz", "");
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(lastStarted().argv, Contains("-Scontent.restore=/state/a.tgz"));
}

TEST_F(Sessions, NameTheCommandThatAnInteractiveClusterDoesNotRun) {
  settings.mode = Mode::Interactive;
  settings.command = {"sleep", "1"};
  settings.quiet = false;
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(steps, ElementsAre("flux broker"));
  EXPECT_THAT(said, HasSubstr("interactive: not running `sleep 1`"));
}

TEST_F(Sessions, WaitForServersBeforeFlux) {
  Listener server(AF_UNIX);
  server.open();
  settings.waitFor = {{"nginx", "web", 80}};
  resolver.onAsk = [&] {
    if (resolver.asked("web") == 3) resolver.set("web", {server.address()});
  };
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(resolver.asked("web"), 3);
  EXPECT_THAT(steps, ElementsAre("flux start"));
}

TEST_F(Sessions, EndIfAServerDoesNotAnswer) {
  settings.waitFor = {{"nginx", "web", 80}};
  EXPECT_EQ(run(), 1);
  EXPECT_TRUE(steps.empty());
  EXPECT_THAT(said, HasSubstr("no connection within 300 s to nginx (web:80"));
}

TEST_F(Sessions, GoOnWithoutAServerIfNotStrict) {
  settings.waitFor = {{"nginx", "web", 80}};
  settings.strict = false;
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(steps, ElementsAre("flux start"));
}

TEST_F(Sessions, EndWhenToldToStopWhileWaiting) {
  settings.waitFor = {{"nginx", "web", 80}};
  settings.strict = false;
  settings.hooks.post = "post";
  resolver.onAsk = [this] {
    processes.stop(143);
    loop.stop();
  };
  EXPECT_EQ(run(), 143);
  EXPECT_TRUE(steps.empty());
}

TEST_F(Sessions, RunThePostHookAlsoWhenFluxWasStopped) {
  settings.hooks.post = "post";
  processes.onRun = [this](const base::Command& command) {
    steps.push_back(stepOf(command));
    if (steps.back() != "flux start") return 0;
    processes.stop(143);
    return 143;
  };
  EXPECT_EQ(run(), 143);
  EXPECT_THAT(steps, ElementsAre("flux start", "hook post"));
}

TEST_F(Sessions, PastTheirDeadlineEndWithItsStatus) {
  processes.onRun = [this](const base::Command&) {
    processes.stop(kDeadlineExceeded);
    return 143;
  };
  EXPECT_EQ(run(), 124);
}

// Followers

TEST_F(Sessions, OfAFollowerStartFluxAgainOnceTheLeadAnswers) {
  Listener lead(AF_UNIX);
  lead.open();
  settings.quiet = false;
  resolver.set("lead", {lead.address()});
  int starts = 0;
  processes.onRun = [&](const base::Command&) { return ++starts < 3 ? 1 : 0; };
  EXPECT_EQ(run(1), 0);
  EXPECT_EQ(starts, 3);
  EXPECT_EQ(resolver.asked("lead"), 2);
  EXPECT_THAT(said, HasSubstr("flux ended with exit status 1; once more"));
}

TEST_F(Sessions, OfAFollowerWithFluxCoreWaitForTheLeadFirst) {
  Listener lead(AF_UNIX);
  lead.open();
  files.addProgram("/bin/flux");
  resolver.set("lead", {lead.address()});
  EXPECT_EQ(run(1), 0);
  EXPECT_EQ(resolver.asked("lead"), 1);
}

TEST_F(Sessions, OfAFollowerGiveUpAFluxThatAlwaysFails) {
  settings.port = 0;
  int starts = 0;
  processes.onRun = [&](const base::Command&) { return ++starts, 7; };
  EXPECT_EQ(run(1), 7);
  EXPECT_EQ(starts, 10);
  EXPECT_THAT(said, HasSubstr("flux failed 10 times, last with exit status 7"));
}

TEST_F(Sessions, OfAFollowerDoNotGiveUpAFluxThatRuns) {
  settings.port = 0;
  int starts = 0;
  processes.onRun = [&](const base::Command&) {
    loop.advance(60s);
    return ++starts < 25 ? 1 : 0;
  };
  EXPECT_EQ(run(1), 0);
  EXPECT_EQ(starts, 25);
}

TEST_F(Sessions, OfAFollowerEndAtOnceIfWorkersComplete) {
  settings.completeWorkers = true;
  ends["flux start"] = 1;
  EXPECT_EQ(run(1), 0);
  EXPECT_THAT(steps, ElementsAre("flux start"));
}

TEST_F(Sessions, OfAFollowerEndWhenToldToStopBetweenStarts) {
  settings.port = 1;
  ends["flux start"] = 1;
  resolver.onAsk = [this] {
    processes.stop(143);
    loop.stop();
  };
  EXPECT_EQ(run(1), 143);
  EXPECT_THAT(steps, ElementsAre("flux start"));
}

// Where lost pods are made anew

TEST_F(Sessions, OfAFollowerWaitForTheNextLeadIfPodsAreReplaced) {
  Listener lead(AF_UNIX);
  lead.open();
  settings.podsReplaced = true;
  settings.hooks.post = "post";
  resolver.set("lead", {lead.address()});
  int starts = 0;
  processes.onRun = [&](const base::Command& command) {
    steps.push_back(stepOf(command));
    if (steps.back() == "flux start" && ++starts == 3) processes.stop(143);
    return 0;
  };
  EXPECT_EQ(run(1), kToldToStop);
  EXPECT_EQ(starts, 3);
  EXPECT_EQ(resolver.asked("lead"), 2);
  EXPECT_EQ(steps.back(), "hook post");
}

TEST_F(Sessions, OfAFollowerEndIfWorkersCompleteAlsoIfPodsAreReplaced) {
  settings.podsReplaced = true;
  settings.completeWorkers = true;
  EXPECT_EQ(run(1), 0);
  EXPECT_THAT(steps, ElementsAre("flux start"));
}

TEST_F(Sessions, OfALeadThatIsStoppedAskToBeReplaced) {
  settings.podsReplaced = true;
  processes.onRun = [this](const base::Command&) {
    processes.stop(143);
    return 1;
  };
  EXPECT_EQ(run(), kToldToStop);
}

TEST_F(Sessions, OfALeadWhoseJobIsDoneSaySoAlsoIfStopped) {
  settings.podsReplaced = true;
  processes.onRun = [this](const base::Command&) {
    processes.stop(143);
    return 0;
  };
  EXPECT_EQ(run(), 0);
  settings.mode = Mode::Interactive;
  EXPECT_EQ(run(), kToldToStop);
}

TEST_F(Sessions, OfALeadWhoseJobFailsNeverAskToBeReplaced) {
  settings.podsReplaced = true;
  ends["flux start"] = 3;
  EXPECT_EQ(run(), 3);
  ends["flux start"] = kToldToStop;
  EXPECT_EQ(run(), 1);
}

TEST_F(Sessions, PastTheirDeadlineAreNotReplaced) {
  settings.podsReplaced = true;
  processes.onRun = [this](const base::Command&) {
    processes.stop(kDeadlineExceeded);
    return 143;
  };
  EXPECT_EQ(run(), kDeadlineExceeded);
}

}  // namespace
}  // namespace mc::entry
