// job-list: which jobs are listed, in which order, with what.

#include "job_system.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

Asked list(JobSystem& system, const std::string& rest, const std::string& attrs = "[]") {
  return system.ask("job-list.list",
                    R"({"max_entries":0,"attrs":)" + attrs + (rest.empty() ? "" : "," + rest) + "}",
                    wire::kStreaming);
}

std::vector<JobId> idsOf(const Asked& asked) {
  std::vector<JobId> out;
  for (const auto& reply : asked.replies()) {
    if (reply.errnum != 0) continue;
    const auto payload = reply.json();
    for (const auto& job : payload.at("jobs").as_array())
      out.push_back(job.at("id").to_number<JobId>());
  }
  EXPECT_EQ(asked.last().errnum, unsigned{ENODATA});
  return out;
}

// Two running, two waiting, three finished jobs on one node.
class ListTest : public ::testing::Test {
 protected:
  ListTest() {
    completed = system.submit(Wish().simulated("0"));
    system.advance(1s);
    failed = system.submit(Wish().simulated("0", 256));
    system.advance(1s);
    running1 = system.submit(named("slp"));
    system.advance(1s);
    running2 = system.submit(named("slp"));
    waiting = system.submit(named("pend"));
    Wish urgent = named("pend");
    urgent.urgency = 20;
    first = system.submit(urgent);
    canceled = system.submit(named("big"));
    system.raise(canceled);
  }
  static Wish named(const std::string& name) {
    Wish out = Wish().simulated("infinity");
    out.system += R"("job":{"name":")" + name + R"("},)";
    return out;
  }
  std::vector<JobId> matching(const std::string& constraint) {
    return idsOf(list(system, R"("constraint":)" + constraint));
  }

  JobSystem system{1, 2};
  JobId completed, failed, running1, running2, waiting, first, canceled;
};

using Ids = std::vector<JobId>;

TEST_F(ListTest, PendingRunningInactiveEachInItsOrder) {
  EXPECT_EQ(idsOf(list(system, "")),
            (Ids{first, waiting, running2, running1, canceled, failed, completed}));
}

TEST_F(ListTest, MaxEntriesAndSince) {
  const Asked limited =
      system.ask("job-list.list", R"({"max_entries":3,"attrs":[]})", wire::kStreaming);
  EXPECT_EQ(idsOf(limited), (Ids{first, waiting, running2}));
  const std::string since = std::to_string(fakes::FakeClock::kStart + 0.5);
  EXPECT_EQ(idsOf(list(system, R"("since":)" + since)),
            (Ids{first, waiting, running2, running1, canceled, failed}));
}

TEST_F(ListTest, Constraints) {
  EXPECT_EQ(matching(R"({"states":["running"]})"), (Ids{running2, running1}));
  EXPECT_EQ(matching(R"({"states":[16,"sched"]})"), (Ids{first, waiting, running2, running1}));
  EXPECT_EQ(matching(R"({"results":["failed","canceled"]})"), (Ids{canceled, failed}));
  EXPECT_EQ(matching(R"({"results":[1]})"), (Ids{completed}));
  EXPECT_EQ(matching(R"({"name":["pend","big"]})"), (Ids{first, waiting, canceled}));
  EXPECT_EQ(matching(R"({"userid":[7]})"), Ids{});
  EXPECT_EQ(matching(R"({"userid":[0]})").size(), 7u);
  EXPECT_EQ(matching(R"({"not":[{"name":["pend"]},{"states":["sched"]}]})").size(), 5u);
  EXPECT_EQ(matching(R"({"or":[{"states":["run"]},{"results":["completed"]}]})"),
            (Ids{running2, running1, completed}));
  EXPECT_EQ(matching(R"({"and":[{"states":["run"]},{"ranks":["0"]},{"hostlist":["n0"]}]})").size(),
            2u);
  EXPECT_EQ(matching(R"({"hostlist":["n[1-9]"]})"), Ids{});
  EXPECT_EQ(matching(R"({"t_run":["<=)" + std::to_string(fakes::FakeClock::kStart + 1) + R"("]})"),
            (Ids{failed, completed}));
  EXPECT_EQ(matching("{}").size(), 7u);
}

