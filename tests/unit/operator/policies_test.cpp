#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "operator/caches.hpp"
#include "operator/ledger.hpp"
#include "operator/policies/cleanup.hpp"
#include "operator/policies/completion.hpp"
#include "operator/policies/limits.hpp"
#include "operator/policies/scaling.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

json::object cluster(json::object spec, json::object status = {}) {
  return {{"spec", std::move(spec)}, {"status", std::move(status)}};
}

std::vector<std::string> refused(const json::object& old, const json::object& wanted) {
  std::vector<std::string> fields;
  for (const auto& problem : checkUpdate(old, wanted)) {
    EXPECT_FALSE(problem.cure.empty());
    fields.push_back(problem.field);
  }
  return fields;
}

TEST(Updates, OfTheSizeGoUpToTheMostThatFluxKnows) {
  const auto sized = [](int size) { return cluster({{"size", size}, {"maxSize", 4}}); };
  EXPECT_THAT(refused(sized(2), sized(4)), IsEmpty());
  EXPECT_THAT(refused(sized(4), sized(1)), IsEmpty());
  EXPECT_THAT(refused(sized(2), sized(5)), ElementsAre("spec.size"));
  EXPECT_THAT(refused(sized(2), sized(0)), ElementsAre("spec.size"));
  EXPECT_THAT(checkUpdate(sized(2), sized(5)).at(0).message, HasSubstr("from 1 to 4"));
}

TEST(Updates, RememberTheSizeBeforeItShrank) {
  const auto old = cluster({{"size", 1}}, {{"maximumSize", 3}});
  EXPECT_THAT(refused(old, cluster({{"size", 3}})), IsEmpty());
  EXPECT_THAT(refused(old, cluster({{"size", 4}})), ElementsAre("spec.size"));
}

TEST(Updates, NameEachFieldThatCantChange) {
  const auto old = cluster({{"tasks", 1}, {"containers", {json::object{{"image", "a"}}}}});
  const auto wanted = cluster({{"tasks", 2},
                               {"containers", {json::object{{"image", "b"}}}},
                               {"logging", {{"quiet", true}}}});
  EXPECT_THAT(refused(old, wanted),
              ElementsAre("spec.tasks", "spec.containers[0].image", "spec.logging"));
}

TEST(Updates, TakeWhatSaysNothingForAbsent) {
  EXPECT_THAT(refused(cluster({}), cluster({{"interactive", false},
                                            {"archive", json::object{}},
                                            {"services", json::array{}}})),
              IsEmpty());
}

TEST(Updates, InPlaceAreTheFewFieldsThatMayChange) {
  EXPECT_THAT(
      refused(cluster({}),
              cluster({{"suspend", true}, {"cleanup", true}, {"ttlSecondsAfterFinished", 5}})),
      IsEmpty());
}

TEST(Updates, OfAFinishedClusterAreItsRemovalOnly) {
  const auto old = cluster({{"size", 1}, {"maxSize", 2}}, {{"phase", "Failed"}});
  EXPECT_THAT(refused(old, cluster({{"size", 2}, {"maxSize", 2}})), ElementsAre("spec.size"));
  EXPECT_THAT(refused(old, cluster({{"size", 1}, {"maxSize", 2}, {"suspend", true}})),
              ElementsAre("spec.suspend"));
  EXPECT_THAT(refused(old, cluster({{"size", 1}, {"maxSize", 2}, {"cleanup", true}})), IsEmpty());
}

TEST(Deletion, ComesAtTheEndOrSomeTimeAfter) {
  const json::object ended = {{"completionTime", "1970-01-01T00:01:40Z"}};
  EXPECT_EQ(deletionTime(cluster({}, ended)), std::nullopt);
  EXPECT_EQ(deletionTime(cluster({{"cleanup", true}}, ended)), 100);
  EXPECT_EQ(deletionTime(cluster({{"ttlSecondsAfterFinished", 60}}, ended)), 160);
  EXPECT_EQ(deletionTime(cluster({{"cleanup", true}}, {})), std::nullopt);
}

TEST(Limits, NameWhatOnlyPodsWouldTell) {
  api::MiniCluster wanted;
  EXPECT_THAT(checkForKubernetes(wanted), IsEmpty());
  wanted.pod.resources["cpu"] = "1";
  wanted.suspend = true;
  wanted.jobLabels["kueue.x-k8s.io/queue-name"] = "q";
  ASSERT_EQ(checkForKubernetes(wanted).size(), 2u);
  EXPECT_EQ(checkForKubernetes(wanted).at(0).field, "spec.pod.resources");
  EXPECT_EQ(checkForKubernetes(wanted).at(1).field, "spec.suspend");
}

// The end

kube::ObjectPtr shared(json::object object) {
  return std::make_shared<const json::object>(std::move(object));
}

kube::ObjectPtr pod(const char* name, const char* created, json::object state,
                    const char* index = "0") {
  return shared(
      {{"metadata",
        {{"name", name},
         {"creationTimestamp", created},
         {"labels", {{"batch.kubernetes.io/job-completion-index", index}}}}},
       {"status",
        {{"phase", "Running"},
         {"containerStatuses", {json::object{{"name", "a"}, {"state", std::move(state)}}}}}}});
}

json::object exited(int code) {
  return {{"terminated", {{"exitCode", code}, {"finishedAt", "2026-01-01T00:00:09Z"}}}};
}

