#pragma once
// What runs MiniClusters: one interface for all places where they can run. `local` implements it on
// a Docker Engine, `remote` on a Kubernetes cluster.
//
// No engine keeps state of its own: every verb may be killed at any moment and called again, and
// converges.
//
// Errors: ENOENT no such object, EEXIST it exists already, EINVAL the request makes no sense, EBUSY
// another command is at work on the object, ECONNREFUSED nobody answers, EACCES not allowed,
// ENOTSUP there is no such thing on this engine, ECANCELED the stop token was used, ETIMEDOUT.
// Messages are kubectl's where kubectl has one, without "Error from server".
//
// Thread-safety: an Engine may be used by several threads at once. Every verb blocks until it is
// done; its stop token makes it give up quickly, leaving what the same verb called again takes up.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "api/read.hpp"
#include "base/fd.hpp"
#include "base/status.hpp"
#include "engine/secret.hpp"
#include "engine/view.hpp"
#include "plan/plan.hpp"

namespace mc::engine {

/// How far the pull of one image is.
struct PullProgress {
  std::string image;
  uint64_t bytes = 0;  ///< received so far, all layers
  uint64_t total = 0;  ///< of the layers whose size is known by now; 0: unknown
  int layers = 0;
  int layersDone = 0;
  bool done = false;
  std::string failure;  ///< why, if it failed
};

/// Told what happens while a verb works. Calls come from any thread, but one at a time.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void pull(const PullProgress& /*progress*/) {}
  /// `done` of `total` parts: "start", "stop", "remove" are of containers, "start pods" of pods.
  virtual void step(std::string_view /*activity*/, int /*done*/, int /*total*/) {}
  /// Something the user should know, one line.
  virtual void note(std::string_view /*text*/) {}
};

enum class Stream { Out, Err };
/// Takes output as it comes. A failure ends the call that delivers it, with that failure.
using OutputSink = std::function<base::Status(Stream, std::string_view)>;

struct LogOptions {
  bool follow = false;
  bool timestamps = false;
  bool previous = false;        ///< of the run before the last restart
  std::optional<int64_t> tail;  ///< last lines only
  double since = 0;             ///< Unix time; 0: from the start
};

struct TerminalSize {
  uint16_t rows = 0;
  uint16_t columns = 0;
};

struct ExecRequest {
  std::vector<std::string> argv;
  bool tty = false;
  int stdinFd = -1;  ///< read until its end and passed on; -1: the command gets no stdin
  std::optional<TerminalSize> size;
};

/// A command (or attached main process) in a container, connected.
class Session {
 public:
  virtual ~Session() = default;
  /// Carries input and output until the command ends; returns its exit status.
  /// With a tty everything arrives as Stream::Out.
  virtual base::Result<int> run(const OutputSink& sink, std::stop_token stop) = 0;
  /// May be called while run() is at work, from another thread.
  virtual base::Status resize(TerminalSize size) = 0;
};

/// What ports are forwarded of.
enum class Forwarded { Pod, Service };

/// Where connections go.
struct Backend {
  struct Port {
    std::string name;    ///< may be empty
    int32_t port = 0;    ///< of the Service
    int32_t target = 0;  ///< of the pod
  };
  std::string pod;          ///< one that runs; of a Service, a ready one if there is any
  std::vector<Port> ports;  ///< of a Pod: those with a name
};

enum class Applied { Created, Configured, Unchanged };

/// What dryRun() is asked about.
enum class Change { Create, Apply };

struct RemoveOptions {
  /// Between SIGTERM and SIGKILL; absent: as the plan says.
  std::optional<std::chrono::seconds> grace;
  bool wait = true;  ///< false: returns once the removal was begun; a background process ends it
};

/// What to wait for.
struct Until {
  bool deleted = false;   ///< else a condition:
  std::string condition;  ///< "Ready", "Succeeded" ...; compared without case
  bool value = true;
  std::optional<std::chrono::milliseconds> timeout;  ///< absent: for ever
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Making and ending

  /// Pulls what is missing, makes and starts everything of `plan`. EEXIST if the cluster is there
  /// and complete; one that is half made from the same manifest is completed. If it fails, nothing
  /// is left behind that was not there before. The local engine starts the cluster's
  /// monitor.
  virtual base::Status create(const api::Document& document, const plan::Plan& plan,
                              Progress& progress, std::stop_token stop) = 0;

  /// The same for what may exist already. A change that can't be made in place fails with EINVAL
  /// and names the field.
  virtual base::Result<Applied> apply(const api::Document& document, const plan::Plan& plan,
                                      Progress& progress, std::stop_token stop) = 0;

  /// Ends a MiniCluster and removes all that belongs to it. ENOENT if there is none.
  virtual base::Status remove(const ClusterRef& ref, const RemoveOptions& options,
                              Progress& progress, std::stop_token stop) = 0;

  /// Makes the cluster unless it is there (an existing one must come from the same manifest, else
  /// EEXIST), delivers the lead container's output from its start, and returns the job's exit
  /// status once the lead has ended and everything else of the cluster was stopped. Removes
  /// nothing: call remove() after it, also after ECANCELED.
  virtual base::Result<int> run(const api::Document& document, const plan::Plan& plan,
                                Progress& progress, const OutputSink& sink,
                                std::stop_token stop) = 0;

  /// The second half of run(), for a cluster that is there already. ENOENT if there is none.
  virtual base::Result<int> follow(const ClusterRef& ref, Progress& progress,
                                   const OutputSink& sink, std::stop_token stop) = 0;

  /// What create() or apply() would say; nothing is made (`--dry-run=server`).
  virtual base::Result<Applied> dryRun(Change change, const api::Document& document,
                                       const plan::Plan& plan, std::stop_token stop);

