#include "cli/go_duration.hpp"

#include <gtest/gtest.h>

namespace mc::cli {
namespace {

using namespace std::chrono_literals;

TEST(GoDuration, ReadsWhatGoReads) {
  const std::vector<std::pair<const char*, std::chrono::nanoseconds>> cases = {
      {"0", 0ns},       {"5s", 5s},       {"-1s", -1s},    {"+2m", 2min},
      {"1h30m", 90min}, {"300ms", 300ms}, {"1.5h", 90min}, {"2h45m30.5s", 9930500ms},
      {"1us", 1us},     {"1µs", 1us},     {"7ns", 7ns},    {".5s", 500ms}};
  for (const auto& [text, duration] : cases) {
    const auto parsed = parseGoDuration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, duration) << text;
  }
}

TEST(GoDuration, RefusesTheRest) {
  for (const auto* text : {"", "5", "s", "5x", "5s3", "1..5s", "-", "1h 5m", "9999999999h"})
    EXPECT_FALSE(parseGoDuration(text)) << text;
  EXPECT_EQ(parseGoDuration("5").error().message, "unit is missing: use s, m or h");
}

TEST(GoDuration, IsShownAsGoShowsIt) {
  EXPECT_EQ(formatGoDuration(0s), "0s");
  EXPECT_EQ(formatGoDuration(30s), "30s");
  EXPECT_EQ(formatGoDuration(60s), "1m0s");
  EXPECT_EQ(formatGoDuration(3600s), "1h0m0s");
  EXPECT_EQ(formatGoDuration(1500ms), "1.5s");
  EXPECT_EQ(formatGoDuration(-90s), "-1m30s");
}

}  // namespace
}  // namespace mc::cli
