#include "flux/broker/service.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_host.hpp"

namespace mc::flux::broker {
namespace {

using fakes::Asked;

TEST(Request, MethodIsWhatFollowsTheService) {
  EXPECT_EQ(Asked("job-ingest.submit").request().method(), "submit");
  EXPECT_EQ(Asked("job-manager.history.get").request().method(), "history.get");
  EXPECT_EQ(Asked("ping").request().method(), "");
}

TEST(Request, SenderJoinsTheRoutes) {
  wire::Message m = wire::makeRequest("a.b", 0, 1);
  m.routes = {"front", "client"};
  EXPECT_EQ(Request(m, [](const wire::Message&) {}).sender(), "front!client");
}

TEST(Request, IsAnsweredOnce) {
  Asked asked("attr.get", "{}");
  const Request request = asked.request();
  const Request copy = request;
  request.respond(boost::json::object{{"value", "1"}});
  copy.respond();
  copy.fail(EINVAL, "late");
  ASSERT_EQ(asked.replies().size(), 1U);
  EXPECT_EQ(asked.last().text, R"({"value":"1"})");
}

TEST(Request, StreamEndsWithItsError) {
  Asked asked("log.dmesg", {}, wire::kStreaming);
  const Request request = asked.request();
  request.respond();
  request.respondText("x");
  request.fail(ENODATA);
  request.respond();
  ASSERT_EQ(asked.replies().size(), 3U);
  EXPECT_EQ(asked.last().errnum, static_cast<uint32_t>(ENODATA));
}

TEST(Request, WithoutResponseIsNotAnswered) {
  Asked asked("log.append", {}, wire::kNoResponse);
  asked.request().respond();
  asked.request().fail(EINVAL);
  EXPECT_TRUE(asked.replies().empty());
}

TEST(Request, FailureIsNeverErrnumZero) {
  Asked asked("a.b");
  asked.request().fail(0, "why");
  EXPECT_EQ(asked.last().errnum, static_cast<uint32_t>(EINVAL));
  EXPECT_EQ(asked.last().text, "why");
}

TEST(Request, ObjectRefusesWhatIsNone) {
  EXPECT_TRUE(Asked("a.b").request().object()->empty());
  EXPECT_EQ(Asked("a.b", R"({"a":1})").request().object()->at("a"), 1);
  for (const char* bad : {"[]", "1", "{", "{\"a\":1} x", "\xff"})
    EXPECT_EQ(Asked("a.b", bad).request().object().error().errnum, EPROTO) << bad;
  EXPECT_FALSE(Asked("a.b", std::string(100000, '[')).request().object());
}

}  // namespace
}  // namespace mc::flux::broker
