#include "flux/services/job-manager/policy.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "flux/formats/duration.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;

constexpr int64_t kUnlimitedSize = -1;

const json::object* tableAt(const json::object& root, std::string_view path) {
  const auto* value = formats::getPath(root, path);
  return value ? value->if_object() : nullptr;
}

// Seconds; as FSD or as a number.
base::Result<double> readDuration(const json::value& value) {
  if (const auto* text = value.if_string()) return formats::parseDuration(*text);
  return formats::toDouble(value);
}

base::Status checkSizes(const json::object& table, const std::string& where) {
  for (const char* end : {"max", "min"}) {
    const auto* sizes = tableAt(table, std::string("policy.limits.job-size.") + end);
    if (sizes == nullptr) continue;
    for (const auto& [key, value] : *sizes) {
      const auto size = formats::toInteger(value);
      if (!size || *size < kUnlimitedSize)
        return base::fail(EINVAL, where + "policy.limits.job-size." + end + "." + std::string(key) +
                                      ": size must be -1 (unlimited), or >= 0");
    }
  }
  return {};
}

// Of the configuration or of one queue.
base::Status checkTable(const json::object& table, const std::string& where) {
  for (const char* path : {"policy.limits.duration", "policy.jobspec.defaults.system.duration"}) {
    const auto* value = formats::getPath(table, path);
    const auto seconds = value ? readDuration(*value) : base::Result<double>(0);
    if (!seconds || *seconds < 0)
      return base::fail(EINVAL, where + path + " is not a valid duration (30s, 1.5h ...)");
  }
  return checkSizes(table, where);
}

// Appends the queue's properties, or joins them by "and" with constraints of another kind.
void require(json::object& system, const json::array& properties) {
  const json::value wanted(json::object{{"properties", properties}});
  auto* constraints = system.if_contains("constraints");
  auto* object = constraints ? constraints->if_object() : nullptr;
  if (object == nullptr || object->empty()) {
    system["constraints"] = wanted;
    return;
  }
  auto* present = object->if_contains("properties");
  if (present == nullptr || !present->is_array()) {
    json::value both(json::object{{"and", json::array{std::move(*constraints), wanted}}});
    system["constraints"] = std::move(both);
    return;
  }
  json::array& list = present->get_array();
  for (const auto& property : properties)
    if (std::find(list.begin(), list.end(), property) == list.end()) list.push_back(property);
}

// What a jobspec that says nothing of it gets.
bool setDefault(json::object& system, std::string_view key, const json::value& value) {
  if (key != "duration") {
    if (system.contains(key)) return false;
    system[key] = value;
    return true;
  }
  const auto* present = system.if_contains(key);
  const auto seconds = readDuration(value);
  if (!seconds || (present && formats::toDouble(*present).value_or(1) != 0)) return false;
  system[key] = *seconds;
  return true;
}

base::Status checkSize(std::string_view what, const json::object& config, const json::object* queue,
                       int64_t requested) {
  for (const bool max : {true, false}) {
    const std::string path =
        std::string("policy.limits.job-size.") + (max ? "max." : "min.") + std::string(what);
    const auto* value = queue ? formats::getPath(*queue, path) : nullptr;
    if (value == nullptr) value = formats::getPath(config, path);
    const auto limit = value ? formats::toInteger(*value) : base::Result<int64_t>(kUnlimitedSize);
    if (!limit || *limit == kUnlimitedSize) continue;
    if (max ? requested <= *limit : requested >= *limit) continue;
    return base::fail(EINVAL, "requested " + std::string(what) + (max ? " exceeds" : " is under") +
                                  " policy limit of " + std::to_string(*limit));
  }
  return {};
}

}  // namespace

const json::object* Policy::queue(std::string_view name) const {
  const auto* queues = formats::findObject(config_, "queues");
  return queues ? formats::findObject(*queues, name) : nullptr;
}

