#pragma once
// Engine on a Docker Engine: which of the parts of this room does what. Made by makeEngine().

#include <optional>
#include <string>
#include <utility>

#include "base/process.hpp"
#include "engine/errors.hpp"
#include "local/docker/client.hpp"
#include "local/engine.hpp"
#include "local/serial_progress.hpp"
#include "local/snapshot.hpp"
#include "local/store.hpp"

namespace mc::local {

class LocalEngine final : public Engine {
 public:
  LocalEngine(EngineOptions options, const docker::Endpoint& endpoint)
      : options_(std::move(options)), client_(endpoint) {}

  base::Status create(const api::Document& document, const plan::Plan& plan, Progress& progress,
                      std::stop_token stop) override;
  base::Result<Applied> apply(const api::Document& document, const plan::Plan& plan,
                              Progress& progress, std::stop_token stop) override;
  base::Status remove(const ClusterRef& ref, const RemoveOptions& options, Progress& progress,
                      std::stop_token stop) override;
  base::Result<int> run(const api::Document& document, const plan::Plan& plan, Progress& progress,
                        const OutputSink& sink, std::stop_token stop) override;
  base::Result<int> follow(const ClusterRef& ref, Progress& progress, const OutputSink& sink,
                           std::stop_token stop) override;

  base::Status createObject(const core::Object& object, Progress& progress,
                            std::stop_token stop) override;
  base::Result<Applied> applyObject(const core::Object& object, Progress& progress,
                                    std::stop_token stop) override;
  base::Status removeObject(const engine::ObjectRef& object, const RemoveOptions& options,
                            Progress& progress, std::stop_token stop) override;
  base::Result<std::vector<engine::ObjectView>> objects(core::Kind kind, const std::string& ns,
                                                        std::stop_token stop) override;
  base::Status waitObject(const engine::ObjectRef& object, const Until& until,
                          std::stop_token stop) override;
  base::Result<engine::Secret> secret(const std::string& ns, const std::string& name,
                                      std::stop_token stop) override;
  base::Status createSecret(const engine::Secret& secret, std::stop_token stop) override;
  base::Status replaceSecret(const engine::Secret& secret, std::stop_token stop) override;

  base::Result<std::vector<ClusterView>> miniclusters(const std::string& ns,
                                                      std::stop_token stop) override;
  base::Result<ClusterView> minicluster(const ClusterRef& ref, std::stop_token stop) override;
  base::Result<std::vector<PodView>> pods(const std::string& ns, std::stop_token stop) override;
  base::Result<PodView> pod(const std::string& ns, const std::string& name,
                            std::stop_token stop) override;
  base::Result<std::vector<ServiceView>> services(const std::string& ns,
                                                  std::stop_token stop) override;
  base::Result<std::vector<Event>> events(const ClusterRef& ref, std::stop_token stop) override;
  base::Result<std::vector<engine::Journal>> journals(const ClusterRef& ref,
                                                      std::stop_token stop) override;
  base::Status watch(const std::string& ns, const std::function<base::Result<bool>()>& changed,
                     std::optional<std::chrono::milliseconds> timeout,
                     std::stop_token stop) override;
  base::Status waitCluster(const ClusterRef& ref, const Until& until,
                           std::stop_token stop) override;
  base::Status waitPod(const std::string& ns, const std::string& pod, const Until& until,
                       std::stop_token stop) override;

  base::Status logs(const std::string& ns, const std::string& pod, const std::string& container,
                    const LogOptions& options, const OutputSink& sink,
                    std::stop_token stop) override;
  base::Result<std::unique_ptr<Session>> exec(const std::string& ns, const std::string& pod,
                                              const std::string& container,
                                              const ExecRequest& request,
                                              std::stop_token stop) override;
  base::Result<std::unique_ptr<Session>> attach(const std::string& ns, const std::string& pod,
                                                const std::string& container,
                                                const ExecRequest& request,
                                                std::stop_token stop) override;

  base::Result<engine::Backend> backend(engine::Forwarded kind, const std::string& ns,
                                        const std::string& name,
                                        std::optional<std::chrono::milliseconds> timeout,
                                        std::stop_token stop) override;
  base::Status forward(const std::string& ns, const std::string& pod, uint16_t port,
                       const base::Fd& local, std::stop_token stop) override;

  base::Status monitor(const ClusterRef& ref, std::stop_token stop) override;
  base::Result<std::string> describeEngine(std::stop_token stop) override;

 private:
  /// A container of a pod, found by the names users know.
  struct Found {
    ContainerFacts facts;
    std::string container;
    std::string pod;
  };

  base::Result<Found> find(const std::string& ns, const std::string& pod,
                           const std::string& container, const std::stop_token& stop);
  base::Result<ContainerFacts> findRunning(const std::string& ns, const std::string& pod,
                                           const std::string& container,
                                           const std::stop_token& stop);
  /// `revision`: the record, of a cluster that has been changed since it was made.
  base::Status makeCluster(const api::Document& document, const plan::Plan& plan,
                           const std::optional<Record>& revision, SerialProgress& progress,
                           const std::stop_token& stop);
  base::Status sameButSize(const ClusterState& cluster, const api::Document& document,
                           const plan::Plan& plan, const std::stop_token& stop);
  base::Status resize(const ClusterState& cluster, const api::Document& document,
                      const plan::Plan& plan, SerialProgress& progress,
                      const std::stop_token& stop);
  base::Status undo(const ClusterRef& ref, SerialProgress& progress);
  base::Result<int> runOnce(const api::Document& document, const plan::Plan& plan,
                            SerialProgress& progress, const OutputSink& sink,
                            const std::stop_token& stop);
  base::Result<int> deliver(const ClusterRef& ref, SerialProgress& progress, const OutputSink& sink,
                            const std::stop_token& stop);
  base::Status sameSecrets(const ClusterState& cluster, const plan::Plan& plan,
                           const std::stop_token& stop);
  base::Result<Snapshot> look(const std::string& ns, const std::stop_token& stop);
  base::Result<std::optional<ClusterState>> look(const ClusterRef& ref,
                                                 const std::stop_token& stop);
  base::Result<bool> findPod(const std::string& ns, const std::string& name,
                             engine::Backend& backend, const std::stop_token& stop);
  base::Result<bool> findBehind(const std::string& ns, const std::string& name,
                                engine::Backend& backend, const std::stop_token& stop);
  /// Makes of an object what its record says. `before`: the content it has now.
  base::Status carryOut(const core::Object& object, const Record& record,
                        const std::optional<Values>& before, SerialProgress& progress,
                        const std::stop_token& stop);
  base::Result<std::optional<Values>> contentOf(const ClusterRef& ref, const std::stop_token& stop);
  base::Status removeOwnedPod(const engine::ObjectRef& object, Progress& progress,
                              const std::stop_token& stop);
  static base::Error objectExists(const ClusterRef& ref);
  static bool isWhole(const ClusterState& cluster);
  void heal(const ClusterState& cluster);
  [[nodiscard]] std::string nodeName() const;

  EngineOptions options_;
  docker::Client client_;
  base::SystemProcessRunner runner_;
};

using engine::alreadyExists;
using engine::notFound;

}  // namespace mc::local
