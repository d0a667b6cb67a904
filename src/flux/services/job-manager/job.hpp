#pragma once
// A job as rank 0 knows it: what the job services (manager, list, info, exec) share.
//
// Everything in it follows from the job's eventlog (job_event.hpp), its jobspec and its R. What is
// needed only while the job is active hangs in `active`, so that a finished job stays small.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "flux/formats/job_id.hpp"
#include "flux/formats/job_state.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/services/kvs/node.hpp"

namespace mc::flux::services::manager {

using formats::JobId;

/// RFC 21; the values combine to masks.
enum class State : uint8_t {
  New = formats::kStateNew,
  Depend = formats::kStateDepend,
  Priority = formats::kStatePriority,
  Sched = formats::kStateSched,
  Run = formats::kStateRun,
  Cleanup = formats::kStateCleanup,
  Inactive = formats::kStateInactive,
};
constexpr int bit(State state) {
  return static_cast<int>(state);
}
constexpr int kPending = formats::kStatesPending;
constexpr int kRunning = formats::kStatesRunning;
constexpr int kActive = formats::kStatesActive;
constexpr int kAnyState = kActive | bit(State::Inactive);

/// How a job has ended (flux-core's FLUX_JOB_RESULT_*).
enum class Outcome : uint8_t {
  None = 0,
  Completed = formats::kResultCompleted,
  Failed = formats::kResultFailed,
  Canceled = formats::kResultCanceled,
  Timeout = formats::kResultTimeout,
};

/// Flags of a submission.
constexpr uint32_t kFlagDebug = 2;
constexpr uint32_t kFlagWaitable = 4;
constexpr uint32_t kFlagNoValidate = 8;

constexpr int kUrgencyHold = 0;
constexpr int kUrgencyDefault = 16;
constexpr int kUrgencyMax = 31;  // also: expedite
constexpr int64_t kPriorityMax = 4294967295;

/// An exception on a job (RFC 21); severity 0 ends it.
struct Exception {
  std::string type;
  int severity = 0;
  std::string note;
  uint32_t userid = 0;  ///< who raised it
};

/// When the job entered each state, in seconds since the epoch; 0: not (yet).
struct Times {
  double submit = 0;
  double depend = 0;
  double priority = 0;
  double sched = 0;
  double run = 0;
  double cleanup = 0;
  double inactive = 0;
};

/// What is known of an active job only.
struct Active {
  kvs::Node* eventlog = nullptr;  ///< job.<id>.eventlog
  formats::JobShape shape;
  boost::json::object constraints;     ///< attributes.system.constraints
  boost::json::object exec;            ///< attributes.system.exec
  boost::json::array dependencySpecs;  ///< attributes.system.dependencies
  formats::ResourceSet resources;      ///< empty: nothing is allocated
  std::set<std::string> dependencies;
  bool allocRequested = false;  ///< the scheduler has the request
  bool executing = false;       ///< the executor has the job, until its final release
  bool shellsStarted = false;   ///< "start" was logged
  bool immutable = false;       ///< only the instance owner may update it
};

struct Job {
  JobId id = 0;
  uint32_t userid = 0;
  uint32_t flags = 0;
  State state = State::New;
  Outcome outcome = Outcome::None;
  uint8_t urgency = kUrgencyDefault;
  int64_t priority = -1;  ///< -1: none yet
  Times times;
  double duration = 0;    ///< seconds; 0: no limit
  double expiration = 0;  ///< seconds since the epoch; 0: none
  uint64_t taskCount = 0;
  uint64_t coreCount = 0;  ///< 0: not known yet
  uint64_t nodeCount = 0;  ///< 0: not known yet
  std::optional<int> waitStatus;
  std::string name;
  std::string cwd;
  std::string queue;
  std::string project;
  std::string bank;
  std::string ranks;  ///< idset; empty: nothing was allocated
  std::string nodelist;
  std::unique_ptr<Exception> exception;  ///< the first of the most severe
  std::unique_ptr<boost::json::object> annotations;
  std::unique_ptr<Active> active;  ///< null once inactive

  [[nodiscard]] bool in(int states) const { return (bit(state) & states) != 0; }
  [[nodiscard]] bool waitable() const { return (flags & kFlagWaitable) != 0; }
  [[nodiscard]] bool ended() const { return exception && exception->severity == 0; }
  [[nodiscard]] bool success() const { return outcome == Outcome::Completed; }
};

/// The key of something in the job's directory of the KVS, or the directory itself (RFC 16).
std::string jobKey(JobId id, std::string_view name = {});

}  // namespace mc::flux::services::manager
