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

}  // namespace mc::engine
