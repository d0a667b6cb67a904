#include "flux/commands/job_options.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include "base/fd.hpp"
#include "flux/commands/job_attributes.hpp"
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

TEST(JobOptions, TellTheShell) {
  const std::string options = "attributes.system.shell.options.";
  EXPECT_EQ(at({"--signal=TERM@1m", "app"}, options + "signal"),
            R"({"signum":15,"timeleft":60.0})");
  EXPECT_EQ(at({"--signal=@30", "app"}, options + "signal"), R"({"signum":10,"timeleft":30.0})");
  EXPECT_EQ(at({"--signal=SIGUSR2", "app"}, options + "signal"),
            R"({"signum":12,"timeleft":60.0})");
  EXPECT_EQ(at({"--signal=NONE", "app"}, "x"), "--signal: invalid signal: NONE");
  EXPECT_EQ(at({"--signal=9@x", "app"}, "x"), "--signal: invalid time: x");
  EXPECT_EQ(at({"--taskmap=cyclic:2", "app"}, options + "taskmap"),
            R"({"scheme":"cyclic","value":"2"})");
  EXPECT_EQ(at({"--taskmap=manual:[[0,1,2,1]]", "app"}, options + "taskmap.value"),
            "\"[[0,1,2,1]]\"");
}

TEST(JobOptions, BeginLater) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  constexpr double kNow = 1700000000;  // 2023-11-14 22:13:20
  const auto begin = [](const char* text) { return beginTime(text, kNow).value_or(-1); };
  EXPECT_EQ(begin("+1m"), kNow + 60);
  EXPECT_EQ(begin("1800000000"), 1800000000);
  EXPECT_EQ(begin("now"), kNow);
  EXPECT_EQ(begin("tomorrow"), 1700006400);
  EXPECT_EQ(begin("2023-11-15"), 1700006400);
  EXPECT_EQ(begin("2021-06-21 8am"), 1624262400);
  EXPECT_EQ(begin("2021-06-21T08:00:30"), 1624262430);
  EXPECT_EQ(begin("23:00"), 1700002800);
  EXPECT_EQ(begin("10:30 pm"), -1);
  EXPECT_EQ(begin("10:30pm"), 1700001000);
  EXPECT_EQ(begin("1am"), 1700010000);  // of the next day
  EXPECT_EQ(begin("soon"), -1);
}

TEST(JobOptions, CarryFiles) {
  const std::string files = "attributes.system.files";
  EXPECT_EQ(at({"--add-file=a.txt=one\ntwo\n", "app"}, files),
            R"({"a.txt":{"mode":33152,"size":8,"encoding":"utf-8","data":"one\ntwo\n"}})");
  const std::string path = testing::TempDir() + "added";
  ASSERT_TRUE(base::writeFileAtomic(path, "\xff", 0750));
  EXPECT_EQ(at({"--add-file=" + path, "app"}, files + ".added.data"), "\"/w==\"");
  EXPECT_EQ(at({"--add-file=n=" + path, "app"}, files + ".n.mode"), "33256");
  EXPECT_EQ(at({"--add-file=/nosuch", "app"}, files),
            "--add-file: /nosuch: No such file or directory");
}

TEST(JobOptions, RequireProperties) {
  const auto constraint = [](const std::string& text) {
    return at({"--requires=" + text, "app"}, "attributes.system.constraints");
  };
  EXPECT_EQ(constraint("a"), R"({"properties":["a"]})");
  for (const char* text : {"a b c", "a&b&c", "a,b,c", "a and (b && c)"})
    EXPECT_EQ(constraint(text), R"({"properties":["a","b","c"]})") << text;
  EXPECT_EQ(constraint("a|b or c"),
            R"({"or":[{"properties":["a"]},{"properties":["b"]},{"properties":["c"]}]})");
  EXPECT_EQ(constraint("b|-c"), R"({"or":[{"properties":["b"]},{"not":[{"properties":["c"]}]}]})");
  EXPECT_EQ(constraint("not host:n[1-5]"), R"({"not":[{"hostlist":["n[1-5]"]}]})");
  EXPECT_EQ(constraint("rank:0 a,-b"), R"({"and":[{"ranks":["0"]},{"properties":["a","^b"]}]})");
  EXPECT_EQ(constraint("'or'"), R"({"properties":["or"]})");
  EXPECT_EQ(at({"--requires=a|b", "--requires=c", "app"}, "attributes.system.constraints"),
            R"({"and":[{"or":[{"properties":["a"]},{"properties":["b"]}]},{"properties":["c"]}]})");
  EXPECT_EQ(constraint("a)"), "--requires: a): unexpected )");
  EXPECT_EQ(constraint("a|"), "--requires: a|: unexpected end of input");
  EXPECT_EQ(constraint("x:y"), "--requires: x:y: unknown operator 'x'");
  EXPECT_EQ(constraint("'a"), "--requires: 'a: unclosed quote");
  EXPECT_TRUE(constraint(std::string(1000, '(')).ends_with("too many levels"));
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
  EXPECT_TRUE(namesCopy(parsed));
  EXPECT_FALSE(namesCopy(copy));
}

}  // namespace
}  // namespace mc::flux::commands
