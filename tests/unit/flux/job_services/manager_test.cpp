// The life of jobs as their eventlogs tell it, and the requests that change it.

#include "job_system.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

constexpr const char* kWholeLife =
    "submit validate depend priority alloc start finish release free clean";

std::string withId(JobId id, const std::string& rest = "") {
  return R"({"id":)" + std::to_string(id) + rest + "}";
}

TEST(Manager, WritesTheEventlogOfAnOrdinaryJob) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("0", 512));
  EXPECT_EQ(
      system.events(id, "eventlog", true),
      R"(submit{"userid":0,"urgency":16,"flags":0,"version":1} validate depend )"
      R"(priority{"priority":16} alloc{"annotations":{"sched":{"resource_summary":"rank0/core0"}}} )"
      R"(start finish{"status":512} release{"ranks":"all","final":true} free clean)");
}

TEST(Manager, CancelOfARunningJob) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("infinity"));
  EXPECT_EQ(system.raise(id, "cancel", 0, "reason").last().errnum, 0u);
  EXPECT_EQ(system.events(id),
            "submit validate depend priority alloc start exception finish release free clean");
  EXPECT_NE(system.lookup(id, "eventlog")
                .find(R"("context":{"type":"cancel","severity":0,"note":"reason","userid":0})"),
            std::string::npos);
  EXPECT_EQ(system.attributes(id).at("result"), 4);
}

TEST(Manager, CancelOfAWaitingJob) {
  JobSystem system(1, 1);
  system.submit(Wish().simulated("infinity"));
  const JobId id = system.submit(Wish().simulated("0"));
  system.raise(id);
  EXPECT_EQ(system.events(id), "submit validate depend priority exception clean");
  EXPECT_FALSE(system.attributes(id).contains("ranks"));
}

TEST(Manager, MildExceptionsAreOnlyNoted) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("10s"));
  system.raise(id, "warning", 3);
  system.advance(10s);
  EXPECT_EQ(system.events(id),
            "submit validate depend priority alloc start exception finish release free clean");
  EXPECT_EQ(system.attributes(id).at("result"), 1);
}

TEST(Manager, RefusesExceptionsThatMakeNoSense) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("0"));
  const auto text = [](const Asked& asked) { return asked.last().text; };
  EXPECT_EQ(text(system.raise(id)), "job is inactive");
  EXPECT_EQ(text(system.raise(12345)), "unknown job id");
  EXPECT_EQ(system.raise(12345).last().errnum, unsigned{ENOENT});
  EXPECT_EQ(text(system.raise(id, "cancel", 8)), "invalid exception severity");
  EXPECT_EQ(text(system.raise(id, "two words")), "invalid exception type");
}

TEST(Manager, GuestsTouchTheirOwnJobsOnly) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("infinity"));
  Asked raise("job-manager.raise", withId(id, R"(,"type":"cancel","severity":0)"));
  EXPECT_EQ(system.ask(raise.as(7, wire::kRoleUser)).last().errnum, unsigned{EPERM});
  Asked kill("job-manager.kill", withId(id, R"(,"signum":15)"));
  EXPECT_EQ(system.ask(kill.as(7, wire::kRoleUser)).last().errnum, unsigned{EPERM});
  Asked all("job-manager.raiseall",
            R"({"dry_run":false,"userid":0,"states":16,"severity":0,"type":"cancel"})");
  EXPECT_EQ(system.ask(all.as(7, wire::kRoleUser)).last().errnum, unsigned{EPERM});
  Asked stop("job-manager.queue-start", R"({"start":false,"all":true})");
  EXPECT_EQ(system.ask(stop.as(7, wire::kRoleUser)).last().errnum, unsigned{EPERM});
  EXPECT_EQ(system.state(id), 16);
}

