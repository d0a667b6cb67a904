#include "base/edit_distance.hpp"

#include <gtest/gtest.h>

namespace mc::base {
namespace {

TEST(EditDistance, CountsSteps) {
  EXPECT_EQ(editDistance("", ""), 0u);
  EXPECT_EQ(editDistance("", "abc"), 3u);
  EXPECT_EQ(editDistance("get", "get"), 0u);
  EXPECT_EQ(editDistance("gets", "get"), 1u);
  EXPECT_EQ(editDistance("got", "get"), 1u);
  EXPECT_EQ(editDistance("kitten", "sitting"), 3u);
}

TEST(EditDistance, ASwapIsOneStep) {
  EXPECT_EQ(editDistance("gte", "get"), 1u);
}

TEST(EditDistance, IgnoresCase) {
  EXPECT_EQ(editDistance("RUNFLUX", "runFlux"), 0u);
}

}  // namespace
}  // namespace mc::base
