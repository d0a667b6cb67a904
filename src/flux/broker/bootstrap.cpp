#include "flux/broker/bootstrap.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "flux/formats/json.hpp"

namespace mc::flux::broker {
namespace {

namespace json = boost::json;
using overlay::Endpoint;
using overlay::Topology;

/// One host of the [bootstrap] table, with what is not said of it taken from the defaults.
struct HostEntry {
  std::string host;
  std::string bind;
  std::string connect;
  std::string parent;  ///< for tbon.topo=custom
};

const std::set<std::string_view> kBootstrapKeys = {
    "curve_cert", "default_port", "default_bind", "default_connect", "hosts", "enable_ipv6"};
const std::set<std::string_view> kHostKeys = {"host", "bind", "connect", "parent"};

tl::unexpected<base::Error> bad(const std::string& key, const std::string& what) {
  return base::fail(EINVAL, "configuration: bootstrap." + key + " " + what);
}

base::Status checkKeys(const json::object& table, const std::set<std::string_view>& known,
                       const std::string& prefix) {
  for (const auto& [key, value] : table)
    if (known.count(std::string_view(key)) == 0)
      return bad(prefix + std::string(key), "is not a known key");
  return {};
}

base::Result<std::string> optionalString(const json::object& table, const std::string& key) {
  const json::value* value = table.if_contains(key);
  if (value == nullptr) return std::string();
  if (!value->is_string()) return bad(key, "is not a string");
  return std::string(value->get_string());
}

/// The text that stands for %p.
base::Result<std::string> defaultPort(const json::object& table) {
  const json::value* value = table.if_contains("default_port");
  if (value == nullptr) return std::string();
  if (!value->is_int64() || value->get_int64() < 1 || value->get_int64() > 65535)
    return bad("default_port", "is not a port between 1 and 65535");
  return std::to_string(value->get_int64());
}

/// Puts host and port into a URI pattern.
base::Result<std::string> substitute(const std::string& pattern, const std::string& host,
                                     const std::string& port) {
  std::string uri;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool token = pattern[i] == '%' && i + 1 < pattern.size();
    if (token && pattern[i + 1] == 'h') {
      uri += host;
      ++i;
    } else if (token && pattern[i + 1] == 'p') {
      if (port.empty()) return bad("default_port", "is needed for %p in " + pattern);
      uri += port;
      ++i;
    } else {
      uri += pattern[i];
    }
  }
  return uri;
}

/// An entry may stand for many hosts: "foo[0-1023]".
base::Status addHosts(const json::value& value, std::vector<HostEntry>& entries,
                      formats::Hostlist& hosts) {
  if (!value.is_object()) return bad("hosts", "has an entry that is not a table");
  const json::object& table = value.get_object();
  MC_TRY(checkKeys(table, kHostKeys, "hosts."));
  MC_TRY_ASSIGN(const std::string names, optionalString(table, "host"));
  if (names.empty()) return bad("hosts", "has an entry without host");
  HostEntry entry;
  MC_TRY_ASSIGN(entry.bind, optionalString(table, "bind"));
  MC_TRY_ASSIGN(entry.connect, optionalString(table, "connect"));
  MC_TRY_ASSIGN(entry.parent, optionalString(table, "parent"));
  auto list = formats::Hostlist::parse(names);
  if (!list) return bad("hosts", "has a bad host: " + list.error().message);
  for (auto& host : list->hosts()) {
    entry.host = host;
    entries.push_back(entry);
  }
  return hosts.append(*list);
}

std::string shortName(const std::string& host) {
  return host.substr(0, host.find('.'));
}

std::optional<uint32_t> rankOf(const std::vector<HostEntry>& entries, const std::string& hostname) {
  const auto at = [&](auto same) -> std::optional<uint32_t> {
    const auto found = std::find_if(entries.begin(), entries.end(), same);
    if (found == entries.end()) return std::nullopt;
    return static_cast<uint32_t>(found - entries.begin());
  };
  if (const auto rank = at([&](const HostEntry& e) { return e.host == hostname; })) return rank;
  return at([&](const HostEntry& e) { return shortName(e.host) == shortName(hostname); });
}

Boot standalone(const std::string& hostname, Topology topology, const char* method) {
  Boot boot;
  boot.method = method;
  boot.topology = std::move(topology);
  boot.hosts.append(hostname);
  return boot;
}

/// The tree, drawn by the hosts' own words ("custom": rank 0 where an entry says nothing) or by
/// rule.
base::Result<Topology> makeTree(const std::string& topology,
                                const std::vector<HostEntry>& entries) {
  const auto size = static_cast<uint32_t>(std::max<size_t>(entries.size(), 1));
  if (topology != "custom") return Topology::parse(topology, size).prefixed("tbon.topo");
  std::vector<uint32_t> parents(size, 0);
  for (uint32_t rank = 1; rank < size; ++rank) {
    const std::string& parent = entries[rank].parent;
    if (parent.empty()) continue;
    const auto found = rankOf(entries, parent);
    if (!found)
      return bad("hosts", "has no host " + parent + ", the parent of " + entries[rank].host);
    parents[rank] = *found;
  }
  return Topology::custom(std::move(parents)).prefixed("configuration: bootstrap.hosts");
}

/// Reads the addresses of this broker and of its parent.
base::Status setEndpoints(Boot& boot, const std::vector<HostEntry>& entries,
                          const json::object& table) {
  MC_TRY_ASSIGN(const std::string port, defaultPort(table));
  if (!boot.topology.children(boot.rank).empty()) {
    const HostEntry& me = entries[boot.rank];
    MC_TRY_ASSIGN(const std::string standard, optionalString(table, "default_bind"));
    const std::string& pattern = me.bind.empty() ? standard : me.bind;
    if (pattern.empty()) return bad("default_bind", "is needed for host " + me.host);
    MC_TRY_ASSIGN(const std::string uri, substitute(pattern, me.host, port));
    MC_TRY_ASSIGN(boot.bind, Endpoint::parse(uri).prefixed("configuration: bootstrap"));
  }
  if (const auto rank = boot.topology.parent(boot.rank)) {
    const HostEntry& parent = entries[*rank];
    MC_TRY_ASSIGN(const std::string standard, optionalString(table, "default_connect"));
    const std::string& pattern = parent.connect.empty() ? standard : parent.connect;
    if (pattern.empty()) return bad("default_connect", "is needed for host " + parent.host);
    MC_TRY_ASSIGN(const std::string uri, substitute(pattern, parent.host, port));
    MC_TRY_ASSIGN(boot.parent, Endpoint::parse(uri).prefixed("configuration: bootstrap"));
  }
  return {};
}

}  // namespace

