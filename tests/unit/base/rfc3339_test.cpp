#include "base/rfc3339.hpp"

#include <gtest/gtest.h>

namespace mc::base {
namespace {

TEST(Rfc3339, IsReadAsOthersWriteIt) {
  EXPECT_DOUBLE_EQ(parseTime("2026-11-23T05:54:32Z"), 1795413272);
  EXPECT_NEAR(parseTime("2026-11-23T05:54:32.123456789Z"), 1795413272.123456, 1e-5);
  EXPECT_DOUBLE_EQ(parseTime("2026-11-23T07:54:32+02:00"), 1795413272);
  EXPECT_DOUBLE_EQ(parseTime("0001-01-01T00:00:00Z"), 0);
  EXPECT_DOUBLE_EQ(parseTime("yesterday"), 0);
  EXPECT_DOUBLE_EQ(parseTime(""), 0);
  EXPECT_EQ(formatTime(1795413272.25), "2026-11-23T05:54:32.250000Z");
  EXPECT_NEAR(parseTime(formatTime(1795413272.987654)), 1795413272.987654, 2e-6);
}

}  // namespace
}  // namespace mc::base
