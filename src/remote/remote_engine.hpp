#pragma once
// Engine on a Kubernetes cluster: which of the parts of this room does what. Made by makeEngine().

#include <memory>
#include <string>

#include "base/process.hpp"
#include "engine/engine.hpp"
#include "kube/client.hpp"
#include "kube/session.hpp"
#include "kube/timer.hpp"
#include "remote/streams.hpp"

namespace mc::remote {

/// The way to an API server; each uses those above it.
struct Access {
  std::unique_ptr<kube::Timer> timer;
  std::unique_ptr<base::ProcessRunner> processes;
  std::unique_ptr<kube::Session> session;
  std::unique_ptr<kube::Client> client;
  std::unique_ptr<Streams> streams;
  std::string server;  ///< URL
};

class RemoteEngine final : public engine::Engine {
 public:
  explicit RemoteEngine(Access access) : access_(std::move(access)), client_(*access_.client) {}

  base::Status create(const api::Document& document, const plan::Plan& plan,
                      engine::Progress& progress, std::stop_token stop) override;
  base::Result<engine::Applied> apply(const api::Document& document, const plan::Plan& plan,
                                      engine::Progress& progress, std::stop_token stop) override;
  base::Status remove(const engine::ClusterRef& ref, const engine::RemoveOptions& options,
                      engine::Progress& progress, std::stop_token stop) override;
  base::Result<int> run(const api::Document& document, const plan::Plan& plan,
                        engine::Progress& progress, const engine::OutputSink& sink,
                        std::stop_token stop) override;
  base::Result<int> follow(const engine::ClusterRef& ref, engine::Progress& progress,
                           const engine::OutputSink& sink, std::stop_token stop) override;
  base::Result<engine::Applied> dryRun(engine::Change change, const api::Document& document,
                                       const plan::Plan& plan, std::stop_token stop) override;
  base::Result<bool> createNamespace(const std::string& name, std::stop_token stop) override;

  base::Result<engine::Secret> secret(const std::string& ns, const std::string& name,
                                      std::stop_token stop) override;
  base::Status createSecret(const engine::Secret& secret, std::stop_token stop) override;
  base::Status replaceSecret(const engine::Secret& secret, std::stop_token stop) override;

  base::Result<std::vector<engine::ClusterView>> miniclusters(const std::string& ns,
                                                              std::stop_token stop) override;
  base::Result<engine::ClusterView> minicluster(const engine::ClusterRef& ref,
                                                std::stop_token stop) override;
  base::Result<std::vector<engine::PodView>> pods(const std::string& ns,
                                                  std::stop_token stop) override;
  base::Result<engine::PodView> pod(const std::string& ns, const std::string& name,
                                    std::stop_token stop) override;
  base::Result<std::vector<engine::ServiceView>> services(const std::string& ns,
                                                          std::stop_token stop) override;
  base::Result<std::vector<engine::Event>> events(const engine::ClusterRef& ref,
                                                  std::stop_token stop) override;
  base::Result<std::vector<engine::Journal>> journals(const engine::ClusterRef& ref,
                                                      std::stop_token stop) override;
  base::Status watch(const std::string& ns, const std::function<base::Result<bool>()>& changed,
                     std::optional<std::chrono::milliseconds> timeout,
                     std::stop_token stop) override;
  base::Status waitCluster(const engine::ClusterRef& ref, const engine::Until& until,
                           std::stop_token stop) override;
  base::Status waitPod(const std::string& ns, const std::string& pod, const engine::Until& until,
                       std::stop_token stop) override;

  base::Status logs(const std::string& ns, const std::string& pod, const std::string& container,
                    const engine::LogOptions& options, const engine::OutputSink& sink,
                    std::stop_token stop) override;
  base::Result<std::unique_ptr<engine::Session>> exec(const std::string& ns, const std::string& pod,
                                                      const std::string& container,
                                                      const engine::ExecRequest& request,
                                                      std::stop_token stop) override;
  base::Result<std::unique_ptr<engine::Session>> attach(const std::string& ns,
                                                        const std::string& pod,
                                                        const std::string& container,
                                                        const engine::ExecRequest& request,
                                                        std::stop_token stop) override;

  base::Result<engine::Backend> backend(engine::Forwarded kind, const std::string& ns,
                                        const std::string& name,
                                        std::optional<std::chrono::milliseconds> timeout,
                                        std::stop_token stop) override;
  base::Status forward(const std::string& ns, const std::string& pod, uint16_t port,
                       const base::Fd& local, std::stop_token stop) override;

  base::Status monitor(const engine::ClusterRef& ref, std::stop_token stop) override;
  base::Result<std::string> describeEngine(std::stop_token stop) override;

 private:
  base::Result<std::vector<kube::Object>> list(const kube::Resource& resource,
                                               const kube::ListOptions& options,
                                               const std::stop_token& stop);
  base::Result<engine::Applied> write(const api::Document& document, const plan::Plan& plan,
                                      bool dryRun, const std::stop_token& stop);
  base::Status makeUnlessThere(const api::Document& document, const plan::Plan& plan,
                               const std::stop_token& stop);
  base::Status untilGone(const kube::ObjectKey& key, const std::string& uid,
                         const std::stop_token& stop);
  base::Status waitObject(const kube::Resource& resource, const kube::ObjectKey& key,
                          const engine::Until& until, const std::stop_token& stop);
  base::Status endPods(const engine::ClusterRef& ref, std::chrono::seconds grace,
                       const std::stop_token& stop);
  base::Result<Place> placeOf(const std::string& ns, const std::string& pod,
                              const std::string& container, const std::stop_token& stop);

  Access access_;
  kube::Client& client_;
};

}  // namespace mc::remote
