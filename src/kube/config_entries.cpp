#include "kube/config_entries.hpp"

#include <boost/json/serialize.hpp>

namespace mc::kube {

namespace {

constexpr std::string_view kExecExtension = "client.authentication.k8s.io/exec";
constexpr std::string_view kExecVersions[] = {"client.authentication.k8s.io/v1",
                                              "client.authentication.k8s.io/v1beta1"};

Result<ExecPlugin::Interactive> interactiveMode(const KubeconfigEntry& entry) {
  MC_TRY_ASSIGN(const std::string mode, entry.text("interactiveMode"));
  if (mode.empty() || mode == "IfAvailable") return ExecPlugin::Interactive::IfAvailable;
  if (mode == "Never") return ExecPlugin::Interactive::Never;
  if (mode == "Always") return ExecPlugin::Interactive::Always;
  return tl::make_unexpected(entry.error("interactiveMode", "is none of the known modes",
                                         "write Never, IfAvailable or Always"));
}

Status checkExec(const KubeconfigEntry& entry, const ExecPlugin& plugin) {
  if (plugin.command.empty())
    return tl::make_unexpected(entry.error("command", "is missing", "name the plugin to run"));
  for (const std::string_view version : kExecVersions)
    if (plugin.apiVersion == version) return {};
  return tl::make_unexpected(entry.error("apiVersion", "is none that plugins speak",
                                         "write client.authentication.k8s.io/v1"));
}

Result<ExecPlugin> readExec(const KubeconfigEntry& entry) {
  ExecPlugin plugin;
  MC_TRY_ASSIGN(plugin.apiVersion, entry.text("apiVersion"));
  MC_TRY_ASSIGN(plugin.command, entry.text("command"));
  if (plugin.command.find('/') != std::string::npos) {
    MC_TRY_ASSIGN(plugin.command, entry.filePath("command"));
  }
  MC_TRY_ASSIGN(plugin.args, entry.texts("args"));
  MC_TRY_ASSIGN(plugin.installHint, entry.text("installHint"));
  MC_TRY_ASSIGN(plugin.provideClusterInfo, entry.flag("provideClusterInfo"));
  MC_TRY_ASSIGN(plugin.interactive, interactiveMode(entry));
  MC_TRY_ASSIGN(const auto variables, entry.mappings("env"));
  for (const KubeconfigEntry& pair : variables) {
    MC_TRY_ASSIGN(std::string name, pair.text("name"));
    MC_TRY_ASSIGN(std::string value, pair.text("value"));
    plugin.env.emplace_back(std::move(name), std::move(value));
  }
  MC_TRY(checkExec(entry, plugin));
  return plugin;
}

Status readImpersonation(const KubeconfigEntry& entry, AuthConfig& auth) {
  MC_TRY_ASSIGN(auth.impersonateUser, entry.text("as"));
  MC_TRY_ASSIGN(auth.impersonateUid, entry.text("as-uid"));
  MC_TRY_ASSIGN(auth.impersonateGroups, entry.texts("as-groups"));
  MC_TRY_ASSIGN(auth.impersonateExtra, entry.multiTexts("as-user-extra"));
  return {};
}

}  // namespace

Status readCluster(const KubeconfigEntry& entry, ClientConfig& config) {
  MC_TRY_ASSIGN(config.server, entry.text("server"));
  MC_TRY_ASSIGN(config.tls.authority, entry.pem("certificate-authority"));
  MC_TRY_ASSIGN(config.tls.insecureSkipVerify, entry.flag("insecure-skip-tls-verify"));
  MC_TRY_ASSIGN(config.tls.serverName, entry.text("tls-server-name"));
  if (config.server.empty())
    return tl::make_unexpected(
        entry.error("server", "is missing", "write the address: https://HOST:PORT"));
  if (entry.has("proxy-url"))
    return tl::make_unexpected(entry.error("proxy-url", "proxies can't be used",
                                           "name a server that can be reached directly"));
  if (config.tls.insecureSkipVerify && !config.tls.authority.empty())
    return tl::make_unexpected(entry.error("insecure-skip-tls-verify",
                                           "contradicts the certificate authority",
                                           "remove one of the two"));
  return {};
}

Status readUser(const KubeconfigEntry& entry, ClientConfig& config) {
  AuthConfig& auth = config.auth;
  MC_TRY_ASSIGN(config.tls.certificate, entry.pem("client-certificate"));
  MC_TRY_ASSIGN(config.tls.key, entry.pem("client-key"));
  MC_TRY_ASSIGN(auth.token, entry.text("token"));
  MC_TRY_ASSIGN(auth.tokenFile, entry.filePath("tokenFile"));
  MC_TRY_ASSIGN(auth.username, entry.text("username"));
  MC_TRY_ASSIGN(auth.password, entry.text("password"));
  MC_TRY(readImpersonation(entry, auth));
  MC_TRY_ASSIGN(const auto exec, entry.mapping("exec"));
  if (exec) {
    MC_TRY_ASSIGN(auth.exec, readExec(*exec));
  }
  if (entry.has("auth-provider"))
    return tl::make_unexpected(entry.error("auth-provider", "is gone since Kubernetes 1.26",
                                           "use an `exec` plugin of your provider"));
  if (config.tls.certificate.empty() != config.tls.key.empty())
    return tl::make_unexpected(entry.error(
        config.tls.key.empty() ? "client-certificate" : "client-key",
        "needs both, a certificate and a key", "add client-certificate and client-key"));
  return {};
}

Result<std::string> execExtension(const KubeconfigEntry& cluster) {
  MC_TRY_ASSIGN(const auto extensions, cluster.mappings("extensions"));
  for (const KubeconfigEntry& extension : extensions) {
    MC_TRY_ASSIGN(const std::string name, extension.text("name"));
    if (name != kExecExtension) continue;
    const base::YamlPtr content = extension.node("extension");
    if (content) return boost::json::serialize(base::toJson(*content));
  }
  return std::string();
}

}  // namespace mc::kube
