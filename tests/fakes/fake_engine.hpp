#pragma once
// A engine::Engine that shows what a test has put into it and records what it was asked to do.
//
// Its clusters, pods and services are plain vectors. Verbs that would block run the function that
// the test has set for them. Thread-safety: none, but a test may look at the records once the verb
// is done.

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.hpp"

namespace mc::fakes {

/// A session that delivers a text and ends with a status.
class FakeSession final : public engine::Session {
 public:
  FakeSession(std::string out, std::string err, int status,
              std::vector<engine::TerminalSize>* resizes)
      : out_(std::move(out)), err_(std::move(err)), status_(status), resizes_(resizes) {}

  base::Result<int> run(const engine::OutputSink& sink, std::stop_token stop) override {
    if (stop.stop_requested()) return base::fail(ECANCELED, "stopped");
    if (onRun) onRun();
    if (!out_.empty()) MC_TRY(sink(engine::Stream::Out, out_));
    if (!err_.empty()) MC_TRY(sink(engine::Stream::Err, err_));
    return status_;
  }
  base::Status resize(engine::TerminalSize size) override {
    resizes_->push_back(size);
    return {};
  }

  std::function<void()> onRun;

 private:
  std::string out_;
  std::string err_;
  int status_;
  std::vector<engine::TerminalSize>* resizes_;
};

class FakeEngine final : public engine::Engine {
 public:
  // What there is.
  std::vector<engine::ClusterView> clusterViews;
  std::vector<engine::PodView> podViews;
  std::vector<engine::ServiceView> serviceViews;
  std::vector<engine::Event> eventList;
  std::vector<engine::Journal> journalList;
  /// Logs by "POD/CONTAINER", given to the sink piece by piece.
  std::map<std::string, std::vector<std::string>> logPieces;

  // What verbs do; absent: they succeed.
  std::function<base::Status(engine::Progress&)> onCreate;
  std::function<base::Result<engine::Applied>(engine::Progress&)> onApply;
  std::function<base::Status(const engine::RemoveOptions&, std::stop_token)> onRemove;
  std::function<base::Result<int>(engine::Progress&, const engine::OutputSink&, std::stop_token)>
      onRun;
  std::function<base::Status(const engine::Until&, std::stop_token)> onWait;
  /// Called between two calls of watch()'s function; returns false when nothing changes any more,
  /// then watch() fails with ETIMEDOUT.
  std::function<bool()> onWatch;
  /// What exec() and attach() connect to.
  std::function<std::unique_ptr<FakeSession>()> onExec;
  /// By "pod/NAME" and "service/NAME"; ENOENT for others.
  std::map<std::string, engine::Backend> backends;
  /// What forward() does with a connection.
  std::function<base::Status(uint16_t, const base::Fd&, std::stop_token)> onForward;
  std::map<std::string, engine::Secret> secrets;  ///< by "NS/NAME"
  base::Status reachable;                         ///< of every look
  bool namespacesAreMade = false;

  // What was asked.
  std::vector<std::string> calls;  ///< "create ns/name", "remove ns/name grace=5" ...
  std::vector<engine::ExecRequest> execs;
  std::vector<engine::LogOptions> logOptions;
  std::vector<engine::TerminalSize> resizes;

  base::Status create(const api::Document& document, const plan::Plan& /*plan*/,
                      engine::Progress& progress, std::stop_token /*stop*/) override {
    note("create", refOf(document));
    return onCreate ? onCreate(progress) : base::Status{};
  }

  base::Result<engine::Applied> apply(const api::Document& document, const plan::Plan& /*plan*/,
                                      engine::Progress& progress,
                                      std::stop_token /*stop*/) override {
    note("apply", refOf(document));
    return onApply ? onApply(progress) : engine::Applied::Created;
  }

  base::Status remove(const engine::ClusterRef& ref, const engine::RemoveOptions& options,
                      engine::Progress& /*progress*/, std::stop_token stop) override {
    note("remove", ref,
         (options.grace ? " grace=" + std::to_string(options.grace->count()) : "") +
             (options.wait ? "" : " nowait"));
    if (onRemove) return onRemove(options, std::move(stop));
    const auto gone = std::erase_if(
        clusterViews, [&](const auto& c) { return c.ref.ns == ref.ns && c.ref.name == ref.name; });
    if (gone > 0) return {};
    return base::fail(ENOENT, "miniclusters.flux-framework.org \"" + ref.name + "\" not found");
  }