TEST(Manager, RaiseAllTakesUserAndStates) {
  JobSystem system(1, 1);
  const JobId running = system.submit(Wish().simulated("infinity"));
  const JobId waiting = system.submit(Wish().simulated("infinity"));
  const auto raiseAll = [&](bool dryRun, int states) {
    return system
        .ask("job-manager.raiseall", formats::toJson(json::object{{"dry_run", dryRun},
                                                                  {"userid", 4294967295},
                                                                  {"states", states},
                                                                  {"severity", 0},
                                                                  {"type", "cancel"}}))
        .last()
        .json()
        .at("count");
  };
  EXPECT_EQ(raiseAll(true, 126), 2);
  EXPECT_EQ(system.state(running), 16);
  EXPECT_EQ(raiseAll(false, 14), 1);
  EXPECT_EQ(system.state(waiting), 64);
  EXPECT_EQ(system.state(running), 16);
  EXPECT_EQ(raiseAll(false, 16), 1);
  EXPECT_EQ(system.state(running), 64);
}

TEST(Manager, KillGoesToTheShellsByEvent) {
  JobSystem system(1, 1);
  const JobId id = system.submit(Wish().simulated("infinity"));
  EXPECT_EQ(system.ask("job-manager.kill", withId(id, R"(,"signum":10)")).last().errnum, 0u);
  ASSERT_EQ(system.host.published.size(), 1u);
  EXPECT_EQ(system.host.published[0].topic, "shell-" + std::to_string(id) + ".kill");
  EXPECT_EQ(system.host.published[0].payload.at("signum"), 10);
  const JobId waiting = system.submit(Wish());
  EXPECT_EQ(system.ask("job-manager.kill", withId(waiting, R"(,"signum":10)")).last().text,
            "job is not running");
  EXPECT_EQ(system.ask("job-manager.kill", withId(id, R"(,"signum":99)")).last().errnum,
            unsigned{EINVAL});
}

TEST(Manager, UrgencyIsChecked) {
  JobSystem system(1, 1);
  const JobId running = system.submit(Wish().simulated("infinity"));
  const JobId waiting = system.submit(Wish());
  const auto urgency = [&](JobId id, const std::string& value) {
    return system.ask("job-manager.urgency", withId(id, R"(,"urgency":)" + value)).last().text;
  };
  EXPECT_EQ(urgency(12345, "5"), "unknown job");
  EXPECT_EQ(urgency(waiting, "32"), "urgency value is out of range");
  EXPECT_EQ(urgency(running, "5"), "urgency cannot be changed once resources are allocated");
  EXPECT_EQ(urgency(waiting, "5"), R"({"old_urgency":16})");
  EXPECT_EQ(system.attributes(waiting).at("urgency"), 5);
}

TEST(Manager, MemosBecomeAnnotations) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("infinity"));
  const auto memo = [&](const std::string& object) {
    return system.ask("job-manager.memo", withId(id, R"(,"volatile":false,"memo":)" + object));
  };
  memo(R"({"foo":"bar"})");
  EXPECT_EQ(system.attributes(id).at("annotations").at("user").at("foo"), "bar");
  memo(R"({"foo":null})");
  EXPECT_FALSE(system.attributes(id).at("annotations").as_object().contains("user"));
  system.raise(id);
  EXPECT_EQ(memo(R"({"foo":"bar"})").last().text, "job is inactive");
}

TEST(Manager, DrainAndIdleWaitForJobs) {
  JobSystem system(1, 1);
  const JobId running = system.submit(Wish().simulated("5s"));
  system.submit(Wish().simulated("5s"));
  const Asked drain = system.ask("job-manager.drain");
  const Asked idle = system.ask("job-manager.idle");
  system.ask("job-manager.queue-start", R"({"start":false,"all":true})");
  system.advance(5s);
  EXPECT_EQ(system.state(running), 64);
  ASSERT_EQ(idle.replies().size(), 1u);
  EXPECT_EQ(idle.last().json().at("pending"), 1);
  EXPECT_TRUE(drain.replies().empty());
  system.ask("job-manager.queue-start", R"({"start":true,"all":true})");
  system.advance(5s);
  ASSERT_EQ(drain.replies().size(), 1u);
  EXPECT_EQ(drain.last().json().at("pending"), 0);
}