base::Status Policy::check() const {
  MC_TRY(checkTable(config_, ""));
  const auto* queues = formats::findObject(config_, "queues");
  const auto* standard = formats::getPath(config_, "policy.jobspec.defaults.system.queue");
  const auto* name = standard ? standard->if_string() : nullptr;
  if (standard != nullptr && (name == nullptr || queue(*name) == nullptr))
    return base::fail(EINVAL, "policy.jobspec.defaults.system.queue: default queue '" +
                                  std::string(name ? std::string_view(*name) : "") +
                                  "' must be in [queues]");
  if (queues == nullptr) return {};
  for (const auto& [key, value] : *queues) {
    const std::string where = "queues." + std::string(key) + ".";
    const auto* table = value.if_object();
    if (table == nullptr) return base::fail(EINVAL, where + " must be a table");
    const auto* needs = formats::find(*table, "requires");
    const auto* list = needs ? needs->if_array() : nullptr;
    const bool bad = needs && (!list || !std::all_of(list->begin(), list->end(),
                                                     [](const auto& p) { return p.is_string(); }));
    if (bad) return base::fail(EINVAL, where + "requires must be an array of strings");
    MC_TRY(checkTable(*table, where));
  }
  return {};
}

base::Result<bool> Policy::complete(json::object& jobspec) const {
  const auto* defaults = tableAt(config_, "policy.jobspec.defaults.system");
  const auto* queues = formats::findObject(config_, "queues");
  auto* attributes = jobspec.if_contains("attributes");
  auto* systemValue = attributes && attributes->is_object()
                          ? attributes->get_object().if_contains("system")
                          : nullptr;
  auto* system = systemValue ? systemValue->if_object() : nullptr;
  if ((defaults == nullptr && queues == nullptr) || system == nullptr) return false;
  const auto* chosen = formats::findString(*system, "queue");
  if (chosen == nullptr && defaults != nullptr) chosen = formats::findString(*defaults, "queue");
  if (chosen == nullptr && queues != nullptr && !queues->empty())
    return base::fail(EINVAL, "no queue specified");
  const std::string name(chosen ? std::string_view(*chosen) : std::string_view());
  const auto* table = queue(name);
  if (!name.empty() && queues != nullptr && table == nullptr)
    return base::fail(EINVAL, "Invalid queue '" + name + "' specified");
  const json::object before = *system;
  const auto* own = table ? tableAt(*table, "policy.jobspec.defaults.system") : nullptr;
  for (const auto* source : {own, defaults})
    if (source != nullptr)
      for (const auto& [key, value] : *source) setDefault(*system, key, value);
  if (const auto* properties = table ? formats::findArray(*table, "requires") : nullptr)
    require(*system, *properties);
  return before != *system;
}

json::object Policy::constraintOf(std::string_view name) const {
  const auto* table = queue(name);
  const auto* properties = table ? formats::findArray(*table, "requires") : nullptr;
  if (properties == nullptr) return {};
  return {{"properties", *properties}};
}

base::Status Policy::checkDuration(double duration, std::string_view name) const {
  const auto* table = queue(name);
  const auto* value = table ? formats::getPath(*table, "policy.limits.duration") : nullptr;
  if (value == nullptr) value = formats::getPath(config_, "policy.limits.duration");
  const double limit = value ? readDuration(*value).value_or(0) : 0;
  const bool unlimited = duration == 0;
  if (limit <= 0 || (!unlimited && duration <= limit)) return {};
  constexpr int kDigits = 2;
  return base::fail(EINVAL,
                    "requested duration (" +
                        (unlimited ? "unlimited" : formats::formatDuration(duration, kDigits)) +
                        ") exceeds policy limit of " + formats::formatDuration(limit, kDigits) +
                        (name.empty() ? "" : " for queue " + std::string(name)));
}

base::Status Policy::checkLimits(const formats::JobShape& shape, double duration,
                                 std::string_view name) const {
  if (!config_.contains("policy") && !config_.contains("queues")) return {};
  MC_TRY(checkDuration(duration, name));
  const auto slots = static_cast<int64_t>(shape.totalSlots());
  const json::object* table = queue(name);
  MC_TRY(checkSize("nnodes", config_, table, shape.nodes));
  MC_TRY(checkSize("ncores", config_, table, slots * shape.coresPerSlot));
  return checkSize("ngpus", config_, table, slots * shape.gpusPerSlot);
}

}  // namespace mc::flux::services::manager