base::Result<Boot> bootFromConfig(const json::object& config, const std::string& hostname,
                                  const std::string& topology) {
  const json::value* value = config.if_contains("bootstrap");
  const json::object none;
  if (value != nullptr && !value->is_object()) return bad("", "is not a table");
  const json::object& table = value != nullptr ? value->get_object() : none;
  MC_TRY(checkKeys(table, kBootstrapKeys, ""));
  const json::value* list = table.if_contains("hosts");
  if (list != nullptr && !list->is_array()) return bad("hosts", "is not an array");
  std::vector<HostEntry> entries;
  formats::Hostlist hosts;
  if (list != nullptr)
    for (const auto& entry : list->get_array()) MC_TRY(addHosts(entry, entries, hosts));
  const auto size = static_cast<uint32_t>(std::max<size_t>(entries.size(), 1));
  MC_TRY_ASSIGN(Topology tree, makeTree(topology, entries));
  if (entries.empty()) return standalone(hostname, std::move(tree), value ? "config" : "single");
  const auto rank = rankOf(entries, hostname);
  if (!rank) return bad("hosts", "does not name this host, " + hostname);
  Boot boot;
  boot.method = "config";
  boot.rank = *rank;
  boot.hosts = std::move(hosts);
  boot.topology = std::move(tree);
  MC_TRY_ASSIGN(const std::string cert, optionalString(table, "curve_cert"));
  if (!cert.empty()) boot.curveCert = cert;
  if (size > 1 && cert.empty()) return bad("curve_cert", "is needed for more than one host");
  MC_TRY(setEndpoints(boot, entries, table));
  return boot;
}

base::Result<Boot> bootLocal(const LocalPlace& place, const std::string& rundir,
                             const std::string& hostname, const std::string& topology) {
  if (place.rank >= place.size) return base::fail(EINVAL, "rank is not below the size");
  MC_TRY_ASSIGN(Topology tree, Topology::parse(topology, place.size).prefixed("tbon.topo"));
  Boot boot = standalone(hostname, std::move(tree), "simple");
  boot.rank = place.rank;
  for (uint32_t r = 1; r < place.size; ++r) boot.hosts.append(hostname);
  if (!place.hosts.empty()) {
    MC_TRY_ASSIGN(boot.hosts, formats::Hostlist::parse(place.hosts));
  }
  const auto meeting = [&](uint32_t r) {
    return Endpoint{Endpoint::Kind::Ipc, rundir + "/tbon-" + std::to_string(r), 0};
  };
  if (!boot.topology.children(place.rank).empty()) boot.bind = meeting(place.rank);
  if (const auto parent = boot.topology.parent(place.rank)) boot.parent = meeting(*parent);
  return boot;
}

std::string taskMapping(const formats::Hostlist& hosts) {
  // Runs of ranks on one host, and of hosts with equally many ranks: [first host, hosts, ranks, 1].
  struct Block {
    size_t firstHost, hostCount, ranksPerHost;
  };
  std::map<std::string, size_t> numbers;
  std::vector<Block> blocks;
  for (size_t rank = 0; rank < hosts.size();) {
    const std::string host = hosts.at(rank);
    size_t count = 0;
    while (rank < hosts.size() && hosts.at(rank) == host) ++rank, ++count;
    const size_t number = numbers.try_emplace(host, numbers.size()).first->second;
    Block* last = blocks.empty() ? nullptr : &blocks.back();
    if (last != nullptr && last->ranksPerHost == count &&
        last->firstHost + last->hostCount == number)
      ++last->hostCount;
    else
      blocks.push_back({number, 1, count});
  }
  json::array map;
  for (const auto& block : blocks)
    map.push_back(json::array{block.firstHost, block.hostCount, block.ranksPerHost, 1});
  return formats::toJson(map);
}

}  // namespace mc::flux::broker
