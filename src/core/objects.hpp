#pragma once
// Objects of Kubernetes' own kinds that run beside MiniClusters: plain values, checked and with
// defaults filled in. core/read.hpp makes them from a manifest.
//
// Source of fields and defaults: Kubernetes API core/v1 (Pod, Service, ConfigMap, Secret), apps/v1
// (Deployment), networking.k8s.io/v1 (NetworkPolicy).
// Thread-safety: plain values.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/minicluster.hpp"
#include "entry/probes.hpp"

namespace mc::core {

enum class Kind { Deployment, Pod, Service, ConfigMap, Secret, NetworkPolicy };

/// A key of a Secret or ConfigMap.
struct KeyRef {
  std::string name;
  std::string key;
  bool optional = false;
};

/// One entry of `env`. At most one source beside `value` is set.
struct Variable {
  std::string name;
  std::string value;
  std::optional<KeyRef> secret;
  std::optional<KeyRef> configMap;
  std::string fieldPath;  ///< "metadata.name", "status.podIP" ...; empty: none

  [[nodiscard]] bool plain() const { return !secret && !configMap && fieldPath.empty(); }
};

/// One entry of `envFrom`: every key of an object becomes a variable.
struct VariablesFrom {
  std::string prefix;
  std::string configMap;  ///< its name, or empty
  std::string secret;     ///< the same
  bool optional = false;
};

struct Port {
  std::string name;
  int32_t number = 0;
  std::string protocol = "TCP";
};

struct Mount {
  std::string volume;
  std::string path;
  std::string subPath;
  bool readOnly = false;
};

using Header = std::pair<std::string, std::string>;
using entry::Probe;
using entry::Probes;

struct Container {
  std::string name;
  std::string image;
  std::string pullPolicy;  ///< empty: by the image's tag
  std::vector<std::string> command;
  std::vector<std::string> args;
  std::string workingDir;
  std::vector<Variable> environment;
  std::vector<VariablesFrom> environmentFrom;
  std::vector<Port> ports;
  std::vector<Mount> mounts;
  api::Resources resources;
  api::SecurityContext security;
  Probes probes;
  std::vector<std::string> postStart;
  std::vector<std::string> preStop;
  std::string restartPolicy;  ///< of an init container: "Always" makes it a sidecar
};

/// Files of one ConfigMap or Secret in a volume.
struct Files {
  std::string configMap;  ///< its name, or empty
  std::string secret;     ///< the same
  struct Item {
    std::string key;
    std::string path;
    std::optional<int32_t> mode;
  };
  std::vector<Item> items;  ///< empty: every key under its own name
  bool optional = false;
};

struct Volume {
  std::string name;
  enum class Source { EmptyDir, HostPath, Claim, Files };
  Source source = Source::EmptyDir;
  std::string path;       ///< HostPath
  std::string claim;      ///< Claim: a Docker volume of this name
  bool inMemory = false;  ///< EmptyDir
  std::string sizeLimit;  ///< EmptyDir
  bool readOnly = false;  ///< Claim
  std::vector<Files> files;
  int32_t defaultMode = 0644;  ///< of Files
};

struct HostAlias {
  std::string ip;
  std::vector<std::string> names;
};

struct PodSpec {
  std::vector<Container> initContainers;
  std::vector<Container> containers;
  std::vector<Volume> volumes;
  std::vector<HostAlias> hostAliases;
  std::string restartPolicy = "Always";
  std::string hostname;
  std::string subdomain;
  int64_t graceSeconds = 30;
  bool shareProcessNamespace = false;
  bool hostIpc = false;
  bool hostPid = false;
  std::optional<int64_t> fsGroup;
  api::SecurityContext security;  ///< of all containers that don't say otherwise
};

struct PodTemplate {
  api::StringMap labels;
  api::StringMap annotations;
  PodSpec spec;
};

struct Deployment {
  int32_t replicas = 1;
  api::StringMap matchLabels;
  std::string strategy = "RollingUpdate";
  PodTemplate pods;
};

struct ServicePort {
  std::string name;
  int32_t port = 0;
  std::string target;  ///< number or name of a container's port
  std::string protocol = "TCP";
};

struct Service {
  api::StringMap selector;
  std::vector<ServicePort> ports;
  bool headless = false;
  std::string type = "ClusterIP";
};

/// Content of a ConfigMap or Secret.
struct Data {
  std::string type = "Opaque";                ///< of a Secret
  std::map<std::string, std::string> values;  ///< bytes; of a Secret: secret
  bool immutable = false;
};

struct Object {
  Kind kind = Kind::Pod;
  std::string apiVersion;
  api::Metadata metadata;
  boost::json::object manifest;  ///< as written; of a Secret without its values
  PodTemplate pod;               ///< Pod: labels and annotations are the metadata's
  Deployment deployment;
  Service service;
  Data data;                     ///< ConfigMap, Secret
  std::vector<api::Note> notes;  ///< fields that tell one machine nothing
  size_t position = 0;           ///< among all objects of the text, MiniClusters included
};

/// What is known of a kind beside its fields.
struct KindInfo {
  Kind kind;
  const char* name;        ///< "Deployment"
  const char* apiVersion;  ///< "apps/v1"
  const char* singular;    ///< "deployment"
  const char* plural;      ///< "deployments"
  const char* brief;       ///< "deploy"; the singular if there is none
  const char* group;       ///< ".apps"; empty for the core group
};

const KindInfo& infoOf(Kind kind);
/// By the name in a manifest ("Deployment") or the singular ("deployment"); null: none.
const KindInfo* findKind(std::string_view name);

}  // namespace mc::core
