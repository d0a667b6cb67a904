#include "flux/commands/expression.hpp"

#include <gtest/gtest.h>

namespace mc::flux::commands {
namespace {

std::string value(std::string_view code, const std::string& x = "3") {
  const auto out = evaluate(code, x);
  return out ? *out : "error";
}

TEST(Expression, CalculatesAsPythonDoes) {
  EXPECT_EQ(value("2**int(x)"), "8");
  EXPECT_EQ(value("1+2*3"), "7");
  EXPECT_EQ(value("(1+2)*3"), "9");
  EXPECT_EQ(value("-2**2"), "-4");
  EXPECT_EQ(value("2**3**2"), "512");
  EXPECT_EQ(value("(-1)**9999999999"), "-1");
  EXPECT_EQ(value("0**9999999999"), "0");
  EXPECT_EQ(value("7//2"), "3");
  EXPECT_EQ(value("-7//2"), "-4");
  EXPECT_EQ(value("-7%3"), "2");
  EXPECT_EQ(value("7%-3"), "-2");
  EXPECT_EQ(value("7/2"), "3.5");
  EXPECT_EQ(value("2**-1"), "0.5");
  EXPECT_EQ(value("int(7.9)"), "7");
  EXPECT_EQ(value("float(x)/2"), "1.5");
  EXPECT_EQ(value("max(int(x), 10) - min(4, 5)"), "6");
}

TEST(Expression, KnowsStrings) {
  EXPECT_EQ(value("x"), "3");
  EXPECT_EQ(value("x + '.out'", "a"), "a.out");
  EXPECT_EQ(value("\"n\" + str(int(x) + 1)"), "n4");
  EXPECT_EQ(value("len(x)", "four"), "4");
}

TEST(Expression, RefusesWhatItIsNot) {
  for (const char* code : {"", "x*2", "int(x", "1/0", "1%0", "y", "f(x)", "2**99", "1 2", "'a",
                           "int(x) if x else 1", "__import__('os')", "9223372036854775807+1"})
    EXPECT_EQ(value(code), "error") << code;
  EXPECT_EQ(value("int(x)", "abc"), "error");
  EXPECT_EQ(value(std::string(100'000, '(')), "error");
  EXPECT_EQ(value(std::string(100'000, '-') + "1"), "error");
}

}  // namespace
}  // namespace mc::flux::commands
