#include "local/network.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/rfc3339.hpp"
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

/// Ids of the namespace's networks, the youngest first.
base::Result<std::vector<std::string>> networkIds(docker::Client& client, const std::string& ns,
                                                  const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto networks, docker::listNetworks(client, selectorFor(ns), stop));
  std::vector<std::pair<double, std::string>> found;
  for (const auto& network : networks) {
    if (!network.is_object()) continue;
    const auto& object = network.get_object();
    found.emplace_back(base::parseTime(docker::textOf(object, "Created")),
                       docker::textOf(object, "Id"));
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (auto& [created, id] : found) ids.push_back(std::move(id));
  return ids;
}

/// Docker lets two commands at once make two networks of one name, and then starts nothing in
/// either of them. All commands remove in the same order, so that the same one stays: the oldest,
/// or one that has containers in it already, which only a network that was alone can have.
base::Status leaveOne(docker::Client& client, const std::string& ns, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto ids, networkIds(client, ns, stop));
  size_t left = ids.size();
  for (const std::string& id : ids) {
    if (left <= 1) return {};
    const base::Status removed = docker::removeNetwork(client, id, stop);
    if (removed)
      --left;
    else if (removed.error().errnum != EACCES)
      return removed;
  }
  return {};
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
  if (!made && made.error().errnum != EEXIST)
    return base::pass(made.error().prefixed("network " + name));
  if (made) MC_TRY(leaveOne(client, ns, stop));
  return name;
}

bool lacksNetwork(const base::Error& error) {
  const std::string& text = error.message;
  if (text.find("network ") == text.npos) return false;
  return text.find(" is ambiguous") != text.npos ||
         (error.errnum == ENOENT && text.find(" not found") != text.npos);
}

base::Status mendNetwork(docker::Client& client, const std::string& ns,
                         const std::stop_token& stop) {
  MC_TRY(ensureNetwork(client, ns, stop));
  return leaveOne(client, ns, stop);
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
