#include "kube/credentials.hpp"

#include <utility>

#include "base/base64.hpp"
#include "base/fd.hpp"
#include "kube/exec_plugin.hpp"

namespace mc::kube {

namespace {

/// The kubelet renews tokens minutes before they end; client-go looks once a minute, too.
constexpr std::chrono::seconds kTokenFilePeriod{60};
/// A plugin's credential is renewed this long before it ends.
constexpr double kExpiryMargin = 10;

std::string bearer(const std::string& token) {
  return "Bearer " + token;
}

class FixedCredentials final : public CredentialSource {
 public:
  explicit FixedCredentials(Credential credential) : credential_(std::move(credential)) {}
  Result<Credential> current(const std::stop_token&) override { return credential_; }
  bool refused(uint64_t) override { return false; }

 private:
  Credential credential_;
};

class TokenFileCredentials final : public CredentialSource {
 public:
  TokenFileCredentials(std::string path, Timer& timer) : path_(std::move(path)), timer_(timer) {}

  Result<Credential> current(const std::stop_token&) override {
    const std::lock_guard lock(mutex_);
    const auto now = timer_.clock().steady();
    if (credential_.version == 0 || now - readAt_ >= kTokenFilePeriod) {
      const Status read = readToken();
      // While it is being replaced the old one may still do.
      if (!read && credential_.version == 0) return tl::make_unexpected(read.error());
      readAt_ = now;
    }
    return credential_;
  }

  bool refused(uint64_t version) override {
    const std::lock_guard lock(mutex_);
    if (version != credential_.version) return true;
    const auto before = version;
    return readToken() && credential_.version != before;
  }

 private:
  Status readToken() {
    auto text = base::readFile(path_, 1u << 20);
    if (!text) return fail(Reason::Config, text.error().message);
    text->erase(text->find_last_not_of(" \r\n\t") + 1);
    if (text->empty()) return fail(Reason::Config, path_ + ": the token file is empty");
    if (bearer(*text) == credential_.authorization) return {};
    credential_.authorization = bearer(*text);
    ++credential_.version;
    return {};
  }

  const std::string path_;
  Timer& timer_;
  std::mutex mutex_;
  Credential credential_;
  std::chrono::steady_clock::time_point readAt_;
};

class PluginCredentials final : public CredentialSource {
 public:
  PluginCredentials(const ClientConfig& config, Timer& timer, base::ProcessRunner& processes)
      : config_(config), timer_(timer), processes_(processes) {}

  Result<Credential> current(const std::stop_token& stop) override {
    const std::lock_guard lock(mutex_);  // held while the plugin runs: one is enough for all
    if (credential_.version != 0 && !expired()) return credential_;
    MC_TRY_ASSIGN(PluginAnswer answer, runExecPlugin(config_, processes_, stop));
    expiry_ = answer.expiry;
    refused_ = false;
    credential_ = {.authorization = answer.token.empty() ? "" : bearer(answer.token),
                   .certificatePem = std::move(answer.certificatePem),
                   .keyPem = std::move(answer.keyPem),
                   .version = credential_.version + 1};
    return credential_;
  }

  bool refused(uint64_t version) override {
    const std::lock_guard lock(mutex_);
    if (version == credential_.version) refused_ = true;
    return true;
  }

 private:
  [[nodiscard]] bool expired() const {
    return refused_ || (expiry_ && timer_.clock().wall() + kExpiryMargin >= *expiry_);
  }

  const ClientConfig config_;
  Timer& timer_;
  base::ProcessRunner& processes_;
  std::mutex mutex_;
  Credential credential_;
  std::optional<double> expiry_;
  bool refused_ = false;
};

}  // namespace

std::unique_ptr<CredentialSource> makeCredentials(const ClientConfig& config, Timer& timer,
                                                  base::ProcessRunner& processes) {
  const AuthConfig& auth = config.auth;
  if (!auth.tokenFile.empty()) return std::make_unique<TokenFileCredentials>(auth.tokenFile, timer);
  if (auth.exec && auth.token.empty() && auth.username.empty())
    return std::make_unique<PluginCredentials>(config, timer, processes);
  Credential fixed{.version = 1};
  if (!auth.token.empty())
    fixed.authorization = bearer(auth.token);
  else if (!auth.username.empty())
    fixed.authorization = "Basic " + base::base64Encode(auth.username + ":" + auth.password);
  return std::make_unique<FixedCredentials>(std::move(fixed));
}

}  // namespace mc::kube
