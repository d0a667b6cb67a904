#pragma once
// The MiniCluster as the rest of the program sees it: one type for every version of the API.
//
// api/read.hpp makes it from a document of v1alpha1 or v1alpha2: checked, defaults filled in, and
// the versions' different spellings brought together. Nothing behind this header asks for the
// version. A field that neither engine can carry out has been refused before a MiniCluster exists.
//
// Source of the fields: flux-framework.org MiniCluster, v1alpha1 and v1alpha2.
// Thread-safety: a plain value.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mc::api {

using StringMap = std::map<std::string, std::string>;
/// Keeps the manifest's order, which matters for environments ($(VAR) refers to earlier ones).
using StringPairs = std::vector<std::pair<std::string, std::string>>;

struct Metadata {
  std::string name;
  std::string ns = "default";
  StringMap labels;
  StringMap annotations;
};

struct Logging {
  bool quiet = false;   ///< Nothing in the log but the program's output.
  bool strict = false;  ///< A failing hook ends the pod with the hook's status.
  bool debug = false;
  bool zeromq = false;
  bool timed = false;
};

/// Hooks, each a text for `sh -c`.
struct Commands {
  std::string init;        ///< First of all, on every pod.
  std::string pre;         ///< Before Flux starts, on every pod.
  std::string brokerPre;   ///< Before Flux starts, on the lead only.
  std::string workerPre;   ///< Before Flux starts, on the followers only.
  std::string post;        ///< After Flux has ended, on every pod.
  std::string prefix;      ///< Words put before `flux start`.
  std::string script;      ///< v1alpha2: the command as a script of several lines.
  std::string servicePre;  ///< v1alpha2: in a sidecar, before its command.
  bool runFluxAsRoot = false;
};

/// Kubernetes quantities by resource name, in Kubernetes' spelling ("500m", "2Gi").
struct Resources {
  StringMap limits;
  StringMap requests;
  boost::json::array claims;  ///< of devices, as written, for Kubernetes
};

enum class VolumeKind { HostPath, EmptyDir, Claim, ConfigMap, Secret, Csi };

/// One directory of a container that comes from outside its image.
struct Volume {
  std::string name;
  VolumeKind kind = VolumeKind::EmptyDir;
  std::string mountPath;
  bool readOnly = false;
  std::string source;     ///< Host path, claim, ConfigMap or Secret name, or CSI driver.
  StringMap items;        ///< ConfigMap or Secret: key to path. Empty: all keys.
  bool inMemory = false;  ///< EmptyDir
  std::string sizeLimit;  ///< EmptyDir; a quantity
  StringMap attributes;   ///< Csi
};

struct SecurityContext {
  bool privileged = false;
  std::optional<int64_t> runAsUser;
  std::optional<int64_t> runAsGroup;
  std::optional<bool> runAsNonRoot;
  std::optional<bool> readOnlyRootFilesystem;
  std::optional<bool> allowPrivilegeEscalation;
  std::vector<std::string> addCapabilities;
  std::vector<std::string> dropCapabilities;
  boost::json::object raw;  ///< The whole object as written, for Kubernetes.
};

enum class PullPolicy { IfNotPresent, Always, Never };

/// The user that Flux runs as; made in the container if the image lacks it.
struct FluxUser {
  std::string name = "flux";
  int64_t uid = 1000;
};

/// One value taken from a Secret into the environment.
struct SecretKey {
  std::string variable;
  std::string secret;
  std::string key;
};

