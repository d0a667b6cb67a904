// Jobs over the end of the broker. A crash is made by copying the database as it is just then: that
// is what a broker that is killed leaves behind.

#include <filesystem>

#include "flux/formats/job_state.hpp"
#include "job_system.hpp"
#include "unit/base/temporary_directory.hpp"

namespace mc::flux::services {
namespace {

using base::TemporaryDirectory;
namespace fs = std::filesystem;

class RestartTest : public ::testing::Test {
 protected:
  std::unique_ptr<JobSystem> start(const std::string& directory, int nodes = 2, int cores = 2) {
    return std::make_unique<JobSystem>(nodes, cores, "{}", directory);
  }
  /// What the directory of a broker that is killed now holds.
  std::string crash(const std::string& directory) {
    const std::string copy = all.path() + "/crash-" + std::to_string(++crashes);
    fs::copy(directory, copy, fs::copy_options::recursive);
    return copy;
  }
  std::string fresh() {
    fs::create_directory(all.path() + "/first");
    return all.path() + "/first";
  }

  TemporaryDirectory all;
  int crashes = 0;
};

TEST_F(RestartTest, KeepsEveryAcceptedJobAndRunsThePendingOnes) {
  const std::string first = fresh();
  const auto before = start(first, 1, 1);
  const JobId running = before->submit(Wish().simulated("1000s"));
  const JobId pending = before->submit(Wish().simulated("1s"));
  Wish held;
  held.urgency = 0;
  const JobId waiting = before->submit(held.simulated("1s"));
  EXPECT_EQ(before->state(running), formats::kStateRun);
  EXPECT_EQ(before->state(pending), formats::kStateSched);

  const auto after = start(crash(first), 1, 1);
  EXPECT_EQ(after->state(running), formats::kStateInactive);
  EXPECT_EQ(after->events(running),
            "submit validate depend priority alloc start exception release free clean");
  EXPECT_EQ(after->attributes(running).at("exception_type"), "exec");
  EXPECT_EQ(after->attributes(running).at("result").to_number<int>(), formats::kResultFailed);
  EXPECT_EQ(after->state(pending), formats::kStateRun);
  EXPECT_EQ(after->state(waiting), formats::kStateSched);
  after->advance(std::chrono::seconds(2));
  EXPECT_EQ(after->attributes(pending).at("result").to_number<int>(), formats::kResultCompleted);
  EXPECT_EQ(after->events(pending),
            "submit validate depend priority alloc start finish release free clean");
}

TEST_F(RestartTest, FinishedJobsAreAsTheyWere) {
  const std::string first = fresh();
  const auto before = start(first);
  const JobId job = before->submit(Wish().simulated("0", 256));
  EXPECT_EQ(before->state(job), formats::kStateInactive);
  const auto attributes = before->attributes(job);
  for (const std::string& directory : {crash(first), crash(first)}) {
    const auto after = start(directory);
    EXPECT_EQ(after->attributes(job), attributes);
    for (const char* key : {"J", "R", "jobspec", "eventlog", "guest.exec.eventlog"})
      EXPECT_EQ(after->lookup(job, key), before->lookup(job, key)) << key;
  }
}

TEST_F(RestartTest, OutputOfAJobThatRanIsThere) {
  const std::string first = fresh();
  const auto before = start(first);
  const JobId job = before->submit(Wish());
  const auto commit = [&](const std::string& text) {
    before->ask("kvs.commit", R"({"namespace":"job-)" + std::to_string(job) +
                                  R"(","flags":0,"ops":[{"key":"output","flags":32,"dirent":)" +
                                  R"({"ver":1,"type":"val","data":")" +
                                  formats::encodeBase64(text) + R"("}}]})");
  };
  commit("so\n");
  EXPECT_EQ(start(crash(first))->lookup(job, "guest.output"), "so\n");
  // A checkpoint in between changes nothing.
  before->ask("kvs.commit", R"({"flags":2,"ops":[]})");
  commit("far\n");
  EXPECT_EQ(start(crash(first))->lookup(job, "guest.output"), "so\nfar\n");
  before->finish(before->shells().at(0), 0);
  EXPECT_EQ(start(crash(first))->lookup(job, "guest.output"), "so\nfar\n");
}

TEST_F(RestartTest, ACrashAtAnyTimeLosesNothingThatWasAnswered) {
  const std::string first = fresh();
  const auto before = start(first, 1, 1);
  std::vector<JobId> jobs;
  for (int i = 0; i < 20; ++i) {
    jobs.push_back(before->submit(Wish().simulated(i % 3 == 0 ? "5s" : "0")));
    before->advance(std::chrono::milliseconds(500));
    const auto after = start(crash(first), 1, 1);
    for (const JobId job : jobs) EXPECT_FALSE(after->attributes(job).empty()) << "after " << i;
    after->advance(std::chrono::seconds(1000));
    for (const JobId job : jobs) EXPECT_EQ(after->state(job), formats::kStateInactive);
  }
}

