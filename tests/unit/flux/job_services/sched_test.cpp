// Scheduling as users see it: which jobs run, in which order, and on what.

#include "job_system.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

constexpr int kSched = 8;
constexpr int kRun = 16;
constexpr int kInactive = 64;

Wish forever(Wish wish) {
  return wish.simulated("infinity");
}

TEST(Sched, RunsInOrderOfPriorityThenSubmission) {
  JobSystem system(1, 1);
  const JobId first = system.submit(forever(Wish::slots(1)));
  const JobId low = system.submit(forever(Wish::slots(1)));
  Wish urgent = forever(Wish::slots(1));
  urgent.urgency = 20;
  const JobId high = system.submit(urgent);
  EXPECT_EQ(system.state(first), kRun);
  EXPECT_EQ(system.state(low), kSched);
  EXPECT_EQ(system.state(high), kSched);
  system.raise(first);
  EXPECT_EQ(system.state(high), kRun);
  EXPECT_EQ(system.state(low), kSched);
  system.raise(high);
  EXPECT_EQ(system.state(low), kRun);
}

TEST(Sched, LaterJobsWaitBehindTheFirst) {
  JobSystem system(1, 2);
  system.submit(forever(Wish::slots(1)));
  const JobId big = system.submit(forever(Wish::slots(2)));
  const JobId small = system.submit(forever(Wish::slots(1)));
  EXPECT_EQ(system.state(small), kSched);
  system.raise(big);  // makes way
  EXPECT_EQ(system.state(small), kRun);
}

TEST(Sched, WritesRAsFluxDoes) {
  JobSystem system(2, 2);
  const JobId id = system.submit(forever(Wish::nodes(2, 2)));
  const auto r = fakes::parseJson(system.lookup(id, "R"));
  EXPECT_EQ(formats::toJson(r.at("execution").at("R_lite")),
            R"([{"rank":"0-1","children":{"core":"0-1"}}])");
  EXPECT_EQ(formats::toJson(r.at("execution").at("nodelist")), R"(["n[0-1]"])");
  EXPECT_EQ(r.at("execution").at("nslots"), 4);
  EXPECT_EQ(r.at("execution").at("expiration").to_number<double>(), 0.0);
  EXPECT_EQ(r.at("execution").at("starttime").to_number<double>(), fakes::FakeClock::kStart);
  EXPECT_TRUE(system.lookup(id, "R").starts_with(R"({"version": 1, "execution": {"R_lite": [{)"));
}

TEST(Sched, RequestsThatCanNeverBeMetEndTheJob) {
  JobSystem system(2, 2);
  system.submit(forever(Wish::nodes(2, 2)));  // others have to wait, but not for the verdict
  const JobId id = system.submit(Wish::nodes(9, 1, true));
  EXPECT_EQ(system.events(id), "submit validate depend priority exception clean");
  const auto job = system.attributes(id);
  EXPECT_EQ(job.at("exception_type"), "alloc");
  EXPECT_EQ(job.at("exception_note"),
            "unsatisfiable request: need 9 exclusive node(s), only 2 eligible");
  EXPECT_EQ(job.at("nnodes"), 9);
}

TEST(Sched, HeldJobsAreLeftAloneUntilTheyAreReleased) {
  JobSystem system(1, 1);
  Wish held = forever(Wish::slots(1));
  held.urgency = 0;
  const JobId id = system.submit(held);
  EXPECT_EQ(system.events(id), "submit validate depend priority");
  const Asked asked =
      system.ask("job-manager.urgency", R"({"id":)" + std::to_string(id) + R"(,"urgency":16})");
  EXPECT_EQ(asked.last().json().at("old_urgency"), 0);
  EXPECT_EQ(system.events(id), "submit validate depend priority urgency priority alloc start");
}

