// Knowing by time stamps how far a log was read.

#include "local/log_stamps.hpp"

#include <gtest/gtest.h>

namespace mc::local {
namespace {

TEST(LogStamp, IsReadToTheNanosecond) {
  const auto stamp = parseLogStamp("2026-11-23T05:54:32.123456789Z");
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->seconds, 1795413272);
  EXPECT_EQ(stamp->nanoseconds, 123456789);
  EXPECT_EQ(parseLogStamp("2026-11-23T05:54:32.5Z")->nanoseconds, 500000000);
  EXPECT_EQ(parseLogStamp("2026-11-23T05:54:32Z")->nanoseconds, 0);
  EXPECT_EQ(parseLogStamp("2026-11-23T06:54:32.5+01:00")->seconds, 1795413272);
  for (const char* bad : {"", "hello", "2026-11-23T05:54:32", "2026-11-23T05:54:32.123"})
    EXPECT_FALSE(parseLogStamp(bad)) << bad;
}

class Position : public testing::Test {
 protected:
  void message(Stream stream, const std::string& text) {
    position.begin();
    for (const char c : text) ASSERT_TRUE(position.take(stream, {&c, 1}, sink));
  }
  LogPosition position{false};
  std::string out;
  OutputSink sink = [this](Stream, std::string_view bytes) -> base::Status {
    out += bytes;
    return {};
  };
};

TEST_F(Position, TakesStampsAway) {
  message(Stream::Out, "2026-11-23T05:54:32.000000001Z a b\n");
  message(Stream::Err, "2026-11-23T05:54:32.000000002Z c");
  EXPECT_EQ(out, "a b\nc");
  EXPECT_EQ(position.resume(), "1795413271");
}

TEST_F(Position, KeepsThemIfWanted) {
  position = LogPosition(true);
  message(Stream::Out, "2026-11-23T05:54:32.1Z a\n");
  EXPECT_EQ(out, "2026-11-23T05:54:32.1Z a\n");
}

TEST_F(Position, LeavesOutWhatIsKnown) {
  message(Stream::Out, "2026-11-23T05:54:32.2Z b\n");
  EXPECT_EQ(position.resume(), "1795413271");
  message(Stream::Out, "2026-11-23T05:54:32.1Z before the first\n");
  message(Stream::Err, "2026-11-23T05:54:32.1Z before the first, too\n");
  message(Stream::Out, "2026-11-23T05:54:32.2Z b\n");
  message(Stream::Err, "2026-11-23T05:54:32.2Z of the other stream\n");
  message(Stream::Out, "2026-11-23T05:54:32.3Z c\n");
  EXPECT_EQ(out, "b\nof the other stream\nc\n");
}

TEST_F(Position, CountsMessagesOfOneMoment) {
  for (const char* text : {"a", "b", "c"})
    message(Stream::Out, std::string("2026-11-23T05:54:32Z ") + text);
  EXPECT_EQ(out, "abc");
  position.resume();
  for (const char* text : {"a", "b", "c", "d"})
    message(Stream::Out, std::string("2026-11-23T05:54:32Z ") + text);
  EXPECT_EQ(out, "abcd");
}

TEST_F(Position, PassesOnWhatHasNoStamp) {
  message(Stream::Err, "the daemon complains about something in many words");
  EXPECT_EQ(out, "the daemon complains about something in many words");
}

}  // namespace
}  // namespace mc::local
