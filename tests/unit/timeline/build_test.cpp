#include "timeline/build.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/timeline/samples.hpp"

namespace mc::timeline {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// "NAME BEGIN-END" of each span, in seconds since kStart.
std::vector<std::string> spansOf(const Lane& lane) {
  std::vector<std::string> texts;
  for (const auto& span : lane.spans) {
    char times[48];
    std::snprintf(times, sizeof times, " %g-%g", span.begin - kStart, span.end - kStart);
    texts.push_back(span.name + times + (span.open ? "+" : ""));
  }
  return texts;
}

const Lane& laneNamed(const Timeline& timeline, const std::string& name, size_t nth = 0) {
  for (const auto& lane : timeline.lanes)
    if (lane.name == name && nth-- == 0) return lane;
  static const Lane none;
  ADD_FAILURE() << "no lane " << name;
  return none;
}

/// What every printer relies on.
void expectSound(const Timeline& timeline) {
  EXPECT_GT(timeline.end, timeline.begin);
  for (const auto& lane : timeline.lanes) {
    double last = timeline.begin;
    for (const auto& span : lane.spans) {
      EXPECT_GE(span.begin, last) << lane.name << " " << span.name;
      EXPECT_GT(span.end, span.begin) << lane.name << " " << span.name;
      EXPECT_LE(span.end, timeline.end) << lane.name << " " << span.name;
      last = span.end;
    }
  }
}

TEST(Build, TellsTheLifeOfACluster) {
  const Timeline timeline = build(endedCluster(), {});
  expectSound(timeline);
  EXPECT_EQ(timeline.end - kStart, 20);
  EXPECT_FALSE(timeline.live);
  EXPECT_THAT(
      spansOf(laneNamed(timeline, "flux-sample-0-abcde")),
      ElementsAre("making containers 1-2", "users and files 2-3", "hook pre 3-5",
                  "waiting for nginx 5-6", "Flux starts 6-7", "waiting for the other brokers 7-8",
                  "Flux runs 8-16", "Flux ends 16-18"));
  EXPECT_THAT(spansOf(laneNamed(timeline, "flux-sample-1-abcde")),
              ElementsAre("making containers 1-2", "users and files 2-3", "hook pre 3-5",
                          "waiting for nginx 5-6", "Flux starts 6-8", "Flux runs 8-17"));
  EXPECT_THAT(spansOf(laneNamed(timeline, "nginx")), ElementsAre("not started 1.9-2", "runs 2-20"));
  EXPECT_THAT(spansOf(laneNamed(timeline, "fA hello")),
              ElementsAre("sched 9-10", "run 10-15", "cleanup 15-15.1"));
  EXPECT_THAT(
      spansOf(timeline.lanes[0]),
      ElementsAre("before the first pod 0-1", "making containers 1-2", "users and files 2-3",
                  "hook pre 3-5", "waiting for nginx 5-6", "Flux starts 6-7",
                  "waiting for the other brokers 7-8", "no job runs 8-10", "jobs run 10-15",
                  "no job runs 15-16", "Flux ends 16-18", "ending the rest 18-20"));
  EXPECT_EQ(timeline.shares[0].name, "jobs run");
  EXPECT_EQ(timeline.shares[0].seconds, 5);
  EXPECT_THAT(timeline.notes, IsEmpty());
}

TEST(Build, SaysWhatGoesOnNow) {
  Sources sources = endedCluster();
  sources.cluster.finished = false;
  sources.cluster.status = "Running";
  for (auto& pod : sources.pods)
    for (auto& container : pod.containers) container.state = engine::ContainerState::Running;
  sources.journals[0].text = journalHead() + "6000 phase run\n";
  sources.instance = "minicluster journal 1 0\n" + at(kStart + 7) + " state quorum\n" +
                     at(kStart + 8) + " state run\n" + at(kStart + 9) +
                     " job fB 0 1000 - - R 0 1 sleep\n";
  sources.now = kStart + 30;
  const Timeline timeline = build(sources, {});
  expectSound(timeline);
  EXPECT_TRUE(timeline.live);
  EXPECT_EQ(timeline.end - kStart, 30);
  EXPECT_THAT(spansOf(laneNamed(timeline, "fB sleep")), ElementsAre("sched 9-10", "run 10-30+"));
  EXPECT_THAT(spansOf(laneNamed(timeline, "flux-sample-0-abcde")), Contains("Flux runs 8-30+"));
  EXPECT_THAT(spansOf(timeline.lanes[0]), Contains("jobs run 10-30+"));
}

TEST(Build, KnowsAnInteractiveClusterByItsBrokersStates) {
  Sources sources = endedCluster();
  sources.cluster.finished = false;
  sources.pods[0].containers[0].state = engine::ContainerState::Running;
  sources.journals[0].text = journalHead();
  sources.instance = "minicluster journal 1 0\n" + at(kStart + 7) + " state quorum\n" +
                     at(kStart + 8) + " state run\n";
  sources.now = kStart + 30;
  const Timeline timeline = build(sources, {});
  EXPECT_THAT(spansOf(laneNamed(timeline, "flux-sample-0-abcde")),
              testing::IsSupersetOf(
                  {"Flux starts 6-7", "waiting for the other brokers 7-8", "Flux runs 8-30+"}));
}

TEST(Build, ManagesWithWhatTheEngineAloneKnows) {
  Sources sources = endedCluster();
  sources.journals.clear();
  const Timeline timeline = build(sources, {});
  expectSound(timeline);
  EXPECT_THAT(spansOf(laneNamed(timeline, "flux-sample-0-abcde")),
              ElementsAre("making containers 1-2", "Flux runs 2-18"));
  EXPECT_THAT(timeline.notes, ElementsAre(HasSubstr("was not recorded")));
}

TEST(Build, DrawsWhatThereIsOfACluster) {
  Sources sources;
  sources.cluster.ref = {"default", "x"};
  sources.now = kStart;
  Timeline timeline = build(sources, {});
  expectSound(timeline);
  EXPECT_THAT(timeline.notes, Contains(HasSubstr("no pods")));
  sources.pods = {podView(0)};
  sources.pods[0].containers.clear();
  sources.now = kStart + 5;
  timeline = build(sources, {});
  expectSound(timeline);
  EXPECT_THAT(spansOf(laneNamed(timeline, "flux-sample-0-abcde")),
              ElementsAre("waiting for a node 1-5+"));
}

TEST(Build, ShowsPullsAndPlacement) {
  Sources sources = endedCluster();
  sources.journals.clear();
  sources.pods[0].conditions = {{"PodScheduled", true, "", "", kStart + 1.2}};
  sources.events = {
      {kStart + 1.8, false, "Pulled", "pod/flux-sample-0-abcde",
       "Successfully pulled image \"nginx\" in 500ms (1m1.5s including waiting). Image size: 1"},
      {kStart + 1.9, false, "Pulled", "pod/flux-sample-0-abcde",
       "Container image \"x\" already present on machine"},
      {kStart + 1.9, false, "Pulled", "pod/flux-sample-1-abcde",
       "Successfully pulled image \"y\" in 1s"}};
  const Timeline timeline = build(sources, {});
  EXPECT_THAT(spansOf(laneNamed(timeline, "flux-sample-0-abcde")),
              ElementsAre("waiting for a node 1-1.2", "making containers 1.2-1.3",
                          "pulling nginx 1.3-1.8", "making containers 1.8-2", "Flux runs 2-18"));
}

TEST(Build, ShowsSidecarsThatHoldUpTheFluxContainer) {
  Sources sources = endedCluster();
  sources.journals.clear();
  sources.pods[0].containers[0].startedAt = kStart + 9;
  const Timeline timeline = build(sources, {});
  EXPECT_THAT(spansOf(laneNamed(timeline, "flux-sample-0-abcde")),
              ElementsAre("making containers 1-2", "waiting for nginx 2-9", "Flux runs 9-18"));
}

TEST(Build, ShowsWhatFailed) {
  Sources sources = endedCluster();
  sources.cluster.exitCode = 1;
  sources.cluster.status = "Failed";
  sources.pods[0].containers[0] = containerView("flux-sample", 2, 5, 1);
  sources.journals[0].text = "minicluster journal 1 " + at(kStart + 2) +
                             "\n0 phase pre\n3000 error hook commands.pre failed\n3000 end 1\n";
  auto& nginx = sources.pods[0].containers[1];
  nginx.restarts = 3;
  nginx.lastFinishedAt = kStart + 8;
  nginx.startedAt = kStart + 12;
  auto& waiting = sources.pods[1].containers[0];
  waiting.state = engine::ContainerState::Waiting;
  waiting.startedAt = 0;
  waiting.reason = "ImagePullBackOff";
  const Timeline timeline = build(sources, {});
  expectSound(timeline);
  const Lane& lead = laneNamed(timeline, "flux-sample-0-abcde");
  EXPECT_TRUE(lead.failed);
  EXPECT_THAT(lead.detail, HasSubstr("exit status 1"));
  EXPECT_THAT(lead.detail, HasSubstr("hook commands.pre failed"));
  EXPECT_TRUE(timeline.lanes[0].failed);
  EXPECT_THAT(
      spansOf(laneNamed(timeline, "nginx")),
      ElementsAre("started again 3 times 1.9-8", "waiting to start again 8-12", "runs 12-20"));
}

TEST(Build, EndsNoContainerBeforeItsJournal) {
  Sources sources = endedCluster();
  sources.pods[0].containers[0].finishedAt = kStart + 17;  // a whole second, rounded down
  sources.pods[0].containers.pop_back();
  const Timeline timeline = build(sources, {});
  EXPECT_THAT(spansOf(laneNamed(timeline, "flux-sample-0-abcde")), Contains("Flux ends 16-18"));
}

TEST(Build, KeepsWhatAContainerClaimsWithinBounds) {
  Sources sources = endedCluster();
  sources.journals[0].text =
      "minicluster journal 1 " + at(kStart + 2) +
      "\n-9000000000 phase pre\n3155760000000 phase flux\n90000000000 job fA 0 0 1 1 CD 0 1 x\n"
      "-90000000000 job fB 0 0 1 1 CD 0 1 x\n90000000000 more 3 90000000001\n";
  for (int i = 0; i < 100; ++i)
    sources.journals[0].text +=
        std::to_string(-50000 + i * 1000) + " job fC 0 0 99999999 99999999 CD 0 1 x\n";
  expectSound(build(sources, {}));
}

TEST(Build, DrawsManyPodsTogether) {
  Sources sources = endedCluster();
  sources.cluster.size = 100;
  for (int i = 2; i < 100; ++i) {
    sources.pods.push_back(podView(i, 17));
    sources.journals.push_back({sources.pods.back().name, journalHead() + "15000 end 0\n"});
  }
  sources.pods.back().containers[0] = containerView("flux-sample", 2, 17, 9);
  const Timeline timeline = build(sources, {});
  expectSound(timeline);
  EXPECT_LT(timeline.lanes.size(), 20U);
  const Lane& rest = laneNamed(timeline, "88 more pods");
  EXPECT_TRUE(rest.failed);
  EXPECT_THAT(spansOf(rest),
              ElementsAre("making containers 1-2", "users and files 2-3", "hook pre 3-5",
                          "waiting for nginx 5-6", "Flux starts 6-8", "Flux runs 8-17"));
  EXPECT_THAT(rest.spans[2].detail, HasSubstr("88 pods, 2.0 s to 2.0 s"));
  EXPECT_EQ(build(sources, kNoLimits).lanes.size(), 103U);
}

}  // namespace
}  // namespace mc::timeline
