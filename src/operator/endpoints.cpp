#include "operator/endpoints.hpp"

namespace mc::controller {

namespace {

using Answering = std::function<http::Answer(const std::string& path)>;

base::Result<std::unique_ptr<http::Server>> serve(const std::string& address, const char* flag,
                                                  Answering answer) {
  if (address == kNoAddress) return nullptr;
  http::ServerOptions options;
  options.listen = address;
  options.connections = 32;
  return http::Server::start(options,
                             [answer = std::move(answer)](const http::ServerRequest& request,
                                                          http::Exchange& exchange) {
                               // A client that has gone needs no answer.
                               (void)exchange.reply(answer(request.path)).has_value();
                             })
      .prefixed(flag);
}

http::Answer plain(int status, std::string text) {
  http::Answer answer;
  answer.status = status;
  answer.body = std::move(text);
  return answer;
}

http::Answer notFound() {
  return plain(404, "404 page not found\n");
}

}  // namespace

base::Result<std::unique_ptr<http::Server>> serveMetrics(const std::string& address,
                                                         const OperatorMetrics& metrics) {
  return serve(address, "--metrics-bind-address", [&metrics](const std::string& path) {
    if (path != "/metrics") return notFound();
    auto answer = plain(200, metrics.text());
    answer.contentType = "text/plain; version=0.0.4; charset=utf-8";
    return answer;
  });
}

base::Result<std::unique_ptr<http::Server>> serveHealth(const std::string& address,
                                                        std::function<bool()> ready) {
  return serve(address, "--health-probe-bind-address",
               [ready = std::move(ready)](const std::string& path) {
                 if (path == "/healthz") return plain(200, "ok");
                 if (path != "/readyz") return notFound();
                 return ready() ? plain(200, "ok") : plain(500, "not ready\n");
               });
}

}  // namespace mc::controller
