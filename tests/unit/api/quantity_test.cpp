#include "api/quantity.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mc::api {
namespace {

Quantity parse(const char* text) {
  const auto quantity = Quantity::parse(text);
  EXPECT_TRUE(quantity) << text;
  return quantity.value();
}

struct Case {
  const char* text;
  int64_t value;
  int64_t milli;
};

class QuantityTest : public testing::TestWithParam<Case> {};

TEST_P(QuantityTest, HasItsValue) {
  const auto quantity = parse(GetParam().text);
  EXPECT_EQ(quantity.value(), GetParam().value);
  EXPECT_EQ(quantity.milli(), GetParam().milli);
}

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

INSTANTIATE_TEST_SUITE_P(
    All, QuantityTest,
    testing::Values(Case{"0", 0, 0}, Case{"2", 2, 2000}, Case{"500m", 1, 500}, Case{"1.5", 2, 1500},
                    Case{".5", 1, 500}, Case{"5.", 5, 5000}, Case{"100u", 1, 1}, Case{"1n", 1, 1},
                    Case{"1k", 1000, 1000000}, Case{"1Ki", 1024, 1024000},
                    Case{"0.5Ki", 512, 512000}, Case{"2Gi", 2147483648, 2147483648000},
                    Case{"1e3", 1000, 1000000}, Case{"1E-3", 1, 1},
                    Case{"1E", 1000000000000000000, kMost}, Case{"8Ei", kMost, kMost},
                    Case{"1e99", kMost, kMost}, Case{"1e-99", 1, 1}, Case{"-1500m", -1, -1500},
                    Case{"0.0000000001", 1, 1}, Case{"99999999999999999999999999", kMost, kMost}));

TEST(Quantity, Compares) {
  EXPECT_TRUE(parse("1Gi") > parse("1G"));
  EXPECT_TRUE(parse("1000m") == parse("1"));
  EXPECT_TRUE(parse("1e3") == parse("1k"));
  EXPECT_TRUE(parse("-1").negative());
  EXPECT_TRUE(parse("2Ki").whole());
  EXPECT_FALSE(parse("1500m").whole());
}

TEST(Quantity, RefusesTheRest) {
  for (const char* text : {"", "x", "1x", "m", "1 k", "1.2.3", "1e", "1e+", "--1", "1Kii", "1kI"})
    EXPECT_EQ(Quantity::parse(text).error().errnum, EINVAL) << text;
}

}  // namespace
}  // namespace mc::api
