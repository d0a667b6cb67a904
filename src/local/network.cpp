#include "local/network.hpp"

#include <algorithm>
#include <vector>

#include "local/docker/json.hpp"
#include "local/docker/networks.hpp"
#include "local/docker/volumes.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"

namespace mc::local {

namespace {

std::vector<std::string> selectorFor(const std::string& ns) {
  return {std::string(label::kNamespace) + "=" + ns,
          std::string(label::kPart) + "=" + label::kPartNetwork};
}

/// Ids of the namespace's networks, sorted.
base::Result<std::vector<std::string>> networkIds(docker::Client& client, const std::string& ns,
                                                  const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto networks, docker::listNetworks(client, selectorFor(ns), stop));
  std::vector<std::string> ids;
  for (const auto& network : networks) {
    if (network.is_object()) ids.push_back(docker::textOf(network.get_object(), "Id"));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

base::Result<std::string> ensureNetwork(docker::Client& client, const std::string& ns,
                                        const std::stop_token& stop) {
  const std::string name = networkName(ns);
  const auto made = docker::createNetwork(client, name,
                                          {{label::kManagedBy, label::kManager},
                                           {label::kNamespace, ns},
                                           {label::kPart, label::kPartNetwork}},
                                          stop);
  if (!made && made.error().errnum == EEXIST) return name;
  if (!made) return base::pass(made.error().prefixed("network " + name));
  // Docker lets two commands at once make two networks of one name; all agree on the first.
  MC_TRY_ASSIGN(const auto ids, networkIds(client, ns, stop));
  if (ids.size() > 1 && ids.front() != *made) MC_TRY(docker::removeNetwork(client, *made, stop));
  return name;
}

base::Status removeUnusedNetwork(docker::Client& client, const std::string& ns,
                                 const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto records,
                docker::listVolumes(client,
                                    {std::string(label::kNamespace) + "=" + ns,
                                     std::string(label::kPart) + "=" + label::kPartRecord},
                                    stop));
  if (!records.empty()) return {};
  MC_TRY_ASSIGN(const auto ids, networkIds(client, ns, stop));
  for (const std::string& id : ids) {
    const base::Status removed = docker::removeNetwork(client, id, stop);
    // A cluster has come in the meantime, or the user has put a container of theirs into it.
    if (!removed && removed.error().errnum != EACCES) return removed;
  }
  return {};
}

}  // namespace mc::local
