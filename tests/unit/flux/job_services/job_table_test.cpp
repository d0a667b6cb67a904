#include "flux/services/job-manager/job_table.hpp"

#include <gtest/gtest.h>

#include <random>

namespace mc::flux::services::manager {
namespace {

Job& add(JobTable& table, JobId id, State state = State::Sched, int64_t priority = 16) {
  auto job = std::make_unique<Job>();
  job->id = id;
  job->state = state;
  job->priority = priority;
  return table.add(std::move(job));
}

template <class Jobs>
std::vector<JobId> idsOf(const Jobs& jobs) {
  std::vector<JobId> out;
  for (const Job* job : jobs) out.push_back(job->id);
  return out;
}

void move(JobTable& table, Job& job, State state, Outcome outcome = Outcome::None) {
  job.state = state;
  job.outcome = outcome;
  table.moved(job);
}

TEST(JobTable, PendingJobsGoByPriorityThenId) {
  JobTable table;
  add(table, 3);
  Job& second = add(table, 2, State::Sched, 20);
  add(table, 1);
  EXPECT_EQ(idsOf(table.pending()), (std::vector<JobId>{2, 1, 3}));
  second.priority = 0;
  table.moved(second);
  EXPECT_EQ(idsOf(table.pending()), (std::vector<JobId>{1, 3, 2}));
}

TEST(JobTable, RunningAndInactiveJobsGoLatestFirst) {
  JobTable table;
  Job& a = add(table, 1);
  Job& b = add(table, 2);
  move(table, a, State::Run);
  move(table, b, State::Run);
  EXPECT_EQ(idsOf(table.running()), (std::vector<JobId>{2, 1}));
  move(table, a, State::Cleanup);
  EXPECT_EQ(idsOf(table.running()), (std::vector<JobId>{2, 1}));
  move(table, b, State::Cleanup);
  move(table, b, State::Inactive, Outcome::Completed);
  move(table, a, State::Inactive, Outcome::Failed);
  EXPECT_EQ(idsOf(table.inactive()), (std::vector<JobId>{1, 2}));
  EXPECT_EQ(table.counts().successful, 1u);
  EXPECT_EQ(table.counts().failed, 1u);
  EXPECT_EQ(table.activeCount(), 0u);
}

TEST(JobTable, PurgeForgetsAJobButNotThatItWas) {
  JobTable table;
  Job& a = add(table, 1);
  add(table, 2);
  move(table, a, State::Inactive, Outcome::Canceled);
  table.purge(a);
  EXPECT_EQ(table.find(1), nullptr);
  EXPECT_EQ(table.counts().purged, 1u);
  EXPECT_EQ(table.counts().canceled, 0u);
  EXPECT_EQ(table.historyOf(0), std::vector<JobId>{2});
  EXPECT_EQ(table.newest(), 2u);
}

// Whatever happens to jobs, each is in exactly one list, and the counts agree.
TEST(JobTable, ListsAndCountsAgreeAfterAnyHistory) {
  std::mt19937 random(42);
  JobTable table;
  std::vector<Job*> jobs;
  const State states[] = {State::Depend, State::Priority, State::Sched,
                          State::Run,    State::Cleanup,  State::Inactive};
  for (int step = 0; step < 5000; ++step) {
    if (jobs.size() < 50 || random() % 10 == 0) {
      jobs.push_back(&add(table, step, State::New, random() % 32));
      continue;
    }
    Job& job = *jobs[random() % jobs.size()];
    if (job.state == State::Inactive) {
      std::erase(jobs, &job);
      table.purge(job);
      continue;
    }
    job.priority = random() % 32;
    const State next = states[random() % 6];
    move(table, job, next, next == State::Inactive ? Outcome::Completed : Outcome::None);
    size_t counted = 0;
    for (const size_t count : table.counts().byState) counted += count;
    ASSERT_EQ(counted, jobs.size());
    ASSERT_EQ(table.activeCount() + table.inactive().size(), jobs.size());
    ASSERT_TRUE(
        std::is_sorted(table.pending().begin(), table.pending().end(), JobTable::ByPriority()));
    ASSERT_EQ(table.counts().successful, table.inactive().size());
  }
}

}  // namespace
}  // namespace mc::flux::services::manager
