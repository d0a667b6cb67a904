#include "operator/policies/completion.hpp"

namespace mc::controller {

namespace {

std::string exitMessage(int64_t exitCode, bool outOfMemory = false) {
  std::string text = "the job's exit status is " + std::to_string(exitCode);
  if (outOfMemory) text += ": killed for want of memory (raise resources.limits.memory)";
  return text;
}

Ending success(const FluxContainer& lead) {
  return {true, "JobSucceeded", exitMessage(0), 0, lead.finishedAt};
}

/// The lead's exit status says most. A Job may also fail because a follower did, or for want of
/// time: then its own words are what there is.
Ending failure(const kube::Object& condition, const FluxContainer& lead) {
  Ending end;
  const auto reason = kube::findText(condition, {"reason"});
  end.reason = reason == "DeadlineExceeded" ? "DeadlineExceeded" : "JobFailed";
  const bool byLead = reason != "DeadlineExceeded" && lead.exitCode.value_or(0) != 0;
  if (lead.exitCode.value_or(0) != 0) end.exitCode = lead.exitCode;
  end.message = byLead ? exitMessage(*lead.exitCode, lead.outOfMemory)
                       : std::string(kube::findText(condition, {"message"}));
  end.time = lead.finishedAt.empty() ? kube::findText(condition, {"lastTransitionTime"})
                                     : std::string_view(lead.finishedAt);
  return end;
}

}  // namespace

std::optional<Ending> ending(const Observed& observed, std::string_view name) {
  if (!observed.job) return std::nullopt;
  const auto pod = leadPod(observed);
  const FluxContainer lead = pod ? fluxContainer(*pod, name) : FluxContainer();
  if (lead.exitCode == 0) return success(lead);
  for (const char* type : {"SuccessCriteriaMet", "Complete"}) {
    const auto* condition = trueCondition(*observed.job, type);
    if (condition == nullptr) continue;
    auto end = success(lead);
    if (end.time.empty()) end.time = kube::findText(*condition, {"lastTransitionTime"});
    return end;
  }
  for (const char* type : {"FailureTarget", "Failed"})
    if (const auto* condition = trueCondition(*observed.job, type))
      return failure(*condition, lead);
  return std::nullopt;
}

}  // namespace mc::controller
