#pragma once
// Clusters to be drawn. Times are seconds after kStart.

#include <string>
#include <vector>

#include "timeline/build.hpp"

namespace mc::timeline {

constexpr double kStart = 1'700'000'000;

inline std::string at(double seconds) {
  return std::to_string(static_cast<int64_t>(seconds * 1000));
}

inline engine::ContainerView containerView(const std::string& name, double started,
                                           double finished = 0, int exitCode = 0) {
  engine::ContainerView view;
  view.name = name;
  view.image = name + ":latest";
  view.state = finished > 0 ? engine::ContainerState::Terminated : engine::ContainerState::Running;
  view.createdAt = kStart + started - 0.1;
  view.startedAt = kStart + started;
  view.finishedAt = finished > 0 ? kStart + finished : 0;
  view.exitCode = exitCode;
  if (finished > 0) view.reason = exitCode == 0 ? "Completed" : "Error";
  return view;
}

inline engine::PodView podView(int index, double finished = 0) {
  engine::PodView pod;
  pod.plainName = "flux-sample-" + std::to_string(index);
  pod.name = pod.plainName + "-abcde";
  pod.cluster = "flux-sample";
  pod.role = index == 0 ? plan::Role::Lead : plan::Role::Follower;
  pod.index = index;
  pod.createdAt = kStart + 1;
  pod.startedAt = kStart + 1;
  pod.containers = {containerView("flux-sample", 2, finished)};
  pod.containers[0].kind = plan::ContainerKind::Flux;
  return pod;
}

/// A container that started at 2, ran a hook from 3 to 5, waited for nginx until 6, and whose
/// broker runs since then.
inline std::string journalHead() {
  return "minicluster journal 1 " + at(kStart + 2) +
         "\n0 phase users\n1000 phase pre\n3000 phase servers nginx\n4000 phase files\n"
         "4000 phase flux\n";
}

/// That of a lead whose instance was complete at 8, whose job ran from 10 to 15, and which ended at
/// 18.
inline std::string leadJournal() {
  return journalHead() +
         "6000 phase run\n14000 phase finish\n5000 state quorum\n6000 state run\n"
         "7000 job fA 0 1000 6000 6100 CD [0-1] 2 hello\n16000 end 0\n";
}

/// A cluster of two pods that has ended well after 20 seconds.
inline Sources endedCluster() {
  Sources sources;
  sources.cluster.ref = {"default", "flux-sample"};
  sources.cluster.size = 2;
  sources.cluster.createdAt = kStart;
  sources.cluster.startedAt = kStart + 2;
  sources.cluster.finishedAt = kStart + 18;
  sources.cluster.finished = true;
  sources.cluster.status = "Succeeded";
  sources.cluster.leadPod = "flux-sample-0-abcde";
  sources.pods = {podView(0, 18), podView(1, 17)};
  sources.pods[0].containers.push_back(containerView("nginx", 2, 20));
  sources.journals = {{"flux-sample-0-abcde", leadJournal()},
                      {"flux-sample-1-abcde", journalHead() + "15000 end 0\n"}};
  sources.now = kStart + 100;
  return sources;
}

}  // namespace mc::timeline