  base::Result<int> run(const api::Document& document, const plan::Plan& /*plan*/,
                        engine::Progress& progress, const engine::OutputSink& sink,
                        std::stop_token stop) override {
    note("run", refOf(document));
    return onRun ? onRun(progress, sink, std::move(stop)) : 0;
  }

  base::Result<int> follow(const engine::ClusterRef& ref, engine::Progress& progress,
                           const engine::OutputSink& sink, std::stop_token stop) override {
    note("follow", ref);
    MC_TRY(minicluster(ref, stop));
    return onRun ? onRun(progress, sink, std::move(stop)) : 0;
  }

  base::Result<bool> createNamespace(const std::string& name, std::stop_token /*stop*/) override {
    calls.push_back("namespace " + name);
    return namespacesAreMade;
  }

  base::Result<std::vector<engine::ClusterView>> miniclusters(const std::string& ns,
                                                              std::stop_token /*stop*/) override {
    MC_TRY(base::Status(reachable));
    return inNamespace(clusterViews, ns, [](const auto& c) { return c.ref.ns; });
  }

  base::Result<engine::ClusterView> minicluster(const engine::ClusterRef& ref,
                                                std::stop_token /*stop*/) override {
    MC_TRY(base::Status(reachable));
    for (const auto& cluster : clusterViews)
      if (cluster.ref.ns == ref.ns && cluster.ref.name == ref.name) return cluster;
    return base::fail(ENOENT, "miniclusters.flux-framework.org \"" + ref.name + "\" not found");
  }

  base::Result<std::vector<engine::PodView>> pods(const std::string& ns,
                                                  std::stop_token /*stop*/) override {
    MC_TRY(base::Status(reachable));
    return inNamespace(podViews, ns, [](const auto& p) { return p.ns; });
  }

  base::Result<engine::PodView> pod(const std::string& ns, const std::string& name,
                                    std::stop_token /*stop*/) override {
    MC_TRY(base::Status(reachable));
    for (const auto& pod : podViews)
      if (pod.ns == ns && (pod.name == name || pod.plainName == name)) return pod;
    return base::fail(ENOENT, "pods \"" + name + "\" not found");
  }

  base::Result<std::vector<engine::ServiceView>> services(const std::string& ns,
                                                          std::stop_token /*stop*/) override {
    MC_TRY(base::Status(reachable));
    return inNamespace(serviceViews, ns, [](const auto& s) { return s.ns; });
  }

  base::Result<std::vector<engine::Event>> events(const engine::ClusterRef& /*ref*/,
                                                  std::stop_token /*stop*/) override {
    return eventList;
  }

  base::Result<std::vector<engine::Journal>> journals(const engine::ClusterRef& ref,
                                                      std::stop_token /*stop*/) override {
    note("journals", ref);
    return journalList;
  }

  base::Status watch(const std::string& ns, const std::function<base::Result<bool>()>& changed,
                     std::optional<std::chrono::milliseconds> /*timeout*/,
                     std::stop_token stop) override {
    calls.push_back("watch " + ns);
    while (!stop.stop_requested()) {
      MC_TRY_ASSIGN(const bool done, changed());
      if (done) return {};
      if (!onWatch || !onWatch()) return base::fail(ETIMEDOUT, "timed out");
    }
    return base::fail(ECANCELED, "stopped");
  }

  base::Status waitCluster(const engine::ClusterRef& ref, const engine::Until& until,
                           std::stop_token stop) override {
    note("wait", ref, " " + untilText(until));
    return onWait ? onWait(until, std::move(stop)) : base::Status{};
  }

  base::Status waitPod(const std::string& ns, const std::string& pod, const engine::Until& until,
                       std::stop_token stop) override {
    note("wait", {ns, pod}, " " + untilText(until));
    return onWait ? onWait(until, std::move(stop)) : base::Status{};
  }

  base::Status logs(const std::string& ns, const std::string& pod, const std::string& container,
                    const engine::LogOptions& options, const engine::OutputSink& sink,
                    std::stop_token /*stop*/) override {
    note("logs", {ns, pod}, " " + container);
    logOptions.push_back(options);
    for (const auto& piece : logPieces[pod + "/" + container])
      MC_TRY(sink(engine::Stream::Out, piece));
    return {};
  }