  /// Makes a namespace; false if this engine needs none made.
  virtual base::Result<bool> createNamespace(const std::string& name, std::stop_token stop);

  // Secrets, one by one: their content comes with nothing else.

  /// ENOENT if there is none.
  virtual base::Result<Secret> secret(const std::string& ns, const std::string& name,
                                      std::stop_token stop);
  /// EEXIST if there is one of that name.
  virtual base::Status createSecret(const Secret& secret, std::stop_token stop);
  /// Puts type, labels and data in the place of those that are there. ENOENT if there is none.
  virtual base::Status replaceSecret(const Secret& secret, std::stop_token stop);

  // Objects of Kubernetes' own kinds beside MiniClusters. ENOTSUP where the engine leaves them to
  // others. Pods and Services are looked at with pods() and services().

  /// EEXIST if it is there.
  virtual base::Status createObject(const core::Object& object, Progress& progress,
                                    std::stop_token stop);
  virtual base::Result<Applied> applyObject(const core::Object& object, Progress& progress,
                                            std::stop_token stop);
  /// ENOENT if there is none; EINVAL for a pod that belongs to something else.
  virtual base::Status removeObject(const ObjectRef& ref, const RemoveOptions& options,
                                    Progress& progress, std::stop_token stop);
  /// Sorted by namespace and name.
  virtual base::Result<std::vector<ObjectView>> objects(core::Kind kind, const std::string& ns,
                                                        std::stop_token stop);
  virtual base::Status waitObject(const ObjectRef& ref, const Until& until, std::stop_token stop);

  // Looking. An empty namespace means all of them.

  virtual base::Result<std::vector<ClusterView>> miniclusters(const std::string& ns,
                                                              std::stop_token stop) = 0;
  virtual base::Result<ClusterView> minicluster(const ClusterRef& ref, std::stop_token stop) = 0;
  /// Sorted by namespace and name.
  virtual base::Result<std::vector<PodView>> pods(const std::string& ns, std::stop_token stop) = 0;
  /// `name` with or without its suffix.
  virtual base::Result<PodView> pod(const std::string& ns, const std::string& name,
                                    std::stop_token stop) = 0;
  virtual base::Result<std::vector<ServiceView>> services(const std::string& ns,
                                                          std::stop_token stop) = 0;
  /// History of a MiniCluster and its pods, oldest first.
  virtual base::Result<std::vector<Event>> events(const ClusterRef& ref, std::stop_token stop) = 0;
  /// What the Flux containers of a MiniCluster have noted, also after their end. One that has noted
  /// nothing, or whose journal can't be read, is left out.
  virtual base::Result<std::vector<Journal>> journals(const ClusterRef& ref, std::stop_token stop);

  /// Calls `changed` once, and again after each change of a cluster, pod or container in `ns`,
  /// until it returns true.
  virtual base::Status watch(const std::string& ns,
                             const std::function<base::Result<bool>()>& changed,
                             std::optional<std::chrono::milliseconds> timeout,
                             std::stop_token stop) = 0;

  virtual base::Status waitCluster(const ClusterRef& ref, const Until& until,
                                   std::stop_token stop) = 0;
  virtual base::Status waitPod(const std::string& ns, const std::string& pod, const Until& until,
                               std::stop_token stop) = 0;

  // Containers. `container` empty: the Flux container, or the first one of a services pod.

  virtual base::Status logs(const std::string& ns, const std::string& pod,
                            const std::string& container, const LogOptions& options,
                            const OutputSink& sink, std::stop_token stop) = 0;
  virtual base::Result<std::unique_ptr<Session>> exec(const std::string& ns, const std::string& pod,
                                                      const std::string& container,
                                                      const ExecRequest& request,
                                                      std::stop_token stop) = 0;
  /// Connects to the container's main process; request.argv is not used.
  virtual base::Result<std::unique_ptr<Session>> attach(const std::string& ns,
                                                        const std::string& pod,
                                                        const std::string& container,
                                                        const ExecRequest& request,
                                                        std::stop_token stop) = 0;

  // Ports

  /// Where connections to a pod or Service go, once a pod runs there; waits for that. ENOENT: no
  /// such object; ETIMEDOUT; EINVAL: the pod has ended, or the Service chooses no pods.
  virtual base::Result<Backend> backend(Forwarded kind, const std::string& ns,
                                        const std::string& name,
                                        std::optional<std::chrono::milliseconds> timeout,
                                        std::stop_token stop);
  /// Connects to a TCP port inside a pod, also one that only listens at 127.0.0.1 there, and
  /// carries bytes between it and `local`, a connected socket, until the pod's side ends or the
  /// local side is gone. ENOENT: no such pod; EIO, with the reason: the port can't be reached.
  virtual base::Status forward(const std::string& ns, const std::string& pod, uint16_t port,
                               const base::Fd& local, std::stop_token stop);

  // For the hidden command `minicluster monitor NS NAME`

  /// The local engine only, else ENOTSUP: on Kubernetes the operator does this.
  /// Waits until the lead has ended, stops the rest of the cluster, removes it if the manifest says
  /// `cleanup`, or ends a removal that was begun. Returns at once if another monitor of this
  /// cluster is at work, and when the cluster is removed.
  virtual base::Status monitor(const ClusterRef& ref, std::stop_token stop) = 0;

  /// "Docker Engine 20.10.24 at unix:///var/run/docker.sock (API 1.41)", "Kubernetes v1.34.1 at
  /// https://HOST:PORT": for `minicluster version`.
  virtual base::Result<std::string> describeEngine(std::stop_token stop) = 0;
};

}  // namespace mc::engine
