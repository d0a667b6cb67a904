#pragma once
// Runs a credential plugin and reads what it prints. Internal to credentials.hpp.
//
// Source: ExecCredential (client.authentication.k8s.io/v1 and v1beta1). What the plugin prints is
// secret and reaches no message. Thread-safety: a function without state.

#include <optional>
#include <stop_token>
#include <string>

#include "base/process.hpp"
#include "kube/config.hpp"

namespace mc::kube {

/// Secret.
struct PluginAnswer {
  std::string token;
  std::string certificatePem;
  std::string keyPem;
  std::optional<double> expiry;  ///< Unix time
};

/// Runs `config.auth.exec`; a stop ends the plugin.
Result<PluginAnswer> runExecPlugin(const ClientConfig& config, base::ProcessRunner& processes,
                                   const std::stop_token& stop);

/// What a plugin printed.
Result<PluginAnswer> parseExecCredential(const ExecPlugin& plugin, std::string_view text);

/// The value of KUBERNETES_EXEC_INFO.
Result<std::string> execInfo(const ClientConfig& config, bool interactive);

}  // namespace mc::kube
