#include "kube/http_client.hpp"
#include "remote/engine.hpp"
#include "remote/explain.hpp"
#include "remote/remote_engine.hpp"

namespace mc::remote {

namespace {

/// As kubectl names itself, so that audit logs and managedFields tell the two apart.
constexpr const char* kManager = "kubectl-minicluster";

}  // namespace

base::Result<std::unique_ptr<engine::Engine>> makeEngine(const kube::ConfigOverrides& overrides,
                                                         const kube::Environment& environment) {
  MC_TRY_ASSIGN(kube::ClientConfig config, explained(kube::loadConfig(overrides, environment)));
  config.userAgent = kManager;
  Access access;
  access.server = config.server;
  access.timer = std::make_unique<kube::SystemTimer>();
  access.processes = std::make_unique<base::SystemProcessRunner>();
  MC_TRY_ASSIGN(access.session, explained(kube::Session::open(std::move(config), *access.timer,
                                                              *access.processes)));
  access.client = std::make_unique<kube::HttpClient>(*access.session, kManager);
  access.streams = makeStreams(*access.session);
  return std::unique_ptr<engine::Engine>(std::make_unique<RemoteEngine>(std::move(access)));
}

std::string contextNamespace(const kube::ConfigOverrides& overrides,
                             const kube::Environment& environment) {
  const auto config = kube::loadConfig(overrides, environment);
  return config && !config->ns.empty() ? config->ns : "default";
}

}  // namespace mc::remote