TEST(Manager, QueueStatusTellsWhy) {
  JobSystem system;
  EXPECT_EQ(system.ask("job-manager.queue-list").last().text, R"({"queues":[]})");
  EXPECT_EQ(system.ask("job-manager.queue-status").last().text, R"({"enable":true,"start":true})");
  system.ask("job-manager.queue-enable", R"({"enable":false,"all":true})");
  EXPECT_EQ(system.ask("job-manager.queue-status").last().json().at("disable_reason"),
            "disabled by administrator");
  system.ask("job-manager.queue-enable", R"({"enable":false,"all":true,"reason":"msg"})");
  EXPECT_EQ(system.ask("job-ingest.submit", JobSystem::submission(Wish())).last().text,
            "job submission is disabled: msg");
  EXPECT_EQ(
      system.ask("job-manager.queue-enable", R"({"enable":true,"name":"nosuch"})").last().text,
      "enable: 'nosuch' is not a valid queue");
}

TEST(Manager, NamedQueuesStandForThemselves) {
  JobSystem system(1, 2, R"({"queues":{"batch":{},"debug":{}}})");
  system.ask("job-manager.queue-start", R"({"start":false,"name":"batch"})");
  Wish batch = Wish().simulated("infinity");
  batch.system += R"("queue":"batch",)";
  Wish debug = Wish().simulated("infinity");
  debug.system += R"("queue":"debug",)";
  EXPECT_EQ(system.state(system.submit(batch)), 8);
  EXPECT_EQ(system.state(system.submit(debug)), 16);
  EXPECT_EQ(system.ask("job-manager.queue-start", R"({"start":false})").last().errnum,
            unsigned{EINVAL});
}

TEST(Manager, WaitAnswersOncePerJob) {
  JobSystem system;
  Wish waitable = Wish().simulated("5s", 256);
  waitable.flags = 4;
  const JobId id = system.submit(waitable);
  const Asked waiting = system.ask("job-manager.wait", withId(id));
  EXPECT_EQ(system.ask("job-manager.wait", withId(id)).last().text, "job id already has a waiter");
  EXPECT_TRUE(waiting.replies().empty());
  system.advance(5s);
  EXPECT_EQ(waiting.last().json().at("success"), false);
  EXPECT_EQ(waiting.last().json().at("errstr"), "task(s) exited with exit code 1");
  const Asked again = system.ask("job-manager.wait", withId(id));
  EXPECT_EQ(again.last().errnum, unsigned{ECHILD});
  EXPECT_EQ(again.last().text, "invalid job id, or job may be inactive and not waitable");
}

TEST(Manager, WaitForAnyTakesEachJobInTurn) {
  JobSystem system;
  Wish waitable = Wish().simulated("0");
  waitable.flags = 4;
  const JobId done = system.submit(waitable);
  Wish later = Wish().simulated("5s");
  later.flags = 4;
  const JobId running = system.submit(later);
  const auto any = [&] { return system.ask("job-manager.wait", withId(~JobId{0})); };
  EXPECT_EQ(any().last().json().at("id").to_number<JobId>(), done);
  const Asked second = any();
  const Asked third = system.ask("job-manager.wait", R"({"id":-1})");  // as flux-core spells "any"
  EXPECT_EQ(third.last().text, "there are no more waitable jobs");
  system.advance(5s);
  EXPECT_EQ(second.last().json().at("id").to_number<JobId>(), running);
  EXPECT_EQ(second.last().json().at("success"), true);
}

