// minicluster-entry as a program: its subcommands, and a container's life with a Flux that is a
// shell script.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "entry/files.hpp"
#include "entry/settings.hpp"
#include "unit/entry/temporary.hpp"

namespace mc::entry {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using Words = std::vector<std::string>;

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

class Program {
 public:
  explicit Program(const Words& arguments, const std::map<std::string, std::string>& extra = {})
      : out_(*base::makePipe()), err_(*base::makePipe()) {
    base::Command command;
    command.argv = {ENTRY_PROGRAM};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.environment = extra;
    command.environment->emplace("PATH", ::getenv("PATH"));
    command.stdoutFd = out_.write.get();
    command.stderrFd = err_.write.get();
    const auto pid = base::SystemProcessRunner().spawn(command);
    EXPECT_TRUE(pid);
    pid_ = pid.value_or(0);
    out_.write.reset();
    err_.write.reset();
  }
  void signal(int number) const { ::kill(pid_, number); }
  /// Waits for output that ends in `text`.
  void await(const std::string& text) {
    char c = 0;
    while (seen_.find(text) == std::string::npos && ::read(out_.read.get(), &c, 1) == 1) seen_ += c;
    EXPECT_THAT(seen_, HasSubstr(text));
  }
  Ended end() {
    Ended ended;
    ended.out = seen_ + base::readAll(out_.read.get(), "stdout").value_or("");
    ended.err = base::readAll(err_.read.get(), "stderr").value_or("");
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ended.code = base::exitCode(status);
    return ended;
  }

