// What job-ingest takes and what it refuses.

#include "flux/services/job-ingest/job_id_generator.hpp"
#include "job_system.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

TEST(Ingest, GivesIdsThatAlwaysIncrease) {
  fakes::FakeLoop loop;
  ingest::JobIdGenerator ids(loop.clock());
  formats::JobId last = ids.next();
  EXPECT_EQ(last, 0u);
  for (int i = 0; i < 5000; ++i) {
    const formats::JobId id = ids.next();
    ASSERT_GT(id, last);
    last = id;
  }
  loop.advance(1s);
  EXPECT_EQ(ids.next(), formats::makeJobId(1000, 0, 0));
  ids.startAfter(formats::makeJobId(5000, 0, 7));
  EXPECT_EQ(ids.next(), formats::makeJobId(6001, 0, 0));
}

std::string textOf(const std::string& submission, uint32_t userid = 0,
                   uint32_t roles = wire::kRoleOwner) {
  JobSystem system;
  Asked asked("job-ingest.submit", submission);
  system.ask(asked.as(userid, roles));
  EXPECT_EQ(system.ask("job-list.job-stats").last().json().at("job_states").at("total"), 0);
  EXPECT_EQ(system.ask("kvs.lookup", R"({"key":"job","flags":1})").last().errnum, unsigned{ENOENT});
  EXPECT_NE(asked.last().errnum, 0u);
  return asked.last().text;
}

std::string withJobspec(const std::string& jobspec) {
  return formats::toJson(
      json::object{{"J", formats::wrapUnsigned(jobspec, 0)}, {"urgency", 16}, {"flags", 0}});
}

TEST(Ingest, RefusesForeignSignersAndGuests) {
  EXPECT_EQ(textOf(JobSystem::submission(Wish(), 7)), "signer=7 != requestor=0");
  EXPECT_EQ(textOf(JobSystem::submission(Wish(), 7), 7, wire::kRoleUser),
            "only the instance owner can use sign-type=none");
  Wish waitable;
  waitable.flags = 4;
  EXPECT_EQ(textOf(JobSystem::submission(waitable, 7), 7, wire::kRoleUser),
            "only the instance owner can submit waitable jobs");
}

// As flux-core: where [access] gives root the owner's role, its jobs still could not be run.
TEST(Ingest, RefusesRootInAnothersInstance) {
  JobSystem system;
  system.host.instanceOwner = 7;
  Asked asRoot("job-ingest.submit", JobSystem::submission(Wish(), 0));
  EXPECT_EQ(system.ask(asRoot.as(0, wire::kRoleOwner)).last().text,
            "submission of jobs as user root not supported");
  EXPECT_EQ(asRoot.last().errnum, unsigned{EPERM});
  Asked asOwner("job-ingest.submit", JobSystem::submission(Wish(), 7));
  EXPECT_EQ(system.ask(asOwner.as(7, wire::kRoleOwner)).last().errnum, 0u);
}

TEST(Ingest, RefusesBadUrgencies) {
  Wish wish;
  wish.urgency = 32;
  EXPECT_EQ(textOf(JobSystem::submission(wish)), "urgency=32 is out of range");
  wish.urgency = -1;
  EXPECT_EQ(textOf(JobSystem::submission(wish)), "urgency=-1 is out of range");
}

TEST(Ingest, RefusesUnknownQueues) {
  Wish wish;
  wish.system = R"("queue":"nosuch",)";
  EXPECT_EQ(textOf(JobSystem::submission(wish)), "'nosuch' is not a valid queue");
}

TEST(Ingest, RefusesBrokenSubmissions) {
  for (const char* payload :
       {"{}", R"({"J":5,"urgency":16,"flags":0})", R"({"J":"a.b.none","urgency":16,"flags":0})",
        R"({"J":"","urgency":16,"flags":0})"})
    textOf(payload);
  for (const char* jobspec : {"", "[]", "{", R"({"version":1})",
                              R"({"version":999,"resources":[],"tasks":[],"attributes":{}})"})
    EXPECT_TRUE(textOf(withJobspec(jobspec)).starts_with("Invalid jobspec: ")) << jobspec;
}

