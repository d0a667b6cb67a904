#include "local/pod_label.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "local/docker/json.hpp"

namespace mc::local {

namespace json = boost::json;
using docker::arrayOf;
using docker::flagOf;
using docker::numberOf;
using docker::objectOf;
using docker::textOf;

namespace {

template <class T, class ToValue>
json::array listOf(const std::vector<T>& items, const ToValue& toValue) {
  json::array list;
  for (const T& item : items) list.push_back(toValue(item));
  return list;
}

/// Applies `read` to each object of a list.
template <class T, class Read>
std::vector<T> readList(const json::object& parent, const char* name, const Read& read) {
  std::vector<T> items;
  for (const json::value& value : arrayOf(parent, name)) {
    if (value.is_object()) items.push_back(read(value.get_object()));
  }
  return items;
}

std::vector<std::string> readTexts(const json::object& parent, const char* name) {
  std::vector<std::string> texts;
  for (const json::value& value : arrayOf(parent, name)) {
    if (value.is_string()) texts.emplace_back(value.get_string());
  }
  return texts;
}

api::StringMap readMap(const json::object& parent, const char* name) {
  api::StringMap map;
  for (const auto& [key, value] : objectOf(parent, name)) {
    if (value.is_string()) map[std::string(key)] = std::string(value.get_string());
  }
  return map;
}

json::object mountObject(const plan::Mount& mount) {
  return {{"volume", mount.volume},
          {"path", mount.path},
          {"readOnly", mount.readOnly},
          {"subPath", mount.subPath}};
}

plan::Mount readMount(const json::object& object) {
  return {textOf(object, "volume"), textOf(object, "path"), flagOf(object, "readOnly"),
          textOf(object, "subPath")};
}

json::array variableNames(const api::StringPairs& environment) {
  json::array names;
  for (const auto& variable : environment) names.emplace_back(variable.first);
  return names;
}

/// Where values come from, never the values.
json::object variableObject(const core::Variable& variable) {
  const std::optional<core::KeyRef>& ref = variable.secret ? variable.secret : variable.configMap;
  json::object object{{"name", variable.name}};
  if (!variable.fieldPath.empty()) object["field"] = variable.fieldPath;
  if (!ref) return object;
  object[variable.secret ? "secret" : "configMap"] = ref->name;
  object["key"] = ref->key;
  object["optional"] = ref->optional;
  return object;
}

core::Variable readVariable(const json::object& object) {
  core::Variable variable;
  variable.name = textOf(object, "name");
  variable.fieldPath = textOf(object, "field");
  const core::KeyRef ref{textOf(object, "secret") + textOf(object, "configMap"),
                         textOf(object, "key"), flagOf(object, "optional")};
  if (object.contains("secret")) variable.secret = ref;
  if (object.contains("configMap")) variable.configMap = ref;
  return variable;
}

json::object portObject(const core::Port& port) {
  return {{"name", port.name}, {"number", port.number}, {"protocol", port.protocol}};
}

core::Port readPort(const json::object& object) {
  return {textOf(object, "name"), static_cast<int32_t>(numberOf(object, "number")),
          textOf(object, "protocol")};
}

json::object containerObject(const plan::Container& container) {
  return {{"name", container.name},
          {"kind", static_cast<int>(container.kind)},
          {"image", container.image},
          {"command", json::value_from(container.command)},
          {"environment", variableNames(container.environment)},
          {"ports", json::value_from(container.ports)},
          {"mounts", listOf(container.mounts, mountObject)},
          {"limits", json::value_from(container.resources.limits)},
          {"requests", json::value_from(container.resources.requests)},
          {"preStop", container.preStopExec},
          {"args", json::value_from(container.args)},
          {"variables", listOf(container.variables, variableObject)},
          {"portList", listOf(container.portList, portObject)},
          {"probes", entry::toJson(container.probes)},
          {"preStopCommand", json::value_from(container.preStop)},
          {"goesOn", container.goesOn}};
}

plan::Container readContainer(const json::object& object) {
  plan::Container container;
  container.name = textOf(object, "name");
  container.kind = static_cast<plan::ContainerKind>(numberOf(object, "kind"));
  container.image = textOf(object, "image");
  container.command = readTexts(object, "command");
  for (std::string& name : readTexts(object, "environment")) {
    container.environment.emplace_back(std::move(name), "");
  }
  for (const json::value& port : arrayOf(object, "ports")) {
    if (port.is_int64()) container.ports.push_back(static_cast<int32_t>(port.get_int64()));
  }
  container.mounts = readList<plan::Mount>(object, "mounts", readMount);
  container.resources.limits = readMap(object, "limits");
  container.resources.requests = readMap(object, "requests");
  container.preStopExec = textOf(object, "preStop");
  container.args = readTexts(object, "args");
  container.variables = readList<core::Variable>(object, "variables", readVariable);
  container.portList = readList<core::Port>(object, "portList", readPort);
  container.probes = entry::readProbes(objectOf(object, "probes"));
  container.preStop = readTexts(object, "preStopCommand");
  container.goesOn = flagOf(object, "goesOn");
  return container;
}

json::object filesObject(const core::Files& files) {
  const auto item = [](const core::Files::Item& each) {
    return json::object{{"key", each.key}, {"path", each.path}, {"mode", each.mode.value_or(-1)}};
  };
  return {{"configMap", files.configMap},
          {"secret", files.secret},
          {"optional", files.optional},
          {"items", listOf(files.items, item)}};
}

core::Files readFiles(const json::object& object) {
  core::Files files;
  files.configMap = textOf(object, "configMap");
  files.secret = textOf(object, "secret");
  files.optional = flagOf(object, "optional");
  files.items = readList<core::Files::Item>(object, "items", [](const json::object& item) {
    core::Files::Item read{textOf(item, "key"), textOf(item, "path"), {}};
    const int64_t mode = numberOf(item, "mode");
    if (mode >= 0) read.mode = static_cast<int32_t>(mode);
    return read;
  });
  return files;
}

json::object volumeObject(const plan::PodVolume& volume) {
  return {{"name", volume.name},
          {"kind", static_cast<int>(volume.source.kind)},
          {"source", volume.source.source},
          {"inMemory", volume.source.inMemory},
          {"sizeLimit", volume.source.sizeLimit},
          {"items", json::value_from(volume.source.items)},
          {"mode", volume.fileMode},
          {"files", listOf(volume.files, filesObject)}};
}

plan::PodVolume readVolume(const json::object& object) {
  plan::PodVolume volume;
  volume.name = volume.source.name = textOf(object, "name");
  volume.source.kind = static_cast<api::VolumeKind>(numberOf(object, "kind"));
  volume.source.source = textOf(object, "source");
  volume.source.inMemory = flagOf(object, "inMemory");
  volume.source.sizeLimit = textOf(object, "sizeLimit");
  volume.source.items = readMap(object, "items");
  volume.fileMode = static_cast<int32_t>(numberOf(object, "mode"));
  volume.files = readList<core::Files>(object, "files", readFiles);
  return volume;
}

}  // namespace

std::string podLabel(const plan::Pod& pod) {
  return json::serialize(json::object{{"name", pod.name},
                                      {"role", static_cast<int>(pod.role)},
                                      {"index", pod.index},
                                      {"hostname", pod.hostname},
                                      {"subdomain", pod.subdomain},
                                      {"labels", json::value_from(pod.labels)},
                                      {"annotations", json::value_from(pod.annotations)},
                                      {"restartPolicy", pod.restartPolicy},
                                      {"fsGroup", pod.fsGroup.value_or(-1)},
                                      {"containers", listOf(pod.containers, containerObject)},
                                      {"volumes", listOf(pod.volumes, volumeObject)}});
}

base::Result<plan::Pod> readPodLabel(std::string_view text) {
  MC_TRY_ASSIGN(const json::object object, docker::asObject(docker::parseJson(text)));
  plan::Pod pod;
  pod.name = textOf(object, "name");
  pod.role = static_cast<plan::Role>(numberOf(object, "role"));
  pod.index = static_cast<int32_t>(numberOf(object, "index"));
  pod.hostname = textOf(object, "hostname");
  pod.subdomain = textOf(object, "subdomain");
  pod.labels = readMap(object, "labels");
  pod.annotations = readMap(object, "annotations");
  pod.restartPolicy = textOf(object, "restartPolicy");
  const int64_t group = object.contains("fsGroup") ? numberOf(object, "fsGroup") : -1;
  if (group >= 0) pod.fsGroup = group;
  pod.containers = readList<plan::Container>(object, "containers", readContainer);
  pod.volumes = readList<plan::PodVolume>(object, "volumes", readVolume);
  if (pod.name.empty()) return base::fail(EPROTO, "the label describes no pod");
  return pod;
}

}  // namespace mc::local
