#pragma once
// The job of a MiniCluster, watched to its end: what keeps its pods from starting, the output of
// its lead, its exit status.
//
// Thread-safety: one thread.

#include <set>
#include <stop_token>
#include <string>

#include "engine/engine.hpp"
#include "remote/following.hpp"
#include "remote/streams.hpp"

namespace mc::remote {

class JobFollower {
 public:
  /// All must outlive it.
  JobFollower(kube::Client& client, kube::Timer& timer, Streams& streams, engine::ClusterRef ref,
              engine::Progress& progress, const engine::OutputSink& sink);

  /// The job's exit status, once the MiniCluster has Succeeded or Failed. ENOENT if it is deleted
  /// before.
  base::Result<int> run(const std::stop_token& stop);

 private:
  /// What is known at a moment.
  struct Scene {
    std::optional<engine::ClusterView> cluster;
    std::vector<engine::PodView> pods;
    [[nodiscard]] const engine::PodView* pod(const std::string& uid) const;
  };

  [[nodiscard]] Scene look() const;
  base::Result<std::optional<engine::PodView>> nextLead(const std::stop_token& stop);
  base::Result<bool> isOver(const Scene& scene);
  [[nodiscard]] const engine::PodView* startedLead(const Scene& scene) const;
  [[nodiscard]] std::optional<engine::PodView> unseenLead(const Scene& scene) const;
  void tell(const Scene& scene);
  void note(const engine::PodView& pod, const std::string& reason, const std::string& message);
  base::Status deliver(const engine::PodView& lead, const std::stop_token& stop);
  base::Status untilEnded(const std::string& uid, const std::stop_token& stop);

  kube::Timer& timer_;
  Streams& streams_;
  const engine::ClusterRef ref_;
  engine::Progress& progress_;
  const engine::OutputSink& sink_;
  Following following_;
  std::set<std::string> delivered_;  ///< names of leads whose output is through; each has its own
  std::set<std::string> noted_;
  int ready_ = -1;
  int exitCode_ = 0;  ///< of the last lead that has ended
  bool begun_ = false;
};

}  // namespace mc::remote
