#include "plan/sidecars.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "unit/plan/sample.hpp"

namespace mc::plan {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

struct Ended {
  int code = -1;
  std::string output;
};

Ended execute(const Words& argv) {
  base::SystemProcessRunner runner;
  auto pipe = base::makePipe();
  base::Command command;
  command.argv = argv;
  command.stdoutFd = pipe->write.get();
  const auto pid = runner.spawn(command);
  EXPECT_TRUE(pid);
  pipe->write.reset();
  Ended ended;
  ended.output = base::readAll(pipe->read.get(), "output").value_or("");
  int status = 0;
  ::waitpid(*pid, &status, 0);
  ended.code = base::exitCode(status);
  return ended;
}

/// A cluster whose second container has these hooks around `command`.
api::MiniCluster withHooks(const api::Commands& hooks, const std::string& command, bool strict) {
  auto cluster = sampleCluster();
  cluster.logging.strict = strict;
  cluster.containers[1].commands = hooks;
  cluster.containers[1].command = command;
  return cluster;
}

base::Result<Container> planned(const api::MiniCluster& cluster) {
  Volumes volumes;
  return sideContainer(cluster, cluster.containers[1], ContainerKind::Sidecar, volumes);
}

Ended runPlanned(const api::MiniCluster& cluster) {
  const auto container = planned(cluster);
  EXPECT_TRUE(container) << container.error().message;
  return container ? execute(container->command) : Ended();
}

TEST(SideContainer, RunsItsCommandAsWords) {
  auto cluster = withHooks({}, "serve 'a b'", true);
  EXPECT_EQ(planned(cluster)->command, (Words{"serve", "a b"}));
}

TEST(SideContainer, RunsHooksAroundItsCommand) {
  api::Commands hooks;
  hooks.init = "echo init; X=1; export X";
  hooks.servicePre = "echo \"pre's $X\"";
  hooks.post = "echo post";
  const auto ended = runPlanned(withHooks(hooks, "sh -c 'echo \"run $X\"; exit 4'", true));
  EXPECT_EQ(ended.output, "init\npre's 1\nrun 1\npost\n");
  EXPECT_EQ(ended.code, 4);
}

TEST(SideContainer, BecomesItsCommandWhereNothingFollows) {
  api::Commands hooks;
  hooks.servicePre = "echo $$";
  const auto ended = runPlanned(withHooks(hooks, "sh -c 'echo $$'", true));
  const size_t half = ended.output.size() / 2;
  EXPECT_EQ(ended.output.substr(0, half), ended.output.substr(half));
}

TEST(SideContainer, EndsWithAFailedHookIfStrict) {
  api::Commands hooks;
  hooks.servicePre = "(exit 7)\necho never";
  const auto strict = runPlanned(withHooks(hooks, "echo run", true));
  EXPECT_EQ(strict.code, 7);
  EXPECT_EQ(strict.output, "");
  const auto lenient = runPlanned(withHooks(hooks, "echo run", false));
  EXPECT_EQ(lenient.code, 0);
  EXPECT_EQ(lenient.output, "never\nrun\n");
}

TEST(SideContainer, NeedsACommandForItsHooks) {
  api::Commands hooks;
  hooks.servicePre = "true";
  const auto container = planned(withHooks(hooks, "", true));
  ASSERT_FALSE(container);
  EXPECT_THAT(container.error().message, HasSubstr("spec.containers[1].commands: "));
}

TEST(SideContainer, KeepsItsEntrypointOnlyWithoutACommand) {
  auto cluster = sampleCluster();
  cluster.containers[1].noWrapEntrypoint = true;
  EXPECT_TRUE(planned(cluster)->command.empty());
  cluster.containers[1].command = "serve";
  const auto container = planned(cluster);
  ASSERT_FALSE(container);
  EXPECT_THAT(container.error().message, HasSubstr("spec.containers[1].noWrapEntrypoint: "));
}

TEST(SideContainer, NamesItsFieldIfTheCommandIsBad) {
  auto cluster = sampleCluster();
  cluster.services = {registry()};
  cluster.services[0].command = "'x";
  Volumes volumes;
  const auto container =
      sideContainer(cluster, cluster.services[0], ContainerKind::Service, volumes);
  ASSERT_FALSE(container);
  EXPECT_THAT(container.error().message, HasSubstr("spec.services[0].command: "));
}

}  // namespace
}  // namespace mc::plan
