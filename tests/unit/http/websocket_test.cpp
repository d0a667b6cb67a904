// WebSockets between Client and Server.

#include "http/websocket.hpp"

#include <poll.h>

#include <atomic>
#include <thread>

#include "unit/http/certificates.hpp"
#include "unit/http/http_fixture.hpp"

namespace mc::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

/// Sends every message back until the client closes.
void echoMessages(const ServerRequest&, Exchange& exchange) {
  auto socket = exchange.acceptWebSocket({"v5", "v4"});
  if (!socket) return;
  while (true) {
    auto message = (*socket)->receive(exchange.stop());
    if (!message || !*message) return;
    (void)(*socket)->send((*message)->data, (*message)->text);
  }
}

class WebSocketTest : public HttpFixture {
 protected:
  using Opened = base::Result<std::variant<std::unique_ptr<WebSocket>, Response>>;

  Opened open(const std::vector<std::string>& protocols) {
    client = std::make_unique<Client>(endpoint());
    return openWebSocket(*client, {}, protocols, {});
  }

  std::unique_ptr<WebSocket> opened(const std::vector<std::string>& protocols = {"v5"}) {
    auto result = open(protocols);
    EXPECT_TRUE(result) << result.error().message;
    return std::move(std::get<std::unique_ptr<WebSocket>>(*result));
  }

  std::unique_ptr<Client> client;
};

TEST_F(WebSocketTest, AgreesOnASubprotocol) {
  serve(echoMessages);
  EXPECT_EQ(opened({"v9", "v4", "v5"})->subprotocol(), "v5");
  EXPECT_EQ(opened({"v4"})->subprotocol(), "v4");
}

TEST_F(WebSocketTest, CarriesMessagesBothWays) {
  serve(echoMessages);
  const auto socket = opened();
  ASSERT_TRUE(socket->send(std::string("\0\1binary", 8)));
  ASSERT_TRUE(socket->send("text", true));
  ASSERT_TRUE(socket->send(""));
  const Message first = *socket->receive({}).value();
  EXPECT_EQ(first.data, std::string("\0\1binary", 8));
  EXPECT_FALSE(first.text);
  const Message second = *socket->receive({}).value();
  EXPECT_EQ(second.data, "text");
  EXPECT_TRUE(second.text);
  EXPECT_EQ(socket->receive({}).value()->data, "");
}

TEST_F(WebSocketTest, CarriesMoreThanTheSocketTakesAtOnce) {
  serve(echoMessages);
  const auto socket = opened();
  const std::string large(3 << 20, 'x');
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(socket->send(large));
  for (int i = 0; i < 4; ++i) {
    auto message = socket->receive({});
    ASSERT_TRUE(message) << message.error().message;
    EXPECT_EQ((*message)->data.size(), large.size());
  }
  EXPECT_EQ(socket->unsent(), 0u);
}

TEST_F(WebSocketTest, OneThreadSendsWhileAnotherReceives) {
  serve(echoMessages);
  const auto socket = opened();
  constexpr int kCount = 500;
  std::jthread sender([&] {
    for (int i = 0; i < kCount; ++i) {
      ASSERT_TRUE(socket->send(std::to_string(i) + std::string(2000, ' ')));
    }
  });
  for (int i = 0; i < kCount; ++i) {
    EXPECT_THAT(socket->receive({}).value()->data, StartsWith(std::to_string(i) + " "));
  }
}

TEST_F(WebSocketTest, ClosesInGoodOrder) {
  serve(echoMessages);
  const auto socket = opened();
  socket->close(1000, "bye");
  EXPECT_EQ(socket->receive({}).value(), std::nullopt);
  EXPECT_EQ(socket->closed()->code, 1000);
  EXPECT_EQ(socket->send("late").error().errnum, EPIPE);
}

TEST_F(WebSocketTest, TellsHowThePeerClosed) {
  serve([](const ServerRequest&, Exchange& exchange) {
    auto socket = exchange.acceptWebSocket({});
    ASSERT_TRUE(socket);
    (void)(*socket)->send("last words");
    (*socket)->close(1011, "broken");
    while ((*socket)->receive(exchange.stop()).value_or(std::nullopt)) {
    }
  });
  const auto socket = opened({});
  EXPECT_EQ(socket->receive({}).value()->data, "last words");
  EXPECT_EQ(socket->receive({}).value(), std::nullopt);
  EXPECT_EQ(socket->closed()->code, 1011);
  EXPECT_EQ(socket->closed()->reason, "broken");
}

