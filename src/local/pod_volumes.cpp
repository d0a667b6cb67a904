#include "local/pod_volumes.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "api/quantity.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/tar.hpp"
#include "local/docker/volumes.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

constexpr const char* kDirectory = "volumes";
/// Of a directory that every user of the pod may write to.
constexpr mode_t kOpenMode = 0777;
constexpr mode_t kSetGroup = 02000;

bool holdsFiles(const plan::PodVolume& volume) {
  return volume.source.kind == api::VolumeKind::ConfigMap ||
         volume.source.kind == api::VolumeKind::Secret;
}

bool isFilled(const plan::Pod& pod, const plan::PodVolume& volume) {
  return holdsFiles(volume) || (pod.role == plan::Role::Workload && isPodOwned(volume));
}

base::Result<std::string> tmpfsSize(const std::string& limit) {
  if (limit.empty()) return std::string();
  MC_TRY_ASSIGN(const api::Quantity quantity, api::Quantity::parse(limit));
  return std::to_string(quantity.value());
}

/// What a MiniCluster's volume says in the words of its API.
std::vector<core::Files> filesOf(const plan::PodVolume& volume) {
  if (!volume.files.empty()) return volume.files;
  core::Files files;
  const bool secret = volume.source.kind == api::VolumeKind::Secret;
  (secret ? files.secret : files.configMap) = volume.source.source;
  for (const auto& [key, path] : volume.source.items) files.items.push_back({key, path, {}});
  return {files};
}

/// Fills an archive with the volumes of one pod.
class Filler {
 public:
  Filler(const plan::Pod& pod, DataReader& data)
      : data_(data), group_(pod.fsGroup.value_or(0)), grouped_(pod.fsGroup.has_value()) {}

  base::Status add(const plan::PodVolume& volume) {
    const std::string path = std::string(kDirectory) + "/" + volume.name;
    if (!holdsFiles(volume)) {
      return docker::addDirectory(archive_, path,
                                  {kOpenMode | (grouped_ ? kSetGroup : 0), 0, group_});
    }
    MC_TRY(docker::addDirectory(archive_, path, {0755, 0, group_}));
    for (const core::Files& files : filesOf(volume)) MC_TRY(add(path, files, volume.fileMode));
    return {};
  }

  std::string take() { return std::move(archive_) + docker::archiveEnd(); }

 private:
  base::Status add(const std::string& path, const core::Files& files, int32_t mode) {
    const bool secret = !files.secret.empty();
    const std::string& name = secret ? files.secret : files.configMap;
    const core::Kind kind = secret ? core::Kind::Secret : core::Kind::ConfigMap;
    MC_TRY_ASSIGN(const auto values, data_.find(kind, name));
    if (!values && files.optional) return {};
    if (!values) return base::pass(missingObject(kind, name));
    if (files.items.empty()) {
      for (const auto& [key, value] : *values) MC_TRY(addFile(path + "/" + key, value, mode));
      return {};
    }
    for (const auto& item : files.items) {
      const auto value = values->find(item.key);
      if (value == values->end() && files.optional) continue;
      if (value == values->end()) return base::pass(missingKey(kind, name, item.key));
      MC_TRY(addDirectories(path, item.path));
      MC_TRY(addFile(path + "/" + item.path, value->second, item.mode.value_or(mode)));
    }
    return {};
  }

  base::Status addFile(const std::string& path, const std::string& content, int32_t mode) {
    // A group that is given may read what its owner may, as on Kubernetes.
    const mode_t group = grouped_ ? static_cast<mode_t>(mode & 0400) >> 3 : 0;
    return docker::addFile(archive_, path, content, {static_cast<mode_t>(mode) | group, 0, group_});
  }

  base::Status addDirectories(const std::string& path, const std::string& file) {
    for (size_t slash = file.find('/'); slash != std::string::npos;
         slash = file.find('/', slash + 1)) {
      const std::string directory = path + "/" + file.substr(0, slash);
      if (directories_.insert(directory).second)
        MC_TRY(docker::addDirectory(archive_, directory, {0755, 0, group_}));
    }
    return {};
  }

  DataReader& data_;
  int64_t group_;
  bool grouped_;
  std::set<std::string> directories_;
  std::string archive_;
};

}  // namespace

bool isPodOwned(const plan::PodVolume& volume) {
  return volume.source.kind == api::VolumeKind::EmptyDir || holdsFiles(volume);
}

bool needsFilling(const plan::Pod& pod) {
  return std::any_of(pod.volumes.begin(), pod.volumes.end(),
                     [&](const plan::PodVolume& volume) { return isFilled(pod, volume); });
}

base::Status makePodVolume(docker::Client& client, const Record& record, const std::string& pod,
                           const plan::PodVolume& volume, const std::stop_token& stop) {
  std::map<std::string, std::string> options;
  if (volume.source.inMemory) {
    options = {{"type", "tmpfs"}, {"device", "tmpfs"}};
    MC_TRY_ASSIGN(const std::string size, tmpfsSize(volume.source.sizeLimit));
    if (!size.empty()) options["o"] = "size=" + size;
  }
  Labels labels = memberLabels(record, label::kPartVolume);
  labels[label::kPod] = pod;
  MC_TRY(docker::createVolume(client, podVolumeName(record.ref.ns, pod, volume.name), labels,
                              options, stop)
             .prefixed("volume " + volume.name));
  return {};
}

json::array fillMounts(const std::string& ns, const std::string& podName, const plan::Pod& pod) {
  json::array mounts;
  for (const plan::PodVolume& volume : pod.volumes) {
    if (!isFilled(pod, volume)) continue;
    mounts.push_back({{"Type", "volume"},
                      {"Source", podVolumeName(ns, podName, volume.name)},
                      {"Target", "/" + std::string(kDirectory) + "/" + volume.name},
                      {"VolumeOptions", json::object{{"NoCopy", true}}}});
  }
  return mounts;
}

base::Status fillVolumes(docker::Client& client, const std::string& pauseId, const plan::Pod& pod,
                         DataReader& data, bool filesOnly, const std::stop_token& stop) {
  Filler filler(pod, data);
  for (const plan::PodVolume& volume : pod.volumes) {
    if (!isFilled(pod, volume) || (filesOnly && !holdsFiles(volume))) continue;
    MC_TRY(filler.add(volume).prefixed("MountVolume.SetUp failed for volume \"" + volume.name +
                                       "\" "));
  }
  auto archive = std::make_shared<std::string>(filler.take());
  return docker::putArchive(
      client, pauseId, "/",
      [archive]() -> base::Result<std::string> { return std::exchange(*archive, {}); }, stop);
}

}  // namespace mc::local