TEST(Manager, WaitersThatHaveGoneAreForgotten) {
  JobSystem system;
  Wish waitable = Wish().simulated("5s");
  waitable.flags = 4;
  const JobId id = system.submit(waitable);
  const Asked waiting = system.ask("job-manager.wait", withId(id), 0, "other");
  system.disconnect("other");
  system.advance(5s);
  EXPECT_TRUE(waiting.replies().empty());
  EXPECT_EQ(system.ask("job-manager.wait", withId(id)).last().errnum, 0u);
}

TEST(Manager, PurgeTakesTheOldestAndTheirData) {
  JobSystem system;
  std::vector<JobId> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(system.submit(Wish().simulated("0")));
    system.advance(1s);
  }
  const auto purge = [&](const std::string& rest) {
    return system.ask("job-manager.purge", R"({"batch":100,)" + rest + "}")
        .last()
        .json()
        .at("count");
  };
  EXPECT_EQ(purge(R"("age_limit":-1.0,"num_limit":2,"force":false)"), 3);
  EXPECT_EQ(system.state(ids[0]), 64);
  EXPECT_EQ(purge(R"("age_limit":-1.0,"num_limit":2,"force":true)"), 3);
  EXPECT_EQ(system.lookup(ids[0], "eventlog"), "errno " + std::to_string(ENOENT));
  EXPECT_EQ(system.state(ids[3]), 64);
  EXPECT_EQ(purge(R"("age_limit":1.5,"num_limit":-1,"force":true)"), 1);
  EXPECT_EQ(system.ask("job-manager.stats-get").last().json().at("inactive_jobs"), 1);
  EXPECT_EQ(system.ask("job-manager.history.get").last().json().at("jobs").as_array().size(), 1u);
}

TEST(Manager, PurgesByIdWhatHasEnded) {
  JobSystem system;
  const JobId ended = system.submit(Wish().simulated("0"));
  system.advance(1s);
  const JobId running = system.submit(Wish().simulated("9s"));
  const auto purge = [&](JobId id, int force) {
    return system.ask("job-manager.purge-id", R"({"id":)" + std::to_string(id) + R"(,"force":)" +
                                                  std::to_string(force) + "}");
  };
  EXPECT_EQ(purge(ended, 0).last().text, R"({"count":1})");
  EXPECT_EQ(system.state(ended), 64);
  EXPECT_EQ(purge(ended, 1).last().text, R"({"count":1})");
  EXPECT_EQ(purge(ended, 1).last().errnum, unsigned{ENOENT});
  EXPECT_EQ(purge(running, 1).last().text, "cannot purge active job");
}

TEST(Manager, HistoryIsNewestFirst) {
  JobSystem system;
  const JobId a = system.submit(Wish().simulated("0"));
  const JobId b = system.submit(Wish().simulated("0"));
  EXPECT_EQ(system.ask("job-manager.history.get").last().text,
            R"({"jobs":[)" + std::to_string(b) + "," + std::to_string(a) + "]}");
  const auto slice = [&](const std::string& text) {
    return system.ask("job-manager.history.get", R"({"slice":")" + text + "\"}").last();
  };
  EXPECT_EQ(slice("[1:]").text, R"({"jobs":[)" + std::to_string(a) + "]}");
  EXPECT_EQ(slice("x").text, "could not parse python-style slice expression");
}

Wish dependsOn(const std::string& scheme, const std::string& value) {
  Wish out = Wish().simulated("0");
  out.system += R"("dependencies":[{"scheme":")" + scheme + R"(","value":")" + value + R"("}],)";
  return out;
}

