#pragma once
// Plays the Job controller for Indexed Jobs, one step at a time: makes pods and replaces them,
// counts them into the Job's status, and finishes the Job by success policy, failure policy and
// backoff limit. Suspended Jobs have no pods.
//
// As the real one (Kubernetes 1.34) except that it waits for nothing: no delay before a pod is made
// again. Not here: NonIndexed Jobs, backoffLimitPerIndex, maxFailedIndexes.
//
// Writes go past the request log. Thread-safety: one thread; the server may be used meanwhile.

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "fakes/fake_apiserver/fake_apiserver.hpp"
#include "fakes/fake_apiserver/nodes.hpp"

namespace mc::fakes {

class JobController {
 public:
  explicit JobController(FakeApiServer& server);

  /// Looks at each Job once. True if anything changed.
  bool step();
  /// Steps, and lets kubelets end deleted pods, until nothing changes any more.
  void settle();
  /// settle(), with all pending pods running and ready.
  void runAll();

  /// The name of the newest pod of an index that is not being deleted; empty if there is none.
  [[nodiscard]] std::string podOf(const std::string& ns, const std::string& job, int index) const;
  [[nodiscard]] Nodes& nodes() { return nodes_; }

 private:
  bool expire(const boost::json::object& job);
  bool releaseOrphans();
  FakeApiServer& server_;
  Nodes nodes_;
};

}  // namespace mc::fakes