kube::ObjectPtr jobWith(const char* condition, const char* reason = "", const char* message = "") {
  return shared({{"status",
                  {{"conditions",
                    {json::object{{"type", condition},
                                  {"status", "True"},
                                  {"reason", reason},
                                  {"message", message},
                                  {"lastTransitionTime", "2026-01-01T00:00:10Z"}}}}}}});
}

TEST(Endings, ComeWithTheLeadBeforeTheJobKnows) {
  const auto end = ending({jobWith("None"), {pod("a-0-x", "1", exited(0))}}, "a");
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->succeeded);
  EXPECT_EQ(end->time, "2026-01-01T00:00:09Z");
}

TEST(Endings, OfAFailedLeadAreTheJobsToTell) {
  const auto lead = pod("a-0-x", "1", exited(3));
  EXPECT_FALSE(ending({jobWith("None"), {lead}}, "a")) << "its node may have gone";
  const auto end = ending({jobWith("FailureTarget", "PodFailurePolicy", "long"), {lead}}, "a");
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->succeeded);
  EXPECT_EQ(end->exitCode, 3);
  EXPECT_EQ(end->message, "the job's exit status is 3");
}

TEST(Endings, TellOfMemoryThatRanOut) {
  auto state = exited(137);
  state["terminated"].as_object()["reason"] = "OOMKilled";
  const auto lead = pod("a-0-x", "1", std::move(state));
  const auto end = ending({jobWith("Failed", "PodFailurePolicy", "long"), {lead}}, "a");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exitCode, 137);
  EXPECT_EQ(end->message,
            "the job's exit status is 137: killed for want of memory (raise "
            "resources.limits.memory)");
}

TEST(Endings, PastTheDeadlineSaySo) {
  const auto end = ending({jobWith("Failed", "DeadlineExceeded", "too long"), {}}, "a");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->reason, "DeadlineExceeded");
  EXPECT_EQ(end->message, "too long");
  EXPECT_EQ(end->exitCode, std::nullopt);
}

TEST(Endings, CountTheYoungestLead) {
  const auto old = pod("a-0-old", "1", exited(250));
  const auto young = pod("a-0-young", "2", exited(0));
  const auto follower = pod("a-1-x", "3", exited(0), "1");
  EXPECT_EQ(kube::nameOf(*leadPod({jobWith("None"), {old, young, follower}})), "a-0-young");
  EXPECT_FALSE(ending({jobWith("None"), {old, follower}}, "a"));
}

// What is kept in memory

TEST(Trimming, KeepsWhatIsAskedFor) {
  json::object pod = {
      {"metadata",
       {{"name", "x"},
        {"managedFields", {1, 2}},
        {"labels", {{"flux-framework.org/cluster", "a"}, {"other", "b"}}}}},
      {"spec", {{"containers", {1}}}},
      {"status",
       {{"phase", "Running"},
        {"podIP", "10.0.0.1"},
        {"conditions",
         {json::object{{"type", "Ready"}, {"status", "True"}, {"message", "m"}},
          json::object{{"type", "Initialized"}, {"status", "True"}}}},
        {"containerStatuses",
         {json::object{
             {"name", "a"}, {"image", "i"}, {"state", {{"running", json::object()}}}}}}}}};
  trimPod(pod);
  EXPECT_EQ(
      json::serialize(pod),
      R"({"metadata":{"name":"x","labels":{"flux-framework.org/cluster":"a"}},)"
      R"("status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],)"
      R"("initContainerStatuses":[],"containerStatuses":[{"name":"a","state":{"running":{}}}]}})");
}

TEST(Owners, AreFoundByReferenceOrLabel) {
  const json::object service = {
      {"metadata",
       {{"namespace", "lab"},
        {"ownerReferences",
         {json::object{{"kind", "MiniCluster"}, {"name", "a"}, {"uid", "1"}},
          json::object{{"kind", "MiniCluster"}, {"name", "b"}, {"uid", "2"}}}}}}};
  EXPECT_THAT(clustersOf(service),
              ElementsAre(kube::ObjectKey{"lab", "a"}, kube::ObjectKey{"lab", "b"}));
  EXPECT_THAT(ownerUids(service), ElementsAre("1", "2"));
  const json::object pod = {
      {"metadata",
       {{"namespace", "lab"},
        {"labels", {{"flux-framework.org/cluster", "c"}}},
        {"ownerReferences", {json::object{{"kind", "Job"}, {"name", "c"}, {"uid", "3"}}}}}}};
  EXPECT_THAT(clustersOf(pod), ElementsAre(kube::ObjectKey{"lab", "c"}));
}

TEST(Ledgers, RememberUntilTheWatchTells) {
  Ledger ledger;
  const kube::ObjectKey key{"lab", "a"};
  ledger.writing(kube::kJobs, key, "hash");
  ledger.writingStatus(key, {{"phase", "Pending"}});
  EXPECT_EQ(ledger.written(kube::kJobs, key), "hash");
  EXPECT_EQ(ledger.written(kube::kPods, key), std::nullopt);
  EXPECT_TRUE(ledger.status(key));
  ledger.seen(kube::kJobs, key);
  ledger.statusSeen(key);
  EXPECT_EQ(ledger.size(), 0u);
}

}  // namespace
}  // namespace mc::controller