struct Dependency {
  const char* scheme;
  int status;  // of the job depended upon
  bool runs;
};
class Dependencies : public ::testing::TestWithParam<Dependency> {};
TEST_P(Dependencies, AreMetByTheEndOfAJob) {
  JobSystem system;
  const JobId first = system.submit(Wish().simulated("5s", GetParam().status));
  const JobId second = system.submit(
      dependsOn(GetParam().scheme, formats::formatJobId(first, formats::JobIdForm::F58)));
  EXPECT_EQ(system.state(second), 2);
  EXPECT_EQ(system.attributes(second).at("dependencies").as_array().size(), 1u);
  system.advance(5s);
  EXPECT_EQ(system.events(second),
            GetParam().runs ? "submit validate dependency-add dependency-remove depend priority "
                              "alloc start finish release free clean"
                            : "submit validate dependency-add exception clean");
}
INSTANTIATE_TEST_SUITE_P(
    Table, Dependencies,
    ::testing::Values(Dependency{"afterany", 0, true}, Dependency{"afterany", 256, true},
                      Dependency{"afterok", 0, true}, Dependency{"afterok", 256, false},
                      Dependency{"afternotok", 0, false}, Dependency{"afternotok", 256, true},
                      Dependency{"afterexcept", 256, false}));

std::string refusal(JobSystem& system, const Wish& wish) {
  const Asked asked = system.ask("job-ingest.submit", JobSystem::submission(wish));
  EXPECT_EQ(asked.last().errnum, unsigned{EINVAL});
  return asked.last().text;
}

TEST(Manager, DependenciesOnEndedJobsAreMetOrRefusedAtOnce) {
  JobSystem system(1, 1);
  const std::string good = std::to_string(system.submit(Wish().simulated("0")));
  const std::string bad = std::to_string(system.submit(Wish().simulated("0", 256)));
  system.submit(Wish().simulated("infinity"));
  const JobId never = system.submit(Wish().simulated("0"));
  system.raise(never);
  EXPECT_EQ(system.state(system.submit(dependsOn("afterok", good))), 8);
  EXPECT_EQ(system.state(system.submit(dependsOn("after", good))), 8);
  EXPECT_EQ(system.state(system.submit(dependsOn("afterany", std::to_string(never)))), 8);
  EXPECT_EQ(refusal(system, dependsOn("afterok", bad)),
            "dependency: afterok: job " + bad + " failed or was canceled");
  EXPECT_EQ(refusal(system, dependsOn("afternotok", good)),
            "dependency: afternotok: job " + good + " succeeded");
  EXPECT_EQ(refusal(system, dependsOn("afterexcept", bad)),
            "dependency: afterexcept: job " + bad + ": no exception");
  EXPECT_EQ(refusal(system, dependsOn("afternotok", std::to_string(never))),
            "dependency: after: " + std::to_string(never) + " never started");
}

TEST(Manager, AfterExceptIsMetByAnException) {
  JobSystem system(1, 1);
  const JobId first = system.submit(Wish().simulated("infinity"));
  const JobId second = system.submit(dependsOn("afterexcept", std::to_string(first)));
  system.raise(first);
  EXPECT_EQ(system.attributes(second).at("result"), 1);
}

TEST(Manager, JobsThatNeverStartedMeetNothingButAfterAny) {
  JobSystem system(1, 1);
  system.submit(Wish().simulated("infinity"));
  const JobId first = system.submit(Wish().simulated("0"));
  const std::string id = formats::formatJobId(first, formats::JobIdForm::F58);
  const JobId any = system.submit(dependsOn("afterany", id));
  const JobId notOk = system.submit(dependsOn("afternotok", id));
  system.raise(first);
  EXPECT_EQ(system.state(any), 8);
  EXPECT_EQ(system.attributes(notOk).at("exception_note").as_string(),
            "dependency after-failure=" + id + " job never started");
}

TEST(Manager, AfterIsMetByTheStart) {
  JobSystem system(1, 1);
  const JobId first = system.submit(Wish().simulated("5s"));
  const JobId held = system.submit(Wish().simulated("5s"));
  const JobId second = system.submit(dependsOn("after", std::to_string(first)));
  const JobId third = system.submit(dependsOn("after", std::to_string(held)));
  EXPECT_EQ(system.state(second), 8);
  EXPECT_EQ(system.state(third), 2);
  system.raise(held);  // never starts
  EXPECT_EQ(system.attributes(third).at("exception_type"), "dependency");
}