struct Container {
  std::string image;
  std::string name;  ///< Of the Flux container: the MiniCluster's name.
  std::string workingDir;
  std::string command;  ///< As written; plan/command.hpp splits it.
  bool runFlux = false;
  bool launcher = false;
  bool batch = false;
  bool batchRaw = false;
  bool diagnostics = false;
  bool noWrapEntrypoint = false;
  std::string logs;   ///< Directory of batch output.
  int32_t cores = 0;  ///< Cores per node as given by hand; 0: as found.
  PullPolicy pullPolicy = PullPolicy::IfNotPresent;
  std::string imagePullSecret;
  std::vector<int32_t> ports;
  StringPairs environment;
  std::vector<SecretKey> secrets;
  std::vector<Volume> volumes;
  Commands commands;
  std::string postStartExec;
  std::string preStopExec;
  Resources resources;
  SecurityContext security;
  /// Absent: Flux runs as whatever user the container runs as (v1alpha2).
  std::optional<FluxUser> fluxUser;
};

struct Flux {
  std::string optionFlags;  ///< Words added to `flux submit`.
  std::string submitCommand = "flux submit";
  std::string wrap;  ///< For `flux start --wrap=`.
  std::string connectTimeout = "5s";
  std::string topology;  ///< tbon.topo; empty: Flux's default
  int32_t logLevel = 6;
  std::string curveCert;  ///< Given by the user; a secret. Empty: made.
  std::string installRoot = "/usr";
  std::string brokerConfig;  ///< A whole broker.toml in place of the made one.
  std::string queuePolicy;
  bool simpleScheduler = false;
  bool minimalService = false;
  bool completeWorkers = false;
  bool disableSocket = false;
  bool noWaitSocket = false;
  StringPairs environment;
  std::string viewImage;      ///< v1alpha2: image that brings Flux; empty: the image's own or ours
  bool viewDisabled = false;  ///< v1alpha2: `flux.container.disable`
  std::string socket;         ///< Path of the broker's socket
};

struct Toleration {
  std::string key, op, value, effect;
};

/// Settings of every pod.
struct Pod {
  StringMap annotations;
  StringMap labels;
  StringMap nodeSelector;
  std::string serviceAccountName;
  std::string restartPolicy;
  std::string runtimeClassName;
  std::string schedulerName;
  std::string dnsPolicy;
  std::optional<bool> automountServiceAccountToken;
  bool hostIpc = false;
  bool hostPid = false;
  std::map<std::string, std::vector<std::string>> nodeAffinity;
  std::vector<Toleration> tolerations;
  StringMap resources;
  boost::json::object securityContext;
};

/// v1alpha1: a Linux user made in every pod. The password is a secret.
struct User {
  std::string name;
  std::string password;
};

/// A field that was given and tells one engine nothing.
struct Note {
  std::string field;  ///< "spec.pod.nodeSelector"
  std::string text;   ///< why, as one clause
};

struct MiniCluster {
  Metadata metadata;
  std::string apiVersion;             ///< As written, for messages and for writing it back.
  std::vector<Container> containers;  ///< Exactly one has runFlux.
  std::vector<Container> services;
  std::vector<User> users;
  StringMap jobLabels;
  Flux flux;
  Logging logging;
  Pod pod;
  std::string headlessName = "flux-service";  ///< Name of the headless Service.
  bool disableAffinity = false;
  bool interactive = false;
  bool cleanup = false;
  bool shareProcessNamespace = false;
  bool suspend = false;  ///< No pods for now.
  std::string archivePath;
  int32_t size = 1;
  int32_t maxSize = 1;  ///< At least size.
  int32_t minSize = 0;  ///< 0: all of size must be there before the job starts.
  int32_t tasks = 1;
  std::optional<int32_t> backoffLimit;
  int64_t deadlineSeconds = 31500000;
  std::optional<int32_t> ttlSecondsAfterFinished;  ///< Absent: a finished cluster stays.
  boost::json::array resourceClaims;               ///< of devices, as written, for Kubernetes
  std::vector<Note> kubernetesOnly;                ///< Fields that only Kubernetes understands.
  std::vector<Note> withoutEffect;                 ///< Fields that no engine has a use for.

  [[nodiscard]] const Container& fluxContainer() const;
};

}  // namespace mc::api
