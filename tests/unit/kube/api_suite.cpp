#include "unit/kube/api_suite.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <random>

namespace mc::kube {

namespace json = boost::json;

namespace {

using namespace std::chrono_literals;

std::unique_ptr<ApiBackend> theBackend;

/// Cases of one run, and of runs at the same time, don't meet in a cluster.
std::string freshNamespace() {
  static const std::string kRun = std::to_string(std::random_device{}() % 1'000'000);
  static int number = 0;
  return "suite-" + kRun + "-" + std::to_string(++number);
}

constexpr const char* kWidgetDefinition = R"({
  "apiVersion": "apiextensions.k8s.io/v1",
  "kind": "CustomResourceDefinition",
  "metadata": {"name": "widgets.suite.minicluster.test"},
  "spec": {
    "group": "suite.minicluster.test",
    "scope": "Namespaced",
    "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList",
              "shortNames": ["wdg"]},
    "versions": [{
      "name": "v1", "served": true, "storage": true,
      "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.size",
        "statusReplicasPath": ".status.size", "labelSelectorPath": ".status.selector"}},
      "schema": {"openAPIV3Schema": {"type": "object", "properties": {
        "spec": {"type": "object", "required": ["size"], "properties": {
          "size": {"type": "integer", "minimum": 0, "maximum": 100},
          "color": {"type": "string", "enum": ["red", "blue"], "default": "red"},
          "plain": {"type": "array", "items": {"type": "string"}},
          "names": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
          "limits": {"type": "object", "additionalProperties": {"type": "string"}},
          "whole": {"type": "object", "x-kubernetes-map-type": "atomic",
                    "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
          "parts": {"type": "array", "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"], "items": {"type": "object",
              "required": ["name"], "properties": {"name": {"type": "string"},
                "weight": {"type": "integer"}, "text": {"type": "string"}}}}}},
        "status": {"type": "object", "properties": {
          "size": {"type": "integer"}, "selector": {"type": "string"},
          "conditions": {"type": "array", "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"], "items": {"type": "object",
              "required": ["type"], "properties": {"type": {"type": "string"},
                "status": {"type": "string"}}}}}}}}}
    }]
  }
})";

bool isEstablished(const Object& definition) {
  const auto* conditions = findArray(definition, {"status", "conditions"});
  if (!conditions) return false;
  for (const auto& condition : *conditions)
    if (findText(condition.get_object(), {"type"}) == "Established")
      return findText(condition.get_object(), {"status"}) == "True";
  return false;
}

/// Defines Widgets and waits until the server serves them.
void defineWidgets(Client& client, Timer& timer) {
  const Object definition = json::parse(kWidgetDefinition).as_object();
  const auto made = client.create(kCustomResourceDefinitions, definition, {}, {});
  ASSERT_TRUE(made || made.error().is(Reason::AlreadyExists)) << made.error().message;
  WatchOptions options;
  options.fieldSelector = "metadata.name=widgets.suite.minicluster.test";
  bool established = false;
  const auto seen = client.watch(
      kCustomResourceDefinitions, options,
      [&](const WatchEvent& event) { return !(established = isEstablished(event.object)); }, {});
  ASSERT_TRUE(seen) << seen.error().message;
  ASSERT_TRUE(established);
  // Established comes a little before the server has its paths.
  while (!client.getRaw(collectionPath(kWidgets, "default"), {})) timer.sleep(100ms, {});
}

void mergeInto(Object& object, const Object& more) {
  for (const auto& entry : more) {
    auto& member = object[entry.key()];
    if (member.is_object() && entry.value().is_object())
      mergeInto(member.get_object(), entry.value().get_object());
    else
      member = entry.value();
  }
}

template <class T>
T must(Result<T> result, const std::string& what) {
  EXPECT_TRUE(result.has_value()) << what << ": " << result.error().message;
  return result ? std::move(*result) : T{};
}

/// Leaves no definition behind in a cluster.
class WidgetRemoval final : public testing::Environment {
 public:
  void TearDown() override {
    (void)openBackend()->client().remove(kCustomResourceDefinitions,
                                         {"", "widgets.suite.minicluster.test"}, {}, {});
  }
};
[[maybe_unused]] const auto* const kWidgetRemoval =
    testing::AddGlobalTestEnvironment(new WidgetRemoval);

}  // namespace

void ApiSuite::SetUpTestSuite() {
  theBackend = openBackend();
  defineWidgets(client(), theBackend->timer());
}

void ApiSuite::TearDownTestSuite() {
  theBackend.reset();
}