TEST(Manager, BeginTimeHoldsUntilThen) {
  JobSystem system;
  const auto at = static_cast<int64_t>(fakes::FakeClock::kStart) + 60;
  const JobId id = system.submit(dependsOn("begin-time", std::to_string(at)));
  system.advance(59s);
  EXPECT_EQ(system.state(id), 2);
  EXPECT_EQ(system.attributes(id).at("dependencies").at(0).as_string(),
            "begin-time=" + std::to_string(at) + ".000");
  system.advance(2s);
  EXPECT_EQ(system.state(id), 64);
}

Asked update(JobSystem& system, JobId id, const std::string& updates, uint32_t userid = 0) {
  Asked asked("job-manager.update", withId(id, R"(,"updates":)" + updates));
  return system.ask(
      asked.as(userid, userid == 0 ? uint32_t{wire::kRoleOwner} : uint32_t{wire::kRoleUser}));
}

TEST(Update, ChangesAWaitingJob) {
  JobSystem system(1, 1);
  system.submit(Wish().simulated("5s"));
  const JobId id = system.submit(Wish().simulated("infinity"));
  EXPECT_EQ(update(system, id, R"({"attributes.system.duration":60,
                                   "attributes.system.job.name":"renamed"})")
                .last()
                .errnum,
            0u);
  EXPECT_EQ(system.events(id), "submit validate depend priority jobspec-update");
  EXPECT_EQ(system.attributes(id).at("name"), "renamed");
  system.advance(5s);
  EXPECT_EQ(system.attributes(id).at("expiration").to_number<double>(),
            fakes::FakeClock::kStart + 65);
  const auto jobspec = fakes::parseJson(
      fakes::parseJson(
          system.ask("job-info.lookup", withId(id, R"(,"keys":["jobspec"],"flags":2)")).last().text)
          .at("jobspec")
          .as_string());
  EXPECT_EQ(jobspec.at("attributes").at("system").at("duration"), 60);
  EXPECT_EQ(jobspec.at("attributes").at("system").at("job").at("name"), "renamed");
  // What was submitted stays.
  EXPECT_EQ(system.lookup(id, "jobspec").find("renamed"), std::string::npos);
}

TEST(Update, MovesTheEndOfARunningJob) {
  JobSystem system(1, 1);
  Wish wish = Wish().simulated("infinity");
  wish.duration = 10;
  const JobId id = system.submit(wish);
  system.advance(5s);
  EXPECT_EQ(update(system, id, R"({"attributes.system.duration":60})").last().errnum, 0u);
  EXPECT_EQ(system.events(id),
            "submit validate depend priority alloc start jobspec-update resource-update");
  EXPECT_EQ(system.attributes(id).at("expiration").to_number<double>(),
            fakes::FakeClock::kStart + 60);
  const auto r = system.ask("job-info.lookup", withId(id, R"(,"keys":["R"],"flags":3)")).last();
  EXPECT_EQ(r.json().at("R").at("execution").at("expiration").to_number<double>(),
            fakes::FakeClock::kStart + 60);
  system.advance(54s);
  EXPECT_EQ(system.state(id), 16);
  system.advance(1s);
  EXPECT_EQ(system.attributes(id).at("exception_type"), "timeout");
}

