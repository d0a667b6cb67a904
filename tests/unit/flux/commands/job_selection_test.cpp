#include "flux/commands/job_selection.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "flux/formats/job_state.hpp"

namespace mc::flux::commands {
namespace {

constexpr double kNow = 1795407224;  // 2026-11-23 04:13:44 UTC

class Since : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
  static double at(const std::string& text) { return parseSince(text, kNow).value_or(-1); }
};

TEST_F(Since, ReadsTimes) {
  EXPECT_EQ(at("-6h"), kNow - 6 * 3600);
  EXPECT_EQ(at("now"), kNow);
  EXPECT_EQ(at("2026-11-23"), kNow - (4 * 3600 + 13 * 60 + 44));
  EXPECT_EQ(at("today"), at("2026-11-23"));
  EXPECT_EQ(at("yesterday"), at("2026-11-22"));
  EXPECT_EQ(at("2026-11-23 04:13"), kNow - 44);
  EXPECT_EQ(at("2026-11-23T04:13:44"), kNow);
  EXPECT_EQ(at("1000.5"), 1000.5);
}

TEST_F(Since, RefusesOtherTexts) {
  EXPECT_EQ(parseSince("soon", kNow).error().message, "Invalid value for --since: 'soon'");
  EXPECT_EQ(parseSince("2030-01-01", kNow).error().message,
            "--since=2030-01-01 appears to be in the future");
  EXPECT_FALSE(parseSince("", kNow));
  EXPECT_FALSE(parseSince("-", kNow));
}

TEST(Filter, AddsStatesAndResults) {
  JobQuery query;
  ASSERT_TRUE(addFilter(query, "running,failed"));
  EXPECT_EQ(query.states, formats::kStatesRunning);
  EXPECT_EQ(query.results, formats::kResultFailed);
  EXPECT_EQ(addFilter(query, "foo").error().message, "Invalid filter specified: foo");
}

}  // namespace
}  // namespace mc::flux::commands
