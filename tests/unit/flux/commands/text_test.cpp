#include <gtest/gtest.h>

#include "flux/commands/event_text.hpp"
#include "flux/commands/log_line.hpp"
#include "flux/commands/suggest.hpp"

namespace mc::flux::commands {
namespace {

TEST(EventText, ShowsEventlogs) {
  const formats::Event event{1795407224.2866585,
                             "alloc",
                             {{"annotations", {{"sched", {{"resource_summary", "rank0/core0"}}}}}}};
  auto raw = *EventText::make("text", "raw", false);
  EXPECT_EQ(raw.line(event, ""),
            R"(1795407224.286659 alloc annotations={"sched":{"resource_summary":"rank0/core0"}})");
  EXPECT_EQ(EventText::make("json", "raw", false)->line(event, "{}"), "{}");
  auto offset = *EventText::make("text", "offset", false);
  EXPECT_EQ(offset.line({10, "a", {}}, ""), "0.000000 a");
  EXPECT_EQ(offset.line({10.25, "b", {}}, ""), "0.250000 b");
  auto human = *EventText::make("text", "raw", true);
  human.line({1795407224.25, "a", {}}, "");
  EXPECT_EQ(human.line({1795407224.26349, "validate", {}}, ""), "[  +0.013490] validate");
  EXPECT_EQ(EventText::make("text", "iso", false)->line({0.5, "a", {}}, ""),
            "1970-01-01T00:00:00.500000Z a");
  EXPECT_FALSE(EventText::make("xml", "raw", false));
  EXPECT_FALSE(EventText::make("text", "x", false));
}

TEST(LogLine, IsReadAndWritten) {
  const std::string line = makeLogLine(5, 1795407248.438197, "0", "logger", 42, "hello");
  EXPECT_EQ(line, "<13>1 2026-11-23T04:14:08.438197Z 0 logger 42 - - hello");
  EXPECT_EQ(formatLogLine(line), "2026-11-23T04:14:08.438197Z logger.notice[0]: hello");
  for (const char* bad : {"", "x", "<", "<1", "<x>1 a", "<13>2 a"})
    EXPECT_EQ(formatLogLine(bad), std::nullopt) << bad;
  EXPECT_EQ(severityNumber("warning"), 4);
}

TEST(Suggest, FindsSimilarNames) {
  EXPECT_EQ(similarNames("stats", {"start", "jobs"}), std::vector<std::string_view>{"start"});
  EXPECT_TRUE(similarNames("nosuchcmd", {"start", "jobs"}).empty());
}

}  // namespace
}  // namespace mc::flux::commands
