#include "operator/policies/scaling.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string>

#include "base/yaml.hpp"
#include "kube/object.hpp"

namespace mc::controller {

namespace json = boost::json;
using json::object;
using json::value;

namespace {

constexpr std::array<std::string_view, 4> kInPlace = {"size", "suspend", "cleanup",
                                                      "ttlSecondsAfterFinished"};
constexpr const char* kRecreate = "delete the MiniCluster and create it again";

const object& specOf(const object& cluster) {
  static const object kNone;
  const auto* spec = kube::findObject(cluster, {"spec"});
  return spec == nullptr ? kNone : *spec;
}

bool isFinished(const object& cluster) {
  const auto phase = kube::findText(cluster, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

void compare(const value* old, const value* wanted, const std::string& path,
             std::vector<api::Problem>& problems);

std::string below(const std::string& path, std::string_view key) {
  return path + base::pathStep(std::string(key));
}

void compareObjects(const object& old, const object& wanted, const std::string& path,
                    std::vector<api::Problem>& problems) {
  for (const auto& each : old)
    compare(&each.value(), wanted.if_contains(each.key()), below(path, each.key()), problems);
  for (const auto& each : wanted)
    if (!old.contains(each.key()))
      compare(nullptr, &each.value(), below(path, each.key()), problems);
}

/// What is absent and what says nothing are the same: an API server may fill in the latter.
bool saysNothing(const value* any) {
  if (any == nullptr || any->is_null()) return true;
  if (any->is_object())
    return std::all_of(any->get_object().begin(), any->get_object().end(),
                       [](const auto& each) { return saysNothing(&each.value()); });
  return (any->is_array() && any->get_array().empty()) ||
         (any->is_string() && any->get_string().empty()) || (any->is_bool() && !any->get_bool());
}

void compare(const value* old, const value* wanted, const std::string& path,
             std::vector<api::Problem>& problems) {
  if (saysNothing(old) && saysNothing(wanted)) return;
  if (old != nullptr && wanted != nullptr) {
    if (*old == *wanted) return;
    if (old->is_object() && wanted->is_object())
      return compareObjects(old->get_object(), wanted->get_object(), path, problems);
    if (old->is_array() && wanted->is_array() &&
        old->get_array().size() == wanted->get_array().size()) {
      for (size_t i = 0; i < old->get_array().size(); ++i)
        compare(&old->get_array()[i], &wanted->get_array()[i], path + "[" + std::to_string(i) + "]",
                problems);
      return;
    }
  }
  problems.push_back({0, 0, path, "can't be changed while the MiniCluster exists", kRecreate});
}

int64_t numberOr(const object& cluster, const char* field, int64_t otherwise) {
  return kube::findNumber(cluster, {"spec", field}).value_or(otherwise);
}

void checkSize(const object& old, const object& wanted, std::vector<api::Problem>& problems) {
  const int64_t size = numberOr(wanted, "size", 1);
  if (size == numberOr(old, "size", 1)) return;
  const int64_t most = maximumSize(old);
  if (size >= 1 && size <= most) return;
  problems.push_back({0, 0, "spec.size",
                      "must be from 1 to " + std::to_string(most) +
                          ", which Flux was configured for, not " + std::to_string(size),
                      "to have more pods, delete the MiniCluster and create it again with a larger "
                      "maxSize"});
}

void checkFinished(const object& old, const object& wanted, std::vector<api::Problem>& problems) {
  for (const char* field : {"size", "suspend"}) {
    const auto* before = specOf(old).if_contains(field);
    const auto* after = specOf(wanted).if_contains(field);
    if (saysNothing(before) && saysNothing(after)) continue;
    if (before != nullptr && after != nullptr && *before == *after) continue;
    problems.push_back({0, 0, std::string("spec.") + field,
                        "can't be changed: the MiniCluster has finished", kRecreate});
  }
}

}  // namespace

int64_t maximumSize(const object& cluster) {
  const auto known = kube::findNumber(cluster, {"status", "maximumSize"});
  if (known.value_or(0) > 0) return *known;
  return std::max(numberOr(cluster, "maxSize", 0), numberOr(cluster, "size", 1));
}

object fixedSpec(const object& cluster) {
  object fixed = specOf(cluster);
  for (const auto field : kInPlace) fixed.erase(field);
  return fixed;
}

std::vector<api::Problem> checkUpdate(const object& old, const object& wanted) {
  std::vector<api::Problem> problems;
  compareObjects(fixedSpec(old), fixedSpec(wanted), "spec", problems);
  if (isFinished(old)) {
    checkFinished(old, wanted, problems);
  } else {
    checkSize(old, wanted, problems);
  }
  return problems;
}

}  // namespace mc::controller
