#include "flux/broker/initial_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace mc::flux::broker {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

InitialProgram::Outcome run(const std::vector<std::string>& arguments, bool abort = false) {
  const auto loop = base::makeLoop();
  base::SystemProcessRunner runner;
  InitialProgram program(*loop, runner, InitialCommand::make(arguments));
  InitialProgram::Outcome result;
  program.start(ownEnvironment(), true, [&](const InitialProgram::Outcome& outcome) {
    result = outcome;
    loop->stop();
  });
  if (abort) program.abort();
  loop->run();
  return result;
}

TEST(InitialProgram, ReportsItsStatusAsFluxDoes) {
  auto outcome = run({"sh", "-c", "exit 9"});
  EXPECT_EQ(outcome.code, 9);
  EXPECT_THAT(outcome.text, StartsWith("sh -c exit 9 Exited (rc=9) "));
  outcome = run({"nosuchcmd", "x"});
  EXPECT_EQ(outcome.code, 127);
  outcome = run({"/", "x"});
  EXPECT_EQ(outcome.code, 126);
}

TEST(InitialProgram, OneWordIsForTheShell) {
  EXPECT_EQ(run({"true; exit 5"}).code, 5);
  EXPECT_THAT(run({"exit 5"}).text, StartsWith("exit 5 Exited (rc=5)"));
}

TEST(InitialProgram, AbortIsAHangup) {
  const auto outcome = run({"sleep", "1000"}, true);
  EXPECT_EQ(outcome.code, 129);
  EXPECT_THAT(outcome.text, StartsWith("sleep 1000 Hangup (rc=129)"));
}

TEST(InitialCommand, WithoutWordsIsAShell) {
  ::setenv("SHELL", "/bin/myshell", 1);
  EXPECT_THAT(InitialCommand::make({}).argv, ElementsAre("/bin/myshell"));
  ::unsetenv("SHELL");
  EXPECT_EQ(InitialCommand::make({}).argv.size(), 1U);
}

TEST(ProgramEnvironment, LeavesOutTheEnclosingJob) {
  ::setenv("FLUX_JOB_ID", "f1", 1);
  ::setenv("PMI_FD", "7", 1);
  ::setenv("KEEP_ME", "x=y", 1);
  const auto environment = programEnvironment("local:///x", "f2");
  EXPECT_EQ(environment.count("FLUX_JOB_ID"), 0U);
  EXPECT_EQ(environment.count("PMI_FD"), 0U);
  EXPECT_EQ(environment.at("KEEP_ME"), "x=y");
  EXPECT_EQ(environment.at("FLUX_URI"), "local:///x");
  EXPECT_EQ(environment.at("FLUX_ENCLOSING_ID"), "f2");
  for (const char* name : {"FLUX_JOB_ID", "PMI_FD", "KEEP_ME"}) ::unsetenv(name);
}

}  // namespace
}  // namespace mc::flux::broker
