#include "kube/config.hpp"

#include <unistd.h>

#include <filesystem>

#include "base/fd.hpp"
#include "kube/config_entries.hpp"
#include "kube/kubeconfig.hpp"

namespace mc::kube {

namespace {

std::string variable(const Environment& environment, const std::string& name) {
  const auto at = environment.find(name);
  return at == environment.end() ? std::string() : at->second;
}

std::vector<std::string> splitPaths(const std::string& list) {
  std::vector<std::string> paths;
  for (size_t at = 0; at <= list.size();) {
    const size_t end = std::min(list.find(':', at), list.size());
    if (end > at) paths.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return paths;
}

Result<Kubeconfig> readFiles(const ConfigOverrides& overrides, const Environment& environment) {
  Kubeconfig merged;
  if (!overrides.kubeconfig.empty()) {
    MC_TRY(mergeKubeconfig(overrides.kubeconfig, merged));
    return merged;
  }
  std::vector<std::string> files = splitPaths(variable(environment, "KUBECONFIG"));
  const std::string home = variable(environment, "HOME");
  if (files.empty() && !home.empty()) files.push_back(home + "/.kube/config");
  // Like kubectl: a file of the list may be missing, one that can't be read is an error.
  for (const std::string& file : files) {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) MC_TRY(mergeKubeconfig(file, merged));
  }
  return merged;
}

std::string filesOf(const Kubeconfig& merged) {
  std::string text;
  for (const std::string& file : merged.files) text += (text.empty() ? "" : ", ") + file;
  return text;
}

/// "dev, prod": what there is to choose from.
std::string namesOf(const Kubeconfig::Entries& entries) {
  std::string text;
  for (const auto& [name, entry] : entries) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

Result<const KubeconfigEntry*> findNamed(const Kubeconfig& merged,
                                         const Kubeconfig::Entries& entries, const char* what,
                                         const std::string& name) {
  const auto at = entries.find(name);
  if (at != entries.end()) return &at->second;
  return fail(Reason::Config, filesOf(merged) + ": there is no " + what + " \"" + name +
                                  "\"; choose one of: " + namesOf(entries));
}

/// The names of the parts that are chosen, by the context and the command line.
struct Choice {
  std::string context;
  std::string cluster;
  std::string user;
  std::string ns;
};

Result<Choice> choose(const Kubeconfig& merged, const ConfigOverrides& overrides) {
  Choice choice;
  choice.context = overrides.context.empty() ? merged.currentContext : overrides.context;
  if (!choice.context.empty()) {
    MC_TRY_ASSIGN(const KubeconfigEntry* context,
                  findNamed(merged, merged.contexts, "context", choice.context));
    MC_TRY_ASSIGN(choice.cluster, context->text("cluster"));
    MC_TRY_ASSIGN(choice.user, context->text("user"));
    MC_TRY_ASSIGN(choice.ns, context->text("namespace"));
  }
  if (!overrides.cluster.empty()) choice.cluster = overrides.cluster;
  if (!overrides.user.empty()) choice.user = overrides.user;
  if (choice.cluster.empty() && overrides.server.empty())
    return fail(Reason::Config, filesOf(merged) + ": no context is chosen; choose one of: " +
                                    namesOf(merged.contexts) +
                                    " (kubectl config use-context NAME)");
  return choice;
}

Result<ClientConfig> assemble(const Kubeconfig& merged, const ConfigOverrides& overrides) {
  ClientConfig config;
  MC_TRY_ASSIGN(const Choice choice, choose(merged, overrides));
  config.context = choice.context;
  if (!choice.ns.empty()) config.ns = choice.ns;
  std::string extension;
  if (!choice.cluster.empty()) {
    MC_TRY_ASSIGN(const KubeconfigEntry* cluster,
                  findNamed(merged, merged.clusters, "cluster", choice.cluster));
    MC_TRY(readCluster(*cluster, config));
    MC_TRY_ASSIGN(extension, execExtension(*cluster));
  }
  if (!choice.user.empty()) {
    MC_TRY_ASSIGN(const KubeconfigEntry* user,
                  findNamed(merged, merged.users, "user", choice.user));
    MC_TRY(readUser(*user, config));
  }
  if (config.auth.exec) config.auth.exec->clusterExtension = extension;
  return config;
}

void apply(const ConfigOverrides& overrides, ClientConfig& config) {
  if (!overrides.server.empty()) config.server = overrides.server;
  if (!overrides.ns.empty()) config.ns = overrides.ns;
  if (overrides.token.empty()) return;
  config.auth.token = overrides.token;
  config.auth.tokenFile.clear();
  config.auth.exec.reset();
}

bool saysNothing(const Kubeconfig& merged) {
  return merged.clusters.empty() && merged.contexts.empty();
}

}  // namespace

Result<ClientConfig> loadConfig(const ConfigOverrides& overrides, const Environment& environment) {
  MC_TRY_ASSIGN(const Kubeconfig merged, readFiles(overrides, environment));
  const bool named = !overrides.kubeconfig.empty() || !overrides.server.empty();
  if (saysNothing(merged) && !named) {
    if (variable(environment, "KUBERNETES_SERVICE_HOST").empty())
      return fail(Reason::Config,
                  "no Kubernetes cluster is configured; set KUBECONFIG or write ~/.kube/config");
    MC_TRY_ASSIGN(ClientConfig config, inClusterConfig(environment));
    apply(overrides, config);
    return config;
  }
  MC_TRY_ASSIGN(ClientConfig config, assemble(merged, overrides));
  apply(overrides, config);
  return config;
}

Result<ClientConfig> inClusterConfig(const Environment& environment, const std::string& directory) {
  const std::string host = variable(environment, "KUBERNETES_SERVICE_HOST");
  const std::string port = variable(environment, "KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty())
    return fail(Reason::Config,
                "this is no pod: KUBERNETES_SERVICE_HOST is not set; name a kubeconfig");
  ClientConfig config;
  const bool bare6 = host.find(':') != std::string::npos;
  config.server = "https://" + (bare6 ? "[" + host + "]" : host) + ":" + port;
  config.auth.tokenFile = directory + "/token";
  config.tls.authority.file = directory + "/ca.crt";
  // Told now rather than as a refused request later.
  const auto token = base::readFile(config.auth.tokenFile);
  if (!token)
    return fail(Reason::Config,
                token.error().message + "; does the pod have automountServiceAccountToken: false?");
  const auto ns = base::readFile(directory + "/namespace");
  if (ns && !ns->empty()) config.ns = ns->substr(0, ns->find_last_not_of(" \n") + 1);
  return config;
}

Environment processEnvironment() {
  Environment all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

}  // namespace mc::kube
