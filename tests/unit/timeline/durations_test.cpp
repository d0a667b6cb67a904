#include "timeline/durations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::timeline {
namespace {

using testing::ElementsAre;

struct Text {
  double seconds;
  const char* text;
};

TEST(DurationText, HasTheUnitsThatFit) {
  constexpr Text kTexts[] = {{0, "0 ms"},          {-1, "0 ms"},        {0.0124, "12 ms"},
                             {0.9996, "1.0 s"},    {3.24, "3.2 s"},     {59.96, "60 s"},
                             {75, "75 s"},         {725, "12 min 5 s"}, {3600, "1 h"},
                             {11220, "3 h 7 min"}, {187200, "2 d 4 h"}};
  for (const auto& [seconds, text] : kTexts) EXPECT_EQ(durationText(seconds), text);
}

TEST(AxisMarks, AreRoundAndFew) {
  EXPECT_THAT(axisMarks(5, 5), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(axisMarks(61, 4), ElementsAre(0, 30, 60));
  EXPECT_THAT(axisMarks(0.004, 4), ElementsAre(0, 0.001, 0.002, 0.003, 0.004));
  EXPECT_LE(axisMarks(86400.0 * 900, 8).size(), 9U);
}

TEST(AxisText, IsShort) {
  constexpr Text kTexts[] = {{0, "0"},      {0.25, "250ms"}, {2, "2s"},     {2.5, "2.5s"},
                             {90, "1m30s"}, {7200, "2h"},    {86400, "24h"}};
  for (const auto& [seconds, text] : kTexts) EXPECT_EQ(axisText(seconds), text);
}

}  // namespace
}  // namespace mc::timeline
