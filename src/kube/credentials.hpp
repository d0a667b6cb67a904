#pragma once
// Who we are, as far as it changes while the program runs: tokens in files, credential plugins.
// Internal to session.hpp.
//
// Thread-safety: all methods from any thread at once.

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/process.hpp"
#include "kube/config.hpp"
#include "kube/timer.hpp"

namespace mc::kube {

/// Secret: keep it out of messages.
struct Credential {
  std::string authorization = {};   ///< the header's value; empty: none
  std::string certificatePem = {};  ///< of a plugin; empty: the configuration's
  std::string keyPem = {};
  uint64_t version = 0;  ///< grows with each change
};

class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  /// What to send now; may wait for a plugin.
  virtual Result<Credential> current(const std::stop_token& stop) = 0;
  /// The server refused `version`. True if asking again may bring another.
  virtual bool refused(uint64_t version) = 0;
};

/// What `config.auth` asks for: nothing, a token, a user's password, a token file, a plugin.
std::unique_ptr<CredentialSource> makeCredentials(const ClientConfig& config, Timer& timer,
                                                  base::ProcessRunner& processes);

}  // namespace mc::kube
