// Execution: shells, their barrier, their ends; time limits and how jobs are ended.

#include <csignal>

#include "job_system.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

constexpr int kRun = 16;
constexpr int kInactive = 64;

/// The signals sent to shells: "15@0 15@1".
std::string signals(const JobSystem& system) {
  std::string out;
  for (const auto& sent : system.host.notified) {
    if (sent.topic != "rexec.kill") continue;
    if (!out.empty()) out += ' ';
    out += std::to_string(sent.payload.at("signum").to_number<int>()) + "@" +
           std::to_string(sent.nodeid);
  }
  return out;
}

/// How often the shells were told to send SIGKILL to their tasks.
size_t killEvents(const JobSystem& system) {
  size_t out = 0;
  for (const auto& event : system.host.published)
    out += event.topic.ends_with(".kill") && event.payload.at("signum") == SIGKILL;
  return out;
}

std::vector<std::string> barrierAnswers(const JobSystem& system) {
  std::vector<std::string> out;
  for (const auto& sent : system.host.notified)
    if (sent.topic == "rexec.write") out.emplace_back(sent.payload.at("io").at("data").as_string());
  return out;
}

TEST(Exec, StartsOneShellPerRank) {
  JobSystem system(3, 1);
  const JobId id = system.submit(Wish::nodes(3));
  const auto shells = system.shells();
  ASSERT_EQ(shells.size(), 3u);
  EXPECT_EQ(shells[2].nodeid, 2u);
  EXPECT_TRUE(shells[0].streaming);
  const auto& cmd = shells[0].payload.at("cmd");
  EXPECT_EQ(formats::toJson(cmd.at("cmdline")),
            R"(["/proc/self/exe","shell",")" + std::to_string(id) + R"("])");
  EXPECT_EQ(cmd.at("env").at("FLUX_KVS_NAMESPACE").as_string(), "job-" + std::to_string(id));
  EXPECT_EQ(cmd.at("env").at("FLUX_EXEC_PROTOCOL"), "stdio");
  for (const auto& shell : shells) EXPECT_EQ(system.state(id), kRun) << shell.nodeid;
  JobSystem::started(shells[0]);
  JobSystem::started(shells[1]);
  EXPECT_EQ(system.events(id), "submit validate depend priority alloc");
  JobSystem::started(shells[2]);
  EXPECT_EQ(system.events(id), "submit validate depend priority alloc start");
}

TEST(Exec, LogsTheShellsInTheGuestEventlog) {
  JobSystem system(1, 1);
  const JobId id = system.submit(Wish());
  const auto shell = system.shells().at(0);
  EXPECT_FALSE(shell.payload.at("cmd").at("env").as_object().contains("FLUX_EXEC_PROTOCOL"));
  JobSystem::started(shell);
  // As the shell does.
  system.ask("kvs.commit", R"({"namespace":"job-)" + std::to_string(id) +
                               R"(","flags":0,"ops":[{"key":"exec.eventlog","flags":32,"dirent":)"
                               R"({"ver":1,"type":"val","data":")" +
                               formats::encodeBase64(formats::formatEvent(1.5, "shell.init")) +
                               R"("}}]})");
  system.finish(shell, 512);
  EXPECT_EQ(system.events(id, "guest.exec.eventlog", true),
            R"(init starting shell.init shell-exit{"rank":0,"wait_status":512} )"
            R"(complete{"status":512} done)");
  EXPECT_EQ(system.events(id),
            "submit validate depend priority alloc start finish release free clean");
  EXPECT_EQ(system.attributes(id).at("waitstatus"), 512);
  EXPECT_EQ(system.ask("kvs.getroot", R"({"namespace":"job-)" + std::to_string(id) + R"("})")
                .last()
                .errnum,
            unsigned{ENOTSUP});
}

TEST(Exec, TheLargestStatusCounts) {
  JobSystem system(2, 1);
  const JobId id = system.submit(Wish::nodes(2));
  const auto shells = system.shells();
  for (const auto& shell : shells) {
    JobSystem::started(shell);
    JobSystem::output(shell, "enter\n");
  }
  system.finish(shells[0], 768);
  EXPECT_EQ(system.state(id), kRun);
  system.finish(shells[1], 256);
  EXPECT_EQ(system.attributes(id).at("waitstatus"), 768);
}

