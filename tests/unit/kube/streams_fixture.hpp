#pragma once
// The container's side of exec, attach and port-forward, as a test scripts it.

#include <gmock/gmock.h>

#include "fakes/fake_timer.hpp"
#include "http/websocket.hpp"
#include "kube/streams_relay.hpp"
#include "unit/kube/scripted_server.hpp"

namespace mc::kube {

class StreamsTest : public testing::Test {
 protected:
  /// Serves WebSockets with `script`, which ends them by returning; `protocols` are the server's.
  using Script = std::function<void(http::WebSocket&, const std::stop_token&)>;
  void serve(std::vector<std::string> protocols, Script script) {
    start([protocols = std::move(protocols), script = std::move(script)](const http::ServerRequest&,
                                                                         http::Exchange& exchange) {
      auto socket = exchange.acceptWebSocket(protocols);
      if (!socket) return;
      script(**socket, exchange.stop());
      (*socket)->close();
      while ((*socket)->receive(exchange.stop()).value_or(std::nullopt)) {
      }
    });
  }

  void start(http::Handler handler) {
    server = std::make_unique<ScriptedServer>(std::move(handler));
    ClientConfig config;
    config.server = server->url();
    session = Session::open(std::move(config), timer, processes).value();
  }

  /// The next message; empty at the end.
  static std::string next(http::WebSocket& socket, const std::stop_token& stop) {
    const auto message = socket.receive(stop);
    return message && *message ? (*message)->data : std::string();
  }

  const ObjectKey pod{"ns", "flux-0"};
  fakes::FakeTimer timer;
  base::SystemProcessRunner processes;
  std::unique_ptr<ScriptedServer> server;
  std::unique_ptr<Session> session;
};

inline constexpr const char* kSuccess = R"({"kind":"Status","status":"Success"})";

}  // namespace mc::kube
