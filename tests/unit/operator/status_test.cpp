#include "operator/policies/status.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "operator/policies/events.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kNow = 1000;

kube::ObjectPtr shared(json::object object) {
  return std::make_shared<const json::object>(std::move(object));
}

kube::ObjectPtr pod(const char* index, bool ready) {
  json::object state{{"waiting", {{"reason", "ContainerCreating"}}}};
  if (ready) state = {{"running", {{"startedAt", "2026-01-01T00:00:00Z"}}}};
  return shared(
      {{"metadata",
        {{"name", std::string("a-") + index + "-x"},
         {"labels", {{"batch.kubernetes.io/job-completion-index", index}}}}},
       {"status",
        {{"phase", ready ? "Running" : "Pending"},
         {"conditions", {json::object{{"type", "Ready"}, {"status", ready ? "True" : "False"}}}},
         {"containerStatuses", {json::object{{"name", "a"}, {"state", state}}}}}}});
}

class Statuses : public testing::Test {
 protected:
  Statuses() { wanted.size = wanted.maxSize = 2; }

  json::object cluster() const {
    json::object object{{"metadata", {{"name", "a"}, {"generation", 1}}}, {"spec", {{"size", 2}}}};
    if (!before.empty()) object["status"] = before;
    return object;
  }
  json::object next(double now = kNow) {
    const auto object = cluster();
    StatusInput input{object, &wanted, observed};
    input.refused = refused;
    input.failed = failed;
    input.now = now;
    return makeStatus(input);
  }
  std::vector<std::string> step(double now = kNow) {
    auto after = next(now);
    std::vector<std::string> reasons;
    for (const auto& each : stepsBetween(before, after)) reasons.push_back(each.reason);
    before = std::move(after);
    return reasons;
  }
  std::string reason(const char* type) const {
    const auto* all = kube::findArray(before, {"conditions"});
    for (const auto& each : *all)
      if (kube::findText(each.get_object(), {"type"}) == type)
        return std::string(kube::findText(each.get_object(), {"reason"}));
    return "";
  }

  json::object before;
  api::MiniCluster wanted;
  Observed observed{shared({{"status", json::object()}}), {}};
  Trouble refused;
  Trouble failed;
};

TEST_F(Statuses, TellTheStoryOfAGoodCluster) {
  EXPECT_THAT(step(), ElementsAre("Created"));
  EXPECT_EQ(reason("Ready"), "PodsNotReady");
  EXPECT_EQ(reason("Running"), "LeadBrokerNotStarted");
  observed.pods = {pod("0", true), pod("1", false)};
  EXPECT_THAT(step(), IsEmpty());
  EXPECT_EQ(before.at("phase"), "Running");
  observed.pods = {pod("0", true), pod("1", true)};
  EXPECT_THAT(step(), ElementsAre("Ready"));
  EXPECT_EQ(before.at("ready"), 2);
  EXPECT_EQ(before.at("leadPod"), "a-0-x");
  observed.job = shared({{"status",
                          {{"conditions",
                            {json::object{{"type", "Complete"},
                                          {"status", "True"},
                                          {"lastTransitionTime", "2026-01-01T00:00:10Z"}}}}}}});
  EXPECT_THAT(step(), ElementsAre("JobSucceeded"));
  EXPECT_EQ(before.at("exitCode"), 0);
  EXPECT_EQ(before.at("completionTime"), "2026-01-01T00:00:10Z");
  EXPECT_EQ(reason("Ready"), "JobSucceeded");
}

TEST_F(Statuses, DoNotChangeByThemselves) {
  observed.pods = {pod("0", true), pod("1", true)};
  step();
  EXPECT_TRUE(statusPatch(before, next(kNow + 500)).empty());
}

TEST_F(Statuses, KeepTheTimeOfTheLastTransition) {
  step(kNow);
  const auto time = [this](const char* type) {
    for (const auto& each : before.at("conditions").as_array())
      if (each.at("type") == type)
        return json::value_to<std::string>(each.at("lastTransitionTime"));
    return std::string();
  };
  observed.pods = {pod("0", true), pod("1", true)};
  step(kNow + 60);
  EXPECT_EQ(time("Accepted"), "1970-01-01T00:16:40Z");
  EXPECT_EQ(time("Ready"), "1970-01-01T00:17:40Z");
}

TEST_F(Statuses, TellOfALeadThatWasLost) {
  observed.pods = {pod("0", true), pod("1", true)};
  step();
  observed.pods = {pod("0", false), pod("1", true)};
  EXPECT_THAT(step(), ElementsAre("LeadBrokerLost"));
  EXPECT_EQ(reason("Running"), "LeadBrokerLost");
  EXPECT_EQ(before.at("phase"), "Pending");
}