TEST(Exec, BarrierOpensWhenAllShellsHaveEntered) {
  JobSystem system(2, 1);
  const JobId id = system.submit(Wish::nodes(2));
  const auto shells = system.shells();
  for (const auto& shell : shells) JobSystem::started(shell);
  JobSystem::output(shells[0], "ent");
  JobSystem::output(shells[0], "er\n");
  JobSystem::output(shells[0], "enter\n");  // once per shell
  EXPECT_TRUE(barrierAnswers(system).empty());
  JobSystem::output(shells[1], "enter\n");
  EXPECT_EQ(barrierAnswers(system), (std::vector<std::string>{"exit=0\n", "exit=0\n"}));
  EXPECT_EQ(system.host.notified[0].payload.at("label").as_string(), "shell-" + std::to_string(id));
}

TEST(Exec, BarrierFailsWhenAShellEndsBefore) {
  JobSystem system(2, 1);
  const JobId id = system.submit(Wish::nodes(2));
  const auto shells = system.shells();
  for (const auto& shell : shells) JobSystem::started(shell);
  JobSystem::output(shells[0], "enter\n");
  system.finish(shells[1], 256);
  EXPECT_EQ(barrierAnswers(system), std::vector<std::string>{"exit=1\n"});
  EXPECT_EQ(system.attributes(id).at("exception_note"),
            "n1 (ranks 1) terminated before first barrier");
  system.finish(shells[0], 256);
  EXPECT_EQ(system.state(id), kInactive);
}

TEST(Exec, OtherOutputOfShellsIsLogged) {
  JobSystem system(1, 1);
  system.submit(Wish());
  JobSystem::output(system.shells().at(0), "something is wrong\n", "stderr");
  ASSERT_EQ(system.host.logged.size(), 1u);
  EXPECT_EQ(system.host.logged[0].severity, broker::Severity::Error);
  EXPECT_TRUE(system.host.logged[0].text.ends_with("something is wrong"));
}

TEST(Exec, CancelSendsTermThenKill) {
  JobSystem system(2, 1);
  const JobId id = system.submit(Wish::nodes(2));
  const auto shells = system.shells();
  for (const auto& shell : shells) JobSystem::started(shell);
  system.raise(id);
  EXPECT_EQ(signals(system), "15@0 15@1");
  system.raise(id);  // again: nothing new
  system.finish(shells[0], 143 << 8);
  EXPECT_EQ(killEvents(system), 0u);
  system.advance(5s);
  EXPECT_EQ(killEvents(system), 1u);
  EXPECT_EQ(signals(system), "15@0 15@1");
  system.advance(10s);
  EXPECT_EQ(signals(system), "15@0 15@1 9@1");
  system.finish(shells[1], SIGKILL);
  system.advance(60s);
  EXPECT_EQ(signals(system), "15@0 15@1 9@1");
  EXPECT_EQ(system.attributes(id).at("waitstatus"), 36608);
  EXPECT_EQ(system.attributes(id).at("result"), 4);
}

TEST(Exec, CancelWaitsForShellsThatAreJustStarting) {
  JobSystem system(1, 1);
  const JobId id = system.submit(Wish());
  system.raise(id);
  EXPECT_EQ(signals(system), "");
  JobSystem::started(system.shells().at(0), 77);
  EXPECT_EQ(signals(system), "15@0");
  EXPECT_EQ(system.host.notified[0].payload.at("pid"), 77);
  system.finish(system.shells().at(0), SIGTERM);
  EXPECT_EQ(system.events(id),
            "submit validate depend priority alloc exception finish release free clean");
}

TEST(Exec, TimeLimitRaisesTimeoutAndSendsAlarm) {
  JobSystem system(1, 1);
  Wish wish;
  wish.duration = 0.5;
  const JobId id = system.submit(wish);
  JobSystem::started(system.shells().at(0));
  EXPECT_EQ(system.attributes(id).at("expiration").to_number<double>(),
            fakes::FakeClock::kStart + 0.5);
  system.advance(499ms);
  EXPECT_EQ(signals(system), "");
  system.advance(1ms);
  EXPECT_EQ(signals(system), "14@0");
  const auto job = system.attributes(id);
  EXPECT_EQ(job.at("exception_type"), "timeout");
  EXPECT_EQ(job.at("exception_note"), "resource allocation expired");
  system.advance(5s);
  EXPECT_EQ(killEvents(system), 1u);
  system.finish(system.shells().at(0), 142 << 8);
  EXPECT_EQ(system.attributes(id).at("result"), 8);
}

TEST(Exec, KillIntervalsGrowUntilTheNodeIsDrained) {
  JobSystem system(1, 1, R"({"exec":{"kill-timeout":"1s","max-kill-count":3}})");
  const JobId id = system.submit(Wish());
  JobSystem::started(system.shells().at(0));
  system.raise(id);
  system.advance(1s + 2s + 4s);
  EXPECT_EQ(signals(system), "15@0 9@0 9@0");
  EXPECT_EQ(killEvents(system), 3u);
  EXPECT_NE(system.state(id), kInactive);
  system.advance(8s);
  EXPECT_EQ(system.state(id), kInactive);
  const auto drained = system.ask("resource.status").last().json().at("drain").as_object();
  EXPECT_TRUE(drained.at("0").at("reason").as_string().starts_with("unkillable user processes"));
}