TEST(Ingest, RefusesBadConstraintsAndDependencies) {
  const auto refused = [](const std::string& system) {
    Wish wish;
    wish.system = system + ",";
    return textOf(JobSystem::submission(wish));
  };
  EXPECT_EQ(refused(R"("constraints":{"nosuch":[]})"), "unknown constraint operator 'nosuch'");
  EXPECT_EQ(refused(R"("dependencies":{})"), "dependencies object must be an array");
  EXPECT_EQ(refused(R"("dependencies":[{"scheme":"string","value":"x"}])"),
            R"(dependency scheme "string" not supported)");
  EXPECT_EQ(refused(R"("dependencies":[{"scheme":"after","value":"!"}])"),
            R"(dependency: after: "!" is not a valid jobid)");
  EXPECT_EQ(refused(R"("dependencies":[{"scheme":"afterok","value":"123"}])"),
            "dependency: afterok: id 123: job not found");
  EXPECT_EQ(refused(R"("dependencies":[{"value":"x"}])"), "dependency[0] missing string scheme");
  EXPECT_EQ(refused(R"("dependencies":[{"scheme":"begin-time","value":"soon"}])"),
            "Invalid begin-time=soon");
  EXPECT_EQ(refused(R"("dependencies":[{"scheme":"begin-time","value":"inf"}])"),
            "Invalid begin-time=inf");
}

constexpr const char* kQueues = R"({
  "policy":{"jobspec":{"defaults":{"system":{"duration":"1h","queue":"batch"}}},
            "limits":{"duration":"2h","job-size":{"max":{"nnodes":2,"ncores":4}}}},
  "queues":{"debug":{"requires":["dbg"],
                     "policy":{"jobspec":{"defaults":{"system":{"duration":"10m"}}},
                               "limits":{"duration":"30m","job-size":{"max":{"ncores":-1},
                                                                     "min":{"nnodes":1}}}}},
            "batch":{}},
  "resource":{"config":[{"hosts":"n[0-1]","cores":"0-1"},{"hosts":"n1","properties":["dbg"]}]}})";

Wish inQueue(const std::string& queue, Wish wish = Wish()) {
  wish.system += R"("queue":")" + queue + R"(",)";
  return wish;
}

TEST(Policy, DefaultsCompleteTheJobspecButNotJ) {
  JobSystem system(2, 2, kQueues);
  const Wish wish;
  const JobId id = system.submit(wish);
  EXPECT_EQ(system.attributes(id).at("queue"), "batch");
  EXPECT_EQ(system.attributes(id).at("duration").to_number<double>(), 3600);
  EXPECT_EQ(system.lookup(id, "J"), formats::wrapUnsigned(wish.jobspec(), 0));
  const auto jobspec = fakes::parseJson(system.lookup(id, "jobspec"));
  EXPECT_EQ(jobspec.at("attributes").at("system").at("queue"), "batch");
}

TEST(Policy, WhatAQueueSaysGoesFirst) {
  JobSystem system(2, 2, kQueues);
  const JobId id = system.submit(inQueue("debug", Wish::nodes(1)));
  EXPECT_EQ(system.attributes(id).at("duration").to_number<double>(), 600);
  EXPECT_EQ(system.attributes(id).at("ranks"), "1");  // the one with the property
  Wish own = Wish::nodes(1);
  own.duration = 60;
  EXPECT_EQ(
      system.attributes(system.submit(inQueue("batch", own))).at("duration").to_number<double>(),
      60);
}

TEST(Policy, QueueConstraintsJoinThoseOfTheJob) {
  JobSystem system(2, 2, kQueues);
  const auto constraints = [&](const std::string& own) {
    Wish wish = inQueue("debug", Wish::nodes(1));
    wish.system += R"("constraints":)" + own + ",";
    const auto jobspec = fakes::parseJson(system.lookup(system.submit(wish), "jobspec"));
    return formats::toJson(jobspec.at("attributes").at("system").at("constraints"));
  };
  EXPECT_EQ(constraints(R"({"properties":["x"]})"), R"({"properties":["x","dbg"]})");
  EXPECT_EQ(constraints(R"({"properties":["dbg"]})"), R"({"properties":["dbg"]})");
  EXPECT_EQ(constraints(R"({"ranks":["1"]})"),
            R"({"and":[{"ranks":["1"]},{"properties":["dbg"]}]})");
}

