#include "fakes/fake_apiserver/job_controller.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_apiserver/job_policies.hpp"
#include "unit/fakes/server_test_util.hpp"

namespace mc::fakes {
namespace {

namespace json = boost::json;

class JobControllerTest : public ServerTest {
 protected:
  void start(const std::string& spec = "{}") {
    auto job = parsed(R"({"apiVersion":"batch/v1","kind":"Job",
      "metadata":{"name":"job","namespace":"default"},
      "spec":{"completions":2,"parallelism":2,"completionMode":"Indexed","backoffLimit":1,
        "successPolicy":{"rules":[{"succeededIndexes":"0"}]},
        "podFailurePolicy":{"rules":[
          {"action":"Ignore","onPodConditions":[{"type":"DisruptionTarget"}]},
          {"action":"FailJob","onExitCodes":{"containerName":"main","operator":"In",
                                             "values":[42]}}]},
        "template":{"metadata":{"labels":{"app":"x"}},
          "spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"i:1"}]}}}})");
    for (const auto& entry : parsed(spec)) job["spec"].as_object()[entry.key()] = entry.value();
    server.create(job);
    jobs.settle();
  }
  json::object job() { return server.get("jobs.batch", "default", "job").value(); }
  std::string pod(int index) { return jobs.podOf("default", "job", index); }
  std::string condition(const char* type) {
    const auto now = job();
    for (const auto& item : arrayAt(now, {"status", "conditions"}))
      if (textAt(item.as_object(), {"type"}) == type &&
          textAt(item.as_object(), {"status"}) == "True")
        return textAt(item.as_object(), {"reason"});
    return "";
  }
  size_t pods() { return server.list("pods", "default").size(); }
  JobController jobs{server};
};

TEST_F(JobControllerTest, MakesIndexedPods) {
  start();
  ASSERT_EQ(pods(), 2u);
  const auto one = server.get("pods", "default", pod(1)).value();
  EXPECT_EQ(textAt(one, {"spec", "hostname"}), "job-1");
  EXPECT_EQ(textAt(one, {"metadata", "labels", "batch.kubernetes.io/job-completion-index"}), "1");
  EXPECT_EQ(textAt(one, {"metadata", "labels", "app"}), "x");
  EXPECT_TRUE(nameOf(one).starts_with("job-1-"));
  EXPECT_EQ(numberAt(job(), {"status", "active"}), 2);
  EXPECT_EQ(numberAt(job(), {"status", "ready"}), 0);
  jobs.runAll();
  EXPECT_EQ(numberAt(job(), {"status", "ready"}), 2);
}

TEST_F(JobControllerTest, SucceedsWithItsLead) {
  start();
  jobs.runAll();
  jobs.nodes().exit("default", pod(0), 0);
  jobs.step();
  EXPECT_EQ(condition("SuccessCriteriaMet"), "SuccessPolicy");
  EXPECT_EQ(condition("Complete"), "") << "a follower still runs";
  jobs.settle();
  EXPECT_EQ(condition("Complete"), "SuccessPolicy");
  EXPECT_EQ(textAt(job(), {"status", "completedIndexes"}), "0");
  EXPECT_NE(textAt(job(), {"status", "completionTime"}), "");
}

TEST_F(JobControllerTest, DisruptionIsNoFailure) {
  start();
  jobs.runAll();
  const auto lost = pod(1);
  jobs.nodes().disrupt("default", lost);
  jobs.runAll();
  EXPECT_NE(pod(1), lost);
  EXPECT_EQ(pods(), 2u);
  EXPECT_EQ(numberAt(job(), {"status", "failed"}), std::nullopt);
}

TEST_F(JobControllerTest, ExitCodeFailsTheJob) {
  start();
  jobs.runAll();
  jobs.nodes().exit("default", pod(0), 42);
  jobs.settle();
  EXPECT_EQ(condition("Failed"), "PodFailurePolicy");
  EXPECT_EQ(condition("FailureTarget"), "PodFailurePolicy");
}

TEST_F(JobControllerTest, BackoffLimit) {
  start();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(condition("Failed"), "");
    jobs.runAll();
    jobs.nodes().exit("default", pod(0), 1);
    jobs.settle();
  }
  EXPECT_EQ(condition("Failed"), "BackoffLimitExceeded");
  EXPECT_EQ(numberAt(job(), {"status", "failed"}), 2) << "whom the controller ends is no failure";
}

TEST_F(JobControllerTest, Suspension) {
  start(R"({"suspend":true})");
  EXPECT_EQ(pods(), 0u);
  EXPECT_EQ(condition("Suspended"), "JobSuspended");
  const auto suspend = [&](bool wanted) {
    server.change("jobs.batch", "default", "job",
                  [&](json::object& object) { object["spec"].as_object()["suspend"] = wanted; });
    jobs.runAll();
  };
  suspend(false);
  EXPECT_EQ(pods(), 2u);
  EXPECT_EQ(condition("Suspended"), "");
  suspend(true);
  EXPECT_EQ(numberAt(job(), {"status", "active"}), std::nullopt);
  EXPECT_EQ(textAt(job(), {"status", "startTime"}), "");
}

TEST_F(JobControllerTest, Resizing) {
  start();
  jobs.runAll();
  const auto size = [&](int wanted) {
    server.change("jobs.batch", "default", "job", [&](json::object& object) {
      for (const auto* field : {"completions", "parallelism"})
        object["spec"].as_object()[field] = wanted;
    });
    jobs.runAll();
  };
  size(4);
  EXPECT_EQ(pods(), 4u);
  EXPECT_NE(pod(3), "");
  size(1);
  EXPECT_NE(pod(0), "");
  EXPECT_EQ(pod(1), "");
}

TEST_F(JobControllerTest, DeletingTheJobTakesItsPods) {
  start();
  jobs.runAll();
  server.remove("jobs.batch", "default", "job");
  jobs.settle();
  EXPECT_EQ(pods(), 0u);
}

TEST_F(JobControllerTest, TimeToLive) {
  start(R"({"ttlSecondsAfterFinished":0})");
  jobs.runAll();
  jobs.nodes().exit("default", pod(0), 0);
  jobs.settle();
  EXPECT_FALSE(server.get("jobs.batch", "default", "job"));
}

TEST(JobPoliciesTest, Indexes) {
  EXPECT_EQ(indexText({0, 2, 3, 4, 7, 8}), "0,2-4,7,8");
  EXPECT_EQ(readIndexes("0,2-4"), (std::set<int>{0, 2, 3, 4}));
}

}  // namespace
}  // namespace mc::fakes
