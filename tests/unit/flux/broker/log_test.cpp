#include "flux/broker/log_buffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_loop.hpp"

namespace mc::flux::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(LogRecord, HasTheFormOfRfc5424) {
  const LogRecord record{1795407225.878146, Severity::Debug, 3, "job-list", "purged 30 jobs"};
  const std::string text = encodeLog(record);
  EXPECT_EQ(text, "<15>1 2026-11-23T04:13:45.878146Z 3 job-list - - - purged 30 jobs");
  const auto back = decodeLog(text);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_NEAR(back->time, record.time, 1e-6);
  EXPECT_EQ(back->severity, Severity::Debug);
  EXPECT_EQ(back->rank, 3U);
  EXPECT_EQ(back->component, "job-list");
  EXPECT_EQ(back->text, "purged 30 jobs");
  EXPECT_EQ(formatLog(*back), "job-list.debug[3]: purged 30 jobs");
}

TEST(LogRecord, RefusesWhatIsNone) {
  for (const char* text : {"", "hello", "<>1 x", "<200>1 2026-11-23T04:13:45Z 0 a - - - x",
                           "<14>2 2026-11-23T04:13:45Z 0 a - - - x", "<14>1 yesterday 0 a - - - x",
                           "<14>1 2026-11-23T04:13:45Z 0 a - - [x] x"})
    EXPECT_EQ(decodeLog(text).error().errnum, EPROTO) << text;
}

class LogBufferTest : public testing::Test {
 protected:
  LogBuffer& make(uint32_t rank) {
    buffer = std::make_unique<LogBuffer>(
        clock, rank,
        LogBuffer::Sinks{[this](const std::string& line) { forwarded.push_back(line); },
                         [this](const std::string& line) { printed.push_back(line); }});
    EXPECT_TRUE(buffer->bindAttributes(attributes));
    return *buffer;
  }
  fakes::FakeClock clock;
  Attributes attributes;
  std::vector<std::string> forwarded;
  std::vector<std::string> printed;
  std::unique_ptr<LogBuffer> buffer;
};

TEST_F(LogBufferTest, LeaderPrintsErrorsOfAll) {
  LogBuffer& log = make(0);
  log.log(Severity::Error, "broker", "mine");
  log.log(Severity::Info, "broker", "quiet");
  log.append("<11>1 2026-11-23T04:13:45.878146Z 2 sched - - - theirs");
  ASSERT_EQ(printed.size(), 2U);
  EXPECT_THAT(printed[0], HasSubstr("broker.err[0]: mine\n"));
  EXPECT_THAT(printed[1], HasSubstr("sched.err[2]: theirs\n"));
  EXPECT_EQ(log.lines().size(), 2U);  // its own
  EXPECT_THAT(forwarded, IsEmpty());
}

TEST_F(LogBufferTest, FollowerForwards) {
  LogBuffer& log = make(1);
  log.log(Severity::Error, "broker", "lost");
  EXPECT_THAT(printed, IsEmpty());
  EXPECT_THAT(forwarded, ElementsAre(HasSubstr("lost")));
  log.log(Severity::Crit, "broker", "worse");
  EXPECT_EQ(printed.size(), 1U);
}

TEST_F(LogBufferTest, LocalModePrintsWithoutTime) {
  attributes.preset("log-stderr-mode", "local");
  attributes.preset("log-stderr-level", "6");
  make(1).log(Severity::Info, "broker", "text");
  EXPECT_THAT(printed, ElementsAre("broker.info[1]: text\n"));
}

TEST_F(LogBufferTest, RingKeepsTheLatest) {
  LogBuffer& log = make(0);
  ASSERT_TRUE(attributes.set("log-ring-size", "2"));
  for (const char* text : {"a", "b", "c"}) log.log(Severity::Info, "x", text);
  EXPECT_THAT(log.lines(), ElementsAre(HasSubstr(" b"), HasSubstr(" c")));
  EXPECT_EQ(log.count(), 3U);
  EXPECT_FALSE(attributes.set("log-ring-size", "-1"));
  EXPECT_FALSE(attributes.set("log-level", "8"));
}

TEST_F(LogBufferTest, FollowersSeeNewLines) {
  LogBuffer& log = make(0);
  std::vector<std::string> seen;
  auto watch = log.follow([&](const std::string& line) { seen.push_back(line); });
  log.log(Severity::Info, "x", "one\ntwo");
  EXPECT_EQ(seen.size(), 2U);
  watch.reset();
  log.log(Severity::Info, "x", "three");
  EXPECT_EQ(seen.size(), 2U);
}

}  // namespace
}  // namespace mc::flux::broker
