#include "flux/formats/job_state.hpp"

#include <gtest/gtest.h>

namespace mc::flux::formats {
namespace {

TEST(JobState, HasNamesAndLetters) {
  EXPECT_EQ(stateName(kStateCleanup), "CLEANUP");
  EXPECT_EQ(stateLetter(kStateSched), "S");
  EXPECT_EQ(resultName(kResultTimeout), "TIMEOUT");
  EXPECT_EQ(resultAbbreviation(kResultCanceled), "CA");
}

TEST(JobState, OfOtherNumbersThereIsNoName) {
  EXPECT_EQ(stateName(kStatesPending), "");
  EXPECT_EQ(stateLetter(3), "");
  EXPECT_EQ(resultName(0), "");
}

TEST(JobState, WordsStandForMasks) {
  EXPECT_EQ(statesOf("Run"), kStateRun);
  EXPECT_EQ(statesOf("pending"), kStateDepend | kStatePriority | kStateSched);
  EXPECT_EQ(statesOf("running"), kStateRun | kStateCleanup);
  EXPECT_EQ(statesOf("active"), kStatesPending | kStatesRunning);
  EXPECT_EQ(statesOf("failed"), 0);
  EXPECT_EQ(resultsOf("failed"), kResultFailed);
  EXPECT_EQ(resultsOf("fail"), 0);
  EXPECT_EQ(resultsOf(""), 0);
}

}  // namespace
}  // namespace mc::flux::formats