TEST_F(RestartTest, DependenciesGoOn) {
  const std::string first = fresh();
  const auto before = start(first, 1, 1);
  Wish held;
  held.urgency = 0;
  const JobId one = before->submit(held.simulated("1s"));
  Wish dependent;
  dependent.system = R"("dependencies":[{"scheme":"afterok","value":")" + std::to_string(one) +
                     R"("},{"scheme":"begin-time","value":"1"}],)";
  const JobId two = before->submit(dependent.simulated("1s"));
  EXPECT_EQ(before->state(two), formats::kStateDepend);
  const auto after = start(crash(first), 1, 1);
  EXPECT_EQ(after->state(two), formats::kStateDepend);
  after->ask("job-manager.urgency", R"({"id":)" + std::to_string(one) + R"(,"urgency":16})");
  after->advance(std::chrono::seconds(10));
  EXPECT_EQ(after->attributes(two).at("result").to_number<int>(), formats::kResultCompleted);
  const std::string events = after->events(two);
  EXPECT_EQ(events.find("dependency-add"), events.find("validate") + sizeof "validate");
  EXPECT_EQ(events.find("dependency-add", events.rfind("dependency-add") + 1), std::string::npos);
}

TEST_F(RestartTest, NewIdsAreNew) {
  const std::string first = fresh();
  const auto before = start(first);
  const JobId old = before->submit(Wish().simulated("0"));
  const auto after = start(crash(first));
  EXPECT_GT(after->submit(Wish().simulated("0")), old);
}

TEST_F(RestartTest, WhoWaitsForAJobGetsItsEndInTheNextLife) {
  const std::string first = fresh();
  const auto before = start(first, 1, 1);
  before->submit(Wish().simulated("1000s"));
  Wish waitable;
  waitable.flags = 4;
  const JobId job = before->submit(waitable.simulated("1s"));
  const auto after = start(crash(first), 1, 1);
  Asked asked("job-manager.wait", R"({"id":)" + std::to_string(job) + "}");
  after->ask(asked);
  after->advance(std::chrono::seconds(2));
  ASSERT_EQ(asked.replies().size(), 1u);
  EXPECT_EQ(asked.last().json().at("success").as_bool(), true);
}

TEST_F(RestartTest, AJobWhoseDataAreBrokenDoesNotStopTheOthers) {
  const std::string first = fresh();
  const auto before = start(first);
  const JobId good = before->submit(Wish().simulated("0"));
  const JobId bad = before->submit(Wish().simulated("0"));
  before->ask("kvs.commit",
              R"({"flags":0,"ops":[{"key":")" + formats::formatJobId(bad, formats::JobIdForm::Kvs) +
                  R"(.eventlog","flags":0,"dirent":{"ver":1,"type":"val","data":"eHg="}}]})");
  const auto after = start(crash(first));
  EXPECT_EQ(after->state(good), formats::kStateInactive);
  EXPECT_TRUE(after->attributes(bad).empty());
}

TEST_F(RestartTest, DrainedNodesStayDrained) {
  const std::string first = fresh();
  const auto before = start(first);
  before->ask("resource.drain", R"({"targets":"0-1","reason":"hot","mode":""})");
  before->ask("resource.undrain", R"({"targets":"0"})");
  const auto after = start(crash(first));
  EXPECT_EQ(after->ask("resource.status").last().json().at("drain"),
            before->ask("resource.status").last().json().at("drain"));
  EXPECT_EQ(after->ask("resource.status").last().json().at("drain").as_object().size(), 1u);
}

TEST_F(RestartTest, JournalHasOfEarlierLivesWhatIsStillTrue) {
  const std::string first = fresh();
  const auto before = start(first);
  before->ask("resource.drain", R"({"targets":"0","reason":"hot"})");
  const auto after = start(crash(first));
  Asked journal("resource.journal", "{}", wire::kStreaming);
  std::string told;
  for (const auto& reply : after->ask(journal).replies()) {
    const auto answer = reply.json();
    for (const auto& event : answer.at("events").as_array())
      told += std::string(event.at("name").as_string()) + " ";
  }
  EXPECT_EQ(told, "restart drain restart resource-define online ");
}

TEST_F(RestartTest, PurgedJobsStayAway) {
  const std::string first = fresh();
  const auto before = start(first);
  const JobId job = before->submit(Wish().simulated("0"));
  before->ask("job-manager.purge", R"({"age_limit":-1.0,"num_limit":0,"batch":50,"force":true})");
  EXPECT_TRUE(before->attributes(job).empty());
  EXPECT_TRUE(start(crash(first))->attributes(job).empty());
}

TEST_F(RestartTest, SaysWhenTheLastLifeEndedInACrash) {
  const std::string first = fresh();
  {
    const auto before = start(first);
    const auto crashed = start(crash(first));
    const auto told = [](JobSystem& system) {
      for (const auto& line : system.host.logged)
        if (line.text.find("not shut down properly") != std::string::npos) return true;
      return false;
    };
    EXPECT_FALSE(told(*before));
    EXPECT_TRUE(told(*crashed));
  }
  const auto again = start(first);
  for (const auto& line : again->host.logged)
    EXPECT_EQ(line.text.find("not shut down properly"), std::string::npos);
}

}  // namespace
}  // namespace mc::flux::services
