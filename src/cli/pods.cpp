#include "cli/pods.hpp"

#include <algorithm>

#include "cli/errors.hpp"
#include "cli/resources.hpp"
#include "cli/target.hpp"

namespace mc::cli {

namespace {

constexpr const char* kDefaultContainer = "kubectl.kubernetes.io/default-container";

bool hasContainer(const engine::PodView& pod, const std::string& name) {
  return std::any_of(pod.containers.begin(), pod.containers.end(),
                     [&](const auto& container) { return container.name == name; });
}

std::string containerNames(const engine::PodView& pod) {
  std::string names;
  for (const auto& container : pod.containers)
    names += (names.empty() ? "" : ", ") + container.name +
             (container.kind == plan::ContainerKind::Init ? " (init)" : "");
  return names;
}

}  // namespace

base::Result<engine::PodView> findLead(Context& context, const engine::ClusterRef& ref) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  MC_TRY_ASSIGN(const auto cluster, fromServer(engine->minicluster(ref, context.stopToken())));
  if (cluster.leadPod.empty())
    return base::fail(ENOENT, "minicluster \"" + ref.name + "\" has no lead pod yet");
  return fromServer(engine->pod(ref.ns, cluster.leadPod, context.stopToken()));
}

/// The first pod of a Deployment; which one is said if there are several, as kubectl does.
base::Result<engine::PodView> podOf(Context& context, const std::string& deployment) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  MC_TRY_ASSIGN(auto pods, fromServer(engine->pods(context.ns(), context.stopToken())));
  const std::string owner = std::string(core::infoOf(core::Kind::Deployment).singular) + "/";
  std::erase_if(pods, [&](const auto& pod) { return pod.cluster != owner + deployment; });
  if (pods.empty()) {
    MC_TRY_ASSIGN(const auto all, fromServer(engine->objects(core::Kind::Deployment, context.ns(),
                                                             context.stopToken())));
    const bool there = std::any_of(all.begin(), all.end(),
                                   [&](const auto& each) { return each.ref.name == deployment; });
    if (!there) return base::pass(fromServer(notFound(Kind::Deployment, deployment)));
    return base::fail(ENOENT, "no pods found for deployment \"" + deployment + "\"");
  }
  if (pods.size() > 1)
    MC_TRY(context.err.write("Found " + std::to_string(pods.size()) + " pods, using pod/" +
                             pods.front().name + "\n"));
  return std::move(pods.front());
}

base::Result<engine::PodView> findPod(Context& context, const std::string& verb,
                                      const std::string& word) {
  if (isManifestName(word)) {
    MC_TRY_ASSIGN(const Target target, findTarget(context, verb, word));
    return findLead(context, target.ref);
  }
  MC_TRY_ASSIGN(const ObjectName object, parseObjectName(word, Kind::Pod));
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  if (object.kind == Kind::Deployment) return podOf(context, object.name);
  if (object.kind != Kind::Pod && object.kind != Kind::MiniCluster)
    return base::fail(EINVAL, "a " + kindName(object.kind) +
                                  " has no containers of its own: name one of its pods");
  if (object.kind == Kind::MiniCluster) return findLead(context, {context.ns(), object.name});
  auto pod = engine->pod(context.ns(), object.name, context.stopToken());
  if (pod || pod.error().errnum != ENOENT) return fromServer(std::move(pod));
  // No pod has this name: a MiniCluster may.
  auto lead = findLead(context, {context.ns(), object.name});
  return lead ? std::move(lead) : fromServer(std::move(pod));
}

base::Result<std::string> chooseContainer(const engine::PodView& pod, const std::string& name,
                                          Output& err) {
  if (!name.empty()) {
    if (hasContainer(pod, name)) return name;
    return base::fail(EINVAL, "container " + name + " is not valid for pod " + pod.name +
                                  "; its containers are: " + containerNames(pod));
  }
  const auto annotated = pod.annotations.find(kDefaultContainer);
  if (annotated != pod.annotations.end() && hasContainer(pod, annotated->second))
    return annotated->second;
  if (pod.containers.empty())
    return base::fail(ENOENT, "pod " + pod.ns + "/" + pod.name + " does not have any containers");
  const std::string& first = pod.containers.front().name;
  if (pod.containers.size() > 1)
    MC_TRY(
        err.write("Defaulted container \"" + first + "\" out of: " + containerNames(pod) + "\n"));
  return first;
}

}  // namespace mc::cli
