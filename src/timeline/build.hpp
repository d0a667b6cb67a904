#pragma once
// From what the engine and Flux have recorded to a timeline.
//
// Thread-safety: a pure function.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "timeline/timeline.hpp"

namespace mc::timeline {

struct Sources {
  engine::ClusterView cluster;
  std::vector<engine::PodView> pods;  ///< of this cluster only
  std::vector<engine::Event> events;
  std::vector<engine::Journal> journals;
  /// What an instance that runs knows now, as a journal (`minicluster-entry jobs`); empty: none.
  std::string instance;
  double now = 0;
};

/// How much is shown one by one; the rest is drawn together.
struct Limits {
  size_t pods = 24;
  size_t containers = 48;  ///< besides the Flux containers
  size_t jobs = 40;
};
/// Everything one by one.
constexpr Limits kNoLimits{SIZE_MAX, SIZE_MAX, SIZE_MAX};

Timeline build(const Sources& sources, const Limits& limits);

}  // namespace mc::timeline
