#include "flux/services/job-manager/queues.hpp"

#include "flux/formats/json.hpp"

namespace mc::flux::services::manager {

Queues::Queues(const boost::json::object& config) {
  if (const auto* table = formats::findObject(config, "queues"))
    for (const auto& [name, settings] : *table) queues_[std::string(name)];
  if (queues_.empty()) queues_[""];
}

base::Result<Queue*> Queues::find(std::string_view name) {
  const auto at = queues_.find(name);
  if (at != queues_.end()) return &at->second;
  if (name.empty()) return base::fail(EINVAL, "no queue specified and there is no default queue");
  return base::fail(EINVAL, "'" + std::string(name) + "' is not a valid queue");
}

bool Queues::started(std::string_view name) const {
  const auto at = queues_.find(name);
  return at != queues_.end() && at->second.started;
}

std::vector<std::string> Queues::names() const {
  std::vector<std::string> out;
  for (const auto& [name, queue] : queues_)
    if (!name.empty()) out.push_back(name);
  return out;
}

base::Result<std::vector<Queue*>> Queues::select(const boost::json::object& payload,
                                                 std::string_view what) {
  if (const auto* name = formats::findString(payload, "name")) {
    auto queue = find(*name);
    if (!queue) return base::pass(queue.error().prefixed(std::string(what)));
    return std::vector<Queue*>{*queue};
  }
  const bool all = formats::getBool(payload, "all").value_or(false);
  if (!all && !queues_.contains(""))
    return base::fail(EINVAL, std::string(what) + ": a named queue is required, or all of them");
  std::vector<Queue*> out;
  out.reserve(queues_.size());
  for (auto& [name, queue] : queues_) out.push_back(&queue);
  return out;
}

}  // namespace mc::flux::services::manager
