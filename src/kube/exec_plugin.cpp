#include "kube/exec_plugin.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

#include "base/base64.hpp"
#include "base/fd.hpp"
#include "base/rfc3339.hpp"
#include "kube/json.hpp"

namespace mc::kube {

namespace {

constexpr size_t kLongestAnswer = 1u << 20;

tl::unexpected<Error> pluginFailed(const ExecPlugin& plugin, const std::string& cause) {
  std::string message = "credential plugin " + plugin.command + ": " + cause;
  if (!plugin.installHint.empty()) message += "\n" + plugin.installHint;
  return fail(Reason::Config, message);
}

Result<bool> interactive(const ExecPlugin& plugin) {
  const bool terminal = ::isatty(STDIN_FILENO) == 1;
  if (plugin.interactive == ExecPlugin::Interactive::Never) return false;
  if (plugin.interactive == ExecPlugin::Interactive::Always && !terminal)
    return pluginFailed(plugin, "it wants to ask you, but standard input is no terminal");
  return terminal;
}

Result<Object> clusterInfo(const ClientConfig& config) {
  Object cluster{{"server", config.server}};
  const TlsConfig& tls = config.tls;
  if (!tls.serverName.empty()) cluster["tls-server-name"] = tls.serverName;
  if (tls.insecureSkipVerify) cluster["insecure-skip-tls-verify"] = true;
  std::string authority = tls.authority.data;
  if (authority.empty() && !tls.authority.file.empty()) {
    MC_TRY_ASSIGN(authority, base::readFile(tls.authority.file));
  }
  if (!authority.empty()) cluster["certificate-authority-data"] = base::base64Encode(authority);
  if (!config.auth.exec->clusterExtension.empty()) {
    MC_TRY_ASSIGN(cluster["config"], parseJson(config.auth.exec->clusterExtension));
  }
  return cluster;
}

Result<base::Command> commandOf(const ClientConfig& config, bool asks) {
  const ExecPlugin& plugin = *config.auth.exec;
  base::Command command;
  command.argv = {plugin.command};
  command.argv.insert(command.argv.end(), plugin.args.begin(), plugin.args.end());
  command.environment = processEnvironment();
  for (const auto& [name, value] : plugin.env) (*command.environment)[name] = value;
  MC_TRY_ASSIGN((*command.environment)["KUBERNETES_EXEC_INFO"], execInfo(config, asks));
  if (asks) command.stdinFd = STDIN_FILENO;
  command.newGroup = !asks;  // one that asks must stay in the terminal's foreground
  return command;
}

/// Waits for the plugin's end; its output first.
Result<std::string> collect(const ExecPlugin& plugin, pid_t pid, bool group, int output,
                            const std::stop_token& stop) {
  Result<std::string> text;
  {
    const std::stop_callback killer(stop, [pid, group] { ::kill(group ? -pid : pid, SIGKILL); });
    auto read = base::readAll(output, "its output", kLongestAnswer);
    if (read)
      text = std::move(*read);
    else
      text = pluginFailed(plugin, read.error().message);
    if (!read) ::kill(group ? -pid : pid, SIGKILL);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (stop.stop_requested()) return fail(Reason::Canceled, "canceled");
  const int code = base::exitCode(status);
  if (text && code != 0)
    return pluginFailed(plugin, "it failed with exit code " + std::to_string(code));
  return text;
}

}  // namespace

Result<std::string> execInfo(const ClientConfig& config, bool interactive) {
  Object spec{{"interactive", interactive}};
  if (config.auth.exec->provideClusterInfo) {
    MC_TRY_ASSIGN(spec["cluster"], clusterInfo(config));
  }
  return boost::json::serialize(Object{{"apiVersion", config.auth.exec->apiVersion},
                                       {"kind", "ExecCredential"},
                                       {"spec", std::move(spec)}});
}

Result<PluginAnswer> parseExecCredential(const ExecPlugin& plugin, std::string_view text) {
  const auto object = parseObject(text);
  if (!object) return pluginFailed(plugin, "what it prints is no ExecCredential");
  if (findText(*object, {"apiVersion"}) != plugin.apiVersion)
    return pluginFailed(plugin, "it speaks another version than " + plugin.apiVersion);
  PluginAnswer answer;
  answer.token = findText(*object, {"status", "token"});
  answer.certificatePem = findText(*object, {"status", "clientCertificateData"});
  answer.keyPem = findText(*object, {"status", "clientKeyData"});
  if (answer.token.empty() && answer.certificatePem.empty())
    return pluginFailed(plugin, "it gave neither a token nor a certificate");
  if (answer.certificatePem.empty() != answer.keyPem.empty())
    return pluginFailed(plugin, "it gave a certificate without key or a key without certificate");
  const std::string_view expiry = findText(*object, {"status", "expirationTimestamp"});
  if (expiry.empty()) return answer;
  answer.expiry = base::parseTime(expiry);
  if (*answer.expiry == 0) return pluginFailed(plugin, "its expirationTimestamp is no time");
  return answer;
}

Result<PluginAnswer> runExecPlugin(const ClientConfig& config, base::ProcessRunner& processes,
                                   const std::stop_token& stop) {
  const ExecPlugin& plugin = *config.auth.exec;
  MC_TRY_ASSIGN(const bool asks, interactive(plugin));
  MC_TRY_ASSIGN(base::Command command, commandOf(config, asks));
  MC_TRY_ASSIGN(base::Pipe pipe, base::makePipe());
  command.stdoutFd = pipe.write.get();
  const auto pid = processes.spawn(command);
  if (!pid) return pluginFailed(plugin, pid.error().message);
  pipe.write.reset();
  MC_TRY_ASSIGN(const std::string text,
                collect(plugin, *pid, command.newGroup, pipe.read.get(), stop));
  return parseExecCredential(plugin, text);
}

}  // namespace mc::kube
