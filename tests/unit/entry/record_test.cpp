#include "entry/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::entry {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

TEST(StatesForJournal, AreThoseOfRank0) {
  EXPECT_EQ(
      statesForJournal("2026-11-23T17:02:09.030944Z broker.info[0]: rc1-success: init->quorum "
                       "0.0003s\n"
                       "2026-11-23T17:02:09.031717Z broker.info[0]: online: vm (rank 0)\n"
                       "2026-11-23T17:02:09.131717Z broker.info[1]: start: none->join 0.1s\n"
                       "nonsense->run\n"
                       "2026-11-23T17:02:09.531740Z broker.info[0]: quorum-full: quorum->run "
                       "0.5s\n",
                       1795453329000),
      "31 state quorum\n532 state run\n");
}

constexpr const char* kJobs =
    "fB 1795453329.041156 1795453329.0411978 1795453329.0512455 1795453329.1479268 "
    "1795453329.1489528 CD 0 1 a b\n"
    "fC 1795453330.0 0.0  - 0 PD  4 waits\n"
    "fA 1795453329.0344326 1795453329.0344667 1795453329.034522 1795453330.0390968 "
    "1795453330.0391226 F [0-1] 2 host\x1bname\n"
    "too short\n"
    "fD nan 1 2 3 4 CD 0 1 x\n";

TEST(JobsForJournal, ComeInTheOrderOfTheirSubmission) {
  EXPECT_EQ(jobsForJournal(kJobs, 1795453329000, 4096),
            "34 job fA 0 1 1005 1005 F [0-1] 2 host name\n"
            "41 job fB 0 10 107 108 CD 0 1 a b\n"
            "1000 job fC - - - - PD - 4 waits\n");
}

TEST(JobsForJournal, SayHowManyHadNoRoom) {
  EXPECT_EQ(jobsForJournal(kJobs, 1795453329000, 120),
            "34 job fA 0 1 1005 1005 F [0-1] 2 host name\n41 more 2 1000\n");
  EXPECT_EQ(jobsForJournal(kJobs, 1795453329000, 10), "");
  EXPECT_EQ(jobsForJournal("", 0, 4096), "");
}

TEST(JobsForJournal, FitsFiftyJobsIntoATerminationMessage) {
  std::string listing;
  for (int i = 0; i < 500; ++i)
    listing += "fX" + std::to_string(i) + " " + std::to_string(1795453329.0 + i) +
               " 1795453929.5 1795453929.6 1795453939.7 1795453939.8 CD 0 1 simulate\n";
  const std::string lines = jobsForJournal(listing, 1795453329000, 3200);
  EXPECT_LE(lines.size(), 3200U);
  EXPECT_GT(std::count(lines.begin(), lines.end(), '\n'), 50);
  EXPECT_THAT(lines, HasSubstr(" more "));
  EXPECT_THAT(lines, EndsWith("610800\n"));
}

}  // namespace
}  // namespace mc::entry
