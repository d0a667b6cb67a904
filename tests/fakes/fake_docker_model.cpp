#include "fakes/fake_docker_model.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <cmath>

#include "base/clock.hpp"
#include "base/rfc3339.hpp"
#include "local/docker/json.hpp"
#include "local/docker/tar.hpp"

namespace mc::fakes {

namespace json = boost::json;
using local::docker::arrayOf;
using local::docker::flagOf;
using local::docker::objectOf;
using local::docker::textOf;

namespace {

constexpr const char* kJoin = "container:";

FakeAnswer ok(int status, const json::value& body) {
  return {status, json::serialize(body), {}};
}

FakeAnswer nothing() {
  return {204, {}, {}};
}

/// "filters={"label":["a=b","c"]}": whether an object with these labels passes.
bool passes(const FakeCall& call, const json::object& labels) {
  const auto filters = call.query.find("filters");
  if (filters == call.query.end()) return true;
  const json::object wanted = json::parse(filters->second).as_object();
  for (const json::value& value : arrayOf(wanted, "label")) {
    const std::string text(value.get_string());
    const size_t equals = text.find('=');
    const std::string key = text.substr(0, equals);
    if (!labels.contains(key)) return false;
    if (equals != text.npos && textOf(labels, key) != text.substr(equals + 1)) return false;
  }
  return true;
}

/// Splits "/containers/ID/start" into its parts.
std::vector<std::string> partsOf(const std::string& path) {
  std::vector<std::string> parts;
  for (size_t at = 1; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::string timeText(double time) {
  return time == 0 ? "0001-01-01T00:00:00Z" : base::formatTime(time);
}

const json::object& labelsOf(const FakeContainer& container) {
  return objectOf(container.spec, "Labels");
}

std::string joinTarget(const std::string& mode) {
  return mode.starts_with(kJoin) ? mode.substr(std::string(kJoin).size()) : std::string();
}

}  // namespace

std::string FakeContainer::label(const std::string& key) const {
  return textOf(labelsOf(*this), key);
}

std::string FakeContainer::hostText(const std::string& key) const {
  return textOf(objectOf(spec, "HostConfig"), key);
}

FakeAnswer FakeDockerModel::error(int status, const std::string& message) {
  return {status, json::serialize(json::object{{"message", message}}), {}};
}

std::string FakeDockerModel::newId() {
  std::string id = std::to_string(++ids_);
  return std::string(64 - id.size(), 'a') + id;
}

/// The time of day, but no two things happen at once.
double FakeDockerModel::now() {
  constexpr double kStep = 1e-4;
  const double time = std::max(clock_ + kStep, base::SystemClock().wall());
  return clock_ = std::round(time * 1e6) / 1e6;  // as exact as times are written
}

double FakeContainer::timeOf(size_t message) const {
  return startedAt + static_cast<double>(message + 1) * 1e-6;
}

std::string FakeContainer::stampOf(size_t message) const {
  return base::formatTime(timeOf(message));
}

size_t FakeDockerModel::firstMessage(const std::string& idOrName, const FakeCall& call) {
  const FakeContainer* container = find(idOrName);
  if (container == nullptr) return 0;
  const auto number = [&](const char* name) {
    const auto found = call.query.find(name);
    return found == call.query.end() ? std::string() : found->second;
  };
  const size_t size = container->output.size();
  size_t first = 0;
  const std::string since = number("since");
  while (!since.empty() && first < size && container->timeOf(first) < std::stod(since)) ++first;
  const std::string tail = number("tail");
  if (!tail.empty()) first = std::max(first, size - std::min<size_t>(size, std::stoul(tail)));
  return first;
}

FakeContainer* FakeDockerModel::find(const std::string& idOrName) {
  for (auto& [name, container] : containers) {
    if (name == idOrName || container.id == idOrName) return &container;
  }
  return nullptr;
}

void FakeDockerModel::addEvent(const FakeContainer& container, const std::string& action) {
  json::object attributes = labelsOf(container);
  attributes["name"] = container.name;
  events.push_back({{"Type", "container"},
                    {"Action", action},
                    {"Actor", json::object{{"ID", container.id}, {"Attributes", attributes}}},
                    {"timeNano", std::llround(clock_ * 1e6) * 1000}});
}

void FakeDockerModel::end(FakeContainer& container, int exitCode) {
  container.status = "exited";
  container.exitCode = exitCode;
  container.finishedAt = now();
  container.ip.clear();
  addEvent(container, "die");
}

FakeAnswer FakeDockerModel::answer(const FakeCall& call) {
  if (call.path.starts_with("/containers/")) return containerCall(call);
  if (call.path.starts_with("/volumes")) return volumeCall(call);
  if (call.path.starts_with("/networks")) return networkCall(call);
  if (call.path.starts_with("/images/")) return imageCall(call);
  if (call.path.starts_with("/exec/")) return execCall(call);
  if (call.path == "/info") return ok(200, {{"NCPU", 2}, {"Name", "fake"}});
  if (call.path == "/version") {
    const json::object engine{{"Name", podman ? "Podman Engine" : "Engine"}};
    return ok(200, {{"Version", "20.10.24"}, {"Components", json::array{engine}}});
  }
  return error(404, "page not found");
}

FakeAnswer FakeDockerModel::containerCall(const FakeCall& call) {
  if (call.path == "/containers/create") return createContainer(call);
  if (call.path == "/containers/json") return listContainers(call);
  const auto parts = partsOf(call.path);
  FakeContainer* container = find(parts[1]);
  if (container == nullptr) return error(404, "No such container: " + parts[1]);
  const std::string verb = parts.size() > 2 ? parts[2] : "";
  if (call.method == "DELETE") return removeContainer(*container);
  if (verb == "json") return inspect(*container);
  if (verb == "start") return startContainer(*container);
  if (verb == "stop") return stopContainer(*container, 143);
  if (verb == "kill") {
    if (!container->running()) return error(409, "Container is not running");
    return stopContainer(*container, 137);
  }
  if (verb == "wait") return ok(200, {{"StatusCode", container->exitCode}});
  if (verb == "archive") return archiveCall(*container, call);
  if (verb == "exec") {
    if (!container->running()) return error(409, "Container is not running");
    const std::string id = newId();
    execs[id] = {container->id, call.json, execResult ? execResult(call.json) : 0};
    return ok(201, {{"Id", id}});
  }
  return error(404, "page not found");
}

FakeAnswer FakeDockerModel::createContainer(const FakeCall& call) {
  const json::object& host = objectOf(call.json, "HostConfig");
  const std::string image = textOf(call.json, "Image");
  if (!images.contains(image)) return error(404, "No such image: " + image);
  const std::string ipcTarget = joinTarget(textOf(host, "IpcMode"));
  if (!ipcTarget.empty() && find(ipcTarget) == nullptr) {
    return error(400, "No such container: " + ipcTarget);
  }
  std::string name = call.query.at("name");
  if (name.empty()) name = "random_" + std::to_string(ids_ + 1);
  if (containers.contains(name)) {
    return error(409, "Conflict. The container name \"/" + name + "\" is already in use");
  }
  FakeContainer& container = containers[name];
  container.id = newId();
  container.name = name;
  container.spec = call.json;
  container.createdAt = now();
  mountVolumes(container);
  addEvent(container, "create");
  return ok(201, {{"Id", container.id}, {"Warnings", json::array()}});
}

/// Named volumes come into being with a container that wants them, and an empty one is filled from
/// the image.
void FakeDockerModel::mountVolumes(const FakeContainer& container) {
  for (const json::value& value : arrayOf(objectOf(container.spec, "HostConfig"), "Mounts")) {
    const json::object& mount = value.get_object();
    if (textOf(mount, "Type") != "volume") continue;
    FakeVolume& volume = volumes[textOf(mount, "Source")];
    if (flagOf(objectOf(mount, "VolumeOptions"), "NoCopy") || !volume.files.empty()) continue;
    const std::string prefix = textOf(mount, "Target").substr(1) + "/";
    for (const auto& [path, content] : images[textOf(container.spec, "Image")].files) {
      if (path.starts_with(prefix)) volume.files[path.substr(prefix.size())] = content;
    }
  }
}

FakeAnswer FakeDockerModel::startContainer(FakeContainer& container) {
  if (container.running()) return {304, {}, {}};
  const std::string fault = startFault ? startFault(container) : "";
  if (!fault.empty()) {
    container.error = fault;
    return error(500, fault);
  }
  const std::string network = container.hostText("NetworkMode");
  const std::string target = joinTarget(network);
  if (!target.empty()) {
    const FakeContainer* joined = find(target);
    if (joined == nullptr) return error(404, "No such container: " + target);
    if (!joined->running()) return error(409, "cannot join network of a non running container");
  } else {
    const auto known = std::count_if(networks.begin(), networks.end(),
                                     [&](const FakeNetwork& n) { return n.name == network; });
    if (known == 0) return error(404, "network " + network + " not found");
    if (known > 1)
      return error(400, "network " + network + " is ambiguous (2 matches found on name)");
    container.ip = "10.0.0." + std::to_string(ids_);
  }
  container.status = "running";
  container.startedAt = now();
  container.starts += 1;
  addEvent(container, "start");
  return nothing();
}

FakeAnswer FakeDockerModel::stopContainer(FakeContainer& container, int exitCode) {
  if (!container.running() && container.status != "restarting") return {304, {}, {}};
  end(container, exitCode);
  return nothing();
}

FakeAnswer FakeDockerModel::removeContainer(FakeContainer& container) {
  for (const auto& [name, other] : containers) {
    if (podman && joinTarget(other.hostText("NetworkMode")) == container.id)
      return error(500, "container " + container.id + " has dependent containers");
  }
  if (container.running()) end(container, 137);
  addEvent(container, "destroy");
  containers.erase(std::string(container.name));
  return nothing();
}

FakeAnswer FakeDockerModel::listContainers(const FakeCall& call) {
  json::array list;
  for (const auto& [name, container] : containers) {
    if (passes(call, labelsOf(container))) list.push_back(json::object{{"Id", container.id}});
  }
  return ok(200, list);
}

FakeAnswer FakeDockerModel::inspect(const FakeContainer& container) const {
  json::object config = container.spec;
  json::value host = config["HostConfig"];
  json::object attached{{"net", json::object{{"IPAddress", container.ip}}}};
  return ok(200, {{"Id", container.id},
                  {"Name", "/" + container.name},
                  {"Created", timeText(container.createdAt)},
                  {"RestartCount", container.restarts},
                  {"Image", "sha256:" + textOf(container.spec, "Image")},
                  {"Config", std::move(config)},
                  {"HostConfig", std::move(host)},
                  {"NetworkSettings", json::object{{"Networks", std::move(attached)}}},
                  {"State", json::object{{"Status", container.status},
                                         {"ExitCode", container.exitCode},
                                         {"Error", container.error},
                                         {"StartedAt", timeText(container.startedAt)},
                                         {"FinishedAt", timeText(container.finishedAt)}}}});
}

FakeVolume* FakeDockerModel::volumeAt(const FakeContainer& container, const std::string& path,
                                      std::string& rest) {
  for (const json::value& value : arrayOf(objectOf(container.spec, "HostConfig"), "Mounts")) {
    const std::string target = textOf(value.get_object(), "Target");
    if (!path.starts_with(target)) continue;
    rest = path.size() > target.size() ? path.substr(target.size() + 1) : "";
    return &volumes[textOf(value.get_object(), "Source")];
  }
  return nullptr;
}

FakeAnswer FakeDockerModel::archiveCall(FakeContainer& container, const FakeCall& call) {
  const std::string path = call.query.at("path");
  std::string rest;
  FakeVolume* volume = volumeAt(container, path, rest);
  if (call.method == "PUT") {
    if (volume == nullptr) return error(403, "container rootfs is marked read-only");
    const auto files = local::docker::readFiles(call.body);
    if (!files) return error(500, files.error().message);
    for (const auto& [name, content] : *files) {
      volume->files[name] = content;
      volume->writes[name] += 1;
    }
    return {200, {}, {}};
  }
  // What is not in a volume is looked for in the image.
  const auto& files =
      volume != nullptr ? volume->files : images[textOf(container.spec, "Image")].files;
  const auto file = files.find(volume != nullptr ? rest : path.substr(1));
  if (file == files.end()) return error(404, "Could not find the file " + path);
  std::string archive;
  (void)local::docker::addFile(archive, path.substr(path.rfind('/') + 1), file->second, {});
  return {200, archive + local::docker::archiveEnd(),
          json::serialize(json::object{{"size", file->second.size()}})};
}

FakeAnswer FakeDockerModel::volumeCall(const FakeCall& call) {
  if (call.path == "/volumes/create") {
    const std::string name = textOf(call.json, "Name");
    const auto [place, isNew] = volumes.try_emplace(name);
    if (isNew) place->second.labels = objectOf(call.json, "Labels");
    return ok(201, {{"Name", name}, {"Labels", place->second.labels}});
  }
  if (call.path == "/volumes") {
    json::array list;
    for (const auto& [name, volume] : volumes) {
      if (passes(call, volume.labels))
        list.push_back(json::object{{"Name", name}, {"Labels", volume.labels}});
    }
    return ok(200, {{"Volumes", std::move(list)}});
  }
  const std::string name = partsOf(call.path)[1];
  const auto found = volumes.find(name);
  if (found == volumes.end()) return error(404, "no such volume: " + name);
  if (call.method == "GET") return ok(200, {{"Name", name}, {"Labels", found->second.labels}});
  for (const auto& [other, container] : containers) {
    for (const json::value& mount : arrayOf(objectOf(container.spec, "HostConfig"), "Mounts")) {
      if (textOf(mount.get_object(), "Source") == name) return error(409, "volume is in use");
    }
  }
  volumes.erase(found);
  events.push_back({{"Type", "volume"},
                    {"Action", "destroy"},
                    {"Actor", json::object{{"ID", name}}},
                    {"timeNano", std::llround(now() * 1e6) * 1000}});
  return nothing();
}

FakeAnswer FakeDockerModel::networkCall(const FakeCall& call) {
  const auto byName = [&](const std::string& name) {
    return std::find_if(networks.begin(), networks.end(),
                        [&](const FakeNetwork& n) { return n.name == name || n.id == name; });
  };
  if (call.path == "/networks/create") {
    const std::string name = textOf(call.json, "Name");
    if (byName(name) != networks.end()) {
      return error(409, "network with name " + name + " already exists");
    }
    networks.push_back({newId(), name, objectOf(call.json, "Labels"), now()});
    const std::string id = networks.back().id;
    if (networkRaces > 0) {
      --networkRaces;
      networks.push_back({"younger", name, objectOf(call.json, "Labels"), now()});
    }
    return ok(201, {{"Id", id}});
  }
  if (call.path == "/networks") {
    json::array list;
    for (const FakeNetwork& n : networks) {
      if (passes(call, n.labels))
        list.push_back(
            json::object{{"Id", n.id}, {"Name", n.name}, {"Created", timeText(n.createdAt)}});
    }
    return ok(200, list);
  }
  const auto found = byName(partsOf(call.path)[1]);
  if (found == networks.end()) return error(404, "network not found");
  for (const auto& [name, container] : containers) {
    if (container.running() && container.hostText("NetworkMode") == found->name) {
      return error(403, "network has active endpoints");
    }
  }
  networks.erase(found);
  return nothing();
}

FakeAnswer FakeDockerModel::imageCall(const FakeCall& call) {
  if (call.path == "/images/json") {
    json::array list;
    for (const auto& [name, image] : images) {
      if (passes(call, image.labels)) {
        list.push_back(json::object{{"Id", name}, {"RepoTags", json::array{name}}});
      }
    }
    return ok(200, list);
  }
  if (call.path == "/images/create") {  // an import; pulls are streams
    const auto files = local::docker::readFiles(call.body);
    if (!files) return error(500, files.error().message);
    FakeImage& image = images[call.query.at("repo")];
    image.files = *files;
    image.labels = {{"flux-framework.org/part", "tools"}};
    return {200, "{\"status\":\"sha256:imported\"}\n", {}};
  }
  std::string name = call.path.substr(std::string("/images/").size());
  if (name.ends_with("/json")) name.resize(name.size() - 5);
  const auto found = images.find(name);
  if (found == images.end()) return error(404, "No such image: " + name);
  if (call.method == "DELETE") {
    for (const auto& [other, container] : containers) {
      if (textOf(container.spec, "Image") == name) return error(409, "image is being used");
    }
    images.erase(found);
    return ok(200, json::array());
  }
  return ok(200, {{"Id", "sha256:" + name}, {"Config", {{"User", found->second.user}}}});
}

FakeAnswer FakeDockerModel::execCall(const FakeCall& call) {
  const auto parts = partsOf(call.path);
  const auto found = execs.find(parts[1]);
  if (found == execs.end()) return error(404, "No such exec instance: " + parts[1]);
  if (parts[2] == "json") {
    return ok(200, {{"Running", false}, {"ExitCode", found->second.exitCode}});
  }
  if (parts[2] == "resize") return {201, {}, {}};
  return error(404, "page not found");
}

}  // namespace mc::fakes
