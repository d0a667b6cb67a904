#include "local/store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "base/base64.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/json.hpp"
#include "local/docker/tar.hpp"
#include "local/docker/volumes.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"
#include "local/owner.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

constexpr const char* kDirectory = "/data";
constexpr const char* kFile = "content.json";

/// Calls `work` with a container that has the object's volume at kDirectory.
base::Status withVolume(docker::Client& client, const ClusterRef& ref,
                        const std::string& toolsImage, const std::stop_token& stop,
                        const std::function<base::Status(const std::string& id)>& work) {
  const std::string volume = recordVolume(ref);
  const json::object spec{
      {"Image", toolsImage},
      {"Cmd", json::array{"none"}},
      {"Labels", json::object{{label::kManagedBy, label::kManager}, {label::kContentOf, volume}}},
      {"HostConfig",
       json::object{{"NetworkMode", "none"},
                    {"Mounts", json::array{json::object{
                                   {"Type", "volume"},
                                   {"Source", volume},
                                   {"Target", kDirectory},
                                   {"VolumeOptions", json::object{{"NoCopy", true}}}}}}}}};
  MC_TRY_ASSIGN(const std::string id, docker::createContainer(client, "", spec, stop));
  const base::Status worked = work(id);
  const base::Status removed = docker::removeContainer(client, id, {});
  return worked ? removed : worked;
}

/// The engine tells nobody that a file has changed: those who wait for the content are woken up by
/// a volume that comes and goes.
base::Status tellOfChange(docker::Client& client, const ClusterRef& ref,
                          const std::stop_token& stop) {
  const std::string name = recordVolume(ref) + "_changed";
  MC_TRY(docker::createVolume(client, name, {{label::kManagedBy, label::kManager}}, {}, stop));
  return docker::removeVolume(client, name, stop);
}

base::Result<Values> decode(const std::string& text) {
  MC_TRY_ASSIGN(const json::object object, docker::asObject(docker::parseJson(text)));
  Values values;
  for (const auto& [key, value] : object) {
    if (!value.is_string()) return base::fail(EPROTO, "content of a volume is damaged");
    MC_TRY_ASSIGN(values[std::string(key)], base::base64Decode(value.get_string().c_str()));
  }
  return values;
}

}  // namespace

base::Result<std::optional<Values>> readContent(docker::Client& client, const ClusterRef& ref,
                                                const std::string& toolsImage,
                                                const std::stop_token& stop) {
  std::optional<Values> values;
  MC_TRY_ASSIGN(const auto volume, docker::inspectVolume(client, recordVolume(ref), stop));
  if (!volume) return values;
  MC_TRY(withVolume(client, ref, toolsImage, stop, [&](const std::string& id) -> base::Status {
    const auto archive =
        docker::getArchive(client, id, std::string(kDirectory) + "/" + kFile, stop);
    if (!archive && archive.error().errnum == ENOENT) return {};
    if (!archive) return base::pass(archive.error());
    MC_TRY_ASSIGN(const auto files, docker::readFiles(*archive));
    if (files.empty()) return {};
    MC_TRY_ASSIGN(values, decode(files.begin()->second));
    return {};
  }));
  return values;
}

base::Status writeContent(docker::Client& client, const ClusterRef& ref, const Values& values,
                          const std::string& toolsImage, const std::stop_token& stop) {
  json::object object;
  for (const auto& [key, value] : values) object[key] = base::base64Encode(value);
  std::string archive;
  MC_TRY(docker::addFile(archive, kFile, json::serialize(object), {0400, 0, 0}));
  auto rest = std::make_shared<std::string>(archive + docker::archiveEnd());
  MC_TRY(withVolume(client, ref, toolsImage, stop, [&](const std::string& id) {
    return docker::putArchive(
        client, id, kDirectory,
        [rest]() -> base::Result<std::string> { return std::exchange(*rest, {}); }, stop);
  }));
  return tellOfChange(client, ref, stop);
}

base::Status removeContentHelpers(docker::Client& client, const ClusterRef& ref,
                                  const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto helpers,
                docker::listContainers(
                    client, {std::string(label::kContentOf) + "=" + recordVolume(ref)}, stop));
  for (const json::value& helper : helpers) {
    if (!helper.is_object()) continue;
    MC_TRY(docker::removeContainer(client, docker::textOf(helper.get_object(), "Id"), stop));
  }
  return {};
}

base::Error missingObject(core::Kind kind, const std::string& name) {
  return {ENOENT, std::string(core::infoOf(kind).singular) + " \"" + name + "\" not found"};
}

base::Error missingKey(core::Kind kind, const std::string& name, const std::string& key) {
  return {ENOENT,
          "couldn't find key " + key + " in " + core::infoOf(kind).name + " \"" + name + "\""};
}

base::Result<std::optional<Values>> StoredData::find(core::Kind kind, const std::string& name) {
  const auto key = std::pair(kind, name);
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second;
  MC_TRY_ASSIGN(auto values, readContent(client_, ownerRef(kind, ns_, name), toolsImage_, stop_));
  known_[key] = values;
  return values;
}

}  // namespace mc::local
