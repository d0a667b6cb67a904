#include "base/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <thread>

#include "base/fd.hpp"
#include "temporary_directory.hpp"

namespace mc::base {
namespace {

int waitFor(pid_t pid) {
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return status;
}

/// What the command wrote, and how it ended.
struct Outcome {
  std::string output;
  int status = 0;
};

Outcome run(Command command) {
  SystemProcessRunner runner;
  auto pipe = makePipe();
  command.stdoutFd = pipe->write.get();
  const auto pid = runner.spawn(command);
  EXPECT_TRUE(pid) << pid.error().message;
  if (!pid) return {};
  pipe->write.reset();
  auto output = readAll(pipe->read.get(), "output");
  return {output.value_or(""), waitFor(*pid)};
}

Command shell(const std::string& script) {
  Command command;
  command.argv = {"sh", "-c", script};
  return command;
}

TEST(Process, RunsAProgramWithItsArguments) {
  Command command;
  command.argv = {"printf", "%s|", "a b", "", "$HOME"};
  EXPECT_EQ(run(command).output, "a b||$HOME|");
}

TEST(Process, ReportsTheExitStatus) {
  EXPECT_EQ(exitCode(run(shell("exit 3")).status), 3);
  EXPECT_EQ(exitCode(run(shell("kill -TERM $$")).status), 128 + SIGTERM);
}

TEST(Process, FailsWithTheReasonAndLeavesNoChild) {
  SystemProcessRunner runner;
  Command command;
  command.argv = {"/nowhere/program"};
  EXPECT_EQ(runner.spawn(command).error().errnum, ENOENT);
  command.argv = {"no-such-program-anywhere"};
  EXPECT_EQ(runner.spawn(command).error().errnum, ENOENT);
  command.argv = {"/etc/passwd"};
  EXPECT_EQ(runner.spawn(command).error().errnum, EACCES);
  command = shell("true");
  command.directory = "/nowhere";
  const auto refused = runner.spawn(command);
  EXPECT_EQ(refused.error().errnum, ENOENT);
  EXPECT_EQ(refused.error().message, "sh: working directory /nowhere: No such file or directory");
  command.argv.clear();
  EXPECT_EQ(runner.spawn(command).error().errnum, EINVAL);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Process, GetsTheGivenEnvironmentAlone) {
  Command command = shell("echo $A-$HOME-$PATH");
  command.environment = {{"A", "1"}, {"PATH", "/usr/bin:/bin"}};
  EXPECT_EQ(run(command).output, "1--/usr/bin:/bin\n");
}

TEST(Process, LooksItsProgramUpInItsOwnPath) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(writeFileAtomic(directory.file("tool"), "#!/bin/sh\necho found\n", 0755));
  Command command;
  command.argv = {"tool"};
  command.environment = {{"PATH", "/nowhere:" + directory.path()}};
  EXPECT_EQ(run(command).output, "found\n");
}

TEST(Process, ReadsNothingUnlessGivenSomething) {
  EXPECT_EQ(run(shell("cat")).output, "");
  auto pipe = makePipe();
  ASSERT_TRUE(writeAll(pipe->write.get(), "hello"));
  pipe->write.reset();
  Command command = shell("cat");
  command.stdinFd = pipe->read.get();
  EXPECT_EQ(run(command).output, "hello");
}

TEST(Process, SendsErrorsWhereTold) {
  auto pipe = makePipe();
  Command command = shell("echo out; echo err >&2");
  command.stderrFd = pipe->write.get();
  EXPECT_EQ(run(command).output, "out\n");
  pipe->write.reset();
  EXPECT_EQ(readAll(pipe->read.get(), "errors").value(), "err\n");
}

TEST(Process, InheritsNoOtherDescriptors) {
  const Fd open(::open("/dev/null", O_RDONLY));  // without close-on-exec
  Command command = shell("test -e /proc/self/fd/" + std::to_string(open.get()) + " && echo there");
  const Outcome given = [&] {
    Command with = command;
    with.inheritedFds = {open.get()};
    return run(with);
  }();
  EXPECT_EQ(given.output, "there\n");
  EXPECT_EQ(run(command).output, "");
}

TEST(Process, RunsInItsDirectory) {
  const TemporaryDirectory directory;
  Command command = shell("pwd");
  command.directory = directory.path();
  EXPECT_EQ(run(command).output, directory.path() + "\n");
}

TEST(Process, SignalsAreAsAfterBoot) {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const Outcome outcome = run(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status"));
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  EXPECT_EQ(outcome.output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Process, LeavesOurOwnSignalsAlone) {
  struct sigaction before{};
  before.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &before, nullptr);
  EXPECT_EQ(run(shell("echo done")).output, "done\n");
  struct sigaction after{};
  ::sigaction(SIGUSR1, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
  ::signal(SIGUSR1, SIG_DFL);
  sigset_t mask;
  ::sigprocmask(SIG_SETMASK, nullptr, &mask);
  EXPECT_FALSE(sigismember(&mask, SIGUSR1));
}

TEST(Process, SessionsAndGroups) {
  Command command = shell(
      "read -r pid name state parent group session rest < /proc/$$/stat\n"
      "echo $((pid == group))$((pid == session))");
  EXPECT_EQ(run(command).output, "00\n");
  command.newGroup = true;
  EXPECT_EQ(run(command).output, "10\n");
  command.newSession = true;
  EXPECT_EQ(run(command).output, "11\n");
}

TEST(Process, DropsToAUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  Command command = shell("id -u; id -g; id -G");
  command.uid = 12345;
  command.gid = 12346;
  command.groups = {12347};
  EXPECT_EQ(run(command).output, "12345\n12346\n12346 12347\n");
}

TEST(Process, DropsToAUserWhileOtherThreadsRun) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  std::promise<void> end;
  uid_t userOfThread = 12345;
  std::thread other([&] {
    end.get_future().wait();
    userOfThread = ::geteuid();
  });
  Command command = shell("id -u");
  command.uid = 12345;
  command.gid = 12346;
  EXPECT_EQ(run(command).output, "12345\n");
  end.set_value();
  other.join();
  EXPECT_EQ(userOfThread, 0U);
}

TEST(Process, SoftLimitsStayWithinTheHardOnes) {
  Command command = shell("ulimit -S -n");
  command.softLimits = {{RLIMIT_NOFILE, 64}};
  EXPECT_EQ(run(command).output, "64\n");
}

TEST(Process, DiesWithItsParent) {
  auto pidPipe = makePipe();
  auto alive = makePipe();  // its writing end is open as long as the grandchild lives
  const pid_t middle = ::fork();
  ASSERT_GE(middle, 0);
  if (middle == 0) {
    SystemProcessRunner runner;
    Command command = shell("exec sleep 1000");
    command.stdoutFd = alive->write.get();
    command.dieWithParent = true;
    const bool started = runner.spawn(command).has_value();
    ::_exit(started ? 0 : 1);
  }
  alive->write.reset();
  EXPECT_EQ(exitCode(waitFor(middle)), 0);
  EXPECT_EQ(readAll(alive->read.get(), "end").value(), "");  // returns when the last writer is gone
}

TEST(FindProgram, SearchesThePath) {
  EXPECT_EQ(findProgram("sh", "/nowhere:/bin"), "/bin/sh");
  EXPECT_EQ(findProgram("/any/thing", ""), "/any/thing");
  EXPECT_EQ(findProgram("no-such-program", "/bin"), std::nullopt);
  EXPECT_EQ(findProgram("", "/bin"), std::nullopt);
}

}  // namespace
}  // namespace mc::base
