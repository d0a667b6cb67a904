#include "timeline/journal_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::timeline {
namespace {

TEST(ReadJournal, TellsTheRunsOfAContainer) {
  const auto runs = readJournal(
      "minicluster journal 1 1000000\n0 phase users\n5 phase servers nginx,web\n"
      "2500 phase flux\n7 error no room\n9000 end 3\n"
      "minicluster journal 1 2000000\n0 phase users\n3000 phase finish\n2000 state run\n"
      "1000 state quorum\n2100 job fA 0 10 510 512 CD [0-3] 4 my job\n"
      "2050 job fB - - - - PD - 1 \n2200 more 7 900\n");
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].begin, 1000);
  ASSERT_EQ(runs[0].phases.size(), 3U);
  EXPECT_EQ(runs[0].phases[1].detail, "nginx,web");
  EXPECT_EQ(runs[0].phases[2].time, 1002.5);
  EXPECT_EQ(runs[0].error, "no room");
  EXPECT_EQ(runs[0].end, 1009.0);
  EXPECT_EQ(runs[0].status, 3);
  EXPECT_FALSE(runs[1].end);
  EXPECT_EQ(runs[1].states[0].name, "quorum");
  ASSERT_EQ(runs[1].jobs.size(), 2U);
  EXPECT_EQ(runs[1].jobs[0].id, "fB");
  EXPECT_EQ(runs[1].jobs[0].run, 0);
  const JobTimes& job = runs[1].jobs[1];
  EXPECT_EQ(job.name, "my job");
  EXPECT_EQ(job.status, "CD");
  EXPECT_EQ(job.ranks, "[0-3]");
  EXPECT_EQ(job.tasks, 4);
  EXPECT_DOUBLE_EQ(job.submit, 2002.1);
  EXPECT_DOUBLE_EQ(job.depend, 2002.1);
  EXPECT_DOUBLE_EQ(job.run, 2002.11);
  EXPECT_DOUBLE_EQ(job.cleanup, 2002.61);
  EXPECT_DOUBLE_EQ(job.inactive, 2002.612);
  ASSERT_EQ(runs[1].more.size(), 1U);
  EXPECT_EQ(runs[1].more[0].count, 7);
}

TEST(ReadJournal, LeavesOutWhatMakesNoSense) {
  EXPECT_TRUE(readJournal("").empty());
  EXPECT_TRUE(readJournal("0 phase users\n\n\n").empty());
  EXPECT_TRUE(readJournal("minicluster journal 1 -5\nminicluster journal 1 x\n").empty());
  const auto runs = readJournal(
      "minicluster journal 1 1000\nx phase a\n1\n\n99999999999999999999 phase b\n"
      "1 job\n1 job fA x 1 1 1 CD 0 1 n\n1 more -3 5\n1 more 99999999999 5\n1 end 300\n"
      "1 job fB -5 -5 - - CD 0 -4 n");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_TRUE(runs[0].phases.empty());
  EXPECT_TRUE(runs[0].more.empty());
  EXPECT_LE(runs[0].status, 255);
  ASSERT_EQ(runs[0].jobs.size(), 1U);
  EXPECT_EQ(runs[0].jobs[0].run, runs[0].jobs[0].submit);
  EXPECT_EQ(runs[0].jobs[0].tasks, 0);
}

}  // namespace
}  // namespace mc::timeline
