#include "fakes/fake_apiserver/job_policies.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstdlib>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

std::optional<int64_t> exitCodeOf(const json::object& status) {
  return numberAt(status, {"state", "terminated", "exitCode"});
}

/// The first ended container with a code other than 0 that the requirement fits; its description.
std::optional<std::string> matchExitCode(const json::object& rule, const json::object& pod) {
  const auto& values = arrayAt(rule, {"onExitCodes", "values"});
  const auto wanted = textAt(rule, {"onExitCodes", "containerName"});
  const bool in = textAt(rule, {"onExitCodes", "operator"}) == "In";
  for (const auto* list : {"containerStatuses", "initContainerStatuses"})
    for (const auto& item : arrayAt(pod, {"status", list})) {
      if (!item.is_object()) continue;
      const auto code = exitCodeOf(item.get_object());
      const auto name = textAt(item.get_object(), {"name"});
      if (!code || *code == 0 || (!wanted.empty() && wanted != name)) continue;
      const bool listed =
          std::find(values.begin(), values.end(), json::value(*code)) != values.end();
      if (listed == in)
        return "Container " + name + " for pod " + namespaceOf(pod) + "/" + nameOf(pod) +
               " failed with exit code " + std::to_string(*code);
    }
  return std::nullopt;
}

std::optional<std::string> matchCondition(const json::object& rule, const json::object& pod) {
  for (const auto& pattern : arrayAt(rule, {"onPodConditions"}))
    for (const auto& condition : arrayAt(pod, {"status", "conditions"})) {
      if (!pattern.is_object() || !condition.is_object()) continue;
      const auto type = textAt(pattern.get_object(), {"type"});
      auto status = textAt(pattern.get_object(), {"status"});
      if (status.empty()) status = "True";
      if (type == textAt(condition.get_object(), {"type"}) &&
          status == textAt(condition.get_object(), {"status"}))
        return "Pod " + namespaceOf(pod) + "/" + nameOf(pod) + " has condition " + type;
    }
  return std::nullopt;
}

bool ruleFits(const json::object& rule, const std::set<int>& succeeded) {
  const auto listed = textAt(rule, {"succeededIndexes"});
  const auto count = numberAt(rule, {"succeededCount"});
  std::set<int> relevant = succeeded;
  if (!listed.empty()) {
    const auto wanted = readIndexes(listed);
    std::erase_if(relevant, [&](int index) { return wanted.count(index) == 0; });
    if (!count) return relevant.size() == wanted.size();
  }
  return count && static_cast<int64_t>(relevant.size()) >= *count;
}

}  // namespace

FailureDecision judgeFailure(const json::object& job, const json::object& pod) {
  const auto& rules = arrayAt(job, {"spec", "podFailurePolicy", "rules"});
  for (size_t i = 0; i < rules.size(); ++i) {
    if (!rules[i].is_object()) continue;
    const auto& rule = rules[i].get_object();
    const auto match =
        rule.contains("onExitCodes") ? matchExitCode(rule, pod) : matchCondition(rule, pod);
    if (!match) continue;
    const auto action = textAt(rule, {"action"});
    if (action == "Ignore") return {FailureAction::Ignore, ""};
    if (action == "FailJob")
      return {FailureAction::FailJob,
              *match + " matching FailJob rule at index " + std::to_string(i)};
    return {FailureAction::Count, ""};
  }
  return {};
}

std::optional<Verdict> judgeSuccess(const json::object& job, const std::set<int>& succeeded) {
  const auto& rules = arrayAt(job, {"spec", "successPolicy", "rules"});
  for (size_t i = 0; i < rules.size(); ++i)
    if (rules[i].is_object() && ruleFits(rules[i].get_object(), succeeded))
      return Verdict{true, "SuccessPolicy", "Matched rules at index " + std::to_string(i)};
  const auto completions = numberAt(job, {"spec", "completions"}).value_or(1);
  if (static_cast<int64_t>(succeeded.size()) >= completions)
    return Verdict{true, "CompletionsReached", "Reached expected number of succeeded pods"};
  return std::nullopt;
}

std::string indexText(const std::set<int>& indexes) {
  std::string text;
  for (auto at = indexes.begin(); at != indexes.end();) {
    const int first = *at;
    int last = first;
    while (++at != indexes.end() && *at == last + 1) ++last;
    if (!text.empty()) text += ",";
    text += std::to_string(first);
    if (last > first) text += (last == first + 1 ? "," : "-") + std::to_string(last);
  }
  return text;
}

std::set<int> readIndexes(const std::string& text) {
  std::set<int> indexes;
  const char* at = text.c_str();
  while (*at) {
    char* end = nullptr;
    const int first = static_cast<int>(std::strtol(at, &end, 10));
    if (end == at) return indexes;
    int last = first;
    if (*end == '-') last = static_cast<int>(std::strtol(end + 1, &end, 10));
    for (int index = first; index <= last; ++index) indexes.insert(index);
    at = *end == ',' ? end + 1 : end;
  }
  return indexes;
}

}  // namespace mc::fakes
