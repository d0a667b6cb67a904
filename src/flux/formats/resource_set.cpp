#include "flux/formats/resource_set.hpp"

#include <vector>

namespace mc::flux::formats {

namespace {

tl::unexpected<base::Error> bad(const std::string& why) {
  return base::fail(EINVAL, "R: " + why);
}

base::Result<Idset> parseIds(const json::object& object, std::string_view key) {
  const auto* text = findString(object, key);
  if (text == nullptr) return bad("'" + std::string(key) + "' is not an idset string");
  return Idset::parse(*text).prefixed("R: " + std::string(key));
}

base::Status parseEntry(const json::value& value, ResourceSet& out) {
  const auto* entry = value.if_object();
  const auto* children = entry ? findObject(*entry, "children") : nullptr;
  if (children == nullptr) return bad("R_lite entry without 'children'");
  MC_TRY_ASSIGN(const Idset ranks, parseIds(*entry, "rank"));
  if (ranks.size() > ResourceSet::kMaxNodes - out.nodes.size())
    return base::fail(EOVERFLOW, "R: too many ranks");
  NodeResources resources;
  if (find(*children, "core") != nullptr) {
    MC_TRY_ASSIGN(resources.cores, parseIds(*children, "core"));
  }
  if (find(*children, "gpu") != nullptr) {
    MC_TRY_ASSIGN(resources.gpus, parseIds(*children, "gpu"));
  }
  for (const uint32_t rank : ranks)
    if (!out.nodes.emplace(rank, resources).second)
      return bad("rank " + std::to_string(rank) + " appears twice");
  return {};
}

base::Status parseNodelist(const json::object& execution, ResourceSet& out) {
  const auto* nodelist = findArray(execution, "nodelist");
  if (nodelist == nullptr) return {};
  Hostlist hosts;
  for (const auto& element : *nodelist) {
    const auto* text = element.if_string();
    if (text == nullptr) return bad("nodelist is not a list of strings");
    MC_TRY_ASSIGN(const Hostlist part, Hostlist::parse(*text).prefixed("R"));
    MC_TRY(hosts.append(part));
  }
  if (hosts.size() != out.nodes.size())
    return bad("nodelist has " + std::to_string(hosts.size()) + " hosts for " +
               std::to_string(out.nodes.size()) + " ranks");
  const std::vector<std::string> names = hosts.hosts();
  size_t index = 0;
  for (auto& [rank, node] : out.nodes) node.host = names[index++];
  return {};
}

base::Status parseTimes(const json::object& execution, ResourceSet& out) {
  const auto read = [&](std::string_view key, double& value) -> base::Status {
    const auto* member = find(execution, key);
    if (member == nullptr) return {};
    const auto number = toDouble(*member);
    if (!number || *number < 0) return bad("bad " + std::string(key));
    value = *number;
    return {};
  };
  MC_TRY(read("starttime", out.starttime));
  return read("expiration", out.expiration);
}

base::Status parseProperties(const json::object& execution, ResourceSet& out) {
  const auto* properties = findObject(execution, "properties");
  if (properties == nullptr) return {};
  for (const auto& [name, ranks] : *properties) {
    const auto* text = ranks.if_string();
    if (text == nullptr) return bad("property '" + std::string(name) + "' has no idset string");
    MC_TRY_ASSIGN(out.properties[name], Idset::parse(*text).prefixed("R: property"));
  }
  return {};
}

// Ranks with equal resources, in order of their first rank.
struct Group {
  Idset ranks;
  const NodeResources* resources;
};
std::vector<Group> groups(const ResourceSet& set) {
  std::vector<Group> out;
  for (const auto& [rank, node] : set.nodes) {
    Group* match = nullptr;
    for (Group& group : out)
      if (group.resources->sameChildren(node)) match = &group;
    if (match == nullptr) match = &out.emplace_back(Group{{}, &node});
    match->ranks.insert(rank);
  }
  return out;
}

json::object childrenOf(const NodeResources& node) {
  json::object children;
  if (!node.cores.empty() || node.gpus.empty()) children["core"] = node.cores.str();
  if (!node.gpus.empty()) children["gpu"] = node.gpus.str();
  return children;
}

}  // namespace

base::Result<ResourceSet> ResourceSet::parse(const json::object& document) {
  const auto version = getInteger(document, "version");
  if (!version || *version != 1) return bad("version is not 1");
  const auto* execution = findObject(document, "execution");
  const auto* lite = execution ? findArray(*execution, "R_lite") : nullptr;
  if (lite == nullptr) return bad("no execution.R_lite");
  ResourceSet out;
  for (const auto& entry : *lite) MC_TRY(parseEntry(entry, out));
  MC_TRY(parseNodelist(*execution, out));
  MC_TRY(parseTimes(*execution, out));
  MC_TRY(parseProperties(*execution, out));
  if (const auto slots = getInteger(*execution, "nslots")) out.nslots = *slots;
  if (const auto* scheduling = find(document, "scheduling")) out.scheduling = *scheduling;
  return out;
}

base::Result<ResourceSet> ResourceSet::parse(std::string_view text) {
  MC_TRY_ASSIGN(const json::object document, parseJsonObject(text).prefixed("R"));
  return parse(document);
}

json::object ResourceSet::toJson() const {
  json::array lite;
  for (const Group& group : groups(*this))
    lite.push_back({{"rank", group.ranks.str()}, {"children", childrenOf(*group.resources)}});
  json::object execution{
      {"R_lite", std::move(lite)}, {"starttime", starttime}, {"expiration", expiration}};
  if (nslots) execution["nslots"] = *nslots;
  if (!nodes.empty() && !nodes.begin()->second.host.empty())
    execution["nodelist"] = json::array{json::value(nodelist().str())};
  if (!properties.empty()) {
    json::object object;
    for (const auto& [name, ids] : properties) object[name] = ids.str();
    execution["properties"] = std::move(object);
  }
  json::object document{{"version", 1}, {"execution", std::move(execution)}};
  if (!scheduling.is_null()) document["scheduling"] = scheduling;
  return document;
}

size_t ResourceSet::coreCount() const {
  size_t count = 0;
  for (const auto& [rank, node] : nodes) count += node.cores.size();
  return count;
}

size_t ResourceSet::gpuCount() const {
  size_t count = 0;
  for (const auto& [rank, node] : nodes) count += node.gpus.size();
  return count;
}

Idset ResourceSet::ranks() const {
  Idset out;
  for (const auto& [rank, node] : nodes) out.insert(rank);
  return out;
}

Hostlist ResourceSet::nodelist() const {
  Hostlist out;
  for (const auto& [rank, node] : nodes) out.append(node.host);
  return out;
}

std::string ResourceSet::summary() const {
  std::string out;
  for (const Group& group : groups(*this)) {
    if (!out.empty()) out += ' ';
    out += "rank" + group.ranks.bracketed() + "/";
    const NodeResources& node = *group.resources;
    if (!node.cores.empty()) out += "core" + node.cores.bracketed();
    if (!node.gpus.empty()) out += (node.cores.empty() ? "gpu" : ",gpu") + node.gpus.bracketed();
  }
  return out;
}

ResourceSet ResourceSet::slice(const Idset& wanted) const {
  ResourceSet out = *this;
  std::erase_if(out.nodes, [&](const auto& entry) { return !wanted.contains(entry.first); });
  for (auto& [name, ids] : out.properties) ids = ids.intersection(wanted);
  std::erase_if(out.properties, [](const auto& entry) { return entry.second.empty(); });
  return out;
}

void ResourceSet::add(const ResourceSet& other) {
  for (const auto& [rank, node] : other.nodes) {
    const auto [at, isNew] = nodes.emplace(rank, node);
    if (isNew) continue;
    at->second.cores.insert(node.cores);
    at->second.gpus.insert(node.gpus);
  }
}

void ResourceSet::remove(const ResourceSet& other) {
  for (const auto& [rank, node] : other.nodes) {
    const auto at = nodes.find(rank);
    if (at == nodes.end()) continue;
    at->second.cores.erase(node.cores);
    at->second.gpus.erase(node.gpus);
    if (at->second.cores.empty() && at->second.gpus.empty()) nodes.erase(at);
  }
}

}  // namespace mc::flux::formats
