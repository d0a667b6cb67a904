#include "kube/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "fakes/fake_kube_client.hpp"
#include "fakes/fake_timer.hpp"

namespace mc::kube {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class EventsTest : public testing::Test {
 protected:
  void tell(const std::string& reason, const std::string& note = "text") {
    recorder->event(about, Severity::Normal, reason, "Create", note);
  }
  Object event(size_t index = 0) {
    std::vector<Object> all;
    EXPECT_TRUE(client.list(kEvents, {}, [&](Object item) { all.push_back(std::move(item)); }, {}));
    return index < all.size() ? all[index] : Object();
  }
  size_t requests() {
    size_t count = 0;
    for (const std::string& line : client.log()) count += line.starts_with("list") ? 0 : 1;
    return count;
  }

  fakes::FakeKubeClient client;
  fakes::FakeTimer timer;
  ObjectReference about{
      .apiVersion = "batch/v1", .kind = "Job", .ns = "team", .name = "sim", .uid = "u1"};
  std::mutex mutex;
  std::vector<std::string> errors;
  std::unique_ptr<EventRecorder> recorder = std::make_unique<EventRecorder>(
      client, timer, EventOptions{.controller = "example.com/op", .instance = "op-0"},
      [this](const Error& error) {
        const std::lock_guard lock(mutex);
        errors.push_back(error.message);
      });
};

TEST_F(EventsTest, WritesWhatDescribeShows) {
  recorder->event(about, Severity::Warning, "Failed", "Start", "no such image");
  ASSERT_TRUE(recorder->flush(1h));
  const Object made = event();
  EXPECT_EQ(findText(made, {"apiVersion"}), "events.k8s.io/v1");
  EXPECT_EQ(namespaceOf(made), "team");
  EXPECT_TRUE(nameOf(made).starts_with("sim."));
  EXPECT_EQ(findText(made, {"type"}), "Warning");
  EXPECT_EQ(findText(made, {"reason"}), "Failed");
  EXPECT_EQ(findText(made, {"action"}), "Start");
  EXPECT_EQ(findText(made, {"note"}), "no such image");
  EXPECT_EQ(findText(made, {"reportingController"}), "example.com/op");
  EXPECT_EQ(findText(made, {"reportingInstance"}), "op-0");
  EXPECT_EQ(findText(made, {"regarding", "uid"}), "u1");
  EXPECT_EQ(findText(made, {"eventTime"}).size(),
            std::string("2026-11-23T05:54:32.250000Z").size());
  EXPECT_FALSE(made.contains("series"));
}

TEST_F(EventsTest, ABurstOfEqualOnesIsOneEventAndOneUpdate) {
  tell("Created");
  ASSERT_TRUE(recorder->flush(1h));
  for (int i = 0; i < 999; ++i) tell("Created");
  timer.advance(30s);
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_EQ(requests(), 2u);
  EXPECT_EQ(findNumber(event(), {"series", "count"}), 1000);
}

TEST_F(EventsTest, UpdatesOfASeriesAreSpacedOut) {
  tell("Created");
  ASSERT_TRUE(recorder->flush(1h));
  tell("Created");
  timer.advance(29s);
  EXPECT_EQ(requests(), 1u);
  timer.advance(1s);
  client.awaitCalls("patch events.events.k8s.io team/" + std::string(nameOf(event())), 1);
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_EQ(findNumber(event(), {"series", "count"}), 2);
}

TEST_F(EventsTest, FlushSendsSeriesBeforeTheirTime) {
  tell("Created");
  ASSERT_TRUE(recorder->flush(1h));
  tell("Created");
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_EQ(findNumber(event(), {"series", "count"}), 2);
}

TEST_F(EventsTest, DifferentTextsAreDifferentEvents) {
  tell("Created", "job a");
  tell("Created", "job b");
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_EQ(client.count(kEvents), 2u);
  EXPECT_LT(nameOf(event(0)), nameOf(event(1)));
  EXPECT_EQ(findText(event(0), {"note"}), "job a");
}

TEST_F(EventsTest, ASeriesEndsAfterSixSilentMinutes) {
  tell("Created");
  ASSERT_TRUE(recorder->flush(1h));
  timer.advance(361s);
  tell("Created");
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_EQ(client.count(kEvents), 2u);
}

TEST_F(EventsTest, AnEventThatIsGoneIsMadeAnew) {
  tell("Created");
  ASSERT_TRUE(recorder->flush(1h));
  client.erase(kEvents, keyOf(event()));
  tell("Created");
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_EQ(findNumber(event(), {"series", "count"}), 2);
}

TEST_F(EventsTest, OneObjectCannotFloodTheServer) {
  for (int i = 0; i < 40; ++i) tell("Created", std::to_string(i));
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_EQ(client.count(kEvents), 25u);
  EXPECT_EQ(recorder->dropped(), 15u);
  timer.advance(301s);
  tell("Created", "later");
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_EQ(client.count(kEvents), 26u);
}

TEST_F(EventsTest, ARefusalIsReportedAndForgotten) {
  client.onCall = [](const fakes::KubeCall&) {
    return Error(Reason::Forbidden, "namespace is going");
  };
  tell("Created");
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_THAT(errors, ElementsAre("namespace is going"));
}

TEST_F(EventsTest, LongTextsAreCutBetweenCharacters) {
  std::string note(1023, 'x');
  tell("Created", note + "\xC3\xA4");
  ASSERT_TRUE(recorder->flush(1h));
  EXPECT_EQ(findText(event(), {"note"}), note);
}

TEST_F(EventsTest, FlushGivesUpInTime) {
  std::promise<void> asked;
  std::stop_source stop;
  client.onCall = [&](const fakes::KubeCall&) -> std::optional<Error> {
    asked.set_value();
    timer.sleep(24h, stop.get_token());
    return {};
  };
  tell("Created");
  asked.get_future().wait();
  std::jthread clock([&] {
    timer.awaitWaiting(2);
    timer.advance(1s);
  });
  EXPECT_FALSE(recorder->flush(1s));
  stop.request_stop();
}

TEST_F(EventsTest, TheReferenceIsTheObjects) {
  const Object job{{"apiVersion", "batch/v1"},
                   {"kind", "Job"},
                   {"metadata", Object{{"name", "a"}, {"namespace", "b"}, {"uid", "c"}}}};
  const ObjectReference reference = referenceTo(job);
  EXPECT_EQ(reference.kind, "Job");
  EXPECT_EQ(reference.ns, "b");
  EXPECT_EQ(reference.uid, "c");
}

}  // namespace
}  // namespace mc::kube