TEST(Exec, ALostRankEndsTheJob) {
  JobSystem system(2, 1);
  const JobId id = system.submit(Wish::nodes(2));
  const auto shells = system.shells();
  for (const auto& shell : shells) JobSystem::started(shell);
  shells[1].fail(EHOSTUNREACH);
  system.settle();
  EXPECT_EQ(signals(system), "15@0");
  ASSERT_EQ(system.host.published.size(), 1u);
  EXPECT_EQ(system.host.published[0].topic, "shell-" + std::to_string(id) + ".lost");
  EXPECT_EQ(system.host.published[0].payload.at("rank"), 1);
  const auto job = system.attributes(id);
  EXPECT_EQ(job.at("exception_type"), "exec");
  EXPECT_EQ(job.at("exception_note"), "node failure on n1 (rank 1)");
  system.finish(shells[0], 143 << 8);
  EXPECT_EQ(system.state(id), kInactive);
}

TEST(Exec, AShellThatIsKilledEndsTheJobOrIsReportedToTheLeader) {
  JobSystem system(2, 1);
  const JobId id = system.submit(Wish::nodes(2));
  const auto shells = system.shells();
  for (const auto& shell : shells) {
    JobSystem::started(shell);
    JobSystem::output(shell, "enter\n");
  }
  system.finish(shells[1], SIGKILL);
  ASSERT_EQ(system.host.published.size(), 1u);
  EXPECT_EQ(system.host.published[0].payload.at("rank"), 1);
  EXPECT_EQ(system.state(id), kRun);
  system.finish(shells[0], SIGSEGV);
  EXPECT_EQ(system.attributes(id).at("exception_note"), "shell rank 0 (on n0): Segmentation fault");
  EXPECT_EQ(system.state(id), kInactive);
}

TEST(Exec, WhatGoesWrongAtTheEndIsNoFurtherException) {
  JobSystem system(1, 1);
  const JobId id = system.submit(Wish());
  const auto shell = system.shells().at(0);
  JobSystem::started(shell);
  system.raise(id, "cancel");
  system.finish(shell, SIGKILL);
  EXPECT_EQ(system.events(id),
            "submit validate depend priority alloc start exception finish release free clean");
}

struct ExecError {
  int errnum;
  int status;
};
class ExecErrors : public ::testing::TestWithParam<ExecError> {};
TEST_P(ExecErrors, AreReported) {
  JobSystem system(1, 1);
  const JobId id = system.submit(Wish());
  system.shells().at(0).fail(GetParam().errnum);
  system.settle();
  const auto job = system.attributes(id);
  EXPECT_EQ(job.at("exception_type"), "exec");
  EXPECT_EQ(job.at("waitstatus"), GetParam().status);
  EXPECT_EQ(system.events(id),
            "submit validate depend priority alloc exception finish release free clean");
}
INSTANTIATE_TEST_SUITE_P(Table, ExecErrors,
                         ::testing::Values(ExecError{ENOENT, 127 << 8},
                                           ExecError{EACCES, 126 << 8}));

TEST(Exec, ResourcesComeBackAfterAnyEnd) {
  JobSystem system(1, 1);
  const JobId first = system.submit(Wish());
  const JobId second = system.submit(Wish().simulated("0"));
  system.shells().at(0).fail(EHOSTUNREACH);
  system.settle();
  EXPECT_EQ(system.state(first), kInactive);
  EXPECT_EQ(system.state(second), kInactive);
}

TEST(Exec, GuestLinkLeadsToTheNamespaceWhileTheJobRuns) {
  JobSystem system(1, 1);
  const JobId id = system.submit(Wish());
  EXPECT_EQ(system.events(id, "guest.exec.eventlog"), "init starting");
  const std::string key = formats::formatJobId(id, formats::JobIdForm::Kvs) + ".guest";
  const auto link = system.ask("kvs.lookup", R"({"key":")" + key + R"(","flags":2})").last().json();
  EXPECT_EQ(link.at("val").at("data").at("namespace").as_string(), "job-" + std::to_string(id));
  system.finish(system.shells().at(0), 0);
  EXPECT_EQ(system.ask("kvs.lookup", R"({"key":")" + key + R"(","flags":1})").last().errnum, 0u);
}

}  // namespace
}  // namespace mc::flux::services
