#include "flux/formats/duration.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace mc::flux::formats {
namespace {

TEST(Duration, ReadsRfc23) {
  EXPECT_EQ(*parseDuration("30"), 30);
  EXPECT_EQ(*parseDuration("30s"), 30);
  EXPECT_EQ(*parseDuration("1.5h"), 5400);
  EXPECT_EQ(*parseDuration("2d"), 172800);
  EXPECT_EQ(*parseDuration("1m"), 60);
  EXPECT_EQ(*parseDuration("250ms"), 0.25);
  EXPECT_EQ(*parseDuration("1e2s"), 100);
  EXPECT_EQ(*parseDuration(".5s"), 0.5);
  EXPECT_EQ(*parseDuration("0"), 0);
  EXPECT_TRUE(std::isinf(*parseDuration("infinity")));
  EXPECT_TRUE(std::isinf(*parseDuration("inf")));
}

TEST(Duration, RefusesOtherText) {
  for (const char* text : {"", "s", "-1", "-0", "nan", "1 s", "1S", "1x", "1ss", " 1", "1e999"})
    EXPECT_FALSE(parseDuration(text)) << text;
}

TEST(Duration, PrintsAsTheTranscripts) {
  EXPECT_EQ(formatDuration(1.02685), "1.02685s");
  EXPECT_EQ(formatDuration(33.568), "33.568s");
  EXPECT_EQ(formatDuration(2.83, 2), "2.8s");
  EXPECT_EQ(formatDuration(34.2, 2), "34s");
  EXPECT_EQ(formatDuration(73.2, 3), "1.22m");
  EXPECT_EQ(formatDuration(7200), "2h");
  EXPECT_EQ(formatDuration(86400), "1d");
  EXPECT_EQ(formatDuration(60), "1m");
  EXPECT_EQ(formatDuration(INFINITY), "infinity");
  EXPECT_EQ(formatJobDuration(0.0004), "0s");
  EXPECT_EQ(formatJobDuration(1.4651), "1.465s");
  EXPECT_EQ(formatJobDuration(0.03), "0.030s");
  EXPECT_EQ(formatJobDuration(12.3456), "12.35s");
  EXPECT_EQ(formatJobDuration(90), "1.5m");
  EXPECT_EQ(formatJobDuration(5400), "1.5h");
}

}  // namespace
}  // namespace mc::flux::formats
