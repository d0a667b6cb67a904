#include "flux/services/job-manager/job_event.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_host.hpp"
#include "flux/formats/eventlog.hpp"

namespace mc::flux::services::manager {
namespace {

Job replay(const std::string& log) {
  Job job;
  job.active = std::make_unique<Active>();
  const auto events = formats::parseEventlog(log);
  EXPECT_TRUE(events);
  for (const auto& event : *events)
    EXPECT_TRUE(applyEvent(job, event.timestamp, event.name, event.context)) << event.name;
  return job;
}

constexpr const char* kSubmitted =
    R"({"timestamp":1.0,"name":"submit","context":{"userid":5,"urgency":16,"flags":4,"version":1}}
{"timestamp":2.0,"name":"validate"}
{"timestamp":3.0,"name":"depend"}
{"timestamp":4.0,"name":"priority","context":{"priority":16}}
)";
constexpr const char* kRunning =
    R"({"timestamp":5.0,"name":"alloc","context":{"annotations":{"sched":{"resource_summary":"rank0/core0"}}}}
{"timestamp":6.0,"name":"start"}
)";

TEST(JobEvent, LeadsThroughTheStates) {
  const Job job = replay(std::string(kSubmitted) + kRunning +
                         R"({"timestamp":7.0,"name":"finish","context":{"status":512}}
{"timestamp":8.0,"name":"release","context":{"ranks":"all","final":true}}
{"timestamp":9.0,"name":"free"}
{"timestamp":10.0,"name":"clean"}
)");
  EXPECT_EQ(job.state, State::Inactive);
  EXPECT_EQ(job.userid, 5u);
  EXPECT_TRUE(job.waitable());
  EXPECT_EQ(job.priority, 16);
  EXPECT_EQ(job.waitStatus, 512);
  EXPECT_EQ(job.outcome, Outcome::Failed);
  EXPECT_EQ(job.times.depend, 2);
  EXPECT_EQ(job.times.sched, 4);
  EXPECT_EQ(job.times.run, 5);
  EXPECT_EQ(job.times.cleanup, 7);
  EXPECT_EQ(job.times.inactive, 10);
  ASSERT_TRUE(job.annotations);
  EXPECT_EQ(job.annotations->at("sched").at("resource_summary"), "rank0/core0");
}

struct Ending {
  const char* type;
  Outcome outcome;
};
class JobEnding : public ::testing::TestWithParam<Ending> {};
TEST_P(JobEnding, FollowsTheException) {
  const Job job = replay(std::string(kSubmitted) + kRunning +
                         R"({"timestamp":6.5,"name":"exception","context":{"type":")" +
                         GetParam().type + R"(","severity":0,"note":"why","userid":9}}
{"timestamp":7.0,"name":"finish","context":{"status":0}}
{"timestamp":10.0,"name":"clean"}
)");
  EXPECT_EQ(job.outcome, GetParam().outcome);
  EXPECT_EQ(job.times.cleanup, 6.5);
  EXPECT_EQ(job.exception->note, "why");
  EXPECT_EQ(job.exception->userid, 9u);
}
INSTANTIATE_TEST_SUITE_P(Types, JobEnding,
                         ::testing::Values(Ending{"cancel", Outcome::Canceled},
                                           Ending{"timeout", Outcome::Timeout},
                                           Ending{"exec", Outcome::Failed}));

TEST(JobEvent, MildExceptionsDoNotEndAJobAndTheSeverestIsKept) {
  const Job job =
      replay(std::string(kSubmitted) + kRunning +
             R"({"timestamp":6.1,"name":"exception","context":{"type":"note","severity":5}}
{"timestamp":6.2,"name":"exception","context":{"type":"warn","severity":2}}
{"timestamp":6.3,"name":"exception","context":{"type":"late","severity":2}}
)");
  EXPECT_EQ(job.state, State::Run);
  EXPECT_EQ(job.exception->type, "warn");
}

TEST(JobEvent, RefusesWhatDoesNotFit) {
  Job job;
  EXPECT_FALSE(applyEvent(job, 1, "submit", {}));
  EXPECT_FALSE(applyEvent(job, 1, "depend", {}));
  EXPECT_FALSE(applyEvent(job, 1, "alloc", {}));
  EXPECT_FALSE(applyEvent(job, 1, "finish", {{"status", 0}}));
  EXPECT_FALSE(applyEvent(job, 1, "exception", {{"type", "x"}}));
  EXPECT_EQ(job.state, State::New);
  EXPECT_TRUE(applyEvent(job, 1, "debug.whatever", {}));
}

TEST(JobEvent, DependenciesComeAndGo) {
  Job job;
  job.active = std::make_unique<Active>();
  EXPECT_TRUE(applyEvent(job, 1, "dependency-add", {{"description", "a"}}));
  EXPECT_EQ(job.active->dependencies.size(), 1u);
  EXPECT_TRUE(applyEvent(job, 1, "dependency-remove", {{"description", "a"}}));
  EXPECT_TRUE(job.active->dependencies.empty());
}

TEST(Annotations, MergeAndRemove) {
  const auto merged = [](const char* old, const char* changes) {
    auto object = fakes::parseJson(old).as_object();
    mergeAnnotations(object, fakes::parseJson(changes).as_object());
    return formats::toJson(object);
  };
  EXPECT_EQ(merged(R"({"a":{"x":1,"y":2}})", R"({"a":{"y":null,"z":3}})"),
            R"({"a":{"x":1,"z":3}})");
  EXPECT_EQ(merged(R"({"a":1})", R"({"a":{"b":2}})"), R"({"a":{"b":2}})");
  EXPECT_EQ(merged(R"({"a":{"b":2}})", R"({"a":{"b":null}})"), "{}");
  EXPECT_EQ(merged("{}", R"({"user":{"foo":null}})"), "{}");
}

}  // namespace
}  // namespace mc::flux::services::manager