  base::Result<std::unique_ptr<engine::Session>> exec(const std::string& ns, const std::string& pod,
                                                      const std::string& container,
                                                      const engine::ExecRequest& request,
                                                      std::stop_token /*stop*/) override {
    return connect("exec", ns, pod, container, request);
  }

  base::Result<std::unique_ptr<engine::Session>> attach(const std::string& ns,
                                                        const std::string& pod,
                                                        const std::string& container,
                                                        const engine::ExecRequest& request,
                                                        std::stop_token /*stop*/) override {
    return connect("attach", ns, pod, container, request);
  }

  base::Result<engine::Backend> backend(engine::Forwarded kind, const std::string& ns,
                                        const std::string& name,
                                        std::optional<std::chrono::milliseconds> /*timeout*/,
                                        std::stop_token /*stop*/) override {
    const bool isPod = kind == engine::Forwarded::Pod;
    note("backend", {ns, (isPod ? "pod/" : "service/") + name});
    const auto found = backends.find((isPod ? "pod/" : "service/") + name);
    if (found != backends.end()) return found->second;
    return base::fail(ENOENT, (isPod ? "pods \"" : "services \"") + name + "\" not found");
  }

  base::Status forward(const std::string& ns, const std::string& pod, uint16_t port,
                       const base::Fd& local, std::stop_token stop) override {
    note("forward", {ns, pod}, " " + std::to_string(port));
    return onForward ? onForward(port, local, std::move(stop)) : base::Status{};
  }

  base::Result<engine::Secret> secret(const std::string& ns, const std::string& name,
                                      std::stop_token /*stop*/) override {
    const auto found = secrets.find(ns + "/" + name);
    if (found != secrets.end()) return found->second;
    return base::fail(ENOENT, "secrets \"" + name + "\" not found");
  }

  base::Status createSecret(const engine::Secret& secret, std::stop_token /*stop*/) override {
    if (secrets.emplace(secret.ns + "/" + secret.name, secret).second) return {};
    return base::fail(EEXIST, "secrets \"" + secret.name + "\" already exists");
  }

  base::Status replaceSecret(const engine::Secret& secret, std::stop_token /*stop*/) override {
    secrets[secret.ns + "/" + secret.name] = secret;
    return {};
  }

  base::Status monitor(const engine::ClusterRef& ref, std::stop_token /*stop*/) override {
    note("monitor", ref);
    return {};
  }

  base::Result<std::string> describeEngine(std::stop_token /*stop*/) override {
    MC_TRY(base::Status(reachable));
    return "Docker Engine 20.10.24 at unix:///test (API 1.41)";
  }

 private:
  static engine::ClusterRef refOf(const api::Document& document) {
    return {document.cluster.metadata.ns, document.cluster.metadata.name};
  }

  static std::string untilText(const engine::Until& until) {
    return until.deleted ? "deleted" : until.condition + (until.value ? "=true" : "=false");
  }

  /// Forwarded connections are carried by threads of their own.
  void note(const std::string& verb, const engine::ClusterRef& ref, const std::string& more = "") {
    const std::lock_guard lock(mutex_);
    calls.push_back(verb + " " + ref.ns + "/" + ref.name + more);
  }

  template <class View, class NamespaceOf>
  static std::vector<View> inNamespace(const std::vector<View>& views, const std::string& ns,
                                       const NamespaceOf& namespaceOf) {
    std::vector<View> found;
    std::copy_if(views.begin(), views.end(), std::back_inserter(found),
                 [&](const View& view) { return ns.empty() || namespaceOf(view) == ns; });
    return found;
  }

  base::Result<std::unique_ptr<engine::Session>> connect(const std::string& verb,
                                                         const std::string& ns,
                                                         const std::string& pod,
                                                         const std::string& container,
                                                         const engine::ExecRequest& request) {
    note(verb, {ns, pod}, " " + container);
    execs.push_back(request);
    if (!onExec)
      return base::fail(
          EINVAL, "unable to upgrade connection: container not found (\"" + container + "\")");
    return std::unique_ptr<engine::Session>(onExec());
  }

  std::mutex mutex_;
};

}  // namespace mc::fakes
