#include "flux/commands/job_options.hpp"

#include <gtest/gtest.h>

#include "flux/formats/jobspec.hpp"
#include "flux/formats/signed_jobspec.hpp"

namespace mc::flux::commands {
namespace {

base::Result<JobRequest> request(const Args& args, const Environment& environment = {}) {
  const Grammar grammar{.program = "flux run", .options = jobOptions(), .commandFollows = true};
  const auto outcome = parseOptions(grammar, args);
  EXPECT_FALSE(outcome.exitStatus);
  return makeJobRequest(outcome.parsed, environment);
}

std::string at(const Args& args, const std::string& path) {
  const auto made = request(args);
  if (!made) return made.error().message;
  const auto* value = formats::getPath(made->jobspec, path);
  return value ? formats::toJson(*value) : "absent";
}

TEST(JobOptions, BecomeAJobspec) {
  EXPECT_EQ(at({"-t", "5", "app"}, "attributes.system.duration"), "300.0");
  EXPECT_EQ(at({"-t", "90s", "app"}, "attributes.system.duration"), "90.0");
  EXPECT_EQ(at({"--cwd=/x", "app"}, "attributes.system.cwd"), "\"/x\"");
  EXPECT_EQ(at({"--job-name=n", "app"}, "attributes.system.job.name"), "\"n\"");
  EXPECT_EQ(at({"-q", "batch", "app"}, "attributes.system.queue"), "\"batch\"");
  EXPECT_EQ(at({"-o", "verbose", "-o", "x.y=[1]", "app"}, "attributes.system.shell.options.x.y"),
            "[1]");
  EXPECT_EQ(at({"-o", "verbose", "app"}, "attributes.system.shell.options.verbose"), "1");
  EXPECT_EQ(at({"--setattr=user.foo=bar", "app"}, "attributes.user.foo"), "\"bar\"");
  EXPECT_EQ(at({"--setattr=x.y=1", "app"}, "attributes.system.x.y"), "1");
  EXPECT_EQ(at({"--output=o", "app"}, "attributes.system.shell.options.output.stdout"),
            R"({"type":"file","path":"o"})");
  EXPECT_EQ(at({"--output=kvs", "app"}, "attributes.system.shell.options.output"), "absent");
  EXPECT_EQ(at({"-l", "--error=e", "app"}, "attributes.system.shell.options.output.stderr.label"),
            "true");
  EXPECT_EQ(at({"--input=0-1", "app"}, "attributes.system.shell.options.input"), "absent");
  EXPECT_EQ(at({"--dependency=afterok:f1", "app"}, "attributes.system.dependencies"),
            R"([{"scheme":"afterok","value":"f1"}])");
  EXPECT_EQ(at({"--rlimit=-*", "app"}, "attributes.system.shell.options.rlimit"), "absent");
  EXPECT_EQ(at({"--rlimit=-*,nofile=7", "app"}, "attributes.system.shell.options.rlimit"),
            R"({"nofile":7})");
}

TEST(JobOptions, AreAlwaysAValidJobspec) {
  for (const Args& args : {Args{"app"}, Args{"-N2", "-n4", "app", "-x"}, Args{"-N3", "-n4", "app"},
                           Args{"-c2", "-g1", "app"}, Args{"--cores=4", "-N2", "app"},
                           Args{"-N1", "--tasks-per-node=2", "app"}}) {
    const auto made = request(args, {{"A", "b"}});
    ASSERT_TRUE(made);
    const auto parsed = formats::Jobspec::parse(made->jobspec);
    EXPECT_TRUE(parsed) << parsed.error().message;
  }
}

TEST(JobOptions, SetUrgencyAndFlags) {
  EXPECT_EQ(request({"app"})->urgency, 16);
  EXPECT_EQ(request({"--urgency=hold", "app"})->urgency, 0);
  EXPECT_EQ(request({"--flags=waitable,debug", "app"})->flags, kSubmitWaitable | kSubmitDebug);
  EXPECT_FALSE(request({"--urgency=32", "app"}));
  EXPECT_FALSE(request({"--flags=x", "app"}));
  EXPECT_FALSE(request({"-t", "x", "app"}));
  EXPECT_FALSE(request({"--rlimit=nosuch", "app"}));
}

TEST(JobOptions, AreSigned) {
  const auto payload = submitPayload(*request({"app"}));
  const auto inner = formats::unwrapUnsigned(payload.at("J").as_string());
  ASSERT_TRUE(inner);
  EXPECT_TRUE(formats::Jobspec::parse(std::string_view(inner->payload)));
}

TEST(JobOptions, AreCopied) {
  const Grammar grammar{.program = "flux submit", .options = jobOptions(), .commandFollows = true};
  const auto parsed =
      parseOptions(grammar, {"--job-name=j{cc}", "echo", "{cc}-{cc}", "{{id}}"}).parsed;
  const auto copy = substituteCopy(parsed, "7");
  EXPECT_EQ(copy.rest, (Args{"echo", "7-7", "{{id}}"}));
  EXPECT_EQ(copy.value("job-name"), "j7");
}

}  // namespace
}  // namespace mc::flux::commands
