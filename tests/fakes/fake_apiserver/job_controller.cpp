#include "fakes/fake_apiserver/job_controller.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstdlib>
#include <map>

#include "base/rfc3339.hpp"
#include "fakes/fake_apiserver/job_policies.hpp"
#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

constexpr const char* kJobs = "jobs.batch";
constexpr const char* kPods = "pods";
constexpr const char* kIndex = "batch.kubernetes.io/job-completion-index";
constexpr const char* kTracking = "batch.kubernetes.io/job-tracking";

bool going(const json::object& object) {
  return !textAt(object, {"metadata", "deletionTimestamp"}).empty();
}

std::string phaseOf(const json::object& pod) {
  return textAt(pod, {"status", "phase"});
}

bool finished(const json::object& pod) {
  return phaseOf(pod) == "Succeeded" || phaseOf(pod) == "Failed";
}

bool isReady(const json::object& pod) {
  for (const auto& item : arrayAt(pod, {"status", "conditions"}))
    if (item.is_object() && textAt(item.get_object(), {"type"}) == "Ready")
      return textAt(item.get_object(), {"status"}) == "True";
  return false;
}

int indexOf(const json::object& pod) {
  return std::atoi(textAt(pod, {"metadata", "annotations", kIndex}).c_str());
}

bool tracked(const json::object& pod) {
  const auto& list = arrayAt(pod, {"metadata", "finalizers"});
  return std::find(list.begin(), list.end(), json::value(kTracking)) != list.end();
}

bool controlledBy(const json::object& pod, const std::string& uid) {
  for (const auto& item : arrayAt(pod, {"metadata", "ownerReferences"}))
    if (item.is_object() && trueAt(item.get_object(), {"controller"}))
      return textAt(item.get_object(), {"uid"}) == uid;
  return false;
}

const json::object* conditionOf(const json::object& job, const char* type) {
  for (const auto& item : arrayAt(job, {"status", "conditions"}))
    if (item.is_object() && textAt(item.get_object(), {"type"}) == type) return &item.get_object();
  return nullptr;
}

bool holds(const json::object& job, const char* type) {
  const auto* condition = conditionOf(job, type);
  return condition && textAt(*condition, {"status"}) == "True";
}

void setCondition(json::object& job, const char* type, bool status, const std::string& reason,
                  const std::string& message, const std::string& now) {
  auto& list = childArray(child(job, "status"), "conditions");
  eraseIf(list, [&](const json::value& item) {
    return item.is_object() && textAt(item.get_object(), {"type"}) == type;
  });
  list.push_back(json::object{{"type", type},
                              {"status", status ? "True" : "False"},
                              {"lastProbeTime", now},
                              {"lastTransitionTime", now},
                              {"reason", reason},
                              {"message", message}});
}

/// The pod that the Job's template makes for an index.
json::object podFor(const json::object& job, int index) {
  json::object pod = objectAt(job, {"spec", "template"});
  pod["apiVersion"] = "v1";
  pod["kind"] = "Pod";
  const auto base = nameOf(job) + "-" + std::to_string(index);
  auto& meta = metadata(pod);
  meta.erase("creationTimestamp");
  meta["generateName"] = base + "-";
  meta["namespace"] = namespaceOf(job);
  meta["finalizers"] = json::array{kTracking};
  meta["ownerReferences"] = json::array{json::object{{"apiVersion", "batch/v1"},
                                                     {"kind", "Job"},
                                                     {"name", nameOf(job)},
                                                     {"uid", uidOf(job)},
                                                     {"controller", true},
                                                     {"blockOwnerDeletion", true}}};
  for (const auto* map : {"annotations", "labels"})
    child(meta, map)[kIndex] = std::to_string(index);
  auto& spec = child(pod, "spec");
  spec["hostname"] = base;
  const json::object variable{
      {"name", "JOB_COMPLETION_INDEX"},
      {"valueFrom",
       {{"fieldRef",
         {{"apiVersion", "v1"},
          {"fieldPath", "metadata.labels['batch.kubernetes.io/job-completion-index']"}}}}}};
  for (const auto* list : {"containers", "initContainers"})
    if (auto* containers = spec.if_contains(list); containers && containers->is_array())
      for (auto& container : containers->get_array())
        if (container.is_object()) childArray(container.get_object(), "env").push_back(variable);
  return pod;
}

/// One look at a Job with its pods.
class JobStep {
 public:
  JobStep(FakeApiServer& server, json::object job)
      : server_(server), job_(std::move(job)), now_(timestamp(server_.wall())) {
    pods_ = refreshed();
  }