TEST(Update, RefusesWhatFluxRefuses) {
  JobSystem system(1, 1);
  const JobId running = system.submit(Wish().simulated("infinity"));
  const JobId waiting = system.submit(Wish().simulated("infinity"));
  system.advance(100s);
  const auto refused = [&](JobId id, const std::string& updates) {
    const Asked asked = update(system, id, updates);
    EXPECT_EQ(asked.last().errnum, unsigned{EINVAL});
    return asked.last().text;
  };
  EXPECT_EQ(refused(waiting, R"({"attributes.system.foo":1})"),
            "update of attributes.system.foo not supported");
  EXPECT_EQ(refused(waiting, R"({"resources":1})"), "one or more jobspec updates are invalid");
  EXPECT_EQ(refused(waiting, R"({"attributes.system.duration":-1})"),
            "duration must not be negative");
  EXPECT_EQ(refused(running, R"({"attributes.system.duration":50})"),
            "requested duration places job expiration in the past");
  EXPECT_EQ(refused(running, R"({"attributes.system.queue":"x"})"),
            "update of queue for running job not supported");
  EXPECT_EQ(refused(waiting, R"({"attributes.system.queue":"x"})"), "'x' is not a valid queue");
  // All or nothing.
  EXPECT_EQ(refused(waiting, R"({"attributes.system.duration":5,"attributes.system.foo":1})"),
            "update of attributes.system.foo not supported");
  EXPECT_EQ(system.events(waiting), "submit validate depend priority");
  EXPECT_EQ(update(system, 12345, R"({"attributes.system.duration":5})").last().text,
            "unknown job id");
  system.raise(waiting);
  EXPECT_EQ(refused(waiting, R"({"attributes.system.duration":5})"), "job is inactive");
  EXPECT_EQ(update(system, running, R"({"attributes.system.duration":5})", 7).last().text,
            "guests may only update their own jobs");
}

TEST(Update, MovesAJobToAnotherQueueWithItsConstraints) {
  JobSystem system(2, 1, R"({"queues":{"a":{"requires":["x"]},"b":{"requires":["y"]},"c":{}},
                             "resource":{"config":[{"hosts":"n[0-1]","cores":"0"},
                               {"hosts":"n0","properties":["x"]},{"hosts":"n1","properties":["y"]}]}})");
  Wish wish = Wish().simulated("infinity");
  wish.system += R"("queue":"a",)";
  system.submit(wish);
  const JobId id = system.submit(wish);
  EXPECT_EQ(system.state(id), 8);
  EXPECT_EQ(update(system, id, R"({"attributes.system.queue":"a"})").last().text,
            "job queue is already set to a");
  EXPECT_EQ(update(system, id, R"({"attributes.system.queue":"b"})").last().errnum, 0u);
  EXPECT_EQ(system.attributes(id).at("queue"), "b");
  EXPECT_EQ(system.attributes(id).at("ranks"), "1");
}

TEST(Manager, StatsCountJobs) {
  JobSystem system(1, 1);
  system.submit(Wish().simulated("0"));
  const JobId running = system.submit(Wish().simulated("infinity"));
  const auto stats = system.ask("job-manager.stats-get").last().json();
  EXPECT_EQ(stats.at("active_jobs"), 1);
  EXPECT_EQ(stats.at("inactive_jobs"), 1);
  EXPECT_EQ(stats.at("max_jobid").to_number<JobId>(), running);
  EXPECT_TRUE(stats.at("housekeeping").at("running").as_object().empty());
}

TEST(Manager, KeepsJAndJobspecAsSubmitted) {
  JobSystem system;
  const Wish wish = Wish().simulated("0");
  const JobId id = system.submit(wish);
  EXPECT_EQ(system.lookup(id, "jobspec"), wish.jobspec());
  EXPECT_EQ(system.lookup(id, "J"), formats::wrapUnsigned(wish.jobspec(), 0));
}

TEST(Manager, TraceOfAWholeLifeIsTheSameForEachJobOfMany) {
  JobSystem system(2, 2);
  std::vector<JobId> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(system.submit(Wish().simulated("0")));
  for (const JobId id : ids) EXPECT_EQ(system.events(id), kWholeLife);
  const auto stats = system.ask("job-list.job-stats").last().json();
  EXPECT_EQ(stats.at("successful"), 100);
}

}  // namespace
}  // namespace mc::flux::services
