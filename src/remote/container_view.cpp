#include "remote/container_view.hpp"

#include "entry/journal_words.hpp"
#include "remote/json.hpp"
#include "remote/pod_status.hpp"

namespace mc::remote {

namespace {

using engine::ContainerState;
using engine::ContainerView;
using kube::Object;

void addState(ContainerView& view, const Object& status) {
  if (const Object* running = kube::findObject(status, {"state", "running"})) {
    view.state = ContainerState::Running;
    view.startedAt = timeAt(*running, {"startedAt"});
  } else if (const Object* ended = kube::findObject(status, {"state", "terminated"})) {
    view.state = ContainerState::Terminated;
    view.reason = textAt(*ended, {"reason"});
    view.message = entry::journalWords(kube::findText(*ended, {"message"}));
    view.exitCode = numberAt(*ended, {"exitCode"});
    view.startedAt = timeAt(*ended, {"startedAt"});
    view.finishedAt = timeAt(*ended, {"finishedAt"});
  } else {
    view.reason = textAt(status, {"state", "waiting", "reason"});
    view.message = textAt(status, {"state", "waiting", "message"});
  }
}

void addLastState(ContainerView& view, const Object& status) {
  const Object* before = kube::findObject(status, {"lastState", "terminated"});
  if (before == nullptr) return;
  view.lastFinishedAt = timeAt(*before, {"finishedAt"});
  if (view.state != ContainerState::Terminated) {
    view.exitCode = numberAt(*before, {"exitCode"});
    view.finishedAt = view.lastFinishedAt;
  }
}

void addStatus(ContainerView& view, const Object& status) {
  view.id = textAt(status, {"containerID"});
  view.imageId = textAt(status, {"imageID"});
  view.ready = isTrueAt(status, {"ready"});
  view.restarts = numberAt(status, {"restartCount"});
  addState(view, status);
  addLastState(view, status);
}

/// Where a variable's value comes from, in kubectl's words.
std::string sourceOf(const Object& from) {
  if (const Object* secret = kube::findObject(from, {"secretKeyRef"}))
    return "<set to the key '" + textAt(*secret, {"key"}) + "' in secret '" +
           textAt(*secret, {"name"}) + "'>";
  if (const Object* field = kube::findObject(from, {"fieldRef"}))
    return "(" + textAt(*field, {"apiVersion"}) + ":" + textAt(*field, {"fieldPath"}) + ")";
  return "<set by a reference>";
}

void addSpec(ContainerView& view, const Object& spec) {
  view.name = textAt(spec, {"name"});
  view.image = textAt(spec, {"image"});
  for (const auto* key : {"command", "args"})
    for (const auto& word : arrayAt(spec, {key}))
      if (word.is_string()) view.command.emplace_back(word.get_string().c_str());
  eachObject(arrayAt(spec, {"ports"}),
             [&](const Object& port) { view.ports.push_back(numberAt(port, {"containerPort"})); });
  eachObject(arrayAt(spec, {"env"}), [&](const Object& variable) {
    const Object* from = kube::findObject(variable, {"valueFrom"});
    view.environment.emplace_back(textAt(variable, {"name"}),
                                  from == nullptr ? textAt(variable, {"value"}) : sourceOf(*from));
  });
  eachObject(arrayAt(spec, {"volumeMounts"}), [&](const Object& mount) {
    view.mounts.push_back(
        {textAt(mount, {"name"}), textAt(mount, {"mountPath"}), isTrueAt(mount, {"readOnly"})});
  });
  view.resources.limits = textsAt(spec, {"resources", "limits"});
  view.resources.requests = textsAt(spec, {"resources", "requests"});
}

ContainerView containerView(const Object& spec, const boost::json::array& statuses,
                            plan::ContainerKind kind) {
  ContainerView view;
  view.kind = kind;
  addSpec(view, spec);
  if (const Object* status = named(statuses, view.name)) addStatus(view, *status);
  return view;
}

/// The key under which a kind of volume stands, and the field that says which one.
struct VolumeField {
  const char* key;
  const char* source;
  api::VolumeKind kind;
};

constexpr VolumeField kVolumeFields[] = {
    {"hostPath", "path", api::VolumeKind::HostPath},
    {"persistentVolumeClaim", "claimName", api::VolumeKind::Claim},
    {"configMap", "name", api::VolumeKind::ConfigMap},
    {"secret", "secretName", api::VolumeKind::Secret},
    {"csi", "driver", api::VolumeKind::Csi},
};

std::optional<plan::PodVolume> volumeOf(const Object& volume) {
  plan::PodVolume found;
  found.name = textAt(volume, {"name"});
  for (const auto& field : kVolumeFields) {
    const Object* detail = kube::findObject(volume, {field.key});
    if (detail == nullptr) continue;
    found.source.kind = field.kind;
    found.source.source = textAt(*detail, {field.source});
    found.source.readOnly = isTrueAt(*detail, {"readOnly"});
    return found;
  }
  const Object* scratch = kube::findObject(volume, {"emptyDir"});
  if (scratch == nullptr) return {};
  found.source.kind = api::VolumeKind::EmptyDir;
  found.source.inMemory = textAt(*scratch, {"medium"}) == "Memory";
  found.source.sizeLimit = textAt(*scratch, {"sizeLimit"});
  return found;
}

}  // namespace

std::vector<ContainerView> containerViews(const Object& pod, plan::ContainerKind own) {
  std::vector<ContainerView> views;
  eachObject(arrayAt(pod, {"spec", "containers"}), [&](const Object& spec) {
    views.push_back(containerView(spec, arrayAt(pod, {"status", "containerStatuses"}), own));
  });
  eachObject(arrayAt(pod, {"spec", "initContainers"}), [&](const Object& spec) {
    if (!isSidecar(pod, kube::findText(spec, {"name"}))) return;
    views.push_back(containerView(spec, arrayAt(pod, {"status", "initContainerStatuses"}),
                                  plan::ContainerKind::Sidecar));
  });
  return views;
}

std::vector<plan::PodVolume> volumesOf(const Object& pod) {
  std::vector<plan::PodVolume> volumes;
  eachObject(arrayAt(pod, {"spec", "volumes"}), [&](const Object& volume) {
    if (auto found = volumeOf(volume)) volumes.push_back(std::move(*found));
  });
  return volumes;
}

}  // namespace mc::remote