  bool run() {
    const auto before = server_.revision();
    if (holds(job_, "Complete") || holds(job_, "Failed")) return dropFinalizers(), changed(before);
    count();
    decide();
    if (verdict_)
      finish();
    else if (trueAt(job_, {"spec", "suspend"}))
      suspend();
    else
      managePods();
    writeStatus();
    dropFinalizers();
    return changed(before);
  }

 private:
  bool changed(int64_t before) const { return server_.revision() != before; }

  [[nodiscard]] int completions() const {
    return static_cast<int>(numberAt(job_, {"spec", "completions"}).value_or(1));
  }

  /// Counts pods that have ended since the last look.
  void count() {
    succeeded_ = readIndexes(textAt(job_, {"status", "completedIndexes"}));
    failed_ = numberAt(job_, {"status", "failed"}).value_or(0);
    for (const auto& pod : pods_) {
      if (!tracked(pod) || !finished(pod)) continue;
      if (phaseOf(pod) == "Succeeded")
        succeeded_.insert(indexOf(pod));
      else
        countFailure(pod);
    }
    std::erase_if(succeeded_, [this](int index) { return index >= completions(); });
  }

  void countFailure(const json::object& pod) {
    const auto decision = judgeFailure(job_, pod);
    if (decision.action == FailureAction::Ignore) return;
    ++failed_;
    if (decision.action == FailureAction::FailJob && !verdict_)
      verdict_ = Verdict{false, "PodFailurePolicy", decision.message};
  }

  /// A verdict once given stays.
  void decide() {
    for (const auto* type : {"SuccessCriteriaMet", "FailureTarget"})
      if (holds(job_, type)) {
        const auto& condition = *conditionOf(job_, type);
        verdict_ = Verdict{std::string_view(type) == "SuccessCriteriaMet",
                           textAt(condition, {"reason"}), textAt(condition, {"message"})};
        return;
      }
    if (verdict_) return;
    if (failed_ > numberAt(job_, {"spec", "backoffLimit"}).value_or(6))
      verdict_ =
          Verdict{false, "BackoffLimitExceeded", "Job has reached the specified backoff limit"};
    else if (deadlinePassed())
      verdict_ =
          Verdict{false, "DeadlineExceeded", "Job was active longer than specified deadline"};
    else
      verdict_ = judgeSuccess(job_, succeeded_);
  }

  [[nodiscard]] bool deadlinePassed() const {
    const auto limit = numberAt(job_, {"spec", "activeDeadlineSeconds"});
    const auto start = textAt(job_, {"status", "startTime"});
    return limit && !start.empty() &&
           base::parseTime(now_) >= base::parseTime(start) + static_cast<double>(*limit);
  }

  /// Deletes what still runs; the Job is over when that has ended.
  void finish() {
    setOnce(verdict_->success ? "SuccessCriteriaMet" : "FailureTarget");
    endPods();
    if (anyLives()) return;
    setOnce(verdict_->success ? "Complete" : "Failed");
    if (verdict_->success) setDefault(child(job_, "status"), "completionTime", now_);
  }

  void setOnce(const char* type) {
    if (!holds(job_, type))
      setCondition(job_, type, true, verdict_->reason, verdict_->message, now_);
  }

  std::vector<json::object> refreshed() {
    std::vector<json::object> pods;
    for (auto& pod : server_.list(kPods, namespaceOf(job_)))
      if (controlledBy(pod, uidOf(job_))) pods.push_back(std::move(pod));
    return pods;
  }

  bool anyLives() {
    const auto pods = refreshed();
    return !std::all_of(pods.begin(), pods.end(), finished);
  }

  /// Whom the controller itself ends is not counted.
  void discard(const json::object& pod) {
    dropFinalizer(pod);
    server_.removeGracefully(kPods, namespaceOf(pod), nameOf(pod));
  }

  void endPods() {
    for (const auto& pod : pods_)
      if (!finished(pod) && !going(pod)) discard(pod);
  }

  void suspend() {
    endPods();
    if (holds(job_, "Suspended")) return;
    setCondition(job_, "Suspended", true, "JobSuspended", "Job suspended", now_);
    child(job_, "status").erase("startTime");
  }

  void managePods() {
    if (holds(job_, "Suspended"))
      setCondition(job_, "Suspended", false, "JobResumed", "Job resumed", now_);
    setDefault(child(job_, "status"), "startTime", now_);
    const bool replaceEarly =
        textAt(job_, {"spec", "podReplacementPolicy"}) == "TerminatingOrFailed";
    std::set<int> taken = succeeded_;
    for (const auto& pod : pods_) {
      if (finished(pod)) continue;
      if (indexOf(pod) >= completions() && !going(pod)) {
        discard(pod);
        continue;
      }
      if (!going(pod) || !replaceEarly) taken.insert(indexOf(pod));
    }
    auto room = numberAt(job_, {"spec", "parallelism"}).value_or(1) -
                static_cast<int64_t>(taken.size() - succeeded_.size());
    for (int index = 0; index < completions() && room > 0; ++index) {
      if (taken.count(index) > 0) continue;
      server_.create(podFor(job_, index));
      --room;
    }
  }

