#pragma once
// Where the tables of core/fields.hpp put what they read, as far as Kubernetes nests it otherwise
// than core/objects.hpp. Internal to this room.
//
// Thread-safety: plain values.

#include <optional>
#include <string>
#include <vector>

#include "core/objects.hpp"

namespace mc::core {

/// A nested object of which it matters whether it was there at all: `emptyDir: {}`.
template <class T>
struct Given : T {
  bool given = false;
};

struct FieldRefDraft {
  std::string path;
};

struct VariableDraft : Variable {
  Given<KeyRef> secretDraft;
  Given<KeyRef> configMapDraft;
  Given<FieldRefDraft> field;
};

struct NamedRef {
  std::string name;
  bool optional = false;
};

struct VariablesFromDraft {
  std::string prefix;
  Given<NamedRef> configMap;
  Given<NamedRef> secret;
};

struct HttpGetDraft {
  std::string port;
  std::string host;
  std::string path = "/";
  std::string scheme = "HTTP";
  std::vector<Header> headers;
};

struct TcpDraft {
  std::string port;
  std::string host;
};

struct ExecDraft {
  std::vector<std::string> command;
};

struct ProbeDraft : Probe {
  Given<ExecDraft> execDraft;
  Given<HttpGetDraft> http;
  Given<TcpDraft> tcp;
};

struct HandlerDraft {
  ExecDraft exec;
};

struct LifecycleDraft {
  HandlerDraft postStart;
  HandlerDraft preStop;
};

struct ContainerDraft : Container {
  std::vector<VariableDraft> env;
  std::vector<VariablesFromDraft> envFrom;
  Given<ProbeDraft> readiness;
  Given<ProbeDraft> liveness;
  Given<ProbeDraft> startup;
  LifecycleDraft lifecycle;
};

struct ItemDraft {
  std::string key;
  std::string path;
  std::optional<int32_t> mode;
};

struct FilesDraft {
  std::string name;
  std::vector<ItemDraft> items;
  bool optional = false;
  std::optional<int32_t> defaultMode;
};

struct SourceDraft {
  Given<FilesDraft> configMap;
  Given<FilesDraft> secret;
};

struct ProjectedDraft {
  std::vector<SourceDraft> sources;
  std::optional<int32_t> defaultMode;
};

struct EmptyDirDraft {
  std::string medium;
  std::string sizeLimit;
};

struct PathDraft {
  std::string path;
};

struct ClaimDraft {
  std::string name;
  bool readOnly = false;
};

struct VolumeDraft {
  std::string name;
  Given<EmptyDirDraft> emptyDir;
  Given<PathDraft> hostPath;
  Given<ClaimDraft> claim;
  Given<FilesDraft> configMap;
  Given<FilesDraft> secret;
  Given<ProjectedDraft> projected;
};

struct PodSecurityDraft : api::SecurityContext {
  std::optional<int64_t> fsGroup;
};

struct PodSpecDraft : PodSpec {
  std::vector<ContainerDraft> initDrafts;
  std::vector<ContainerDraft> drafts;
  std::vector<VolumeDraft> volumeDrafts;
  PodSecurityDraft podSecurity;
};

struct TemplateDraft {
  api::Metadata metadata;
  PodSpecDraft spec;
};

struct SelectorDraft {
  api::StringMap matchLabels;
};

struct StrategyDraft {
  std::string type = "RollingUpdate";
};

struct DeploymentDraft {
  int32_t replicas = 1;
  SelectorDraft selector;
  StrategyDraft strategy;
  TemplateDraft pods;
};

struct ServiceDraft : Service {
  std::string clusterIp;
};

/// One object of any of the kinds.
struct ObjectDraft {
  api::Metadata metadata;
  PodSpecDraft pod;
  DeploymentDraft deployment;
  ServiceDraft service;
  // ConfigMap and Secret
  api::StringMap texts;
  api::StringMap base64;
  std::string type = "Opaque";
  bool immutable = false;
};

}  // namespace mc::core
