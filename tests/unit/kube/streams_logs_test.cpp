#include "kube/streams_logs.hpp"

#include "unit/kube/streams_fixture.hpp"

namespace mc::kube {
namespace {

class LogsTest : public StreamsTest {};

TEST_F(LogsTest, AsksForWhatItIsTold) {
  start([](const http::ServerRequest&, http::Exchange& exchange) {
    (void)exchange.reply({200, "text/plain", "line\n", {}});
  });
  const LogOptions options{.container = "main",
                           .follow = true,
                           .timestamps = true,
                           .previous = true,
                           .tailLines = 0,
                           .since = 1.0};
  auto log = openLogs(*session, pod, options, {});
  ASSERT_TRUE(log);
  EXPECT_EQ(log->readAll().value(), "line\n");
  EXPECT_EQ(server->last().path, "/api/v1/namespaces/ns/pods/flux-0/log");
  const http::Query expected{{"container", "main"},  {"follow", "true"},
                             {"timestamps", "true"}, {"previous", "true"},
                             {"tailLines", "0"},     {"sinceTime", "1970-01-01T00:00:01Z"}};
  EXPECT_EQ(server->last().query, expected);
  ASSERT_TRUE(openLogs(*session, pod, {.container = {}, .tailLines = {}}, {}));
  EXPECT_TRUE(server->last().query.empty());
}

TEST_F(LogsTest, ArriveAsTheyAreWritten) {
  std::mutex mutex;
  std::condition_variable changed;
  bool read = false;
  start([&](const http::ServerRequest&, http::Exchange& exchange) {
    (void)exchange.begin({200, "text/plain", "first\n", {}});
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return read; });
    (void)exchange.write("second\n");
  });
  auto log = openLogs(*session, pod, {.container = {}, .follow = true, .tailLines = {}}, {});
  ASSERT_TRUE(log);
  EXPECT_EQ(log->read().value(), "first\n");
  {
    const std::lock_guard lock(mutex);
    read = true;
  }
  changed.notify_all();
  EXPECT_EQ(log->read().value(), "second\n");
  EXPECT_EQ(log->read().value(), "");
}

TEST_F(LogsTest, AContainerThatHasNotStartedIsAnError) {
  start([](const http::ServerRequest&, http::Exchange& exchange) {
    (void)exchange.reply(json(400, R"({"kind":"Status","status":"Failure","reason":"BadRequest",)"
                                   R"("message":"container is waiting to start","code":400})"));
  });
  const auto log = openLogs(*session, pod, {.container = {}, .tailLines = {}}, {});
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().reason, Reason::BadRequest);
  EXPECT_EQ(log.error().message, "container is waiting to start");
}

}  // namespace
}  // namespace mc::kube
