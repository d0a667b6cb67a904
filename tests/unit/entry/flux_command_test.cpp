#include "entry/flux_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::entry {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

Settings sample() {
  Settings s;
  s.hosts = "flux-sample-[0-1]";
  s.paths.configDirectory = "/etc/flux/config";
  s.paths.runDirectory = "/run/flux";
  s.paths.stateDirectory = "/var/lib/flux";
  s.paths.script = "/etc/flux/script";
  s.socket = "/run/flux/local";
  s.command = {"echo", "a b"};
  s.submitCommand = {"flux", "submit"};
  s.submitOptions = {"-n", "1"};
  s.brokerOptions = {"-Stbon.topo=kary:256"};
  s.batchLogs = "/tmp/out";
  return s;
}

const FluxContext kContext{"/usr/bin/flux", "/opt/minicluster/bin/minicluster-entry", false};

const Words kStart = {"/usr/bin/flux",
                      "start",
                      "-o",
                      "--config-path=/etc/flux/config",
                      "-Srundir=/run/flux",
                      "-Sstatedir=/var/lib/flux",
                      "-Slocal-uri=local:///run/flux/local",
                      "-Stbon.topo=kary:256"};

Words startWith(const Words& more) {
  Words words = kStart;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(LeadCommand, SubmitsTheJobAndWatchesIt) {
  EXPECT_EQ(leadCommand(sample(), kContext),
            startWith({"flux", "submit", "-n", "1", "--quiet", "--watch", "echo", "a b"}));
}

TEST(LeadCommand, RecordsWhatTheJobsDidWhereThereIsAJournal) {
  FluxContext context = kContext;
  context.journal = "/journal";
  EXPECT_EQ(leadCommand(sample(), context),
            startWith({kContext.self, "record", "/journal", "/usr/bin/flux", "--", "flux", "submit",
                       "-n", "1", "--quiet", "--watch", "echo", "a b"}));
  auto s = sample();
  s.mode = Mode::Interactive;
  EXPECT_EQ(leadCommand(s, context), leadCommand(s, kContext));
}

TEST(LeadCommand, TimesAndDebugsTheSubmission) {
  auto s = sample();
  s.timed = s.debug = true;
  EXPECT_EQ(leadCommand(s, kContext),
            startWith({kContext.self, "timed", "fluxsubmit", "--", "flux", "submit", "-n", "1",
                       "--quiet", "--watch", "-vvv", "echo", "a b"}));
}

TEST(LeadCommand, LeavesFluxRunToWatchByItself) {
  auto s = sample();
  s.submitCommand = {"flux", "run"};
  EXPECT_EQ(leadCommand(s, kContext), startWith({"flux", "run", "-n", "1", "echo", "a b"}));
}

TEST(LeadCommand, GivesALauncherTheInstance) {
  auto s = sample();
  s.mode = Mode::Launcher;
  EXPECT_EQ(leadCommand(s, kContext), startWith({"echo", "a b"}));
}

TEST(LeadCommand, KeepsASingleWordFromTheBrokersShell) {
  auto s = sample();
  s.mode = Mode::Launcher;
  s.command = {"my program"};
  EXPECT_EQ(leadCommand(s, kContext), startWith({kContext.self, "exec", "--", "my program"}));
}

TEST(LeadCommand, RunsABatchFromItsFile) {
  auto s = sample();
  s.mode = Mode::Batch;
  EXPECT_EQ(leadCommand(s, kContext), startWith({"sh", "/etc/flux/script"}));
}

TEST(LeadCommand, WithoutAJobIsABareBroker) {
  auto s = sample();
  s.mode = Mode::Interactive;
  Words expected = kStart;
  expected[1] = "broker";
  expected.erase(expected.begin() + 2);
  expected.push_back("-Sbroker.rc2_none=1");
  EXPECT_EQ(leadCommand(s, kContext), expected);

  s.wrap = "valgrind,-q";
  expected = kStart;
  expected.insert(expected.begin() + 4, "--wrap=valgrind,-q");
  expected.push_back("-Sbroker.rc2_none=1");
  EXPECT_EQ(leadCommand(s, kContext), expected);
}

TEST(LeadCommand, TakesPrefixSocketAndArchive) {
  auto s = sample();
  s.prefix = {"nice", "-n", "5"};
  s.socket.clear();
  s.archivePath = "/state/archive.tgz";
  FluxContext context = kContext;
  context.restore = true;
  EXPECT_EQ(
      followerCommand(s, context),
      (Words{"nice", "-n", "5", "/usr/bin/flux", "start", "-o", "--config-path=/etc/flux/config",
             "-Srundir=/run/flux", "-Sstatedir=/var/lib/flux", "-Stbon.topo=kary:256",
             "-Scontent.restore=/state/archive.tgz"}));
}

TEST(FollowerCommand, HasNoInitialProgram) {
  EXPECT_EQ(followerCommand(sample(), kContext), kStart);
}

TEST(ResourcesCommand, TakesGivenCoresOrThoseOfTheNode) {
  auto s = sample();
  EXPECT_EQ(resourcesCommand(s, kContext),
            (Words{"/usr/bin/flux", "R", "encode", "--hosts=flux-sample-[0-1]", "--local"}));
  s.cores = 4;
  EXPECT_EQ(resourcesCommand(s, kContext).back(), "--cores=0-3");
}

TEST(ScriptText, SubmitsEachLineOfABatch) {
  auto s = sample();
  s.mode = Mode::Batch;
  s.submitOptions = {"-o", "it's"};
  s.script = "echo one\n\n  # a remark\necho 'two' && true";
  EXPECT_EQ(scriptText(s),
            "failed=0\n"
            "'flux' 'submit' --flags=waitable --quiet --output='/tmp/out/job-0.out'"
            " --error='/tmp/out/job-0.err' '-o' 'it'\\''s' echo one\n"
            "[ $? -eq 0 ] || failed=1\n"
            "'flux' 'submit' --flags=waitable --quiet --output='/tmp/out/job-1.out'"
            " --error='/tmp/out/job-1.err' '-o' 'it'\\''s' echo 'two' && true\n"
            "[ $? -eq 0 ] || failed=1\n"
            "flux job wait --all || failed=1\n"
            "flux jobs -a\n"
            "exit $failed\n");
  s.quiet = true;
  EXPECT_THAT(scriptText(s), HasSubstr("flux job wait --all >/dev/null || failed=1\n"));
  EXPECT_THAT(scriptText(s), Not(HasSubstr("flux jobs")));
}

TEST(ScriptText, LeavesOtherScriptsAsTheyAre) {
  auto s = sample();
  s.script = "a\nb\n";
  s.mode = Mode::Batch;
  s.batchRaw = true;
  EXPECT_EQ(scriptText(s), "a\nb\n");
  s.mode = Mode::Submit;
  s.batchRaw = false;
  EXPECT_EQ(scriptText(s), "a\nb\n");
}

}  // namespace
}  // namespace mc::entry
