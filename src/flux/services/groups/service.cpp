#include "flux/services/groups/service.hpp"

#include "flux/formats/json.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;

constexpr size_t kMaxGroups = 1000;

base::Status checkName(std::string_view name) {
  if (name.empty() || name.size() > 256) return base::fail(EINVAL, "not a name for a group");
  return {};
}

}  // namespace

Groups::Groups(broker::Host& host) : host_(host), flush_(host.loop(), [this] { flush(); }) {
  methods_.add("join", Access::Owner, [this](const auto& r, const auto& p) { return join(r, p); });
  methods_.add("leave", Access::Owner,
               [this](const auto& r, const auto& p) { return leave(r, p); });
  methods_.add("get", Access::Anyone, [this](const auto& r, const auto& p) { return get(r, p); });
  methods_.add("update", Access::Owner, [this](const auto&, const auto& p) { return update(p); });
}

formats::Idset Groups::members(const std::string& group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? formats::Idset() : found->second.members;
}

base::Status Groups::join(const Request& request, const json::object& payload) {
  MC_TRY_ASSIGN(const auto text, formats::getString(payload, "name"));
  MC_TRY(checkName(text));
  const std::string name(text);
  if (groups_.size() >= kMaxGroups && groups_.find(name) == groups_.end())
    return base::fail(ENOSPC, "too many groups");
  Group& group = groups_[name];
  if (group.joined)
    return base::fail(EEXIST,
                      "rank " + std::to_string(host_.rank()) + " is already a member of " + name);
  group.joined = true;
  group.joiner = request.sender();
  change(name, true, formats::Idset::single(host_.rank()));
  request.respond();
  return {};
}

base::Status Groups::leave(const Request& request, const json::object& payload) {
  MC_TRY_ASSIGN(const auto text, formats::getString(payload, "name"));
  const std::string name(text);
  const auto found = groups_.find(name);
  if (found == groups_.end() || !found->second.joined)
    return base::fail(ENOENT,
                      "rank " + std::to_string(host_.rank()) + " is not a member of " + name);
  found->second.joined = false;
  change(name, false, formats::Idset::single(host_.rank()));
  request.respond();
  return {};
}

base::Status Groups::get(const Request& request, const json::object& payload) {
  MC_TRY_ASSIGN(const auto text, formats::getString(payload, "name"));
  if (host_.rank() != 0) return base::fail(EPROTO, "this RPC is only available on rank 0");
  MC_TRY(checkName(text));
  const std::string name(text);
  request.respond(json::object{{"members", members(name).str()}});
  if (request.streaming() && (groups_.size() < kMaxGroups || groups_.count(name) != 0))
    groups_[name].watchers.add(request, {});
  return {};
}

/// From a broker below.
base::Status Groups::update(const json::object& payload) {
  const auto* groups = formats::findObject(payload, "update");
  if (groups == nullptr) return base::fail(EPROTO, "groups.update without update");
  for (const auto& [name, changes] : *groups) {
    if (!changes.is_array()) return base::fail(EPROTO, "groups.update with bad changes");
    for (const auto& entry : changes.get_array()) {
      if (!entry.is_object()) return base::fail(EPROTO, "groups.update with bad change");
      MC_TRY_ASSIGN(const auto text, formats::getString(entry.get_object(), "ranks"));
      MC_TRY_ASSIGN(const bool set, formats::getBool(entry.get_object(), "set"));
      MC_TRY_ASSIGN(const auto ranks, formats::Idset::parse(text));
      change(std::string(name), set, ranks);
    }
  }
  return {};
}

void Groups::change(const std::string& group, bool set, const formats::Idset& ranks) {
  auto& changes = batch_[group];
  if (!changes.empty() && changes.back().set == set)
    changes.back().ranks.insert(ranks);
  else
    changes.push_back({set, ranks});
  flush_.schedule();
}

void Groups::flush() {
  const auto batch = std::exchange(batch_, {});
  if (batch.empty()) return;
  json::object update;
  for (const auto& [name, changes] : batch) {
    json::array entries;
    for (const auto& [set, ranks] : changes)
      entries.push_back(json::object{{"ranks", ranks.str()}, {"set", set}});
    update.emplace(name, std::move(entries));
    apply(groups_[name], changes);
  }
  if (host_.rank() > 0)
    host_.notify("groups.update", json::object{{"update", std::move(update)}},
                 wire::kNodeidUpstream);
}

void Groups::apply(Group& group, const std::vector<Change>& changes) {
  const auto before = group.members;
  for (const auto& [set, ranks] : changes)
    set ? group.members.insert(ranks) : group.members.erase(ranks);
  if (group.members == before) return;
  const json::object payload{{"members", group.members.str()}};
  for (const auto& watcher : group.watchers.all()) watcher.request.respond(payload);
}

void Groups::lost(const formats::Idset& ranks) {
  flush();  // so that members include those who have just joined
  for (auto& [name, group] : groups_) {
    const auto gone = group.members.intersection(ranks);
    if (!gone.empty()) change(name, false, gone);
  }
}

void Groups::disconnect(const std::string& sender) {
  for (auto& [name, group] : groups_) {
    group.watchers.disconnect(sender);
    if (!group.joined || group.joiner != sender || sender.empty()) continue;
    group.joined = false;
    change(name, false, formats::Idset::single(host_.rank()));
  }
}

}  // namespace mc::flux::services
