#include "cli/print/human.hpp"

#include <gtest/gtest.h>

namespace mc::cli {
namespace {

using namespace std::chrono_literals;

TEST(HumanDuration, HasKubectlsForms) {
  const std::vector<std::pair<std::chrono::nanoseconds, const char*>> cases = {
      {0s, "0s"},           {-500ms, "0s"},        {-1s, "0s"},         {-2s, "<invalid>"},
      {1999ms, "1s"},       {59s, "59s"},          {119s, "119s"},      {120s, "2m"},
      {200s, "3m20s"},      {599s, "9m59s"},       {600s, "10m"},       {630s, "10m"},
      {179min, "179m"},     {180min, "3h"},        {181min, "3h1m"},    {479min, "7h59m"},
      {8h + 59min, "8h"},   {47h, "47h"},          {48h, "2d"},         {51h, "2d3h"},
      {191h, "7d23h"},      {192h, "8d"},          {24h * 400, "400d"}, {24h * 730, "2y"},
      {24h * 740, "2y10d"}, {24h * 365 * 8, "8y"}, {24h * 3000, "8y"}};
  for (const auto& [duration, text] : cases)
    EXPECT_EQ(humanDuration(duration), text) << duration.count();
}

TEST(Age, IsUnknownWithoutTime) {
  EXPECT_EQ(age(0, 1700000000), "<unknown>");
  EXPECT_EQ(age(1699999995.5, 1700000000), "4s");
}

TEST(HumanBytes, UsesDecimalUnits) {
  EXPECT_EQ(humanBytes(0), "0 B");
  EXPECT_EQ(humanBytes(999), "999 B");
  EXPECT_EQ(humanBytes(1000), "1.0 kB");
  EXPECT_EQ(humanBytes(999949), "999.9 kB");
  EXPECT_EQ(humanBytes(999951), "1.0 MB");
  EXPECT_EQ(humanBytes(67'200'000), "67.2 MB");
  EXPECT_EQ(humanBytes(UINT64_MAX), "18446.7 PB");
}

TEST(Dates, AreThoseOfKubernetes) {
  EXPECT_EQ(rfc1123(1679115691.9), "Sat, 18 Mar 2023 05:01:31 +0000");
  EXPECT_EQ(rfc3339(1679115691.9), "2023-03-18T05:01:31Z");
}

}  // namespace
}  // namespace mc::cli
