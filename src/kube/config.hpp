#pragma once
// Where the API server is and who we are: from kubeconfig files as kubectl reads them, or from the
// pod's service account.
//
// Source: kubeconfig (client.authentication.k8s.io, "Organizing Cluster Access Using kubeconfig
// Files") and client-go's clientcmd for the order of precedence. Errors name file, line and cure,
// and never hold credentials.
//
// Thread-safety: values and functions without state.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kube/error.hpp"

namespace mc::kube {

/// A plugin that prints an ExecCredential (client.authentication.k8s.io/v1).
struct ExecPlugin {
  std::string apiVersion;
  std::string command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string installHint;
  bool provideClusterInfo = false;
  /// The cluster entry's extension for the plugin, as JSON text; empty: none.
  std::string clusterExtension;
  enum class Interactive { Never, IfAvailable, Always } interactive = Interactive::IfAvailable;
};

/// PEM text (with Data) or the path of a file that is read again when it changes.
struct PemSource {
  std::string file = {};
  std::string data = {};
  [[nodiscard]] bool empty() const { return file.empty() && data.empty(); }
};

struct TlsConfig {
  PemSource authority;  ///< empty: the system's
  PemSource certificate;
  PemSource key;
  bool insecureSkipVerify = false;
  std::string serverName = {};  ///< empty: the host of the URL
};

struct AuthConfig {
  std::string token = {};
  std::string tokenFile = {};  ///< read again every minute; wins over `token`
  std::string username = {};
  std::string password = {};
  std::optional<ExecPlugin> exec = {};
  /// --as, --as-group ...
  std::string impersonateUser = {};
  std::string impersonateUid = {};
  std::vector<std::string> impersonateGroups = {};
  std::vector<std::pair<std::string, std::string>> impersonateExtra = {};
};

struct ClientConfig {
  std::string server = {};  ///< "https://HOST:PORT[/PATH]"
  TlsConfig tls;
  AuthConfig auth;
  std::string ns = "default";  ///< of the context or the pod
  std::string context = {};    ///< its name, empty in a pod
  std::string userAgent = "minicluster-kube";
};

using Environment = std::map<std::string, std::string>;

/// What the command line says; empty fields say nothing.
struct ConfigOverrides {
  std::string kubeconfig = {};  ///< --kubeconfig: the only file that is read
  std::string context = {};
  std::string cluster = {};
  std::string user = {};
  std::string ns = {};
  std::string server = {};
  std::string token = {};
};

/// --kubeconfig, else the files of $KUBECONFIG merged (the first that says something wins), else
/// ~/.kube/config; if none of them says where a server is: the pod's service account.
Result<ClientConfig> loadConfig(const ConfigOverrides& overrides, const Environment& environment);

/// Only the pod's service account. Config if this is no pod. `directory` holds token, ca.crt and
/// namespace.
Result<ClientConfig> inClusterConfig(
    const Environment& environment,
    const std::string& directory = "/var/run/secrets/kubernetes.io/serviceaccount");

/// The environment of this process.
Environment processEnvironment();

}  // namespace mc::kube
