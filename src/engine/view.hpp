#pragma once
// What an engine shows of MiniClusters, pods, containers and services: plain data, computed at the
// moment of the question. Words (phases, reasons, STATUS
// column) are Kubernetes' (core/v1 PodStatus, kubectl's printers).
//
// Times are seconds since the Unix epoch with fraction; 0 means "not yet".
// Thread-safety: plain values.

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace mc::engine {

/// Names one MiniCluster.
struct ClusterRef {
  std::string ns;
  std::string name;
};

enum class Phase { Pending, Running, Succeeded, Failed };
/// "Pending", "Running", "Succeeded", "Failed".
const char* phaseName(Phase phase);

enum class ContainerState { Waiting, Running, Terminated };

struct ContainerView {
  std::string name;  ///< as in the manifest: "nginx"; the Flux container has the cluster's name
  plan::ContainerKind kind = plan::ContainerKind::Sidecar;
  std::string id;       ///< with its runtime, "docker://..."; empty while there is none
  std::string image;    ///< as in the manifest
  std::string imageId;  ///< "sha256:..."
  ContainerState state = ContainerState::Waiting;
  /// Waiting: ContainerCreating, CrashLoopBackOff. Terminated: Completed, Error, OOMKilled,
  /// ContainerCannotRun. Running: empty.
  std::string reason;
  std::string message;  ///< the runtime's own words, if it has any
  bool ready = false;
  int exitCode = 0;  ///< of the last end; 128 + signal if a signal ended it
  int restarts = 0;
  double createdAt = 0;
  double startedAt = 0;
  double finishedAt = 0;  ///< of the last end, which may be that of the run before this one
  /// The run before the current one, if there was one.
  double lastFinishedAt = 0;
  api::Resources resources;
  std::vector<int32_t> ports;
  std::vector<std::string> command;                              ///< empty: the image's own
  std::vector<plan::Mount> mounts;                               ///< without the engine's own
  std::vector<std::pair<std::string, std::string>> environment;  ///< of the manifest
  // Of workload pods only:
  bool counts = true;                      ///< for READY: false for init containers that are to end
  std::vector<std::string> args;           ///< empty: the image's own
  std::vector<core::Variable> references;  ///< variables whose values come from elsewhere
  core::Probes probes;
};

/// One line of `conditions` of a MiniCluster or a pod.
struct Condition {
  std::string type;  ///< MiniCluster: Accepted, Ready, Running, Succeeded, Failed. Pod: Ready ...
  bool status = false;
  std::string reason;  ///< CamelCase
  std::string message;
  double since = 0;  ///< last transition
};

struct PodView {
  std::string name;       ///< with suffix: "flux-sample-0-x7k2p"
  std::string plainName;  ///< without: "flux-sample-0"
  std::string ns;
  std::string uid;
  std::string cluster;  ///< name of the MiniCluster it belongs to
  plan::Role role = plan::Role::Lead;
  int32_t index = 0;
  std::string node;  ///< name of the Docker Engine's machine
  std::string ip;    ///< empty while it has none
  std::string hostname;
  std::string subdomain;
  double createdAt = 0;
  double startedAt = 0;
  api::StringMap labels;
  api::StringMap annotations;
  Phase phase = Phase::Pending;
  /// kubectl's STATUS column: Pending, ContainerCreating, Running, Completed, Error,
  /// CrashLoopBackOff, OOMKilled, Terminating ...
  std::string status;
  bool terminating = false;
  std::vector<plan::PodVolume> volumes;
  int readyContainers = 0;  ///< READY column: readyContainers/containers.size()
  int restarts = 0;
  std::vector<Condition> conditions;
  std::vector<ContainerView> containers;  ///< the Flux container first; init containers last
  std::string controller;                 ///< "ReplicaSet/redis-5c9d8b7f6g"; empty: MiniCluster
  bool controlled = true;                 ///< false: a Pod of its own
  std::string restartPolicy = "OnFailure";
  /// The API's own object, where the engine has one; null: it is shown from this view.
  std::shared_ptr<const boost::json::object> object;
};

struct ClusterView {
  ClusterRef ref;
  std::string uid;
  double createdAt = 0;
  /// apiVersion, kind, metadata, spec as given; passwords and certificates are "***".
  boost::json::object manifest;
  int64_t generation = 1;  ///< counts the changes that apply made
  int32_t size = 0;
  int32_t maxSize = 0;
  Phase phase = Phase::Pending;
  /// STATUS column: the phase, or Terminating.
  std::string status;
  int readyPods = 0;      ///< Flux pods that are ready, or have completed
  std::string leadPod;    ///< with suffix
  bool finished = false;  ///< the lead has ended for good
  int exitCode = 0;       ///< of the lead, once finished
  double startedAt = 0;   ///< of the lead
  double finishedAt = 0;
  std::vector<Condition> conditions;  ///< Accepted, Ready, Running, Succeeded, Failed
  /// The API's own object, where the engine has one; null: it is shown from this view.
  std::shared_ptr<const boost::json::object> object;
};

struct ServiceView {
  std::string name;
  std::string ns;
  std::string cluster;
  bool headless = false;  ///< CLUSTER-IP "None"
  std::string clusterIp;  ///< address of the first pod behind it; empty if none or headless
  std::vector<int32_t> ports;
  std::vector<std::string> endpoints;       ///< addresses of the pods behind it
  std::vector<core::ServicePort> portList;  ///< of a Service of its own: names and targets
  api::StringMap selector;                  ///< the same
  double createdAt = 0;
  /// The API's own object, where the engine has one; null: it is shown from this view.
  std::shared_ptr<const boost::json::object> object;
};

/// Names one object of Kubernetes' own kinds.
struct ObjectRef {
  core::Kind kind = core::Kind::Pod;
  std::string ns;
  std::string name;
};

/// An object of Kubernetes' own kinds, as an API server would show it.
struct ObjectView {
  ObjectRef ref;
  double createdAt = 0;
  bool terminating = false;
  /// apiVersion, kind, metadata, spec, status; of a ConfigMap with its data, of a Secret with its
  /// data in base64: to be shown where it is asked for, and nowhere else.
  boost::json::object object;
  std::vector<Condition> conditions;  ///< of a Deployment
};

/// What a Flux container has noted of itself, see entry/journal.hpp for the format.
struct Journal {
  std::string pod;  ///< with suffix
  std::string text;
};

/// Something that happened, as `kubectl describe` lists it under Events.
struct Event {
  double time = 0;
  bool warning = false;
  std::string reason;  ///< Created, Started, BackOff, Completed, Failed, Killing ...
  std::string object;  ///< "pod/flux-sample-0-x7k2p" or "minicluster/flux-sample"
  std::string message;
};

}  // namespace mc::engine
