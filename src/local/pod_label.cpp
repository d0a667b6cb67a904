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
  return {{"volume", mount.volume}, {"path", mount.path}, {"readOnly", mount.readOnly}};
}

plan::Mount readMount(const json::object& object) {
  return {textOf(object, "volume"), textOf(object, "path"), flagOf(object, "readOnly")};
}

json::array variableNames(const api::StringPairs& environment) {
  json::array names;
  for (const auto& variable : environment) names.emplace_back(variable.first);
  return names;
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
          {"preStop", container.preStopExec}};
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
  return container;
}

json::object volumeObject(const plan::PodVolume& volume) {
  return {{"name", volume.name},
          {"kind", static_cast<int>(volume.source.kind)},
          {"source", volume.source.source},
          {"inMemory", volume.source.inMemory},
          {"sizeLimit", volume.source.sizeLimit}};
}

plan::PodVolume readVolume(const json::object& object) {
  plan::PodVolume volume;
  volume.name = volume.source.name = textOf(object, "name");
  volume.source.kind = static_cast<api::VolumeKind>(numberOf(object, "kind"));
  volume.source.source = textOf(object, "source");
  volume.source.inMemory = flagOf(object, "inMemory");
  volume.source.sizeLimit = textOf(object, "sizeLimit");
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
  pod.containers = readList<plan::Container>(object, "containers", readContainer);
  pod.volumes = readList<plan::PodVolume>(object, "volumes", readVolume);
  if (pod.name.empty()) return base::fail(EPROTO, "the label describes no pod");
  return pod;
}

}  // namespace mc::local