TEST(Policy, LimitsAreKept) {
  JobSystem system(2, 2, kQueues);
  const auto refused = [&](const Wish& wish) {
    const Asked asked = system.ask("job-ingest.submit", JobSystem::submission(wish));
    EXPECT_EQ(asked.last().errnum, unsigned{EINVAL});
    return asked.last().text;
  };
  Wish tooLong = Wish::nodes(1);
  tooLong.duration = 7201;
  EXPECT_EQ(refused(inQueue("batch", tooLong)),
            "requested duration (2h) exceeds policy limit of 2h for queue batch");
  tooLong.duration = 3600;
  EXPECT_EQ(refused(inQueue("debug", tooLong)),
            "requested duration (1h) exceeds policy limit of 30m for queue debug");
  EXPECT_EQ(refused(Wish::nodes(3)), "requested nnodes exceeds policy limit of 2");
  EXPECT_EQ(refused(Wish::slots(5)), "requested ncores exceeds policy limit of 4");
  EXPECT_EQ(refused(inQueue("debug", Wish::slots(5))),
            "requested nnodes is under policy limit of 1");
  EXPECT_EQ(refused(inQueue("nosuch")), "Invalid queue 'nosuch' specified");
}

TEST(Policy, WithoutADefaultQueueOneMustBeNamed) {
  JobSystem system(1, 1, R"({"queues":{"a":{}}})");
  EXPECT_EQ(system.ask("job-ingest.submit", JobSystem::submission(Wish())).last().text,
            "no queue specified");
  EXPECT_EQ(system.attributes(system.submit(inQueue("a"))).at("queue"), "a");
}

TEST(Policy, ALimitRefusesJobsWithoutAnEnd) {
  JobSystem system(1, 1, R"({"policy":{"limits":{"duration":90}}})");
  EXPECT_EQ(system.ask("job-ingest.submit", JobSystem::submission(Wish())).last().text,
            "requested duration (unlimited) exceeds policy limit of 1.5m");
}

class BadPolicies : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};
TEST_P(BadPolicies, EndTheStart) {
  fakes::FakeHost host;
  host.attributes["hostlist"] = "n0";
  host.configuration = fakes::parseJson(GetParam().first).as_object();
  const auto services = makeJobServices(host);
  ASSERT_FALSE(services);
  EXPECT_NE(services.error().message.find(GetParam().second), std::string::npos)
      << services.error().message;
}
INSTANTIATE_TEST_SUITE_P(
    Table, BadPolicies,
    ::testing::Values(
        std::pair{R"({"policy":{"limits":{"duration":"soon"}}})", "policy.limits.duration"},
        std::pair{R"({"policy":{"limits":{"job-size":{"max":{"nnodes":-2}}}}})",
                  "policy.limits.job-size.max.nnodes: size must be -1 (unlimited), or >= 0"},
        std::pair{R"({"policy":{"jobspec":{"defaults":{"system":{"queue":"x"}}}}})",
                  "default queue 'x' must be in [queues]"},
        std::pair{R"({"queues":{"a":{"requires":"ssd"}}})",
                  "queues.a.requires must be an array of strings"}));

TEST(Ingest, ValidatesFeasibilityWhereConfigured) {
  JobSystem system(1, 1, R"({"ingest":{"validator":{"plugins":["jobspec","feasibility"]}}})");
  EXPECT_EQ(
      system.ask("job-ingest.submit", JobSystem::submission(Wish::nodes(9, 1, true))).last().text,
      "unsatisfiable request: need 9 exclusive node(s), only 1 eligible");
  system.submit(Wish::nodes(1));
}

TEST(Ingest, RequiresInstancesWhereConfigured) {
  const std::string validator = R"({"ingest":{"validator":{"plugins":["require-instance"])";
  const auto answer = [](const std::string& config, const Wish& wish) {
    JobSystem system(1, 64, config);
    return system.ask("job-ingest.submit", JobSystem::submission(wish)).last().text;
  };
  EXPECT_EQ(
      answer(validator + "}}}", Wish::nodes(1)),
      "Direct job submission disabled for all jobs in this instance. Please use flux-batch(1) "
      "or flux-alloc(1)");
  const std::string sized = validator + R"(,"require-instance":{"minnodes":2}}}})";
  EXPECT_TRUE(answer(sized, Wish::nodes(1)).starts_with(R"({"id":)"));
  EXPECT_EQ(answer(sized, Wish::slots(32)),
            "Direct job submission disabled for jobs >= 2 nodes or 32 cores. Please use "
            "flux-batch(1) or flux-alloc(1)");
  Wish instance;
  instance.command = R"(["/usr/bin/flux","broker"])";
  EXPECT_TRUE(answer(validator + "}}}", instance).starts_with(R"({"id":)"));
  instance.command = R"(["true"])";
  instance.system = R"("batch":{},)";
  EXPECT_TRUE(answer(validator + "}}}", instance).starts_with(R"({"id":)"));
}

}  // namespace
}  // namespace mc::flux::services
