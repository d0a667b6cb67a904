#include "kube/session.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "kube/credentials.hpp"
#include "kube/route.hpp"

namespace mc::kube {

namespace {

using std::chrono::milliseconds;
using Moment = std::chrono::steady_clock::time_point;

constexpr size_t kLongestError = 1u << 20;
constexpr size_t kLongestBody = 256u << 20;
constexpr milliseconds kConnect{30'000};

/// Whether a failed exchange can have reached the server.
bool mayHaveArrived(int errnum) {
  switch (errnum) {
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENOENT:
    case EACCES:
      return false;
    default:
      return true;
  }
}

Error exchangeError(const base::Error& error) {
  Error failed(error);
  if (failed.is(Reason::Unknown)) failed.reason = Reason::Connection;
  failed.maybeDone = mayHaveArrived(error.errnum);
  return failed;
}

/// The text of a Warning header: 299 AGENT "TEXT".
std::string warningText(const std::string& header) {
  const size_t begin = header.find('"');
  const size_t end = header.rfind('"');
  if (begin == std::string::npos || begin == end) return header;
  std::string text;
  for (size_t i = begin + 1; i < end; ++i) {
    if (header[i] == '\\' && i + 1 < end) ++i;
    text += header[i];
  }
  return text;
}

}  // namespace

class Session::Impl {
 public:
  Impl(ClientConfig config, Timer& timer, SessionOptions options,
       std::unique_ptr<CredentialSource> credentials, std::unique_ptr<Route> route)
      : config_(std::move(config)),
        timer_(timer),
        options_(std::move(options)),
        credentials_(std::move(credentials)),
        route_(std::move(route)) {}

  const ClientConfig& config() const { return config_; }

  /// `exchange(client, request)` sends once; the rest is the same for all: credentials, deadline,
  /// errors, tries.
  template <class T, class Exchange>
  Result<T> run(const http::Request& request, const CallOptions& call, const Exchange& exchange);

  Result<http::Response> sendOnce(http::Client& client, const http::Request& request,
                                  const CallOptions& call);
  Result<std::unique_ptr<http::WebSocket>> openOnce(http::Client& client,
                                                    const http::Request& request,
                                                    const std::vector<std::string>& subprotocols,
                                                    const CallOptions& call);

 private:
  http::Request prepared(const http::Request& request, const Credential& credential,
                         Moment deadline) const;
  Error refusal(const http::Request& request, http::Response response) const;
  Error broken(const http::Request& request, const base::Error& error) const;
  void count(const http::Request& request, const std::string& code) const;
  void passWarnings(const http::Response& response) const;
  Moment now() const { return timer_.clock().steady(); }

