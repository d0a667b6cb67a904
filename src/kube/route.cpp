#include "kube/route.hpp"

#include "base/fd.hpp"

namespace mc::kube {

namespace {

constexpr std::chrono::seconds kReadPeriod{60};

/// The whole PEM text of a source.
Result<std::string> read(const PemSource& source) {
  if (source.file.empty()) return source.data;
  auto text = base::readFile(source.file, 4u << 20);
  if (!text) return fail(Reason::Config, text.error().message);
  return std::move(*text);
}

bool same(const http::ClientTls& one, const http::ClientTls& other) {
  return one.caPem == other.caPem && one.certificatePem == other.certificatePem &&
         one.keyPem == other.keyPem;
}

bool usesFiles(const TlsConfig& tls) {
  return !tls.authority.file.empty() || !tls.certificate.file.empty() || !tls.key.file.empty();
}

}  // namespace

Route::Route(const ClientConfig& config, Timer& timer, http::Url url)
    : config_(config), timer_(timer), url_(std::move(url)) {
  host_ = endpoint().authority();
}

Result<std::unique_ptr<Route>> Route::open(const ClientConfig& config, Timer& timer) {
  auto url = http::parseUrl(config.server);
  if (!url) return fail(Reason::Config, "server " + config.server + ": " + url.error().message);
  if (url->scheme.empty()) url->scheme = "http";  // as kubectl takes "localhost:8080"
  if (url->scheme != "http" && url->scheme != "https")
    return fail(Reason::Config, "server " + config.server + ": the scheme must be https or http");
  if (url->port.empty()) url->port = url->scheme == "https" ? "443" : "80";
  std::unique_ptr<Route> route(new Route(config, timer, std::move(*url)));
  MC_TRY(route->refresh({}));
  return route;
}

Result<std::shared_ptr<http::Client>> Route::client(const Credential& credential) {
  const std::lock_guard lock(mutex_);
  const bool due = usesFiles(config_.tls) && timer_.clock().steady() - readAt_ >= kReadPeriod;
  if (due || credential.version != version_) MC_TRY(refresh(credential));
  return client_;
}

Status Route::refresh(const Credential& credential) {
  readAt_ = timer_.clock().steady();
  version_ = credential.version;
  http::Endpoint where = endpoint();
  if (url_.scheme == "https") {
    const auto wanted = material(credential);
    // While files are being replaced the old ones may still do.
    if (!wanted && client_) return {};
    if (!wanted) return tl::make_unexpected(wanted.error());
    if (client_ && same(*wanted, used_)) return {};
    auto tls = http::clientTls(*wanted);
    if (!tls && client_) return {};
    if (!tls)
      return fail(Reason::Config, "certificates of " + config_.server + ": " + tls.error().message);
    where.tls = std::move(*tls);
    used_ = *wanted;
  } else if (client_) {
    return {};
  }
  client_ = std::make_shared<http::Client>(std::move(where), options());
  return {};
}

Result<http::ClientTls> Route::material(const Credential& credential) const {
  http::ClientTls tls;
  tls.serverName = config_.tls.serverName;
  tls.skipVerify = config_.tls.insecureSkipVerify;
  MC_TRY_ASSIGN(tls.caPem, read(config_.tls.authority));
  if (!credential.certificatePem.empty()) {
    tls.certificatePem = credential.certificatePem;
    tls.keyPem = credential.keyPem;
    return tls;
  }
  MC_TRY_ASSIGN(tls.certificatePem, read(config_.tls.certificate));
  MC_TRY_ASSIGN(tls.keyPem, read(config_.tls.key));
  return tls;
}

http::Endpoint Route::endpoint() const {
  http::Endpoint endpoint;
  endpoint.host = url_.host;
  endpoint.port = url_.port;
  return endpoint;
}

http::ClientOptions Route::options() const {
  http::ClientOptions options;
  options.userAgent = config_.userAgent;
  options.peer = "the server " + host_;
  options.explainDial = [server = config_.server](const base::Error& error) {
    return base::Error{error.errnum,
                       "the server " + server + " can't be reached: " + error.message};
  };
  return options;
}

}  // namespace mc::kube
