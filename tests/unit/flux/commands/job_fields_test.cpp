#include "flux/commands/job_fields.hpp"

#include <gtest/gtest.h>

#include "flux/commands/job_listing.hpp"
#include "flux/formats/job_state.hpp"

namespace mc::flux::commands {
namespace {

std::string show(const boost::json::object& job, const std::string& format) {
  const JobFields fields(job, 1000);
  const auto parsed = RowFormat::parse(format);
  return parsed->lines({[&](const std::string& field) { return fields.value(field); }}, nullptr)[0];
}

const boost::json::object kRunning = {
    {"id", 221929013248}, {"userid", 4294967290u}, {"state", formats::kStateRun},
    {"t_run", 990.5},     {"nnodes", 2},           {"nodelist", "a,b"},
    {"urgency", 16},      {"priority", 16},        {"expiration", 1060.0}};
const boost::json::object kPending = {
    {"id", 1}, {"state", formats::kStateSched}, {"nnodes", 2}, {"duration", 60.0}, {"urgency", 0}};
const boost::json::object kCanceled = {{"id", 2},
                                       {"state", formats::kStateInactive},
                                       {"result", formats::kResultCanceled},
                                       {"success", false},
                                       {"exception_occurred", true},
                                       {"exception_type", "cancel"},
                                       {"exception_severity", 0},
                                       {"exception_note", "reason"}};
const boost::json::object kFailed = {{"id", 3},
                                     {"state", formats::kStateInactive},
                                     {"result", formats::kResultFailed},
                                     {"waitstatus", 36608},
                                     {"t_run", 1.0},
                                     {"t_cleanup", 2.5}};

TEST(JobFields, TellsWhatRuns) {
  EXPECT_EQ(show(kRunning, "{id.dec} {status} {status_abbrev} {state_single} {result}"),
            "221929013248 RUN R R ");
  EXPECT_EQ(show(kRunning, "{runtime!F} {contextual_time!F} {contextual_info} {nnodes}"),
            "9.500s 9.500s a,b 2");
  EXPECT_EQ(show(kRunning, "{t_remaining!F} {username} {returncode} {success}"), "1m 4294967290  ");
}

TEST(JobFields, TellsWhatWaits) {
  EXPECT_EQ(show(kPending, "{status} {nnodes:h} {contextual_time!F} {contextual_info}"),
            "SCHED - 1m held");
}

TEST(JobFields, TellsHowItEnded) {
  EXPECT_EQ(show(kCanceled, "{status_abbrev} {returncode} {exception.type} {inactive_reason}"),
            "CA -128 cancel Canceled: reason");
  EXPECT_EQ(show(kFailed, "{status} {returncode} {runtime} {inactive_reason}"),
            "FAILED 143 1.5 Terminated");
}

TEST(JobFields, MakesJson) {
  const auto job = JobFields(kCanceled, 0).toJson();
  EXPECT_EQ(job.at("state").as_string(), "INACTIVE");
  EXPECT_EQ(job.at("result").as_string(), "CANCELED");
  EXPECT_EQ(job.at("returncode").as_int64(), -128);
  EXPECT_EQ(job.at("exception").at("note").as_string(), "reason");
  EXPECT_FALSE(job.contains("exception_type"));
}

TEST(JobFields, KnowsWhatToAskFor) {
  EXPECT_EQ(jobFieldAttributes({"id.f58", "runtime", "state"}),
            (std::vector<std::string>{"state", "t_run", "t_cleanup"}));
  EXPECT_EQ(jobFieldTitle("id.f58"), "JOBID");
  EXPECT_EQ(jobFieldTitle("user.foo"), "USER.FOO");
  EXPECT_EQ(jobFieldTitle("nosuch"), std::nullopt);
}

TEST(JobFilters, AreFoundByWord) {
  EXPECT_EQ(findJobFilter("pending")->states,
            formats::kStateDepend | formats::kStatePriority | formats::kStateSched);
  EXPECT_EQ(findJobFilter("Failed")->results, formats::kResultFailed);
  EXPECT_FALSE(findJobFilter("nosuch"));
}

}  // namespace
}  // namespace mc::flux::commands
