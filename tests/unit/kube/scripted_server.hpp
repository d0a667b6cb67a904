#pragma once
// An HTTP server that answers what the test says, and keeps what it was asked.
//
// Thread-safety: all methods from any thread.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "kube/http_client.hpp"

namespace mc::kube {

class ScriptedServer {
 public:
  using Script = std::function<http::Answer(const http::ServerRequest&)>;

  explicit ScriptedServer(Script script)
      : ScriptedServer([script = std::move(script)](const http::ServerRequest& request,
                                                    http::Exchange& exchange) {
          (void)exchange.reply(script(request));
        }) {}
  explicit ScriptedServer(http::Handler handler) {
    http::ServerOptions options;
    options.listen = "127.0.0.1:0";
    server_ = http::Server::start(std::move(options), [this, handler = std::move(handler)](
                                                          const http::ServerRequest& request,
                                                          http::Exchange& exchange) {
                keep(request);
                handler(request, exchange);
              }).value();
  }

  [[nodiscard]] std::string url() const { return "http://" + server_->address(); }
  [[nodiscard]] std::vector<http::ServerRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  [[nodiscard]] http::ServerRequest last() const { return requests().back(); }

 private:
  void keep(const http::ServerRequest& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }

  mutable std::mutex mutex_;
  std::vector<http::ServerRequest> requests_;
  std::unique_ptr<http::Server> server_;
};

inline http::Answer json(int status, std::string body, http::Headers headers = {}) {
  return {status, "application/json", std::move(body), std::move(headers)};
}

}  // namespace mc::kube