TEST_F(Statuses, OfSuspendedClusters) {
  step();
  wanted.suspend = true;
  EXPECT_THAT(step(), ElementsAre("Suspended"));
  EXPECT_EQ(before.at("phase"), "Suspended");
  wanted.suspend = false;
  EXPECT_THAT(step(), ElementsAre("Resumed"));
}

TEST_F(Statuses, TellOnceWhatIsRefused) {
  refused = {"ManifestInvalid", "spec.size: wrong"};
  EXPECT_THAT(step(), ElementsAre("ManifestInvalid"));
  EXPECT_THAT(step(), IsEmpty());
  refused = {};
  EXPECT_THAT(step(), IsEmpty());
}

TEST_F(Statuses, OfAChangedSizeTell) {
  step();
  wanted.size = 1;
  EXPECT_THAT(step(), ElementsAre("Scaled"));
}

TEST_F(Statuses, GatherOnlyProgress) {
  step();
  observed.pods = {pod("0", true), pod("1", false)};
  EXPECT_TRUE(isOnlyProgress(before, next()));
  wanted.suspend = true;
  EXPECT_FALSE(isOnlyProgress(before, next()));
}

TEST_F(Statuses, LetTheFirstWaitOnlyIfAllIsWell) {
  EXPECT_TRUE(isOnlyProgress(before, next()));
  refused = {"ManifestInvalid", "spec.size: wrong"};
  EXPECT_FALSE(isOnlyProgress(before, next()));
  refused = {};
  failed = {"CreateFailed", "no room"};
  EXPECT_FALSE(isOnlyProgress(before, next()));
}

/// A services pod with the container `registry`.
kube::ObjectPtr servicesPod(bool ready, json::object more = {}) {
  json::object status{
      {"phase", ready ? "Running" : "Pending"},
      {"conditions", {json::object{{"type", "Ready"}, {"status", ready ? "True" : "False"}}}},
      {"containerStatuses",
       {json::object{
           {"name", "registry"}, {"started", ready}, {"state", {{"running", json::object()}}}}}}};
  for (const auto& each : more) status[each.key()] = each.value();
  return shared({{"metadata", {{"name", "a-services"}}}, {"status", std::move(status)}});
}

class StatusesOfServices : public Statuses {
 protected:
  StatusesOfServices() {
    api::Container registry;
    registry.name = "registry";
    registry.ports = {5000};
    wanted.services = {registry};
    observed.pods = {pod("0", true), pod("1", true)};
  }
  std::string message() const {
    return std::string(kube::findText(before.at("conditions").at(1).as_object(), {"message"}));
  }
};

TEST_F(StatusesOfServices, WaitForThem) {
  step();
  EXPECT_EQ(reason("Ready"), "ServicesNotReady");
  EXPECT_EQ(message(), "2 of 2 pods are ready; the services pod is not");
  observed.servicesPod = servicesPod(false);
  step();
  EXPECT_EQ(message(),
            "2 of 2 pods are ready; pod a-services: container registry: it runs, but nothing "
            "answers on its port 5000");
  observed.servicesPod = servicesPod(true);
  EXPECT_THAT(step(), ElementsAre("Ready"));
  observed.servicesPod = servicesPod(false);
  EXPECT_THAT(step(), ElementsAre("ServicesNotReady"));
  EXPECT_EQ(before.at("phase"), "Running");
}

TEST_F(StatusesOfServices, TellAtOnceWhyTheyWereLost) {
  observed.servicesPod = servicesPod(true);
  step();
  observed.servicesPod =
      servicesPod(false, {{"phase", "Failed"}, {"reason", "Evicted"}, {"message", "disk full"}});
  EXPECT_FALSE(isOnlyProgress(before, next()));
  EXPECT_THAT(step(), testing::Contains("ServicesLost"));
  EXPECT_EQ(message(), "the services pod has ended: Evicted: disk full");
}

TEST_F(Statuses, NameTheFirstPodInTrouble) {
  observed.pods = {pod("1", true), shared(json::parse(R"({
      "metadata": {"name": "a-0-x", "labels": {"batch.kubernetes.io/job-completion-index": "0"}},
      "status": {"initContainerStatuses": [{"name": "nginx", "image": "nginx:2",
                 "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}})")
                                              .as_object())};
  step();
  EXPECT_EQ(kube::findText(before.at("conditions").at(1).as_object(), {"message"}),
            "1 of 2 pods are ready; pod a-0-x: container nginx: ImagePullBackOff nginx:2");
}

TEST_F(Statuses, PatchesTakeAwayWhatIsGone) {
  EXPECT_EQ(statusPatch({{"a", 1}, {"b", 2}}, {{"a", 1}, {"c", 3}}),
            (json::object{{"c", 3}, {"b", nullptr}}));
}

}  // namespace
}  // namespace mc::controller
