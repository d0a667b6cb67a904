#include "flux/services/resource/config.hpp"

#include <map>

#include "base/fd.hpp"

namespace mc::flux::services::resource {

namespace {

namespace json = boost::json;
using formats::Hostlist;
using formats::ResourceSet;

// The rank of each host, the first where a host has several brokers.
std::map<std::string, uint32_t> ranksByHost(const Hostlist& hosts) {
  std::map<std::string, uint32_t> out;
  uint32_t rank = 0;
  for (std::string& host : hosts.hosts()) out.emplace(std::move(host), rank++);
  return out;
}

base::Result<formats::Idset> readIds(const json::object& entry, std::string_view key) {
  const auto* value = formats::find(entry, key);
  if (value == nullptr) return formats::Idset();
  const auto* text = value->if_string();
  if (text == nullptr) return base::fail(EINVAL, std::string(key) + " must be an idset string");
  return formats::Idset::parse(*text).prefixed(std::string(key));
}

base::Status addEntry(const json::object& entry, const std::map<std::string, uint32_t>& ranks,
                      ResourceSet& out) {
  MC_TRY_ASSIGN(const std::string_view hostsText, formats::getString(entry, "hosts"));
  MC_TRY_ASSIGN(const Hostlist hosts, Hostlist::parse(hostsText).prefixed("hosts"));
  MC_TRY_ASSIGN(const formats::Idset cores, readIds(entry, "cores"));
  MC_TRY_ASSIGN(const formats::Idset gpus, readIds(entry, "gpus"));
  const auto* properties = formats::findArray(entry, "properties");
  for (const std::string& host : hosts.hosts()) {
    const auto at = ranks.find(host);
    if (at == ranks.end()) return base::fail(EINVAL, "host '" + host + "' has no broker");
    formats::NodeResources& node = out.nodes[at->second];
    node.host = host;
    node.cores.insert(cores);
    node.gpus.insert(gpus);
    for (const auto& property : properties ? *properties : json::array()) {
      const auto* name = property.if_string();
      if (name == nullptr) return base::fail(EINVAL, "properties must be strings");
      out.properties[std::string(*name)].insert(at->second);
    }
  }
  return {};
}

base::Result<ResourceSet> fromEntries(const json::array& entries, const Hostlist& hosts) {
  const auto ranks = ranksByHost(hosts);
  ResourceSet out;
  for (size_t i = 0; i < entries.size(); ++i) {
    const std::string where = "resource.config[" + std::to_string(i) + "]";
    const auto* entry = entries[i].if_object();
    if (entry == nullptr) return base::fail(EINVAL, where + " must be a table");
    if (auto status = addEntry(*entry, ranks, out); !status)
      return base::fail(EINVAL, where + ": " + status.error().message);
  }
  for (const auto& [rank, node] : out.nodes)
    if (node.cores.empty())
      return base::fail(EINVAL, "resource.config: host '" + node.host + "' has no cores");
  return out;
}

// An R file may number the hosts in another order than the brokers have.
ResourceSet rerank(ResourceSet set, const Hostlist& hosts) {
  const auto ranks = ranksByHost(hosts);
  if (ranks.size() != hosts.size()) return set;  // several brokers on a host: ranks it is
  ResourceSet out = set;
  out.nodes.clear();
  std::map<uint32_t, uint32_t> moved;
  for (const auto& [rank, node] : set.nodes) {
    const auto at = ranks.find(node.host);
    if (at == ranks.end()) return set;
    out.nodes[at->second] = node;
    moved[rank] = at->second;
  }
  for (auto& [name, ids] : out.properties) {
    formats::Idset now;
    for (const uint32_t rank : ids)
      if (moved.contains(rank)) now.insert(moved[rank]);
    ids = now;
  }
  return out;
}

base::Result<ResourceSet> fromFile(const std::string& path, const Hostlist& hosts) {
  MC_TRY_ASSIGN(const std::string text, base::readFile(path).prefixed("resource.path"));
  MC_TRY_ASSIGN(ResourceSet set, ResourceSet::parse(text).prefixed("resource.path " + path));
  return rerank(std::move(set), hosts);
}

/// `resource.scheduling`: a file with another scheduler's data (RFC 20) for the configured R.
base::Status addScheduling(const json::object& table, ResourceSet& set) {
  const auto* path = formats::findString(table, "scheduling");
  if (path == nullptr) return {};
  MC_TRY_ASSIGN(const std::string text,
                base::readFile(std::string(*path)).prefixed("resource.scheduling"));
  MC_TRY_ASSIGN(set.scheduling,
                formats::parseJson(text).prefixed("resource.scheduling " + std::string(*path)));
  return {};
}

}  // namespace

base::Result<std::optional<ResourceSet>> readConfiguredResources(const json::object& config,
                                                                 const Hostlist& hosts) {
  const auto* table = formats::findObject(config, "resource");
  if (table == nullptr) return std::optional<ResourceSet>();
  if (const auto* entries = formats::findArray(*table, "config")) {
    MC_TRY_ASSIGN(ResourceSet set, fromEntries(*entries, hosts));
    MC_TRY(addScheduling(*table, set));
    return std::optional(std::move(set));
  }
  if (const auto* path = formats::findString(*table, "path")) {
    MC_TRY_ASSIGN(ResourceSet set, fromFile(std::string(*path), hosts));
    MC_TRY(addScheduling(*table, set));
    return std::optional(std::move(set));
  }
  return std::optional<ResourceSet>();
}

}  // namespace mc::flux::services::resource
