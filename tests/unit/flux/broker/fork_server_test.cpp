#include "flux/broker/fork_server.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

namespace mc::flux::broker {
namespace {

constexpr pid_t kElsewhere = 4711;
constexpr int kStatus = 7;

// What is run in the forked processes.
int tell(const std::vector<std::string>& words) {
  char* directory = ::getcwd(nullptr, 0);
  const char* name = std::getenv("NAME");
  std::printf("%s in %s, %s, %s, %s\n", words.at(0).c_str(), directory, name ? name : "nameless",
              std::getenv("PATH") == nullptr ? "no path" : "path",
              ::getpgrp() == ::getpid() ? "leader" : "follower");
  std::free(directory);
  return kStatus;
}

// Starts the server by fork(3); records everything else.
class Runner final : public base::ProcessRunner {
 public:
  base::Result<pid_t> spawn(const base::Command& command) override {
    if (command.argv.at(1) != "--serve") {
      others.push_back(command.argv);
      return kElsewhere;
    }
    const int socket = std::atoi(command.argv.back().c_str());
    server = ::fork();
    if (server != 0) return server;
    // As if by exec(2).
    ::close_range(3, static_cast<unsigned>(socket) - 1, 0);
    ::close_range(static_cast<unsigned>(socket) + 1, ~0U, 0);
    ::_exit(serveForks(socket, tell));
  }

  std::vector<std::vector<std::string>> others;
  pid_t server = -1;
};

struct Fixture : testing::Test {
  Runner runner;
  ForkServer server{runner, {"self"}};
  base::Pipe output = base::makePipe().value();
  base::Fd null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};

  base::Command command(const std::string& word) {
    base::Command out;
    out.argv = {"self", word};
    out.environment.emplace();
    out.environment->emplace("NAME", "it");
    out.directory = "/";
    out.stdinFd = null.get();
    out.stdoutFd = output.write.get();
    out.newGroup = true;
    out.dieWithParent = true;
    return out;
  }

  void first() { ASSERT_EQ(server.spawn(command("first")).value(), kElsewhere); }

  std::string read() {
    output.write.reset();
    return base::readAll(output.read.get(), "output").value();
  }
};

using ForkServerTest = Fixture;

TEST_F(ForkServerTest, LeavesTheFirstToTheOther) {
  first();
  EXPECT_EQ(runner.server, -1);
}

TEST_F(ForkServerTest, ForksChildrenOfOurs) {
  first();
  const auto pid = server.spawn(command("second"));
  ASSERT_TRUE(pid);
  EXPECT_NE(*pid, kElsewhere);
  EXPECT_EQ(::getpgid(*pid), *pid);
  int status = 0;
  ASSERT_EQ(::waitpid(*pid, &status, 0), *pid);
  EXPECT_EQ(WEXITSTATUS(status), kStatus);
  EXPECT_EQ(read(), "second in /, it, no path, leader\n");
}

TEST_F(ForkServerTest, ForksManyFromOneServer) {
  first();
  pid_t known = -1;
  for (int i = 0; i < 20; ++i) {
    const auto pid = server.spawn(command("n"));
    ASSERT_TRUE(pid);
    ASSERT_EQ(::waitpid(*pid, nullptr, 0), *pid);
    if (known < 0) known = runner.server;
    EXPECT_EQ(runner.server, known);
  }
  EXPECT_EQ(runner.others.size(), 1U);
}

TEST_F(ForkServerTest, LeavesOtherCommandsToTheOther) {
  first();
  auto other = command("x");
  other.argv = {"other", "x"};
  EXPECT_EQ(server.spawn(other).value(), kElsewhere);
  auto limited = command("limited");
  limited.softLimits = {{1, 2}};
  EXPECT_EQ(server.spawn(limited).value(), kElsewhere);
  auto large = command("large");
  large.environment->insert_or_assign("NAME", std::string(200'000, 'x'));
  EXPECT_EQ(server.spawn(large).value(), kElsewhere);
}

TEST_F(ForkServerTest, DoesWithoutALostServer) {
  first();
  ASSERT_EQ(::waitpid(server.spawn(command("a")).value(), nullptr, 0) > 0, true);
  const pid_t lost = runner.server;
  ::kill(lost, SIGKILL);
  // Its socket is closed before its parent learns of its end.
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(lost), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(server.spawn(command("b")).value(), kElsewhere);
  const pid_t pid = server.spawn(command("c")).value();  // by a new one
  EXPECT_EQ(::waitpid(pid, nullptr, 0), pid);
  EXPECT_NE(runner.server, lost);
}

}  // namespace
}  // namespace mc::flux::broker