void ApiSuite::SetUp() {
  ns_ = freshNamespace();
  const Object made{
      {"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Object{{"name", ns_}}}};
  const auto created = client().create(kNamespaces, made, {}, {});
  ASSERT_TRUE(created) << created.error().message;
}

void ApiSuite::TearDown() {
  // What a failed case left must not keep the namespace.
  (void)client().remove(kNamespaces, {"", ns_}, {}, {});
}

Client& ApiSuite::client() {
  return theBackend->client();
}
ApiBackend& ApiSuite::backend() {
  return *theBackend;
}

Object ApiSuite::object(const Resource& resource, const std::string& name,
                        const Object& more) const {
  Object made{{"apiVersion", resource.apiVersion()},
              {"kind", resource.kind},
              {"metadata", Object{{"name", name}, {"namespace", ns_}}}};
  mergeInto(made, more);
  return made;
}

Object ApiSuite::configMap(const std::string& name, const Object& data) const {
  return object(kConfigMaps, name, {{"data", data}});
}

Object ApiSuite::widget(const std::string& name, int size) const {
  return object(kWidgets, name, {{"spec", Object{{"size", size}}}});
}

Object ApiSuite::job(const std::string& name) const {
  const auto spec = json::parse(R"({
    "completions": 2, "parallelism": 2, "completionMode": "Indexed",
    "template": {"spec": {"restartPolicy": "Never", "nodeSelector": {"suite": "nowhere"},
      "containers": [{"name": "main", "image": "registry.test/none:1", "command": ["true"],
                      "env": [{"name": "A", "value": "1"}]}]}}})");
  return object(kJobs, name, {{"spec", spec}});
}

Object ApiSuite::create(const Resource& resource, const Object& object) {
  return must(client().create(resource, object, {}, {}), "create");
}

Object ApiSuite::get(const Resource& resource, const std::string& name) {
  return must(client().get(resource, {ns_, name}, {}, {}), "get " + name);
}

Object ApiSuite::update(const Resource& resource, const Object& object,
                        const WriteOptions& options) {
  return must(client().update(resource, object, options, {}), "update");
}

Object ApiSuite::merge(const Resource& resource, const std::string& name, const Object& patch,
                       const WriteOptions& options) {
  return must(client().patch(resource, {ns_, name}, PatchType::Merge, patch, options, {}),
              "patch " + name);
}

Object ApiSuite::apply(const Resource& resource, const Object& object, const std::string& manager,
                       const ApplyOptions& options) {
  ApplyOptions named = options;
  named.fieldManager = manager;
  return must(client().apply(resource, object, named, {}), "apply as " + manager);
}

void ApiSuite::remove(const Resource& resource, const std::string& name,
                      const DeleteOptions& options) {
  (void)must(client().remove(resource, {ns_, name}, options, {}), "delete " + name);
}

bool ApiSuite::exists(const Resource& resource, const std::string& name) {
  return client().get(resource, {ns_, name}, {}, {}).has_value();
}

std::vector<Object> ApiSuite::list(const Resource& resource, ListOptions options, ListInfo* info) {
  std::vector<Object> items;
  if (options.ns.empty()) options.ns = ns_;
  auto listed = must(
      client().list(resource, options, [&](Object item) { items.push_back(std::move(item)); }, {}),
      "list");
  if (info) *info = listed;
  return items;
}

std::vector<std::string> ApiSuite::names(const Resource& resource, ListOptions options) {
  std::vector<std::string> found;
  for (const auto& item : list(resource, std::move(options))) found.emplace_back(nameOf(item));
  return found;
}

void ApiSuite::await(const Resource& resource, const std::string& name,
                     const std::function<bool(const Object*)>& condition) {
  ListInfo info;
  ListOptions selection;
  selection.fieldSelector = "metadata.name=" + name;
  const auto now = list(resource, selection, &info);
  if (condition(now.empty() ? nullptr : &now.front())) return;
  WatchOptions options;
  options.ns = resource.namespaced ? ns_ : "";
  options.fieldSelector = selection.fieldSelector;
  options.resourceVersion = info.resourceVersion;
  options.serverTimeout = 60s;
  bool met = false;
  const auto watched =
      client().watch(resource, options,
                     [&](const WatchEvent& event) {
                       if (event.type == EventType::Bookmark) return true;
                       met = condition(event.type == EventType::Deleted ? nullptr : &event.object);
                       return !met;
                     },
                     {});
  ASSERT_TRUE(watched) << watched.error().message;
  ASSERT_TRUE(met) << resource.plural << " " << name << " did not become what was waited for";
}

void ApiSuite::awaitGone(const Resource& resource, const std::string& name) {
  await(resource, name, [](const Object* object) { return object == nullptr; });
}

Object ApiSuite::reference(const Object& owner, bool block) {
  return {{"apiVersion", text(owner, {"apiVersion"})},
          {"kind", text(owner, {"kind"})},
          {"name", nameOf(owner)},
          {"uid", uidOf(owner)},
          {"controller", true},
          {"blockOwnerDeletion", block}};
}

std::string text(const Object& object, std::initializer_list<std::string_view> path) {
  return std::string(findText(object, path));
}

std::string version(const Object& object) {
  return std::string(resourceVersionOf(object));
}

Object ownedFields(const Object& object, const std::string& manager, const std::string& operation) {
  const auto* entries = findArray(object, {"metadata", "managedFields"});
  if (!entries) return {};
  for (const auto& item : *entries) {
    const auto& entry = item.get_object();
    if (text(entry, {"manager"}) == manager && text(entry, {"operation"}) == operation)
      return *findObject(entry, {"fieldsV1"});
  }
  return {};
}

}  // namespace mc::kube