  void writeStatus() {
    auto& status = child(job_, "status");
    int64_t active = 0;
    int64_t ready = 0;
    int64_t terminating = 0;
    for (const auto& pod : refreshed()) {
      if (finished(pod)) continue;
      if (going(pod))
        ++terminating;
      else
        ++active;
      if (!going(pod) && isReady(pod)) ++ready;
    }
    setCount(status, "active", active);
    setCount(status, "failed", failed_);
    setCount(status, "succeeded", static_cast<int64_t>(succeeded_.size()));
    status["ready"] = ready;
    status["terminating"] = terminating;
    status["uncountedTerminatedPods"] = json::object{};
    if (!succeeded_.empty()) status["completedIndexes"] = indexText(succeeded_);
    const auto wanted = status;
    server_.change(kJobs, namespaceOf(job_), nameOf(job_),
                   [&](json::object& job) { job["status"] = wanted; });
  }

  /// Zero is left out of these.
  static void setCount(json::object& status, const char* key, int64_t count) {
    if (count > 0)
      status[key] = count;
    else
      status.erase(key);
  }

  /// What was counted need not be kept any longer.
  void dropFinalizers() {
    for (const auto& pod : refreshed())
      if (tracked(pod) && finished(pod)) dropFinalizer(pod);
  }

  void dropFinalizer(const json::object& pod) {
    server_.change(kPods, namespaceOf(pod), nameOf(pod), [](json::object& object) {
      auto& meta = metadata(object);
      auto& list = childArray(meta, "finalizers");
      eraseIf(list, [](const json::value& item) { return item == json::value(kTracking); });
      if (list.empty()) meta.erase("finalizers");
    });
  }

  FakeApiServer& server_;
  json::object job_;
  const std::string now_;
  std::vector<json::object> pods_;
  std::set<int> succeeded_;
  int64_t failed_ = 0;
  std::optional<Verdict> verdict_;
};

}  // namespace

JobController::JobController(FakeApiServer& server) : server_(server), nodes_(server) {}

bool JobController::step() {
  bool changed = false;
  for (const auto& job : server_.list(kJobs)) {
    if (going(job)) continue;
    changed |= expire(job) || JobStep(server_, job).run();
  }
  return releaseOrphans() || changed;
}

/// ttlSecondsAfterFinished.
bool JobController::expire(const json::object& job) {
  const auto ttl = numberAt(job, {"spec", "ttlSecondsAfterFinished"});
  if (!ttl) return false;
  for (const auto* type : {"Complete", "Failed"}) {
    if (!holds(job, type)) continue;
    const auto end = textAt(*conditionOf(job, type), {"lastTransitionTime"});
    if (server_.wall() < base::parseTime(end) + static_cast<double>(*ttl)) return false;
    return server_.remove(kJobs, namespaceOf(job), nameOf(job));
  }
  return false;
}

/// Pods whose Job has gone keep no finalizer of its.
bool JobController::releaseOrphans() {
  std::set<std::string> jobs;
  for (const auto& job : server_.list(kJobs))
    if (!going(job)) jobs.insert(uidOf(job));
  bool any = false;
  for (const auto& pod : server_.list(kPods)) {
    if (!tracked(pod)) continue;
    const bool owned = std::any_of(jobs.begin(), jobs.end(),
                                   [&](const std::string& uid) { return controlledBy(pod, uid); });
    if (owned) continue;
    any |= server_.change(kPods, namespaceOf(pod), nameOf(pod),
                          [](json::object& object) { metadata(object).erase("finalizers"); });
  }
  return any;
}

void JobController::settle() {
  while (step() || nodes_.finishDeletions()) {
  }
}

void JobController::runAll() {
  settle();
  while (nodes_.runPending()) settle();
}

std::string JobController::podOf(const std::string& ns, const std::string& job, int index) const {
  const auto owner = server_.get(kJobs, ns, job);
  if (!owner) return "";
  std::string newest;
  for (const auto& pod : server_.list(kPods, ns))
    if (controlledBy(pod, uidOf(*owner)) && indexOf(pod) == index && !going(pod) &&
        (newest.empty() || !finished(pod)))
      newest = nameOf(pod);
  return newest;
}

}  // namespace mc::fakes
