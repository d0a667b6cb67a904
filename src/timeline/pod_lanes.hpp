#pragma once
// The lanes of pods and their containers.
//
// Thread-safety: plain values and pure functions.

#include <map>
#include <string>
#include <vector>

#include "timeline/build.hpp"
#include "timeline/journal_reader.hpp"

namespace mc::timeline {

/// What the lanes of all pods have to know.
struct Facts {
  double now = 0;
  bool alone = false;   ///< a cluster of one pod: there is nobody to wait for
  double quorumAt = 0;  ///< the lead's broker began to wait for the others; 0: not known
  double readyAt = 0;   ///< the instance began to run
  double endingAt = 0;  ///< it began to end
  std::map<std::string, std::vector<JournalRun>> journals;  ///< by pod
  const std::vector<engine::Event>* events = nullptr;
};

/// A pod with its first container, the Flux container where it has one.
Lane podLane(const engine::PodView& pod, const Facts& facts);

/// Another container of a pod.
Lane containerLane(const engine::PodView& pod, const engine::ContainerView& container,
                   const Facts& facts);

/// Several pods as one.
Lane together(const std::vector<Lane>& lanes);

}  // namespace mc::timeline
