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
  EXPECT_EQ(refused(R"("dependencies":{})"), "dependencies must be a list");
  EXPECT_EQ(refused(R"("dependencies":[{"scheme":"string","value":"x"}])"),
            "dependency scheme 'string' is not known");
  EXPECT_EQ(refused(R"("dependencies":[{"scheme":"after","value":"!"}])"),
            "dependency after: '!' is not a valid jobid");
  EXPECT_EQ(refused(R"("dependencies":[{"scheme":"afterok","value":"123"}])"),
            "dependency after-success=ƒ38: job not found");
  EXPECT_EQ(refused(R"("dependencies":[{"scheme":"begin-time","value":"soon"}])"),
            "dependency begin-time:soon: not a time in seconds since the epoch");
}

}  // namespace
}  // namespace mc::flux::services
