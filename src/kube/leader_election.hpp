#pragma once
// One of several replicas leads: whoever holds a Lease (coordination.k8s.io/v1) and keeps renewing
// it.
//
// Rules, times and fields are client-go's leaderelection, so that both may take part in one
// election. Clocks of different machines are not compared: a lease has run out when its holder has
// not renewed it for leaseDuration on our own clock.
//
// Thread-safety: run() belongs to one thread; the rest may be called from any.

#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>

#include "kube/client.hpp"
#include "kube/timer.hpp"

namespace mc::kube {

struct LeaderElectionOptions {
  ObjectKey lease;
  std::string identity;  ///< unique among the replicas: "HOST_UUID"
  std::chrono::milliseconds leaseDuration{15000};
  std::chrono::milliseconds renewDeadline{10000};
  std::chrono::milliseconds retryPeriod{2000};
  /// At a clean end others need not wait for leaseDuration.
  bool releaseOnStop = true;
};

struct LeaderCallbacks {
  /// We lead. Must return soon: the lease is renewed by the same thread.
  std::function<void()> started = {};
  /// We lead no more (also at a clean end, before the lease is released): end the work now.
  std::function<void()> stopped = {};
  /// Somebody leads, perhaps we.
  std::function<void(const std::string& identity)> newLeader = {};
  /// A try failed and will be repeated; for logs.
  std::function<void(const Error&)> failed = {};
};

class LeaderElector {
 public:
  /// The client must outlive the elector, and so must the timer.
  LeaderElector(Client& client, Timer& timer, LeaderElectionOptions options,
                LeaderCallbacks callbacks);

  /// Waits to lead, leads, and returns when `stop` is requested (success) or when the lease could
  /// not be renewed within renewDeadline (Timeout, Conflict): then this process must not go on.
  Status run(const std::stop_token& stop);

  [[nodiscard]] bool isLeader() const;
  /// Empty if nobody is known to lead.
  [[nodiscard]] std::string leader() const;

 private:
  bool acquire(const std::stop_token& stop);
  Status renew(const std::stop_token& stop);
  void release();
  /// One try to get or keep the lease within `left`; tells of a failure.
  bool attempt(const std::stop_token& stop, std::chrono::milliseconds left);
  Result<bool> tryToHold(const CallOptions& call);
  Result<bool> create(const CallOptions& call);
  Status write(const CallOptions& call);
  void observe(const Object& lease);
  void setLeading(bool leading);
  [[nodiscard]] bool heldByOther() const;
  [[nodiscard]] Object withHolder(Object lease) const;

  Client& client_;
  Timer& timer_;
  LeaderElectionOptions options_;
  LeaderCallbacks callbacks_;
  Object lease_;  ///< as last seen; only of run()'s thread
  std::chrono::steady_clock::time_point observedAt_;
  mutable std::mutex mutex_;
  std::string leader_;
  bool leading_ = false;
};

/// "HOST_UUID", as controller-runtime names its replicas.
std::string makeIdentity();

}  // namespace mc::kube
