#pragma once
// A Server on loopback, and connections to it.

#include <gmock/gmock.h>

#include <array>
#include <string>

#include "http/client.hpp"
#include "http/server.hpp"

namespace mc::http {

class HttpFixture : public testing::Test {
 protected:
  void serve(Handler handler, ServerOptions options = {}) {
    if (options.listen.empty()) options.listen = "127.0.0.1:0";
    auto started = Server::start(std::move(options), std::move(handler));
    ASSERT_TRUE(started) << started.error().message;
    server = std::move(*started);
  }

  [[nodiscard]] Endpoint endpoint() const {
    Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = std::to_string(server->port());
    return endpoint;
  }

  [[nodiscard]] std::unique_ptr<Stream> connect() const {
    return std::move(dial(endpoint(), {}, {}).value());
  }

  /// What comes until the server closes.
  static std::string readToEnd(Stream& stream) {
    std::string all;
    std::array<char, 4096> piece;
    while (true) {
      const auto got = readSome(stream, piece.data(), piece.size(), {});
      if (!got || *got == 0) return all;
      all.append(piece.data(), *got);
    }
  }

  /// What comes until `mark`, with it.
  static std::string readUntil(Stream& stream, const std::string& mark) {
    std::string all;
    char byte = 0;
    while (!all.ends_with(mark)) {
      const auto got = readSome(stream, &byte, 1, {});
      if (!got || *got == 0) return all + "<end>";
      all += byte;
    }
    return all;
  }

  /// Sends bytes as they are and returns all that the server answers until it closes.
  [[nodiscard]] std::string talk(const std::string& bytes) const {
    const auto stream = connect();
    EXPECT_TRUE(writeAll(*stream, bytes, {}));
    return readToEnd(*stream);
  }

  static std::string bodyOf(base::Result<Response> response) {
    if (!response) return "error: " + response.error().message;
    auto body = response->readAll();
    return body ? *body : "error: " + body.error().message;
  }

  std::unique_ptr<Server> server;
};

/// Answers with what it was asked.
inline void echo(const ServerRequest& request, Exchange& exchange) {
  (void)exchange.reply(
      {200, "text/plain", request.method + " " + request.path + " " + request.body, {}});
}

}  // namespace mc::http