 private:
  base::Pipe out_, err_;
  pid_t pid_ = 0;
  std::string seen_;
};

Ended runProgram(const Words& arguments, const std::map<std::string, std::string>& extra = {}) {
  return Program(arguments, extra).end();
}

TEST(Subcommands, PauseEndsWhenTold) {
  for (const int number : {SIGTERM, SIGINT}) {
    Program pause({"pause"});
    pause.signal(number);
    const int code = pause.end().code;
    // The signal may come before pause waits for it.
    EXPECT_TRUE(code == 0 || code == 128 + number) << code;
  }
}

TEST(Subcommands, TimedTellsHowLong) {
  const auto ended =
      runProgram({"timed", "fluxsubmit", "--", "sh", "-c", "echo \"$1\"; exit 3", "sh", "a b"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.out, "a b\n");
  EXPECT_THAT(ended.err, MatchesRegex("FLUXTIME fluxsubmit wall time 0:0[0-9]\\.[0-9][0-9]\n"));
  EXPECT_EQ(runProgram({"timed", "x", "--", "/no/program"}).code, 127);
}

TEST(Subcommands, TimedPassesSignalsOn) {
  Program timed({"timed", "x", "--", "sh", "-c",
                 "trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done"});
  timed.await("ready");
  timed.signal(SIGTERM);
  EXPECT_EQ(timed.end().code, 9);
}

TEST(Subcommands, RecordNotesWhatTheInstanceKnows) {
  TemporaryDirectory directory;
  SystemFiles files;
  const std::string journal = directory / "journal";
  const std::string flux = directory / "flux";
  ASSERT_TRUE(files.write(journal, "minicluster journal 1 1000\n", 0644, std::nullopt));
  ASSERT_TRUE(files.write(flux, R"(#!/bin/sh
case $1 in
  jobs) echo "fA 1.5 1.5 1.75 2.0 2.0 CD 0 1 a job" ;;
  dmesg) echo "1970-01-01T00:00:01.25Z broker.info[0]: quorum-full: quorum->run 0.1s" ;;
esac
)",
                          0755, std::nullopt));
  const auto ended = runProgram({"record", journal, flux, "--", "sh", "-c", "echo out; exit 4"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(ended.out, "out\n");
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(files.read(journal).value_or(""),
              MatchesRegex("minicluster journal 1 1000\n[0-9]+ phase run\n[0-9]+ phase finish\n"
                           "250 state run\n500 job fA 0 250 500 500 CD 0 1 a job\n"));
}

TEST(Subcommands, RecordGoesOnWithoutAJournalOrAnInstance) {
  const auto ended = runProgram({"record", "/no/journal", "/no/flux", "--", "sh", "-c", "exit 4"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(ended.err, "");
  EXPECT_EQ(runProgram({"record", "/no/journal", "/no/flux", "--", "/no/program"}).code, 127);
}

TEST(Subcommands, ExecBecomesTheCommand) {
  const auto ended = runProgram({"exec", "--", "printf", "%s|", "a b", "$HOME"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out, "a b|$HOME|");
  const auto missing = runProgram({"exec", "--", "no program"});
  EXPECT_EQ(missing.code, 127);
  EXPECT_EQ(missing.err, "minicluster-entry: no program: No such file or directory\n");
}

TEST(Subcommands, InstallCopiesEntryAndFlux) {
  TemporaryDirectory directory;
  SystemFiles files;
  const std::string entry = directory / "image/minicluster-entry";
  const std::string target = directory / "bin";
  ASSERT_TRUE(files.makeDirectory(directory / "image", 0755, std::nullopt));
  ASSERT_TRUE(files.makeDirectory(target, 0755, std::nullopt));
  const auto program = base::readFile(ENTRY_PROGRAM);
  ASSERT_TRUE(program);
  ASSERT_TRUE(files.write(entry, *program, 0700, std::nullopt));
  ASSERT_TRUE(
      files.write(target + "/minicluster-entry", "of an attempt before", 0644, std::nullopt));

  const auto install = [&] {
    base::Command command;
    command.argv = {entry, "install", target};
    const auto pid = base::SystemProcessRunner().spawn(command);
    int status = 0;
    EXPECT_TRUE(pid);
    ::waitpid(pid.value_or(0), &status, 0);
    return base::exitCode(status);
  };
  EXPECT_EQ(install(), 1) << "there is no flux beside it";
  ASSERT_TRUE(files.write(directory / "image/flux", "flux", 0600, std::nullopt));
  EXPECT_EQ(install(), 0);
  EXPECT_EQ(install(), 0) << "again";
  EXPECT_EQ(files.read(target + "/minicluster-entry").value_or(""), *program);
  EXPECT_EQ(files.read(target + "/flux").value_or(""), "flux");
  EXPECT_EQ(::access((target + "/flux").c_str(), X_OK), 0);
  EXPECT_FALSE(files.exists(target + "/flux.part"));
}

TEST(Subcommands, BadArgumentsShowTheUsage) {
  for (const Words& arguments : {Words{"nonsense"}, Words{"timed", "x"}, Words{"exec", "--"},
                                 Words{"--mount"}, Words{"exec", "x", "y"}}) {
    const auto ended = runProgram(arguments);
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, HasSubstr("Usage: minicluster-entry"));
  }
  EXPECT_EQ(runProgram({"--help"}).code, 0);
  EXPECT_THAT(runProgram({"version"}).out, MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

/// A container whose files are all in a temporary directory.
class Containers : public testing::Test {
 protected:
  Containers() {
    settings.cluster = "flux-sample";
    settings.asRoot = true;
    settings.paths = {directory / "etc",    "", "", directory / "run", directory / "state",
                      directory / "script", ""};
    settings.command = {"job"};
    settings.submitCommand = {"flux", "submit"};
    settings.graceSeconds = 5;
    flux("exit 0");
  }
  void flux(const std::string& text) {
    EXPECT_TRUE(files.makeDirectory(directory / "bin", 0755, std::nullopt));
    EXPECT_TRUE(
        files.write(directory / "bin/flux", "#!/bin/sh\n" + text + "\n", 0755, std::nullopt));
  }
  Program start(const std::string& index = "0") {
    EXPECT_TRUE(files.makeDirectory(directory / "opt/config", 0755, std::nullopt));
    EXPECT_TRUE(
        files.write(directory / "opt/config/settings.json", format(settings), 0644, std::nullopt));
    return Program({"--mount", directory / "opt"}, {{"PATH", directory / "bin:" + ::getenv("PATH")},
                                                    {"JOB_COMPLETION_INDEX", index}});
  }

  TemporaryDirectory directory;
  SystemFiles files;
  Settings settings;
};

TEST_F(Containers, EndWithTheJobsStatus) {
  flux("echo page; exit 3");
  settings.quiet = true;
  settings.hooks.pre = "echo noise; echo noise >&2";
  const auto ended = start().end();
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.out, "page\n");
  EXPECT_EQ(ended.err, "");
}

TEST_F(Containers, ShowWhatHooksSayIfNotQuiet) {
  settings.hooks.pre = "echo out; echo err >&2";
  const auto ended = start().end();
  EXPECT_EQ(ended.out, "out\n");
  EXPECT_EQ(ended.err, "minicluster-entry: running hook commands.pre\nerr\n");
}

TEST_F(Containers, EndAtAFailedHookWithItsOutput) {
  settings.quiet = true;
  settings.hooks.pre = "echo reason >&2; exit 100";
  const auto ended = start().end();
  EXPECT_EQ(ended.code, 100);
  EXPECT_EQ(ended.err,
            "reason\nminicluster-entry: hook commands.pre failed with exit status 100\n");
}

TEST_F(Containers, GiveFluxWhatHooksExport) {
  flux("echo \"$GREETING\"; pwd");
  settings.hooks.init = "export GREETING='a  b'; cd /";
  EXPECT_EQ(start().end().out, "a  b\n/\n");
}

TEST_F(Containers, StopWithinAHook) {
  settings.hooks.pre = "echo ready; exec sleep 1000";
  settings.hooks.post = "echo never";
  Program program = start();
  program.await("ready");
  program.signal(SIGTERM);
  const auto ended = program.end();
  EXPECT_EQ(ended.code, 143);
  EXPECT_EQ(ended.out, "ready\n");
}

TEST_F(Containers, StopWhileWaitingForAServer) {
  settings.hooks.pre = "echo ready";
  settings.waitFor = {{"nginx", "localhost", 1}};
  Program program = start();
  program.await("ready");
  program.signal(SIGINT);
  EXPECT_EQ(program.end().code, 130);
}

TEST_F(Containers, StopFluxInOrder) {
  flux("trap 'echo flux ends; exit 6' TERM; echo ready; while :; do sleep 0.01; done");
  settings.hooks.post = "echo post";
  Program program = start();
  program.await("ready");
  program.signal(SIGTERM);
  const auto ended = program.end();
  EXPECT_EQ(ended.code, 6);
  EXPECT_EQ(ended.out, "ready\nflux ends\npost\n");
}

TEST_F(Containers, RefuseBadSettings) {
  EXPECT_TRUE(files.makeDirectory(directory / "opt/config", 0755, std::nullopt));
  EXPECT_TRUE(files.write(directory / "opt/config/settings.json", "{}", 0644, std::nullopt));
  auto ended = runProgram({"--mount", directory / "opt"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("settings.json: settings.cluster is missing"));
  ended = runProgram({"--mount", "/nowhere"});
  EXPECT_THAT(ended.err, HasSubstr("/nowhere/config/settings.json: No such file or directory"));
}

TEST_F(Containers, NeedTheirIndex) {
  const auto ended = start("x").end();
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("JOB_COMPLETION_INDEX"));
}

}  // namespace
}  // namespace mc::entry
