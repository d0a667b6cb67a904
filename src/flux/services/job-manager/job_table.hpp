#pragma once
// All jobs that rank 0 knows, found by id and kept in the orders in which they are listed.
//
// Adding, moving and removing a job costs O(log n) at most; walking pending or running jobs does
// not pass by finished ones.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <array>
#include <list>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "flux/services/job-manager/job.hpp"

namespace mc::flux::services::manager {

class JobTable {
 public:
  struct ByPriority {
    bool operator()(const Job* a, const Job* b) const {
      return a->priority != b->priority ? a->priority > b->priority : a->id < b->id;
    }
  };
  using Pending = std::set<Job*, ByPriority>;
  using Recent = std::list<Job*>;

  /// How many jobs ended how, those that were purged not counted.
  struct Counts {
    std::array<size_t, 7> byState{};  ///< NEW, DEPEND ... INACTIVE
    size_t successful = 0;
    size_t failed = 0;
    size_t canceled = 0;
    size_t timeout = 0;
    size_t purged = 0;
  };

  Job& add(std::unique_ptr<Job> job);
  /// Null if there is none of that id.
  [[nodiscard]] Job* find(JobId id) const;
  /// To be called after a job's state or priority has changed.
  void moved(Job& job);
  /// Forgets an inactive job.
  void purge(Job& job);

  /// Highest priority first, then in order of submission.
  [[nodiscard]] const Pending& pending() const { return pending_; }
  /// Latest start first; jobs in CLEANUP included.
  [[nodiscard]] const Recent& running() const { return running_; }
  /// Latest end first.
  [[nodiscard]] const Recent& inactive() const { return inactive_; }

  [[nodiscard]] size_t activeCount() const { return pending_.size() + running_.size(); }
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] JobId newest() const { return newest_; }
  /// The jobs of a user in order of submission.
  [[nodiscard]] const std::vector<JobId>& historyOf(uint32_t userid) const;

 private:
  // Where a job is, so that it is found there after it has changed.
  struct Place {
    std::unique_ptr<Job> job;
    int list = 0;  // kPending, kRunning or the bit of INACTIVE; 0: none
    State countedState = State::New;
    Outcome countedOutcome = Outcome::None;
    int64_t priority = 0;
    Pending::iterator pendingAt;
    Recent::iterator recentAt;
  };

  void unlink(Place& place);
  void link(Place& place);
  void count(const Place& place, int direction);

  std::unordered_map<JobId, Place> jobs_;
  Pending pending_;
  Recent running_;
  Recent inactive_;
  Counts counts_;
  JobId newest_ = 0;
  std::unordered_map<uint32_t, std::vector<JobId>> history_;
};

}  // namespace mc::flux::services::manager
