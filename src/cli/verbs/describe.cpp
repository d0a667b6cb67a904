#include <algorithm>

#include "cli/errors.hpp"
#include "cli/full_disks.hpp"
#include "cli/instance.hpp"
#include "cli/print/describe.hpp"
#include "cli/print/objects.hpp"
#include "cli/resources.hpp"
#include "cli/selector.hpp"
#include "cli/verbs/verbs.hpp"
#include "entry/settings.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# Describe a pod
minicluster describe pod flux-sample-0 -n flux-operator

# Describe a MiniCluster, with what happened to it
minicluster describe mc/flux-sample

# Describe all pods
minicluster describe pods)";

/// One described object.
struct Described {
  std::string name;
  std::string plainName;
  api::StringMap labels;
  std::function<base::Result<std::string>()> text;
};

/// A line about a lead that runs, but not Flux in it: what it waits for. Empty: nothing to tell.
std::string withoutFlux(Context& context, const engine::ClusterView& cluster) {
  if (cluster.phase != engine::Phase::Running || cluster.leadPod.empty()) return {};
  const auto lead = runningLead(context, cluster.ref);
  if (!lead) return {};
  // The one program that is there for certain.
  const std::string entry = std::string(entry::kMountPath) + "/" + entry::kEntryFile;
  const auto tried = captureInInstance(context, *lead, {entry, "version"});
  constexpr std::string_view kName = "minicluster-entry: ";
  if (!tried || tried->status == 0 || !tried->err.starts_with(kName)) return {};
  return "Flux:  " + lead->name + ": " + tried->err.substr(kName.size());
}

/// What neither conditions nor events tell of a cluster; empty: nothing.
std::string hiddenTrouble(Context& context, engine::Engine& engine,
                          const engine::ClusterView& cluster) {
  if (cluster.finished) return {};
  auto pods = engine.pods(cluster.ref.ns, context.stopToken());
  if (!pods) return {};
  std::erase_if(*pods, [&](const auto& pod) { return pod.cluster != cluster.ref.name; });
  return withoutFlux(context, cluster) + fullDisks(context, *pods);
}

class DescribeVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"describe",
            VerbGroup::Look,
            "Show details of a specific resource or group of resources",
            "A name may also be the beginning of several names.",
            kExamples,
            "(TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
            Completes::Resources,
            {}};
  }

  void declare(OptionSet& options) override {
    options.flag("all-namespaces,A", &allNamespaces_, "Describe the objects of all namespaces.");
    options.text("selector,l", &selectorText_,
                 "Label query to filter on, supports '=', '==', '!=', 'in', 'notin'.");
    options.flag("show-events", &showEvents_, "Display what happened to the object.");
  }

  base::Result<int> run(Context& context) override;

 private:
  base::Result<std::vector<Described>> load(Context& context, Kind kind);
  base::Result<std::vector<Described>> loadPods(Context& context, engine::Engine& engine);
  base::Result<std::vector<Described>> loadClusters(Context& context, engine::Engine& engine);
  base::Result<std::vector<Described>> loadServices(Context& context, engine::Engine& engine);
  base::Result<std::vector<Described>> loadObjects(Context& context, engine::Engine& engine,
                                                   core::Kind kind);
  base::Result<std::vector<engine::Event>> events(Context& context, engine::Engine& engine,
                                                  const engine::ClusterRef& ref,
                                                  const std::string& object);

  bool allNamespaces_ = false;
  bool showEvents_ = true;
  std::string selectorText_;
  std::string ns_;
};

/// The events of one object; none if they are not wanted or can't be had any more.
base::Result<std::vector<engine::Event>> DescribeVerb::events(Context& context,
                                                              engine::Engine& engine,
                                                              const engine::ClusterRef& ref,
                                                              const std::string& object) {
  if (!showEvents_) return std::vector<engine::Event>{};
  MC_TRY_ASSIGN(auto all, fromServer(engine.events(ref, context.stopToken())));
  std::erase_if(all, [&](const auto& event) { return event.object != object; });
  return all;
}

base::Result<std::vector<Described>> DescribeVerb::loadPods(Context& context,
                                                            engine::Engine& engine) {
  MC_TRY_ASSIGN(const auto pods, fromServer(engine.pods(ns_, context.stopToken())));
  std::vector<Described> all;
  for (const auto& pod : pods) {
    const auto text = [this, &context, &engine, pod]() -> base::Result<std::string> {
      MC_TRY_ASSIGN(const auto happened,
                    events(context, engine, {pod.ns, pod.cluster}, "pod/" + pod.name));
      return describePod(pod, happened, context.now());
    };
    all.push_back({pod.name, pod.plainName, pod.labels, text});
  }
  return all;
}

