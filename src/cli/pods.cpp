#include "cli/pods.hpp"

#include <algorithm>

#include "cli/errors.hpp"
#include "cli/resources.hpp"

namespace mc::cli {

namespace {

constexpr const char* kDefaultContainer = "kubectl.kubernetes.io/default-container";

bool hasContainer(const local::PodView& pod, const std::string& name) {
  return std::any_of(pod.containers.begin(), pod.containers.end(),
                     [&](const auto& container) { return container.name == name; });
}

std::string containerNames(const local::PodView& pod) {
  std::string names;
  for (const auto& container : pod.containers)
    names += (names.empty() ? "" : ", ") + container.name;
  return names;
}

}  // namespace

base::Result<local::PodView> findPod(Context& context, const std::string& word) {
  MC_TRY_ASSIGN(const ObjectName object, parseObjectName(word, Kind::Pod));
  MC_TRY_ASSIGN(local::Engine * engine, context.engine());
  std::string name = object.name;
  if (object.kind == Kind::Service)
    return base::fail(EINVAL, "a service has no containers of its own: name one of its pods");
  if (object.kind == Kind::MiniCluster) {
    MC_TRY_ASSIGN(const auto cluster, fromServer(engine->minicluster({context.ns(), object.name},
                                                                     context.stopToken())));
    if (cluster.leadPod.empty())
      return base::fail(ENOENT, "minicluster \"" + object.name + "\" has no lead pod yet");
    name = cluster.leadPod;
  }
  return fromServer(engine->pod(context.ns(), name, context.stopToken()));
}

base::Result<std::string> chooseContainer(const local::PodView& pod, const std::string& name,
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
