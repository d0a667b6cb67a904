#pragma once
// Job dependencies (RFC 26): after (afterstart), afterany, afterok, afternotok, afterexcept,
// begin-time.
//
// A job with dependencies stays in DEPEND until each is met; one that never can be raises an
// exception of type "dependency".
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "flux/services/job-manager/manager.hpp"

namespace mc::flux::services::manager {

class Dependencies {
 public:
  /// `manager` outlives it.
  explicit Dependencies(Manager& manager);

  /// Checks attributes.system.dependencies of a jobspec that is to be submitted by `userid`. EINVAL
  /// with the reason, in flux-core's words, for malformed ones, unknown schemes, unknown or foreign
  /// jobs, and jobs that have ended in another way.
  base::Status check(const boost::json::value& dependencies, uint32_t userid) const;

 private:
  enum class Scheme { After, AfterAny, AfterOk, AfterNotOk, AfterExcept, BeginTime };
  struct Spec {
    Scheme scheme = Scheme::After;
    std::string name;   ///< of the scheme
    std::string value;  ///< as it was given
    JobId antecedent = 0;
    double beginTime = 0;
    std::string description;  ///< as the eventlog has it
  };
  struct Waiting {
    JobId dependent = 0;
    Spec spec;
  };

  /// What has become of a dependency; undecided as long as it may still be met.
  enum class Verdict { Undecided, Met, Never, NeverStarted };

  static base::Result<Spec> parse(const boost::json::value& value, size_t index);
  static base::Result<Spec> parseBeginTime(Spec spec);
  static Verdict verdictOf(Scheme scheme, const Job& antecedent);
  static base::Status checkEnded(const Spec& spec, const Job& antecedent);
  void onEvent(Job& job, std::string_view event);
  void add(Job& job);
  void addOne(Job& job, const Spec& spec);
  void resume(Job& job);
  void follow(const Job& job, const Spec& spec);
  void settle(Job& antecedent);
  void met(const Waiting& waiting);
  void failed(const Waiting& waiting, Verdict verdict);

  Manager& manager_;
  std::unordered_map<JobId, std::vector<Waiting>> waiting_;  // by antecedent
  std::unordered_map<JobId, std::vector<base::Watch>> timers_;
  base::Watch watch_;
};

}  // namespace mc::flux::services::manager
