#include "operator/objects/volumes.hpp"

#include <boost/json.hpp>

#include "operator/objects/names.hpp"

namespace mc::controller {

namespace json = boost::json;

namespace {

json::array items(const api::StringMap& map) {
  json::array array;
  for (const auto& [key, path] : map) array.push_back(json::object{{"key", key}, {"path", path}});
  return array;
}

json::object withItems(const char* nameKey, const api::Volume& volume) {
  json::object source{{nameKey, volume.source}};
  if (!volume.items.empty()) source["items"] = items(volume.items);
  return source;
}

json::object emptyDir(const api::Volume& volume) {
  json::object source;
  if (volume.inMemory) source["medium"] = "Memory";
  if (!volume.sizeLimit.empty()) source["sizeLimit"] = volume.sizeLimit;
  return source;
}

json::object csi(const api::Volume& volume) {
  json::object source{{"driver", volume.source}};
  if (!volume.attributes.empty()) {
    json::object attributes;
    for (const auto& [key, value] : volume.attributes) attributes[key] = value;
    source["volumeAttributes"] = std::move(attributes);
  }
  return source;
}

/// Where entry looks for a file, as a directory below its mount path.
std::string directoryOf(const char* file) {
  const std::string path = std::string(entry::kMountPath) + "/" + file;
  return path.substr(0, path.rfind('/'));
}

json::object mount(const char* volume, const std::string& path) {
  return {{"name", volume}, {"mountPath", path}, {"readOnly", true}};
}

}  // namespace

json::object podVolume(const plan::PodVolume& volume) {
  const api::Volume& source = volume.source;
  json::object object{{"name", volume.name}};
  switch (source.kind) {
    case api::VolumeKind::HostPath:
      // As Docker does, a directory that is missing is made.
      object["hostPath"] = json::object{{"path", source.source}, {"type", "DirectoryOrCreate"}};
      break;
    case api::VolumeKind::EmptyDir:
      object["emptyDir"] = emptyDir(source);
      break;
    case api::VolumeKind::Claim:
      object["persistentVolumeClaim"] = json::object{{"claimName", source.source}};
      break;
    case api::VolumeKind::ConfigMap:
      object["configMap"] = withItems("name", source);
      break;
    case api::VolumeKind::Secret:
      object["secret"] = withItems("secretName", source);
      break;
    case api::VolumeKind::Csi:
      object["csi"] = csi(source);
      break;
  }
  return object;
}

json::array ownVolumes(const Blueprint& blueprint, int secretMode) {
  json::array volumes{
      json::object{{"name", kProgramsVolume}, {"emptyDir", json::object()}},
      json::object{{"name", kConfigVolume},
                   {"configMap", json::object{{"name", configMapName(blueprint.name())}}}}};
  if (blueprint.hasSecret())
    volumes.push_back(json::object{
        {"name", kSecretVolume},
        {"secret", json::object{{"secretName", secretName(blueprint.name(), blueprint.uid)},
                                {"defaultMode", secretMode}}}});
  return volumes;
}

json::array ownMounts(const Blueprint& blueprint) {
  json::array mounts{mount(kProgramsVolume, programsDirectory()),
                     mount(kConfigVolume, directoryOf(entry::kSettingsFile))};
  if (blueprint.hasSecret())
    mounts.push_back(mount(kSecretVolume, directoryOf(entry::kCurveCertFile)));
  return mounts;
}

std::string programsDirectory() {
  return directoryOf(entry::kEntryFile);
}

}  // namespace mc::controller