TEST_F(ListTest, RefusesBadRequests) {
  for (const char* constraint :
       {R"({"nosuch":[1]})", R"({"states":["nosuch"]})", R"({"states":[1024]})", R"({"name":[1]})",
        R"({"not":["x"]})", R"({"t_run":["5"]})", R"({"t_what":[">5"]})", R"({"ranks":["a"]})"}) {
    const Asked asked = list(system, std::string(R"("constraint":)") + constraint);
    ASSERT_EQ(asked.replies().size(), 1u);
    EXPECT_EQ(asked.last().errnum, unsigned{EINVAL}) << constraint;
  }
  EXPECT_EQ(list(system, "", R"(["nosuch"])").last().text, "nosuch is not a valid attribute");
}

TEST_F(ListTest, AttributesAreThoseAskedForAndKnown) {
  const auto job = [&](JobId id, const std::string& attrs) {
    return system
        .ask("job-list.list-id", R"({"id":)" + std::to_string(id) + R"(,"attrs":)" + attrs + "}")
        .last();
  };
  EXPECT_EQ(job(waiting, R"(["name","nnodes","ranks"])").text,
            R"({"job":{"id":)" + std::to_string(waiting) + R"(,"name":"pend"}})");
  const auto all = system.attributes(failed);
  EXPECT_EQ(all.at("state"), 64);
  EXPECT_EQ(all.at("result"), 2);
  EXPECT_EQ(all.at("success"), false);
  EXPECT_EQ(all.at("exception_occurred"), false);
  EXPECT_EQ(all.at("waitstatus"), 256);
  EXPECT_EQ(all.at("name"), "true");
  EXPECT_EQ(all.at("cwd"), "/tmp");
  EXPECT_EQ(all.at("ntasks"), 1);
  EXPECT_EQ(all.at("ncores"), 1);
  EXPECT_EQ(all.at("nnodes"), 1);
  EXPECT_EQ(all.at("ranks"), "0");
  EXPECT_EQ(all.at("nodelist"), "n0");
  EXPECT_EQ(all.at("annotations").at("sched").at("resource_summary"), "rank0/core0");
  for (const char* time :
       {"t_submit", "t_depend", "t_priority", "t_sched", "t_run", "t_cleanup", "t_inactive"})
    EXPECT_EQ(all.at(time).to_number<double>(), fakes::FakeClock::kStart + 1) << time;
  EXPECT_EQ(job(12345, "[]").errnum, unsigned{ENOENT});
}

TEST_F(ListTest, ListIdWaitsForAState) {
  Asked asked("job-list.list-id",
              R"({"id":)" + std::to_string(waiting) + R"(,"attrs":["state"],"state":16})");
  system.ask(asked);
  EXPECT_TRUE(asked.replies().empty());
  system.raise(running1);
  system.raise(running2);
  ASSERT_EQ(asked.replies().size(), 1u);
  EXPECT_EQ(asked.last().json().at("job").at("state"), 16);
}

TEST_F(ListTest, StatsCountByStateAndResult) {
  EXPECT_EQ(system.ask("job-list.job-stats").last().text,
            R"({"job_states":{"depend":0,"priority":0,"sched":2,"run":2,"cleanup":0,"inactive":3,)"
            R"("total":7},"successful":1,"failed":1,"canceled":1,"timeout":0,"inactive_purged":0,)"
            R"("queues":[]})");
}

TEST_F(ListTest, ListAttrsNamesThemAll) {
  const auto names = system.ask("job-list.list-attrs").last().json().at("attrs").as_array();
  EXPECT_EQ(names.front(), "id");
  EXPECT_EQ(names.back(), "all");
}

TEST(List, LongListsComeInPieces) {
  JobSystem system(1, 8);
  for (int i = 0; i < 1200; ++i) system.submit(Wish().simulated("0"));
  const Asked asked = list(system, "", R"(["all"])");
  EXPECT_EQ(idsOf(asked).size(), 1200u);
  EXPECT_EQ(asked.replies().size(), 4u);
  EXPECT_EQ(asked.replies()[0].json().at("version"), 1);
  const Asked whole = system.ask("job-list.list", R"({"max_entries":0,"attrs":[]})");
  ASSERT_EQ(whole.replies().size(), 1u);
  EXPECT_EQ(whole.last().json().at("jobs").as_array().size(), 1200u);
}

TEST(List, AnEmptyListIsOnlyAnEnd) {
  JobSystem system;
  const Asked asked = list(system, "");
  ASSERT_EQ(asked.replies().size(), 1u);
  EXPECT_EQ(asked.last().errnum, unsigned{ENODATA});
}

}  // namespace
}  // namespace mc::flux::services