TEST(Sched, UrgencyMovesAWaitingJob) {
  JobSystem system(1, 1);
  const JobId running = system.submit(forever(Wish::slots(1)));
  const JobId a = system.submit(forever(Wish::slots(1)));
  const JobId b = system.submit(forever(Wish::slots(1)));
  system.ask("job-manager.urgency", R"({"id":)" + std::to_string(b) + R"(,"urgency":31})");
  EXPECT_EQ(system.attributes(b).at("priority").to_number<int64_t>(), 4294967295);
  system.ask("job-manager.urgency", R"({"id":)" + std::to_string(a) + R"(,"urgency":0})");
  system.raise(running);
  EXPECT_EQ(system.state(b), kRun);
  system.raise(b);
  EXPECT_EQ(system.state(a), kSched);
}

TEST(Sched, StoppedQueuesStartNothing) {
  JobSystem system(1, 1);
  system.ask("job-manager.queue-start", R"({"start":false,"all":true})");
  const JobId id = system.submit(forever(Wish::slots(1)));
  EXPECT_EQ(system.state(id), kSched);
  const auto query = system.ask("job-manager.alloc-query").last().json();
  EXPECT_EQ(query.at("queue_length"), 1);
  EXPECT_EQ(query.at("alloc_pending"), 0);
  system.ask("job-manager.queue-start", R"({"start":true,"all":true})");
  EXPECT_EQ(system.state(id), kRun);
}

TEST(Sched, DrainedAndLostNodesGetNoJobs) {
  JobSystem system(2, 1);
  system.ask("resource.drain", R"({"targets":"0","reason":"broken fan"})");
  const JobId a = system.submit(forever(Wish::slots(1)));
  EXPECT_EQ(system.attributes(a).at("ranks"), "1");
  const JobId b = system.submit(forever(Wish::slots(1)));
  EXPECT_EQ(system.state(b), kSched);
  system.ask("resource.undrain", R"({"targets":"0"})");
  EXPECT_EQ(system.attributes(b).at("ranks"), "0");
  system.online("1");
  const JobId c = system.submit(forever(Wish::slots(1)));
  system.raise(b);
  EXPECT_EQ(system.state(c), kSched);
  system.online("0-1");
  EXPECT_EQ(system.attributes(c).at("ranks"), "0");
}

TEST(Sched, ConstraintsAreKept) {
  JobSystem system(2, 1, R"({"resource":{"config":[{"hosts":"n[0-1]","cores":"0"},
                            {"hosts":"n1","properties":["ssd"]}]}})");
  Wish wish = forever(Wish::slots(1));
  wish.system += R"("constraints":{"properties":["ssd"]},)";
  EXPECT_EQ(system.attributes(system.submit(wish)).at("ranks"), "1");
  EXPECT_EQ(system.state(system.submit(wish)), kSched);
  Wish none = Wish::slots(1);
  none.system = R"("constraints":{"properties":["nosuch"]},)";
  EXPECT_EQ(system.attributes(system.submit(none)).at("exception_type"), "alloc");
}

TEST(Sched, JobsThatFitRunBeforeAllNodesAreKnown) {
  JobSystem system(2, 1, R"({"resource":{}})");  // dynamic discovery
  EXPECT_EQ(system.host.rpcOf("resource-probe.get").nodeid, 1u);
  const JobId one = system.submit(forever(Wish::slots(1)));
  EXPECT_EQ(system.state(one), kRun);
  const JobId two = system.submit(forever(Wish::nodes(2)));
  EXPECT_EQ(system.state(two), kSched);
  const JobId many = system.submit(forever(Wish::nodes(3)));
  EXPECT_EQ(system.state(many), kSched);
  system.host.rpcOf("resource-probe.get").answer(R"({"hostname":"n1","cores":"0-3","gpus":""})");
  system.settle();
  EXPECT_EQ(system.state(many), kInactive);
}

TEST(Sched, FeasibilityCheckAnswersWithoutAJob) {
  JobSystem system(2, 2);
  const auto check = [&](const Wish& wish) {
    return system.ask("feasibility.check", R"({"jobspec":)" + wish.jobspec() + "}").last();
  };
  EXPECT_EQ(check(Wish::slots(4)).errnum, 0u);
  EXPECT_EQ(check(Wish::slots(5)).errnum, unsigned{EINVAL});
  EXPECT_EQ(check(Wish::slots(5)).text, "unsatisfiable request: need 5 slot(s), only 4 eligible");
}