TEST_F(WebSocketTest, AnEndWithoutACloseIsToldApart) {
  serve([](const ServerRequest&, Exchange& exchange) {
    auto socket = exchange.acceptWebSocket({});
    (*socket)->abort();
  });
  const auto socket = opened({});
  EXPECT_EQ(socket->receive({}).value(), std::nullopt);
  EXPECT_EQ(socket->closed()->code, 1006);
}

TEST_F(WebSocketTest, AnswersPings) {
  serve(echoMessages);
  const auto socket = opened();
  ASSERT_TRUE(socket->ping());
  ASSERT_TRUE(socket->send("after"));
  EXPECT_EQ(socket->receive({}).value()->data, "after");
}

TEST_F(WebSocketTest, ARefusalIsAnAnswer) {
  serve([](const ServerRequest&, Exchange& exchange) {
    (void)exchange.reply({403, "application/json", "{}", {}});
  });
  auto result = open({"v5"});
  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Response>(*result).status(), 403);
  EXPECT_EQ(std::get<Response>(*result).readAll().value(), "{}");
}

TEST_F(WebSocketTest, AProtocolThatNobodySpeaksIsRefused) {
  serve(echoMessages);
  auto result = open({"v9"});
  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Response>(*result).status(), 400);
}

TEST_F(WebSocketTest, AServerMustChooseAProtocol) {
  serve([](const ServerRequest&, Exchange& exchange) { (void)exchange.acceptWebSocket({}); });
  auto result = open({"v5"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().errnum, EPROTO);
}

TEST_F(WebSocketTest, ARequestThatIsNoHandshakeIsRefused) {
  serve([](const ServerRequest&, Exchange& exchange) {
    EXPECT_EQ(exchange.acceptWebSocket({}).error().errnum, EINVAL);
  });
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
}

TEST_F(WebSocketTest, AWrongAnswerToTheKeyIsRefused) {
  serve([](const ServerRequest&, Exchange& exchange) {
    (void)exchange.upgrade({{"Connection", "Upgrade"},
                            {"Upgrade", "websocket"},
                            {"Sec-WebSocket-Accept", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}});
  });
  EXPECT_EQ(open({}).error().errnum, EPROTO);
}

TEST_F(WebSocketTest, FramesThatViolateTheProtocolAreAnError) {
  serve([](const ServerRequest& request, Exchange& exchange) {
    auto socket = exchange.acceptWebSocket({});
    ASSERT_TRUE(socket);
    const auto message = (*socket)->receive(exchange.stop());
    EXPECT_FALSE(message);
    EXPECT_EQ(request.method, "GET");
  });
  const auto stream = connect();
  ASSERT_TRUE(writeAll(*stream,
                       "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                       {}));
  EXPECT_THAT(readUntil(*stream, "\r\n\r\n"), HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  // A client's frame without a mask (RFC 6455 5.1).
  ASSERT_TRUE(writeAll(*stream, std::string("\x82\x02hi", 4), {}));
  readToEnd(*stream);
}

TEST_F(WebSocketTest, AStopEndsReceiving) {
  serve(echoMessages);
  const auto socket = opened();
  std::stop_source source;
  std::jthread stopper([&] { source.request_stop(); });
  EXPECT_EQ(socket->receive(source.get_token()).error().errnum, ECANCELED);
  EXPECT_EQ(socket->receive({}, 10ms).error().errnum, ETIMEDOUT);
}

TEST_F(WebSocketTest, CanBePolledWithOthers) {
  serve(echoMessages);
  const auto socket = opened();
  ASSERT_TRUE(socket->send("polled"));
  std::optional<Message> message;
  while (!message) {
    pollfd polled[] = {{socket->fd(), socket->events(), 0}, {socket->wakeFd(), POLLIN, 0}};
    ASSERT_GT(::poll(polled, 2, -1), 0);
    ASSERT_TRUE(socket->process());
    message = socket->next();
  }
  EXPECT_EQ(message->data, "polled");
}

TEST_F(WebSocketTest, WorksOverTls) {
  const TestAuthority authority;
  const TestCertificate own = authority.sign({"IP:127.0.0.1"});
  ServerOptions options;
  options.tls = serverTls({own.certificatePem, own.keyPem, {}}).value();
  serve(echoMessages, options);
  Endpoint to = endpoint();
  ClientTls settings;
  settings.caPem = authority.caPem();
  to.tls = clientTls(settings).value();
  Client secure(to);
  auto result = openWebSocket(secure, {}, {"v5"}, {});
  ASSERT_TRUE(result) << result.error().message;
  auto& socket = std::get<std::unique_ptr<WebSocket>>(*result);
  const std::string large(2 << 20, 'y');
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(socket->send(large));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(socket->receive({}).value()->data.size(), large.size());
}

}  // namespace
}  // namespace mc::http
