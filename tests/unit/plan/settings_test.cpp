#include "plan/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/plan/sample.hpp"

namespace mc::plan {
namespace {

using entry::Mode;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

entry::Settings settingsOf(const api::MiniCluster& cluster) {
  auto result = settings(cluster);
  EXPECT_TRUE(result) << result.error().message;
  return result ? *result : entry::Settings();
}

TEST(Settings, OfTheTutorial) {
  auto cluster = sampleCluster();
  cluster.containers[0].commands.pre = "install && x";
  const auto s = settingsOf(cluster);
  EXPECT_EQ(s.cluster, "flux-sample");
  EXPECT_EQ(s.addresses, Words{"flux-sample-0.flux-service.flux-operator.svc.cluster.local"});
  EXPECT_EQ(s.mode, Mode::Submit);
  EXPECT_EQ(s.command, (Words{"curl", "-s", "localhost"}));
  EXPECT_EQ(s.submitCommand, (Words{"flux", "submit"}));
  EXPECT_EQ(s.submitOptions, (Words{"-n", "1"}));
  EXPECT_EQ(s.hooks.pre, "install && x");
  EXPECT_EQ(s.socket, "/run/flux/local");
  EXPECT_EQ(s.user, "flux");
  EXPECT_EQ(s.uid, 1000);
  EXPECT_TRUE(s.strict);
  ASSERT_EQ(s.waitFor.size(), 1u);
  EXPECT_EQ(s.waitFor[0].container, "nginx");
  EXPECT_EQ(s.waitFor[0].host, "localhost");
  EXPECT_EQ(s.waitFor[0].port, 80);
}

TEST(Settings, AskForNodesOnlyWithTasksForAll) {
  auto cluster = sampleCluster();
  cluster.tasks = 2;
  EXPECT_EQ(settingsOf(cluster).submitOptions, (Words{"-N", "2", "-n", "2"}));
  cluster.tasks = 0;
  EXPECT_EQ(settingsOf(cluster).submitOptions, (Words{"-N", "2"}));
}

TEST(Settings, SplitOptionsIntoWords) {
  auto cluster = sampleCluster();
  cluster.flux.optionFlags = "-o 'a b' -c2";
  cluster.flux.submitCommand = "flux mini submit";
  cluster.containers[0].commands.prefix = "strace -f";
  const auto s = settingsOf(cluster);
  EXPECT_EQ(s.submitOptions, (Words{"-n", "1", "-o", "a b", "-c2"}));
  EXPECT_EQ(s.submitCommand, (Words{"flux", "mini", "submit"}));
  EXPECT_EQ(s.prefix, (Words{"strace", "-f"}));
}

TEST(Settings, WithoutACommandAreInteractive) {
  auto cluster = sampleCluster();
  cluster.containers[0].command.clear();
  EXPECT_EQ(settingsOf(cluster).mode, Mode::Interactive);
}

TEST(Settings, InteractiveKeepsTheCommandForTheUser) {
  auto cluster = sampleCluster();
  cluster.interactive = true;
  const auto s = settingsOf(cluster);
  EXPECT_EQ(s.mode, Mode::Interactive);
  EXPECT_EQ(s.command, (Words{"curl", "-s", "localhost"}));
}

TEST(Settings, OfALauncher) {
  auto cluster = sampleCluster();
  cluster.containers[0].launcher = true;
  cluster.containers[0].command = "run | tee x";
  const auto s = settingsOf(cluster);
  EXPECT_EQ(s.mode, Mode::Launcher);
  EXPECT_EQ(s.command, (Words{"sh", "-c", "run | tee x"}));
}

TEST(Settings, OfABatch) {
  auto cluster = sampleCluster();
  cluster.containers[0].batch = true;
  cluster.containers[0].command = "echo 1\necho 'x";
  cluster.flux.optionFlags = "-c1";
  auto s = settingsOf(cluster);
  EXPECT_EQ(s.mode, Mode::Batch);
  EXPECT_EQ(s.script, "echo 1\necho 'x");
  EXPECT_EQ(s.batchLogs, "/tmp/fluxout");
  EXPECT_EQ(s.submitOptions, Words{"-c1"});
  EXPECT_FALSE(s.batchRaw);

  cluster.containers[0].batchRaw = true;
  cluster.containers[0].logs = "/logs";
  s = settingsOf(cluster);
  EXPECT_TRUE(s.batchRaw);
  EXPECT_EQ(s.batchLogs, "/logs");

  cluster.containers[0].command = " \n";
  const auto empty = settings(cluster);
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message, HasSubstr("spec.containers[0].batch"));
}

TEST(Settings, OfAScriptRunItByItsInterpreter) {
  auto cluster = alpha2Cluster();
  cluster.containers[0].command.clear();
  cluster.containers[0].commands.script = "echo $HOME\n";
  auto s = settingsOf(cluster);
  EXPECT_EQ(s.mode, Mode::Submit);
  EXPECT_EQ(s.script, "echo $HOME\n");
  EXPECT_EQ(s.command, (Words{"sh", s.paths.script}));

  cluster.containers[0].commands.script = "#!/usr/bin/env python3\nprint(1)\n";
  s = settingsOf(cluster);
  EXPECT_EQ(s.command, Words{s.paths.script});
}

TEST(Settings, DiagnosticsAreTheInitialProgram) {
  auto cluster = sampleCluster();
  cluster.containers[0].diagnostics = true;
  const auto s = settingsOf(cluster);
  EXPECT_EQ(s.mode, Mode::Launcher);
  EXPECT_THAT(s.command.back(), HasSubstr("flux overlay status"));
}

TEST(Settings, WaitForTheServicesPodByItsName) {
  auto cluster = sampleCluster();
  cluster.services = {registry()};
  const auto s = settingsOf(cluster);
  ASSERT_EQ(s.waitFor.size(), 2u);
  EXPECT_EQ(s.waitFor[1].container, "registry");
  EXPECT_EQ(s.waitFor[1].host, "flux-sample-services.flux-service.flux-operator.svc.cluster.local");
  EXPECT_EQ(s.waitFor[1].port, 5000);
}

TEST(BrokerOptions, FollowTheManifest) {
  auto cluster = sampleCluster();
  EXPECT_THAT(settingsOf(cluster).brokerOptions,
              ElementsAre("-Stbon.topo=kary:256", "-Stbon.connect_timeout=5s",
                          "-Slog-stderr-level=6", "-Slog-stderr-mode=local"));
  cluster.logging.quiet = cluster.logging.zeromq = true;
  cluster.flux.topology = "binomial";
  cluster.flux.connectTimeout.clear();
  EXPECT_THAT(settingsOf(cluster).brokerOptions,
              ElementsAre("-Stbon.topo=binomial", "-Stbon.zmqdebug=1", "-Slog-stderr-level=0",
                          "-Slog-stderr-mode=local"));
}

TEST(BrokerOptions, HaveAQuorumWhereNotAllMustBeThere) {
  auto cluster = sampleCluster();
  cluster.maxSize = 8;
  EXPECT_THAT(settingsOf(cluster).brokerOptions, Contains("-Sbroker.quorum=2"));
  cluster.minSize = 1;
  EXPECT_THAT(settingsOf(cluster).brokerOptions, Contains("-Sbroker.quorum=1"));
}

TEST(Settings, LookForFluxWhereTheManifestHasIt) {
  auto cluster = sampleCluster();
  EXPECT_TRUE(settingsOf(cluster).searchPath.empty());
  cluster.flux.installRoot = "/opt/flux";
  EXPECT_EQ(settingsOf(cluster).searchPath, Words{"/opt/flux/bin"});

  auto view = alpha2Cluster();
  view.flux.viewImage = "flux-view";
  EXPECT_EQ(settingsOf(view).searchPath, Words{"/mnt/flux/view/bin"});
}

TEST(Settings, NameUsersButNoPasswords) {
  auto cluster = sampleCluster();
  cluster.users = {{"peenut", "butter"}, {"jelly", ""}};
  const auto s = settingsOf(cluster);
  EXPECT_EQ(s.userNames, (Words{"peenut", "jelly"}));
  EXPECT_THAT(entry::format(s), Not(HasSubstr("butter")));
}

TEST(Settings, OfV1alpha2RunAsTheContainersUser) {
  EXPECT_EQ(settingsOf(alpha2Cluster()).user, "");
}

TEST(Settings, LeaveASocketOutThatIsDisabled) {
  auto cluster = alpha2Cluster();
  cluster.flux.disableSocket = true;
  EXPECT_EQ(settingsOf(cluster).socket, "");
}

TEST(Settings, OfABrokerConfigByHandWaitForNoPort) {
  auto cluster = sampleCluster();
  EXPECT_EQ(settingsOf(cluster).port, 8050);
  cluster.flux.brokerConfig = "[bootstrap]\n";
  EXPECT_EQ(settingsOf(cluster).port, 0);
}

struct Bad {
  const char* field;
  void (*spoil)(api::MiniCluster&);
};

class BadText : public testing::TestWithParam<Bad> {};

TEST_P(BadText, IsRefusedWithItsField) {
  auto cluster = sampleCluster();
  std::swap(cluster.containers[0], cluster.containers[1]);
  GetParam().spoil(cluster);
  const auto result = settings(cluster);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().errnum, EINVAL);
  EXPECT_THAT(result.error().message, HasSubstr(std::string(GetParam().field) + ": "));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadText,
    testing::Values(
        Bad{"spec.containers[1].command",
            [](api::MiniCluster& c) { c.containers[1].command = "a 'b"; }},
        Bad{"spec.containers[1].commands.prefix",
            [](api::MiniCluster& c) { c.containers[1].commands.prefix = "a && b"; }},
        Bad{"spec.flux.optionFlags", [](api::MiniCluster& c) { c.flux.optionFlags = "$X"; }},
        Bad{"spec.flux.submitCommand", [](api::MiniCluster& c) { c.flux.submitCommand = "\"a"; }}));

}  // namespace
}  // namespace mc::plan