TEST(Sched, StatusCountsWhatIsAllocatedAndDown) {
  JobSystem system(2, 2);
  system.submit(forever(Wish::slots(1)));
  system.ask("resource.drain", R"({"targets":"n1"})");
  const auto status = system.ask("resource.sched-status").last().json();
  const auto summary = [&](const char* key) {
    return formats::ResourceSet::parse(status.at(key).as_object()).value().summary();
  };
  EXPECT_EQ(summary("all"), "rank[0-1]/core[0-1]");
  EXPECT_EQ(summary("down"), "rank1/core[0-1]");
  EXPECT_EQ(summary("allocated"), "rank0/core0");
  EXPECT_EQ(system.ask("sched.resource-status").last().text,
            system.ask("resource.sched-status").last().text);
}

constexpr const char* kEasy = R"({"sched-simple":{"queue-policy":"easy"}})";

Wish lasting(Wish wish, double seconds) {
  wish.duration = seconds;
  return forever(std::move(wish));
}

TEST(Backfill, IsOffUnlessConfigured) {
  JobSystem system(1, 2);
  system.submit(lasting(Wish::slots(1), 100));
  system.submit(lasting(Wish::slots(2), 100));
  EXPECT_EQ(system.state(system.submit(lasting(Wish::slots(1), 50))), kSched);
}

TEST(Backfill, StartsWhatEndsBeforeTheFirstCanStart) {
  JobSystem system(1, 2, kEasy);
  const JobId running = system.submit(lasting(Wish::slots(1), 100));
  const JobId first = system.submit(lasting(Wish::slots(2), 100));
  const JobId tooLong = system.submit(lasting(Wish::slots(1), 101));
  const JobId endless = system.submit(forever(Wish::slots(1)));
  const JobId fits = system.submit(lasting(Wish::slots(1), 100));
  EXPECT_EQ(system.state(first), kSched);
  EXPECT_EQ(system.state(tooLong), kSched);
  EXPECT_EQ(system.state(endless), kSched);
  EXPECT_EQ(system.state(fits), kRun);
  system.raise(running);
  system.raise(fits);
  EXPECT_EQ(system.state(first), kRun);  // it was not delayed
  EXPECT_EQ(system.state(tooLong), kSched);
}

TEST(Backfill, UsesFreeNodesThatTheFirstMayNotHave) {
  JobSystem system(2, 1, R"({"sched-fluxion-qmanager":{"queue-policy":"easy"},
                             "resource":{"config":[{"hosts":"n[0-1]","cores":"0"},
                                                   {"hosts":"n0","properties":["ssd"]}]}})");
  Wish onSsd = lasting(Wish::slots(1), 100);
  onSsd.system += R"("constraints":{"properties":["ssd"]},)";
  system.submit(onSsd);
  const JobId first = system.submit(onSsd);
  const JobId other = system.submit(forever(Wish::slots(1)));
  EXPECT_EQ(system.state(first), kSched);
  EXPECT_EQ(system.attributes(other).at("ranks"), "1");
}

TEST(Backfill, OvertakesNobodyWhoseStartIsNotKnown) {
  JobSystem system(1, 2, kEasy);
  system.submit(forever(Wish::slots(1)));
  system.submit(lasting(Wish::slots(2), 100));
  EXPECT_EQ(system.state(system.submit(lasting(Wish::slots(1), 1))), kSched);
}

TEST(Backfill, FollowsChangedTimeLimits) {
  JobSystem system(1, 2, kEasy);
  const JobId running = system.submit(lasting(Wish::slots(1), 10));
  system.submit(lasting(Wish::slots(2), 100));
  const JobId waiting = system.submit(lasting(Wish::slots(1), 60));
  EXPECT_EQ(system.state(waiting), kSched);
  system.ask("job-manager.update", R"({"id":)" + std::to_string(running) +
                                       R"(,"updates":{"attributes.system.duration":90}})");
  EXPECT_EQ(system.state(waiting), kRun);
}

}  // namespace
}  // namespace mc::flux::services