base::Result<std::vector<Described>> DescribeVerb::loadClusters(Context& context,
                                                                engine::Engine& engine) {
  MC_TRY_ASSIGN(const auto clusters, fromServer(engine.miniclusters(ns_, context.stopToken())));
  std::vector<Described> all;
  for (const auto& cluster : clusters) {
    const auto text = [this, &context, &engine, cluster]() -> base::Result<std::string> {
      MC_TRY_ASSIGN(const auto happened,
                    events(context, engine, cluster.ref, "minicluster/" + cluster.ref.name));
      return describeCluster(cluster, happened, context.now()) +
             hiddenTrouble(context, engine, cluster);
    };
    all.push_back(
        {cluster.ref.name, cluster.ref.name, metadataMap(cluster.manifest, "labels"), text});
  }
  return all;
}

base::Result<std::vector<Described>> DescribeVerb::loadServices(Context& context,
                                                                engine::Engine& engine) {
  MC_TRY_ASSIGN(const auto services, fromServer(engine.services(ns_, context.stopToken())));
  std::vector<Described> all;
  for (const auto& service : services)
    all.push_back({service.name, service.name, {}, [service]() -> base::Result<std::string> {
                     return describeService(service);
                   }});
  return all;
}

base::Result<std::vector<Described>> DescribeVerb::loadObjects(Context& context,
                                                               engine::Engine& engine,
                                                               core::Kind kind) {
  MC_TRY_ASSIGN(const auto objects, fromServer(engine.objects(kind, ns_, context.stopToken())));
  std::vector<Described> all;
  for (const auto& object : objects)
    all.push_back({object.ref.name, object.ref.name, metadataMap(object.object, "labels"),
                   [object]() -> base::Result<std::string> { return describeObject(object); }});
  return all;
}

base::Result<std::vector<Described>> DescribeVerb::load(Context& context, Kind kind) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  switch (kind) {
    case Kind::Pod:
      return loadPods(context, *engine);
    case Kind::MiniCluster:
      return loadClusters(context, *engine);
    case Kind::Service:
      return loadServices(context, *engine);
    default:
      return loadObjects(context, *engine, *coreKind(kind));
  }
  return std::vector<Described>{};
}

/// The objects that a name means: the one of that name, else all whose name begins with it.
std::vector<Described> named(const std::vector<Described>& all, const std::string& name) {
  std::vector<Described> found;
  const auto exact = std::find_if(all.begin(), all.end(), [&](const Described& object) {
    return object.name == name || object.plainName == name;
  });
  if (exact != all.end()) return {*exact};
  for (const auto& object : all)
    if (object.name.starts_with(name)) found.push_back(object);
  return found;
}

base::Result<int> DescribeVerb::run(Context& context) {
  MC_TRY_ASSIGN(const auto selections, parseSelections("describe", context.args));
  MC_TRY_ASSIGN(const Selector selector, Selector::parse(selectorText_));
  ns_ = allNamespaces_ ? "" : context.ns();
  std::vector<Described> wanted;
  std::vector<base::Error> missing;
  for (const auto& selection : selections) {
    auto loaded = load(context, selection.kind);
    // `describe all` is about the kinds that the engine has.
    if (!loaded && loaded.error().errnum == ENOTSUP && selections.size() > 1) continue;
    if (!loaded) return base::pass(loaded.error());
    const auto& all = *loaded;
    for (const auto& name : selection.names) {
      const auto found = named(all, name);
      if (found.empty()) missing.push_back(fromServer(notFound(selection.kind, name)));
      wanted.insert(wanted.end(), found.begin(), found.end());
    }
    for (const auto& object : all)
      if (selection.names.empty() && selector.matches(object.labels)) wanted.push_back(object);
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    MC_TRY_ASSIGN(const std::string text, wanted[i].text());
    MC_TRY(context.out.write((i == 0 ? "" : "\n\n") + text));
  }
  for (const auto& error : missing) MC_TRY(context.err.write(errorText(error)));
  if (wanted.empty() && missing.empty())
    MC_TRY(context.err.write("No resources found in " + context.ns() + " namespace.\n"));
  return missing.empty() ? 0 : 1;
}

}  // namespace

std::unique_ptr<Verb> makeDescribeVerb() {
  return std::make_unique<DescribeVerb>();
}

}  // namespace mc::cli
