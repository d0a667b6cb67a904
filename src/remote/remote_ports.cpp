// Ports of RemoteEngine: what stands behind a Service, and the way to a pod.

#include <algorithm>

#include "remote/explain.hpp"
#include "remote/following.hpp"
#include "remote/json.hpp"
#include "remote/remote_engine.hpp"

namespace mc::remote {

namespace {

/// "a=b,c=d"; empty if the Service chooses no pods.
std::string selectorOf(const kube::Object& service) {
  std::string text;
  for (const auto& [key, value] : textsAt(service, {"spec", "selector"}))
    text += (text.empty() ? "" : ",") + key + "=" + value;
  return text;
}

bool isReady(const kube::Object& pod) {
  const auto& conditions = arrayAt(pod, {"status", "conditions"});
  return std::any_of(conditions.begin(), conditions.end(), [](const auto& condition) {
    const auto* object = condition.if_object();
    return object != nullptr && kube::findText(*object, {"type"}) == "Ready" &&
           kube::findText(*object, {"status"}) == "True";
  });
}

bool runs(const kube::Object& pod) {
  return kube::findText(pod, {"status", "phase"}) == "Running" && !kube::isDeleting(pod);
}

/// A ready pod, else one that runs at least; null if none does.
const kube::Object* chosen(const std::vector<kube::ObjectPtr>& pods) {
  const kube::Object* found = nullptr;
  for (const auto& pod : pods) {
    if (!runs(*pod)) continue;
    if (isReady(*pod)) return pod.get();
    if (found == nullptr) found = pod.get();
  }
  return found;
}

/// The number of a container's port of that name; 0 if there is none.
int32_t portNamed(const kube::Object& pod, std::string_view name) {
  for (const char* list : {"containers", "initContainers"}) {
    int32_t number = 0;
    eachObject(arrayAt(pod, {"spec", list}), [&](const kube::Object& container) {
      const kube::Object* port = named(arrayAt(container, {"ports"}), name);
      if (port != nullptr && number == 0) number = numberAt(*port, {"containerPort"});
    });
    if (number != 0) return number;
  }
  return 0;
}

/// A target port is a number, a name of a port of the pod, or the Service's own number.
int32_t targetOf(const kube::Object& port, const kube::Object& pod) {
  const std::string name = textAt(port, {"targetPort"});
  if (!name.empty()) return portNamed(pod, name);
  const int32_t number = numberAt(port, {"targetPort"});
  return number != 0 ? number : numberAt(port, {"port"});
}

/// All ports of a pod that have names.
std::vector<engine::Backend::Port> namedPorts(const kube::Object& pod) {
  std::vector<engine::Backend::Port> ports;
  for (const char* list : {"containers", "initContainers"}) {
    eachObject(arrayAt(pod, {"spec", list}), [&](const kube::Object& container) {
      eachObject(arrayAt(container, {"ports"}), [&](const kube::Object& port) {
        const int32_t number = numberAt(port, {"containerPort"});
        const std::string name = textAt(port, {"name"});
        if (!name.empty()) ports.push_back({name, number, number});
      });
    });
  }
  return ports;
}

std::vector<engine::Backend::Port> servicePorts(const kube::Object& service,
                                                const kube::Object& pod) {
  std::vector<engine::Backend::Port> ports;
  const bool headless = kube::findText(service, {"spec", "clusterIP"}) == "None";
  eachObject(arrayAt(service, {"spec", "ports"}), [&](const kube::Object& port) {
    const int32_t number = numberAt(port, {"port"});
    // Who asks for a headless Service gets the pods themselves.
    ports.push_back({textAt(port, {"name"}), number, headless ? number : targetOf(port, pod)});
  });
  return ports;
}

/// EINVAL if the pod has run and won't again.
base::Status notEnded(const std::vector<kube::ObjectPtr>& pods) {
  for (const auto& pod : pods) {
    const std::string phase = textAt(*pod, {"status", "phase"});
    if (phase == "Succeeded" || phase == "Failed")
      return base::fail(
          EINVAL, "unable to forward port because pod is not running. Current status=" + phase);
  }
  return {};
}

}  // namespace

base::Result<engine::Backend> RemoteEngine::backend(
    engine::Forwarded kind, const std::string& ns, const std::string& name,
    std::optional<std::chrono::milliseconds> timeout, std::stop_token stop) {
  kube::ReflectorOptions which{.ns = ns};
  kube::Object service;
  if (kind == engine::Forwarded::Pod) {
    MC_TRY_ASSIGN(const auto found, pod(ns, name, stop));
    which.fieldSelector = "metadata.name=" + found.name;
  } else {
    MC_TRY_ASSIGN(service, explained(client_.get(kube::kServices, {ns, name}, {}, {.stop = stop})));
    which.labelSelector = selectorOf(service);
    if (which.labelSelector.empty())
      return base::fail(EINVAL,
                        "invalid service '" + name + "': Service is defined without a selector");
  }
  engine::Backend backend;
  Following following(client_, *access_.timer, {{kube::kPods, which}});
  const auto met = [&]() -> base::Result<bool> {
    const auto pods = following.objects();
    if (kind == engine::Forwarded::Pod) MC_TRY(notEnded(pods));
    const kube::Object* running = chosen(pods);
    if (running == nullptr) return false;
    backend.pod = kube::nameOf(*running);
    backend.ports =
        kind == engine::Forwarded::Pod ? namedPorts(*running) : servicePorts(service, *running);
    return true;
  };
  MC_TRY(following.until(met, timeout, stop));
  return backend;
}

base::Status RemoteEngine::forward(const std::string& ns, const std::string& name, uint16_t port,
                                   const base::Fd& local, std::stop_token stop) {
  return access_.streams->forward({ns, name}, port, local, stop);
}

}  // namespace mc::remote
