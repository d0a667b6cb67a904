#include "flux/formats/eventlog.hpp"

#include <gtest/gtest.h>

namespace mc::flux::formats {
namespace {

TEST(Eventlog, WritesTheLinesOfTheTranscripts) {
  EXPECT_EQ(formatEvent(1795407224.2497075, "submit",
                        {{"userid", 0}, {"urgency", 16}, {"flags", 0}, {"version", 1}}),
            "{\"timestamp\":1795407224.2497075,\"name\":\"submit\",\"context\":{\"userid\":0,"
            "\"urgency\":16,\"flags\":0,\"version\":1}}\n");
  EXPECT_EQ(formatEvent(1795407224.5, "clean"),
            "{\"timestamp\":1795407224.5,\"name\":\"clean\"}\n");
}

TEST(Eventlog, ReadsWhatItWrites) {
  const Event event{1.25, "exception", {{"note", "a\nb"}}};
  const auto parsed = parseEvent(formatEvent(event));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->timestamp, event.timestamp);
  EXPECT_EQ(parsed->name, event.name);
  EXPECT_EQ(parsed->context, event.context);
  const auto log = parseEventlog(formatEvent(event) + formatEvent(2, "x"));
  ASSERT_TRUE(log);
  EXPECT_EQ(log->size(), 2u);
  EXPECT_TRUE(parseEventlog("")->empty());
}

TEST(Eventlog, RefusesOtherText) {
  for (const char* text :
       {"", "x", "{}", "[]", "{\"timestamp\":1}", "{\"name\":\"a\"}",
        "{\"timestamp\":\"1\",\"name\":\"a\"}", "{\"timestamp\":1,\"name\":\"\"}",
        "{\"timestamp\":1,\"name\":\"a b\"}", "{\"timestamp\":1,\"name\":3}",
        "{\"timestamp\":1,\"name\":\"a\",\"context\":[]}", "{\"timestamp\":1,\n\"name\":\"a\"}"})
    EXPECT_FALSE(parseEvent(text)) << text;
  EXPECT_FALSE(parseEventlog("{\"timestamp\":1,\"name\":\"a\"}"));  // no newline
  EXPECT_FALSE(parseEventlog("{\"timestamp\":1,\"name\":\"a\"}\n\n"));
}

TEST(Eventlog, TakesLines) {
  std::string_view rest = "a\n\nb";
  std::string_view line;
  ASSERT_TRUE(nextLine(rest, line));
  EXPECT_EQ(line, "a");
  ASSERT_TRUE(nextLine(rest, line));
  EXPECT_EQ(line, "");
  ASSERT_TRUE(nextLine(rest, line));
  EXPECT_EQ(line, "b");
  EXPECT_FALSE(nextLine(rest, line));
}

}  // namespace
}  // namespace mc::flux::formats
