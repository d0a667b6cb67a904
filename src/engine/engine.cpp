#include "engine/engine.hpp"

#include "engine/errors.hpp"

namespace mc::engine {

base::Result<Applied> Engine::dryRun(Change change, const api::Document& /*document*/,
                                     const plan::Plan& plan, std::stop_token stop) {
  const ClusterRef ref{plan.ns, plan.name};
  const auto there = minicluster(ref, std::move(stop));
  if (!there && there.error().errnum != ENOENT) return base::pass(there.error());
  if (there && change == Change::Create) return base::pass(alreadyExists(ref));
  return there ? Applied::Configured : Applied::Created;
}

base::Result<bool> Engine::createNamespace(const std::string& /*name*/, std::stop_token /*stop*/) {
  return false;
}

base::Result<std::vector<Journal>> Engine::journals(const ClusterRef& /*ref*/,
                                                    std::stop_token /*stop*/) {
  return std::vector<Journal>();
}

namespace {

base::Status noSecrets() {
  return base::fail(ENOTSUP, "this engine keeps no Secrets");
}

}  // namespace

base::Result<Backend> Engine::backend(Forwarded /*kind*/, const std::string& /*ns*/,
                                      const std::string& /*name*/,
                                      std::optional<std::chrono::milliseconds> /*timeout*/,
                                      std::stop_token /*stop*/) {
  return base::fail(ENOTSUP, "this engine forwards no ports");
}

base::Status Engine::forward(const std::string& /*ns*/, const std::string& /*pod*/,
                             uint16_t /*port*/, const base::Fd& /*local*/,
                             std::stop_token /*stop*/) {
  return base::fail(ENOTSUP, "this engine forwards no ports");
}

base::Result<Secret> Engine::secret(const std::string& /*ns*/, const std::string& /*name*/,
                                    std::stop_token /*stop*/) {
  return base::pass(noSecrets().error());
}

base::Status Engine::createSecret(const Secret& /*secret*/, std::stop_token /*stop*/) {
  return noSecrets();
}

base::Status Engine::replaceSecret(const Secret& /*secret*/, std::stop_token /*stop*/) {
  return noSecrets();
}

namespace {

base::Error leftToKubectl() {
  return {ENOTSUP,
          "only MiniClusters are handled on Kubernetes; objects of other kinds are kubectl's"};
}

}  // namespace

base::Status Engine::createObject(const core::Object& /*object*/, Progress& /*progress*/,
                                  std::stop_token /*stop*/) {
  return base::pass(leftToKubectl());
}

base::Result<Applied> Engine::applyObject(const core::Object& /*object*/, Progress& /*progress*/,
                                          std::stop_token /*stop*/) {
  return base::pass(leftToKubectl());
}

base::Status Engine::removeObject(const ObjectRef& /*ref*/, const RemoveOptions& /*options*/,
                                  Progress& /*progress*/, std::stop_token /*stop*/) {
  return base::pass(leftToKubectl());
}

base::Result<std::vector<ObjectView>> Engine::objects(core::Kind /*kind*/,
                                                      const std::string& /*ns*/,
                                                      std::stop_token /*stop*/) {
  return base::pass(leftToKubectl());
}

base::Status Engine::waitObject(const ObjectRef& /*ref*/, const Until& /*until*/,
                                std::stop_token /*stop*/) {
  return base::pass(leftToKubectl());
}

}  // namespace mc::engine