  const ClientConfig config_;
  Timer& timer_;
  const SessionOptions options_;
  const std::unique_ptr<CredentialSource> credentials_;
  const std::unique_ptr<Route> route_;
};

template <class T, class Exchange>
Result<T> Session::Impl::run(const http::Request& request, const CallOptions& call,
                             const Exchange& exchange) {
  const Moment deadline = now() + call.timeout.value_or(options_.timeout);
  bool renewed = false;
  for (int tried = 1;; ++tried) {
    MC_TRY_ASSIGN(const Credential credential, credentials_->current(call.stop));
    MC_TRY_ASSIGN(const auto client, route_->client(credential));
    Result<T> answer = exchange(*client, prepared(request, credential, deadline));
    if (answer) return answer;
    const Error& error = answer.error();
    if (error.is(Reason::Unauthorized) && !renewed && credentials_->refused(credential.version)) {
      renewed = true;
      continue;
    }
    const auto wait =
        retryAfter(options_.retry, error, repeatable(request.method, request.contentType), tried);
    if (!wait || now() + *wait >= deadline) return answer;
    if (!timer_.sleep(*wait, call.stop)) return fail(Reason::Canceled, "canceled");
  }
}

http::Request Session::Impl::prepared(const http::Request& request, const Credential& credential,
                                      Moment deadline) const {
  http::Request ready = request;
  ready.target = route_->prefix() + request.target;
  if (!credential.authorization.empty())
    ready.headers.emplace_back("Authorization", credential.authorization);
  const AuthConfig& auth = config_.auth;
  if (!auth.impersonateUser.empty())
    ready.headers.emplace_back("Impersonate-User", auth.impersonateUser);
  if (!auth.impersonateUid.empty())
    ready.headers.emplace_back("Impersonate-Uid", auth.impersonateUid);
  for (const std::string& group : auth.impersonateGroups)
    ready.headers.emplace_back("Impersonate-Group", group);
  for (const auto& [key, value] : auth.impersonateExtra)
    ready.headers.emplace_back("Impersonate-Extra-" + http::escaped(key), value);
  const auto left = std::max(std::chrono::ceil<milliseconds>(deadline - now()), milliseconds(1));
  const milliseconds idle = request.timeouts ? request.timeouts->idle : left;
  ready.timeouts = http::Timeouts{.connect = std::min(left, kConnect), .head = left, .idle = idle};
  return ready;
}

Result<http::Response> Session::Impl::sendOnce(http::Client& client, const http::Request& request,
                                               const CallOptions& call) {
  auto response = client.send(request, call.stop);
  if (!response) return tl::make_unexpected(broken(request, response.error()));
  const int status = response->status();
  if (status < 200 || status > 299)
    return tl::make_unexpected(refusal(request, std::move(*response)));
  count(request, std::to_string(status));
  passWarnings(*response);
  return std::move(*response);
}

Result<std::unique_ptr<http::WebSocket>> Session::Impl::openOnce(
    http::Client& client, const http::Request& request,
    const std::vector<std::string>& subprotocols, const CallOptions& call) {
  auto opened = http::openWebSocket(client, request, subprotocols, call.stop);
  if (!opened) return tl::make_unexpected(broken(request, opened.error()));
  if (auto* response = std::get_if<http::Response>(&*opened))
    return tl::make_unexpected(refusal(request, std::move(*response)));
  count(request, "101");
  return std::move(std::get<std::unique_ptr<http::WebSocket>>(*opened));
}

Error Session::Impl::refusal(const http::Request& request, http::Response response) const {
  const int status = response.status();
  count(request, std::to_string(status));
  const auto body = response.readAll(kLongestError);
  return errorOf(status, body.value_or(""), response.header("Retry-After"), timer_.clock().wall());
}

Error Session::Impl::broken(const http::Request& request, const base::Error& error) const {
  Error failed = exchangeError(error);
  if (!failed.is(Reason::Canceled)) count(request, "<error>");
  return failed;
}

void Session::Impl::count(const http::Request& request, const std::string& code) const {
  if (options_.metrics != nullptr) options_.metrics->request(code, request.method, route_->host());
}

void Session::Impl::passWarnings(const http::Response& response) const {
  if (!options_.onWarning || response.header("Warning").empty()) return;
  for (const auto& [name, value] : response.headers())
    if (name == "Warning" || name == "warning") options_.onWarning(warningText(value));
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(ClientConfig config, Timer& timer,
                                               base::ProcessRunner& processes,
                                               SessionOptions options) {
  MC_TRY_ASSIGN(auto route, Route::open(config, timer));
  auto credentials = makeCredentials(config, timer, processes);
  return std::unique_ptr<Session>(new Session(std::make_unique<Impl>(
      std::move(config), timer, std::move(options), std::move(credentials), std::move(route))));
}

const ClientConfig& Session::config() const {
  return impl_->config();
}

Result<http::Response> Session::send(const http::Request& request, const CallOptions& call) {
  return impl_->run<http::Response>(request, call,
                                    [&](http::Client& client, const http::Request& ready) {
                                      return impl_->sendOnce(client, ready, call);
                                    });
}

Result<std::string> Session::fetch(const http::Request& request, const CallOptions& call) {
  return impl_->run<std::string>(
      request, call, [&](http::Client& client, const http::Request& ready) -> Result<std::string> {
        MC_TRY_ASSIGN(http::Response response, impl_->sendOnce(client, ready, call));
        auto body = response.readAll(kLongestBody);
        if (!body) return tl::make_unexpected(exchangeError(body.error()));
        return std::move(*body);
      });
}

Result<std::unique_ptr<http::WebSocket>> Session::webSocket(
    const http::Request& request, const std::vector<std::string>& subprotocols,
    const CallOptions& call) {
  return impl_->run<std::unique_ptr<http::WebSocket>>(
      request, call, [&](http::Client& client, const http::Request& ready) {
        return impl_->openOnce(client, ready, subprotocols, call);
      });
}

}  // namespace mc::kube
