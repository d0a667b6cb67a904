#include "entry/port_waiter.hpp"

namespace mc::entry {
namespace {

struct Pending {
  const WaitFor* server = nullptr;
  bool connected = false;
  std::unique_ptr<PortProbe> probe;
};

std::string describe(const std::vector<Pending>& all) {
  std::string text;
  for (const auto& one : all) {
    if (one.connected) continue;
    if (!text.empty()) text += ", ";
    text += one.server->container + " (" + one.server->host + ":" +
            std::to_string(one.server->port) + ": " + one.probe->lastError() + ")";
  }
  return text;
}

std::string missing(const std::vector<Pending>& all) {
  std::string names;
  for (const auto& one : all)
    if (!one.connected) names += (names.empty() ? "" : ",") + one.server->container;
  return names;
}

bool allConnected(const std::vector<Pending>& all) {
  for (const auto& one : all)
    if (!one.connected) return false;
  return true;
}

}  // namespace

base::Status PortWaiter::wait(const std::vector<WaitFor>& servers, std::chrono::seconds limit,
                              const StillWaiting& stillWaiting) {
  std::vector<Pending> all(servers.size());
  for (size_t i = 0; i < servers.size(); ++i) {
    all[i].server = &servers[i];
    all[i].probe = std::make_unique<PortProbe>(loop_, resolver_, servers[i].host, servers[i].port,
                                               [this, one = &all[i]] {
                                                 one->connected = true;
                                                 loop_.stop();
                                               });
  }
  const base::Watch patience = loop_.after(kPatience, [this, &all, &stillWaiting] {
    messages_.info("still waiting for " + describe(all));
    if (stillWaiting) stillWaiting(missing(all));
  });
  bool expired = false;
  base::Watch deadline;
  if (limit.count() > 0) {
    deadline = loop_.after(limit, [this, &expired] {
      expired = true;
      loop_.stop();
    });
  }
  if (!processes_.wait([&] { return expired || allConnected(all); }))
    return base::fail(ECANCELED, "told to stop");
  if (!expired) return {};
  return base::fail(ETIMEDOUT, "no connection within " + std::to_string(limit.count()) + " s to " +
                                   describe(all));
}

}  // namespace mc::entry
