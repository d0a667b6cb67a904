#include "base/json_write.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace mc::base {
namespace {

std::string rewrite(const char* text, int indent = 4) {
  return toIndentedJson(boost::json::parse(text), indent);
}

TEST(JsonWrite, IndentsAndSortsKeys) {
  EXPECT_EQ(rewrite(R"({"b":[1,{"c":null}],"a":"x"})"),
            "{\n    \"a\": \"x\",\n    \"b\": [\n        1,\n        {\n"
            "            \"c\": null\n        }\n    ]\n}\n");
}

TEST(JsonWrite, TakesTheIndentAsked) {
  EXPECT_EQ(rewrite("[true]", 2), "[\n  true\n]\n");
}

TEST(JsonWrite, KeepsEmptyOnesOnOneLine) {
  EXPECT_EQ(rewrite("{}"), "{}\n");
  EXPECT_EQ(rewrite("[]"), "[]\n");
  EXPECT_EQ(rewrite(R"({"a":{},"b":[]})"), "{\n    \"a\": {},\n    \"b\": []\n}\n");
}

TEST(JsonWrite, WritesNumbersAsPeopleDo) {
  EXPECT_EQ(rewrite("[1.5, -2, 18446744073709551615, 1e300]"),
            "[\n    1.5,\n    -2,\n    18446744073709551615,\n    1e+300\n]\n");
}

TEST(JsonWrite, EscapesTexts) {
  EXPECT_EQ(rewrite(R"({"a\"\n":"\u0001\\"})"), "{\n    \"a\\\"\\n\": \"\\u0001\\\\\"\n}\n");
}

TEST(JsonWrite, WhatItWritesReadsBackTheSame) {
  const auto value = boost::json::parse(R"({"z":[[],[{"y":[0.1,{}]}]],"a":{"b":{"c":false}}})");
  EXPECT_EQ(boost::json::parse(toIndentedJson(value)), value);
}

}  // namespace
}  // namespace mc::base
