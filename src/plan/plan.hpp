#pragma once
// The Plan: everything that running a MiniCluster takes, and nothing about who runs it.
//
// makePlan() is a pure function. The local engine turns a Plan into containers of the Docker
// Engine, the operator into Kubernetes objects; both get the same pods, names, files and order from
// here. A Plan holds no secret but those that the manifest itself holds (Plan::secretFiles).
//
// Thread-safety: plain values and pure functions.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/minicluster.hpp"
#include "base/status.hpp"
#include "core/objects.hpp"
#include "entry/settings.hpp"

namespace mc::plan {

enum class Role {
  Lead,      ///< pod 0: runs the lead broker and the job
  Follower,  ///< the other Flux pods
  Services,  ///< the pod of spec.services
  Workload,  ///< no MiniCluster's: of a Deployment, or a Pod of its own
};

enum class ContainerKind {
  Flux,     ///< runs entry and Flux
  Sidecar,  ///< beside it, up before Flux starts, ended after it
  Service,  ///< in the services pod
  Main,     ///< of a workload pod
  Init,     ///< of a workload pod: ends, or is up, before the next one starts
};

/// A file or directory from outside, seen inside a container.
struct Mount {
  std::string volume;  ///< a name of Pod::volumes
  std::string path;
  bool readOnly = false;
  std::string subPath = {};  ///< within the volume; empty: all of it
};

struct Container {
  std::string name;
  ContainerKind kind = ContainerKind::Sidecar;
  std::string image;
  api::PullPolicy pullPolicy = api::PullPolicy::IfNotPresent;
  std::string imagePullSecret;
  /// Empty: the image's entrypoint and command. Else argv in place of both.
  std::vector<std::string> command;
  std::string workingDir;
  api::StringPairs environment;
  std::vector<api::SecretKey> secretEnvironment;
  std::vector<int32_t> ports;
  std::vector<Mount> mounts;
  api::Resources resources;
  api::SecurityContext security;
  std::string postStartExec;
  std::string preStopExec;

  // What only workload pods have.

  std::vector<std::string> args;  ///< in place of the image's command
  /// The environment in order, in place of `environment` and `secretEnvironment`.
  std::vector<core::Variable> variables;
  std::vector<core::VariablesFrom> variablesFrom;
  std::vector<core::Port> portList;
  core::Probes probes;
  std::vector<std::string> postStart;  ///< argv
  std::vector<std::string> preStop;
  bool goesOn = false;  ///< Init: a sidecar, which the next container does not wait to end
};

struct PodVolume {
  std::string name;
  api::Volume source;  ///< mountPath and readOnly are the Mount's
  /// Of kinds ConfigMap and Secret: the objects whose keys are files of the volume.
  std::vector<core::Files> files = {};
  int32_t fileMode = 0644;
};

struct Pod {
  std::string name;  ///< "flux-sample-0"; engines add their suffix
  Role role = Role::Lead;
  int32_t index = 0;      ///< completion index of Flux pods; 0 for the services pod
  std::string hostname;   ///< "flux-sample-0"
  std::string subdomain;  ///< headless Service
  /// Every DNS name it answers to, shortest first: "flux-sample-0",
  /// "flux-sample-0.flux-service", ... the full name last.
  std::vector<std::string> dnsNames;
  api::StringMap labels;
  api::StringMap annotations;
  std::vector<Container> containers;  ///< the Flux container first
  std::vector<PodVolume> volumes;
  bool shareProcessNamespace = false;
  bool hostIpc = false;
  bool hostPid = false;

  // What only workload pods have.

  std::vector<core::HostAlias> hostAliases;
  std::string restartPolicy = "Always";
  std::optional<int64_t> fsGroup;
};

/// A name in front of pods, as a Kubernetes Service.
struct Service {
  std::string name;
  bool headless = false;
  std::vector<int32_t> ports;
  /// Names of the pods behind it, without suffix.
  std::vector<std::string> pods;
};

struct Plan {
  std::string name;
  std::string ns;
  std::vector<Pod> pods;  ///< Flux pods by index, then the services pod if there is one
  std::vector<Service> services;
  entry::Settings settings;
  /// Whether the engine has to make the CURVE certificate; otherwise it is in secretFiles.
  bool makeCurveCert = true;
  /// Path below entry::kMountPath to content, mode 0400. Only what the manifest itself holds.
  std::map<std::string, std::string> secretFiles;
  bool cleanup = false;  ///< delete the cluster once the lead has ended
  int32_t backoffLimit = 0;

  [[nodiscard]] const Pod& lead() const { return pods.front(); }
};

/// EINVAL if a command can't be split into words; everything else was checked by api.
base::Result<Plan> makePlan(const api::MiniCluster& cluster);

/// Indented JSON with sorted keys; secrets are shown as "***". For --dry-run and golden tests.
std::string format(const Plan& plan);

}  // namespace mc::plan
