#pragma once
// Decisions of the Job controller, as pure functions.
//
// Source: batch/v1 JobSpec (podFailurePolicy, successPolicy, backoffLimit), "Pod failure policy"
// and "Success policy" of the Kubernetes documentation. Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mc::fakes {

/// Why a Job ends.
struct Verdict {
  bool success = false;
  std::string reason;
  std::string message;
};

enum class FailureAction { Count, Ignore, FailJob };

struct FailureDecision {
  FailureAction action = FailureAction::Count;
  std::string message;  ///< of FailJob
};

/// What the first matching rule of the pod failure policy says of a failed pod.
FailureDecision judgeFailure(const boost::json::object& job, const boost::json::object& pod);

/// Whether the succeeded indexes are enough.
std::optional<Verdict> judgeSuccess(const boost::json::object& job, const std::set<int>& succeeded);

/// "0,2-4" of {0,2,3,4}, and back.
std::string indexText(const std::set<int>& indexes);
std::set<int> readIndexes(const std::string& text);

}  // namespace mc::fakes
