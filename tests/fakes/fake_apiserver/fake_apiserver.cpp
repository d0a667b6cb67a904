#include "fakes/fake_apiserver/fake_apiserver.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "fakes/fake_apiserver/collector.hpp"
#include "fakes/fake_apiserver/definitions.hpp"
#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/remove.hpp"
#include "fakes/fake_apiserver/rest.hpp"
#include "fakes/fake_apiserver/writes.hpp"
#include "http/server.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

constexpr const char* kTestManager = "test";

/// A test that misuses the fake can't go on.
[[noreturn]] void misuse(const std::string& what) {
  std::fprintf(stderr, "fake API server: %s\n", what.c_str());
  std::abort();
}

Target targetOf(const World& world, const json::object& object) {
  const auto version = textAt(object, {"apiVersion"});
  const auto served = world.types.findKind(version, textAt(object, {"kind"}));
  if (!served.type) misuse("no kind " + textAt(object, {"kind"}) + " in " + version);
  const auto ns = namespaceOf(object);
  return {served.type, served.version,
          !served.type->namespaced ? ""
          : ns.empty()             ? "default"
                                   : ns,
          "", ""};
}

json::object namespaceObject(const char* name) {
  return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::object{{"name", name}}}};
}

}  // namespace

FakeApiServer::FakeApiServer(FakeApiServerOptions options) : options_(std::move(options)) {
  if (options_.clock) world_.clock = options_.clock;
  world_.controllersRun = options_.controllersRun;
  for (const auto* name : {"default", "kube-system"}) create(namespaceObject(name));
  start(options_.listen);
}

FakeApiServer::~FakeApiServer() {
  stop();
}

json::object FakeApiServer::create(const json::object& object) {
  const std::lock_guard lock(world_.mutex);
  auto written = createObject(world_, targetOf(world_, object), object, {kTestManager});
  if (!written) misuse(written.error().message);
  return std::move(written->object);
}

std::optional<json::object> FakeApiServer::get(const std::string& type, const std::string& ns,
                                               const std::string& name) const {
  const std::lock_guard lock(world_.mutex);
  const auto found = world_.store.find({type, ns, name});
  if (!found) return std::nullopt;
  return *found;
}

std::vector<json::object> FakeApiServer::list(const std::string& type,
                                              const std::string& ns) const {
  const std::lock_guard lock(world_.mutex);
  std::vector<json::object> objects;
  for (const auto& [key, object] : world_.store.list(type, ns, world_.store.revision()))
    objects.push_back(*object);
  return objects;
}

bool FakeApiServer::change(const std::string& type, const std::string& ns, const std::string& name,
                           const std::function<void(json::object&)>& work) {
  const std::lock_guard lock(world_.mutex);
  const auto found = world_.types.byId(type);
  if (!found) misuse("no type " + type);
  const Target target{found, found->storedVersion(), ns, name, ""};
  const auto before = world_.store.find(target.key());
  if (!before) return false;
  json::object changed = *before;
  work(changed);
  auto status = changed.if_contains("status") ? changed["status"] : json::value();
  const auto keep = [&](const json::object&) -> Outcome<json::object> { return changed; };
  auto written = changeObject(world_, target, keep, {kTestManager});
  if (!written) misuse(written.error().message);
  if (!found->status) return true;
  Target half = target;
  half.subresource = "status";
  const auto put = [&](const json::object& live) -> Outcome<json::object> {
    json::object wanted = live;
    if (status.is_null())
      wanted.erase("status");
    else
      wanted["status"] = status;
    return wanted;
  };
  // The first write may have been the last one: finalizers taken away.
  if (!world_.store.find(target.key())) return true;
  written = changeObject(world_, half, put, {kTestManager});
  if (!written) misuse(written.error().message);
  return true;
}

bool FakeApiServer::remove(const std::string& type, const std::string& ns,
                           const std::string& name) {
  return removeWith(type, ns, name, 0);
}

bool FakeApiServer::removeGracefully(const std::string& type, const std::string& ns,
                                     const std::string& name) {
  return removeWith(type, ns, name, std::nullopt);
}

bool FakeApiServer::removeWith(const std::string& type, const std::string& ns,
                               const std::string& name, std::optional<int64_t> grace) {
  const std::lock_guard lock(world_.mutex);
  const auto found = world_.types.byId(type);
  if (!found) misuse("no type " + type);
  RemoveOptions options;
  options.dependents = Dependents::Background;
  options.gracePeriodSeconds = grace;
  return removeObject(world_, {found, found->storedVersion(), ns, name, ""}, options).has_value();
}

bool FakeApiServer::await(const std::function<bool()>& condition, int seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (true) {
    const auto seen = revision();
    if (condition()) return true;
    std::unique_lock lock(world_.mutex);
    if (!world_.changed.wait_until(lock, deadline, [&] { return world_.store.revision() != seen; }))
      return false;
  }
}

int64_t FakeApiServer::revision() const {
  const std::lock_guard lock(world_.mutex);
  return world_.store.revision();
}

void FakeApiServer::compact() {
  const std::lock_guard lock(world_.mutex);
  // One revision more, so that even what was read last is too old.
  world_.store.compact(world_.store.skipRevision());
}

void FakeApiServer::sendBookmarks() {
  const std::lock_guard lock(world_.mutex);
  ++world_.bookmarks;
  world_.changed.notify_all();
}

void FakeApiServer::dropWatches() {
  const std::lock_guard lock(world_.mutex);
  ++world_.drops;
  world_.changed.notify_all();
}

void FakeApiServer::runControllers() {
  const std::lock_guard lock(world_.mutex);
  world_.controllersRun = true;
  fakes::runControllers(world_);
  world_.controllersRun = options_.controllersRun;
  world_.changed.notify_all();
}

void FakeApiServer::define(const json::object& customResourceDefinition) {
  create(customResourceDefinition);
}

void FakeApiServer::setConversion(const std::string& id, const std::string& version,
                                  Conversion toStored, Conversion fromStored) {
  const std::lock_guard lock(world_.mutex);
  world_.conversions[id][version] = {"", version, std::move(toStored), std::move(fromStored)};
}

void FakeApiServer::changeType(const std::string& id,
                               const std::function<void(ResourceType&)>& work) {
  const std::lock_guard lock(world_.mutex);
  const auto found = world_.types.byId(id);
  if (!found) misuse("no type " + id);
  ResourceType changed = *found;
  work(changed);
  world_.types.add(std::move(changed));
}

void FakeApiServer::setAccess(AccessRules rules) {
  const std::lock_guard lock(accessMutex_);
  access_ = std::move(rules);
}

}  // namespace mc::fakes
