#include "flux/formats/json.hpp"

#include <gtest/gtest.h>

#include "flux/formats/json_arena.hpp"
#include "flux/formats/json_text.hpp"

namespace mc::flux::formats {
namespace {

TEST(Json, PrintsNumbersAsFluxDoes) {
  EXPECT_EQ(formatDouble(0), "0.0");
  EXPECT_EQ(formatDouble(1795407224.2497075), "1795407224.2497075");
  EXPECT_EQ(formatDouble(100000), "100000.0");
  EXPECT_EQ(formatDouble(0.5), "0.5");
  EXPECT_EQ(formatDouble(-3), "-3.0");
  EXPECT_EQ(formatDouble(1e300), "1e+300");
  EXPECT_EQ(formatDouble(1e-9), "1e-09");
}

TEST(Json, EscapesAtEveryPlace) {
  for (size_t at = 0; at < 20; ++at)
    for (int c = 0; c < 256; ++c) {
      std::string text(20, c % 2 == 0 ? 'a' : '!');
      text[at] = static_cast<char>(c);
      if (c >= 0x80) text.replace(at, 1, "\u00e4");
      const auto parsed = parseJson(toJson(json::value(text)));
      ASSERT_TRUE(parsed) << at << ' ' << c;
      EXPECT_EQ(std::string_view(parsed->as_string()), text) << at << ' ' << c;
    }
}

TEST(Json, WritesBothStyles) {
  const json::value value = {
      {"a", 1}, {"b", {true, nullptr, "x\"\\\n\x01ƒ"}}, {"c", 18446744073709551615u}};
  EXPECT_EQ(toJson(value),
            "{\"a\":1,\"b\":[true,null,\"x\\\"\\\\\\n\\u0001ƒ\"],\"c\":18446744073709551615}");
  EXPECT_EQ(toJson(json::value{{"a", 1}, {"b", {1, 2}}}, JsonStyle::Spaced),
            "{\"a\": 1, \"b\": [1, 2]}");
  EXPECT_EQ(toJson(json::object{}), "{}");
}

TEST(Json, ReadsWhatItWrites) {
  const json::value value = {
      {"t", 1795407224.2497075}, {"s", std::string("\0\x1f\x7f", 3)}, {"n", -1}};
  EXPECT_EQ(*parseJson(toJson(value)), value);
}

TEST(Json, RefusesBadText) {
  EXPECT_FALSE(parseJson(""));
  EXPECT_FALSE(parseJson("{"));
  EXPECT_FALSE(parseJson("{} x"));
  EXPECT_FALSE(parseJson("\xff"));
  EXPECT_FALSE(parseJson(std::string(100'000, '[')));
  EXPECT_FALSE(parseJson("8e888888"));
  EXPECT_FALSE(parseJsonObject("[1]"));
  EXPECT_TRUE(parseJsonObject(std::string_view("{}\0", 3)));
  EXPECT_EQ(parseJson("nul").error().errnum, EPROTO);
}

TEST(Json, FindsMembersOfTheRightType) {
  const json::object object = {{"s", "x"}, {"i", -5}, {"d", 1.5}, {"b", true}, {"u", UINT64_MAX}};
  EXPECT_EQ(*getString(object, "s"), "x");
  EXPECT_EQ(*getInteger(object, "i"), -5);
  EXPECT_EQ(*getDouble(object, "i"), -5.0);
  EXPECT_EQ(*getDouble(object, "d"), 1.5);
  EXPECT_EQ(*getUnsigned(object, "u"), UINT64_MAX);
  EXPECT_TRUE(*getBool(object, "b"));
  EXPECT_FALSE(getInteger(object, "u"));
  EXPECT_FALSE(getUnsigned(object, "i"));
  EXPECT_FALSE(getInteger(object, "d"));
  EXPECT_EQ(getString(object, "i").error().message, "payload has no string 'i'");
  EXPECT_EQ(getBool(object, "zz").error().errnum, EPROTO);
}

TEST(JsonText, IsEscapedAsInAValue) {
  for (const std::string text :
       {"", "plain", "a\"b\\c\n\t\r\b\f", "\x01\x1f", "\xc6\x92 12345678"}) {
    std::string out = "x";
    appendJsonString(text, out);
    EXPECT_EQ(out, "x" + toJson(json::value(text)));
  }
}

TEST(JsonAtOnce, ReadsAsJsonDoes) {
  const std::string text = R"({"a":[1,2.5,{"b":"some longer text than fits"}],"c":null,"d":-3})";
  const auto document = parseJsonObjectAtOnce(text);
  ASSERT_TRUE(document);
  EXPECT_EQ(toJson(*document), text);
  EXPECT_EQ(*document, *parseJsonObject(text));
}

TEST(JsonAtOnce, PartsMayOutliveIt) {
  json::array part;
  json::object copy;
  {
    auto document =
        parseJsonObjectAtOnce(R"({"a":["a text of more than a few bytes"],"o":{"k":"v"}})");
    ASSERT_TRUE(document);
    copy = json::object((*document)["o"].get_object(), json::storage_ptr());
    part = (*document)["a"].get_array();
  }
  EXPECT_EQ(toJson(json::value(part)), R"(["a text of more than a few bytes"])");
  EXPECT_EQ(toJson(copy), R"({"k":"v"})");
}

TEST(JsonAtOnce, RefusesWhatJsonRefuses) {
  for (const char* text : {"", "{", "[1]", "{\"a\":}", "{} x", "nul"})
    EXPECT_EQ(parseJsonObjectAtOnce(text).error().message, parseJsonObject(text).error().message)
        << text;
}

}  // namespace
}  // namespace mc::flux::formats
