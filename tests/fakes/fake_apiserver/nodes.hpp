#pragma once
// Plays scheduler and kubelets: nothing happens to a pod until the test says so.
//
// Writes go past the request log. Thread-safety: as FakeApiServer; calls about one pod must not
// overlap.

#include <string>

#include "fakes/fake_apiserver/fake_apiserver.hpp"

namespace mc::fakes {

class Nodes {
 public:
  explicit Nodes(FakeApiServer& server) : server_(server) {}

  // All return false if there is no such pod.

  /// Binds a pod to a node.
  bool schedule(const std::string& ns, const std::string& pod, const std::string& node = "node-1");
  /// Its containers run and it is ready; it is bound first if need be.
  bool run(const std::string& ns, const std::string& pod);
  /// Runs, but is not ready.
  bool unready(const std::string& ns, const std::string& pod);
  /// All containers end with this exit code: Succeeded for 0, else Failed.
  bool exit(const std::string& ns, const std::string& pod, int exitCode);
  /// The node is lost or drained: the pod gets the DisruptionTarget condition, is deleted and
  /// fails.
  bool disrupt(const std::string& ns, const std::string& pod,
               const std::string& reason = "DeletionByTaintManager");

  /// Ends pods that are being deleted, as their kubelets do within the grace. True if there were
  /// any.
  bool finishDeletions();
  /// run() for all pods that wait. True if there were any.
  bool runPending();

 private:
  bool setStatus(const std::string& ns, const std::string& pod, const std::string& phase,
                 bool ready, int exitCode);
  FakeApiServer& server_;
};

}  // namespace mc::fakes
