#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "timeline/job_lanes.hpp"

namespace mc::timeline {
namespace {

using testing::HasSubstr;

JobTimes job(const std::string& id, double submit, double run, double end) {
  JobTimes job;
  job.id = id;
  job.name = "name";
  job.status = "CD";
  job.ranks = "0";
  job.tasks = 1;
  job.submit = submit;
  job.depend = submit + 0.001;
  job.run = run;
  job.cleanup = end;
  job.inactive = end > 0 ? end + 0.01 : 0;
  return job;
}

std::vector<std::string> namesOf(const Lane& lane) {
  std::vector<std::string> names;
  for (const auto& span : lane.spans) names.push_back(span.name);
  return names;
}

TEST(JobLanes, HaveTheStatesOfAJob) {
  const auto lanes = jobLanes({job("fA", 10, 12, 15)}, {}, 40, 0, 20);
  ASSERT_EQ(lanes.size(), 1U);
  EXPECT_EQ(lanes[0].name, "fA name");
  EXPECT_THAT(lanes[0].detail, "CD, 1 task on rank 0");
  EXPECT_THAT(namesOf(lanes[0]), testing::ElementsAre("depend", "sched", "run", "cleanup"));
  EXPECT_EQ(lanes[0].spans[2].begin, 12);
  EXPECT_EQ(lanes[0].spans[2].end, 15);
  EXPECT_FALSE(lanes[0].spans[3].open);
}

TEST(JobLanes, GoOnWhereTheJobDoes) {
  auto waits = job("fA", 10, 0, 0);
  waits.status = "S";
  auto runs = job("fB", 11, 12, 0);
  auto fails = job("fC", 12, 13, 14);
  fails.status = "F";
  const auto lanes = jobLanes({waits, runs, fails}, {}, 40, 0, 20);
  EXPECT_THAT(namesOf(lanes[0]), testing::ElementsAre("depend", "sched"));
  EXPECT_EQ(lanes[0].spans[1].end, 20);
  EXPECT_TRUE(lanes[0].spans[1].open);
  EXPECT_TRUE(lanes[1].spans.back().open);
  EXPECT_EQ(lanes[1].spans.back().tone, Tone::Running);
  EXPECT_TRUE(lanes[2].failed);
  EXPECT_EQ(lanes[2].spans[2].tone, Tone::Failed);
}

TEST(JobLanes, AreSharedByManyJobs) {
  std::vector<JobTimes> jobs;
  // Always 4 at a time, each for 4 seconds.
  for (int i = 0; i < 500; ++i) jobs.push_back(job("f" + std::to_string(i), 0, i + 1, i + 5));
  const auto lanes = jobLanes(jobs, {}, 40, 0, 505);
  ASSERT_GE(lanes.size(), 5U);
  EXPECT_LE(lanes.size(), 8U);
  EXPECT_EQ(lanes[0].kind, LaneKind::Load);
  EXPECT_EQ(lanes[0].name, "500 jobs: running");
  EXPECT_EQ(*std::max_element(lanes[0].load.begin(), lanes[0].load.end()), 4);
  size_t drawn = 0;
  for (size_t i = 1; i < lanes.size(); ++i) {
    drawn += lanes[i].spans.size();
    for (size_t k = 1; k < lanes[i].spans.size(); ++k)
      EXPECT_LE(lanes[i].spans[k - 1].end, lanes[i].spans[k].begin);
  }
  EXPECT_EQ(drawn, 500U);
}

TEST(JobLanes, SayHowManyHadNoPlace) {
  std::vector<JobTimes> jobs;
  for (int i = 0; i < 500; ++i) jobs.push_back(job("f" + std::to_string(i), 0, 1, 50));
  const auto lanes = jobLanes(jobs, {}, 40, 0, 100);
  ASSERT_EQ(lanes.size(), 17U);
  EXPECT_THAT(lanes[0].detail, HasSubstr("at most 500 at a time"));
  EXPECT_THAT(lanes[0].detail, HasSubstr("484 of them had no place"));
  EXPECT_EQ(lanes[0].load.back(), 0);
}

TEST(JobLanes, ShowWhatWasNotRecordedOneByOne) {
  const auto lanes = jobLanes({}, {{400, 5, 60}}, 40, 0, 100);
  ASSERT_EQ(lanes.size(), 1U);
  EXPECT_EQ(lanes[0].name, "400 more jobs");
  EXPECT_EQ(lanes[0].spans[0].begin, 5);
}

TEST(BusyTimes, AreJoined) {
  const auto busy = busyTimes({job("a", 0, 5, 10), job("b", 0, 1, 3), job("c", 0, 8, 0)}, 20);
  ASSERT_EQ(busy.size(), 2U);
  EXPECT_EQ(busy[0].begin, 1);
  EXPECT_EQ(busy[0].end, 3);
  EXPECT_EQ(busy[1].begin, 5);
  EXPECT_EQ(busy[1].end, 20);
}

}  // namespace
}  // namespace mc::timeline
