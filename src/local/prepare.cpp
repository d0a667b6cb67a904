#include "local/prepare.hpp"

#include <algorithm>
#include <set>

#include "local/container_spec.hpp"
#include "local/docker/json.hpp"
#include "local/docker/system.hpp"
#include "local/docker/volumes.hpp"
#include "local/parallel.hpp"
#include "local/resources.hpp"
#include "local/store.hpp"
#include "local/variables.hpp"

namespace mc::local {

namespace {

/// Applies `check` to every container; a failure is prefixed with where it is.
template <class Check>
base::Status forEachContainer(const plan::Plan& plan, const Check& check) {
  for (const plan::Pod& pod : plan.pods) {
    for (const plan::Container& container : pod.containers) {
      MC_TRY(check(pod, container).prefixed("pod " + pod.name + ", container " + container.name));
    }
  }
  return {};
}

std::vector<std::string> claimsOf(const plan::Plan& plan) {
  std::set<std::string> claims;
  for (const plan::Pod& pod : plan.pods) {
    for (const plan::PodVolume& volume : pod.volumes) {
      if (volume.source.kind == api::VolumeKind::Claim) claims.insert(volume.source.source);
    }
  }
  return {claims.begin(), claims.end()};
}

base::Status checkClaims(docker::Client& client, const plan::Plan& plan,
                         const std::stop_token& stop) {
  const std::vector<std::string> claims = claimsOf(plan);
  return forEachParallel(claims.size(), [&](size_t i) -> base::Status {
    MC_TRY_ASSIGN(const auto found, docker::inspectVolume(client, claims[i], stop));
    if (found) return {};
    return base::fail(ENOENT, "persistentvolumeclaim \"" + claims[i] +
                                  "\" not found: a claim is a Docker volume here, made with "
                                  "`docker volume create " +
                                  claims[i] + "`");
  });
}

base::Result<int64_t> countCpus(docker::Client& client, const plan::Plan& plan,
                                const std::stop_token& stop) {
  const bool needed = std::any_of(plan.pods.begin(), plan.pods.end(), [](const plan::Pod& pod) {
    return std::any_of(pod.containers.begin(), pod.containers.end(),
                       [](const plan::Container& c) { return needsMachineCpus(c.resources); });
  });
  if (!needed) return 0;
  MC_TRY_ASSIGN(const auto info, docker::engineInfo(client, stop));
  return docker::numberOf(info, "NCPU");
}

bool isRoot(const std::string& user) {
  const std::string name = user.substr(0, user.find(':'));
  return name.empty() || name == "root" || name == "0";
}

base::Status checkUser(const plan::Container& container, const std::string& imageUser) {
  if (!container.security.runAsNonRoot.value_or(false)) return {};
  const std::string user = userOf(container, imageUser);
  if (!isRoot(user.empty() ? imageUser : user)) return {};
  return base::fail(EINVAL, "container has runAsNonRoot and image will run as root");
}

/// Secrets and ConfigMaps must be there before the cluster is made.
base::Status checkData(docker::Client& client, const plan::Plan& plan, const std::string& tools,
                       const std::stop_token& stop) {
  StoredData data(client, plan.ns, tools, stop);
  const auto need = [&](core::Kind kind, const std::string& name) -> base::Status {
    MC_TRY_ASSIGN(const auto values, data.find(kind, name));
    return values ? base::Status() : base::pass(missingObject(kind, name));
  };
  MC_TRY(forEachContainer(plan, [&](const auto& pod, const auto& container) -> base::Status {
    MC_TRY(withEnvironment(pod, container, {}, data));
    return {};
  }));
  for (const plan::Pod& pod : plan.pods) {
    for (const plan::PodVolume& volume : pod.volumes) {
      if (volume.source.kind == api::VolumeKind::Secret)
        MC_TRY(need(core::Kind::Secret, volume.source.source));
      if (volume.source.kind == api::VolumeKind::ConfigMap)
        MC_TRY(need(core::Kind::ConfigMap, volume.source.source));
    }
  }
  return {};
}

/// Finds out what can't be carried out before anything is made.
base::Status checkSpecs(const plan::Plan& plan) {
  const Record record;
  const SpecContext context{record, plan, {}, {}, 0, PrivilegedMode::Full};
  return forEachContainer(plan, [&](const auto& pod, const auto& container) -> base::Status {
    MC_TRY(containerSpec(context, pod, container, {}, {}));
    return {};
  });
}

}  // namespace

base::Result<Prepared> prepare(docker::Client& client, const plan::Plan& plan,
                               const EngineOptions& options, base::ProcessRunner& runner,
                               SerialProgress& progress, const std::stop_token& stop) {
  MC_TRY(checkSpecs(plan));
  Prepared prepared;
  MC_TRY(inParallel(
      {[&]() -> base::Status {
         MC_TRY_ASSIGN(prepared.images,
                       ensureImages(client, plan, options.dockerConfigDir, runner, progress, stop));
         return {};
       },
       [&]() -> base::Status {
         MC_TRY_ASSIGN(prepared.tools, ensureToolsImage(client, options.binDir, stop));
         return {};
       },
       [&] { return checkClaims(client, plan, stop); },
       [&]() -> base::Status {
         MC_TRY_ASSIGN(prepared.machineCpus, countCpus(client, plan, stop));
         return {};
       },
       [&]() -> base::Status {
         MC_TRY_ASSIGN(prepared.podman, docker::isPodman(client, stop));
         return {};
       }}));
  MC_TRY(checkData(client, plan, prepared.tools.name, stop));
  MC_TRY(forEachContainer(plan, [&](const auto&, const auto& container) {
    return checkUser(container, prepared.images[container.image].user);
  }));
  return prepared;
}

}  // namespace mc::local
