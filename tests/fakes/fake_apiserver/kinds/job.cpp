#include <boost/json/serialize.hpp>

#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

constexpr const char* kUidLabel = "batch.kubernetes.io/controller-uid";

bool indexed(const json::object& job) {
  return textAt(job, {"spec", "completionMode"}) == "Indexed";
}

/// A Job's selector and its pods' labels are made from its uid, so that no two Jobs meet.
void selectByUid(json::object& job, const HookContext& context) {
  auto& spec = child(job, "spec");
  if (trueAt(job, {"spec", "manualSelector"})) return;
  auto& labels = child(child(child(spec, "template"), "metadata"), "labels");
  const auto name = nameOf(job);
  for (const auto* label : {"controller-uid", kUidLabel}) labels[label] = context.freshUid;
  for (const auto* label : {"job-name", "batch.kubernetes.io/job-name"}) labels[label] = name;
  child(child(spec, "selector"), "matchLabels")[kUidLabel] = context.freshUid;
}

void defaultPodFailurePolicy(json::object& job) {
  if (!at(job, {"spec", "podFailurePolicy"})) return;
  auto& rules = childArray(child(child(job, "spec"), "podFailurePolicy"), "rules");
  for (auto& rule : rules) {
    auto* conditions =
        rule.is_object() ? rule.get_object().if_contains("onPodConditions") : nullptr;
    if (!conditions || !conditions->is_array()) continue;
    for (auto& condition : conditions->get_array())
      if (condition.is_object()) setDefault(condition.get_object(), "status", "True");
  }
}

void fillJob(json::object& job, const HookContext&) {
  auto& spec = child(job, "spec");
  const bool both = !at(job, {"spec", "completions"}) && !at(job, {"spec", "parallelism"});
  if (both) spec["completions"] = 1;
  setDefault(spec, "parallelism", 1);
  setDefault(spec, "completionMode", "NonIndexed");
  setDefault(spec, "suspend", false);
  setDefault(spec, "manualSelector", false);
  const bool perIndex = at(job, {"spec", "backoffLimitPerIndex"}) != nullptr;
  setDefault(spec, "backoffLimit", perIndex ? 2147483647 : 6);
  setDefault(spec, "podReplacementPolicy",
             at(job, {"spec", "podFailurePolicy"}) ? "Failed" : "TerminatingOrFailed");
  defaultPodSpec(child(child(spec, "template"), "spec"));
  defaultPodFailurePolicy(job);
  if (objectAt(job, {"metadata", "labels"}).empty())
    if (const auto* labels = at(job, {"spec", "template", "metadata", "labels"}))
      metadata(job)["labels"] = json::value(*labels);
}

std::vector<ApiCause> checkPodFailurePolicy(const json::object& job) {
  std::vector<ApiCause> causes;
  if (!at(job, {"spec", "podFailurePolicy"})) return causes;
  if (textAt(job, {"spec", "template", "spec", "restartPolicy"}) != "Never")
    causes.push_back(
        invalidValue("spec.template.spec.restartPolicy",
                     quoted(textAt(job, {"spec", "template", "spec", "restartPolicy"})),
                     "only \"Never\" is supported when podFailurePolicy is specified"));
  if (textAt(job, {"spec", "podReplacementPolicy"}) != "Failed")
    causes.push_back(unsupportedValue("spec.podReplacementPolicy",
                                      quoted(textAt(job, {"spec", "podReplacementPolicy"})),
                                      {"Failed"}));
  return causes;
}

std::vector<ApiCause> checkNewJob(const json::object& job) {
  auto causes = checkPodFailurePolicy(job);
  const auto policy = textAt(job, {"spec", "template", "spec", "restartPolicy"});
  if (policy != "Never" && policy != "OnFailure")
    causes.push_back({"FieldValueRequired", "spec.template.spec.restartPolicy",
                      "Required value: valid values: \"OnFailure\", \"Never\""});
  if (arrayAt(job, {"spec", "template", "spec", "containers"}).empty())
    causes.push_back(requiredValue("spec.template.spec.containers"));
  if (indexed(job) && !at(job, {"spec", "completions"}))
    causes.push_back(requiredValue("spec.completions", "when completion mode is Indexed"));
  if (at(job, {"spec", "successPolicy"}) && !indexed(job))
    causes.push_back(invalidValue("spec.successPolicy", "...", "requires indexed completion mode"));
  return causes;
}

/// Completions may follow parallelism in an Indexed Job, nothing else may change them.
void checkCompletions(const json::object& now, const json::object& before,
                      std::vector<ApiCause>& causes) {
  const auto& spec = objectAt(now, {"spec"});
  if (sameMember(objectAt(before, {"spec"}), spec, "completions")) return;
  const auto completions = numberAt(now, {"spec", "completions"});
  const auto text = completions ? std::to_string(*completions) : "null";
  if (!indexed(now))
    causes.push_back(invalidValue("spec.completions", text, "field is immutable"));
  else if (completions != numberAt(now, {"spec", "parallelism"}))
    causes.push_back(invalidValue("spec.completions", text,
                                  "can only be modified in tandem with spec.parallelism"));
}

/// What may change in the template of a suspended Job that has not started: where its pods go.
json::object withoutDirectives(json::object pod) {
  for (const auto* field : {"labels", "annotations"}) child(pod, "metadata").erase(field);
  for (const auto* field : {"nodeSelector", "tolerations", "schedulingGates", "affinity"})
    child(pod, "spec").erase(field);
  return pod;
}

bool templateChanged(const json::object& now, const json::object& before) {
  json::object fresh = objectAt(now, {"spec", "template"});
  json::object old = objectAt(before, {"spec", "template"});
  const bool open = trueAt(before, {"spec", "suspend"}) && !at(before, {"status", "startTime"});
  if (open) {
    fresh = withoutDirectives(std::move(fresh));
    old = withoutDirectives(std::move(old));
  }
  return fresh != old;
}

std::vector<ApiCause> checkJob(const json::object& now, const json::object* before) {
  auto causes = checkNewJob(now);
  if (!before) return causes;
  checkCompletions(now, *before, causes);
  for (auto& cause : immutableFields(now, before, "spec",
                                     {"completionMode", "selector", "podFailurePolicy",
                                      "backoffLimitPerIndex", "managedBy", "successPolicy"}))
    causes.push_back(std::move(cause));
  if (templateChanged(now, *before))
    causes.push_back(invalidValue("spec.template",
                                  json::serialize(objectAt(now, {"spec", "template"})),
                                  "field is immutable"));
  return causes;
}

}  // namespace

ResourceType jobType() {
  ResourceType type;
  type.plural = "jobs";
  type.singular = "job";
  type.kind = "Job";
  type.versions = {{"batch", "v1"}};
  type.status = true;
  type.generation = true;
  type.orphansByDefault = true;
  type.prepareCreate = selectByUid;
  type.defaults = fillJob;
  type.validate = checkJob;
  type.selectableFields = {"status.successful"};
  return type;
}

}  // namespace mc::fakes
