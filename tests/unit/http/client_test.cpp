// Client against Server, and against servers that misbehave.

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "http/listener.hpp"
#include "unit/http/http_fixture.hpp"

namespace mc::http {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

Request request(const std::string& method, const std::string& target, std::string body = {}) {
  Request made;
  made.method = method;
  made.target = target;
  made.body = std::move(body);
  return made;
}

/// A server of one connection that does what it is told, byte by byte.
class RawServer {
 public:
  explicit RawServer(std::function<void(Stream&)> script)
      : listener_(std::move(listenAt("127.0.0.1:0").value())),
        thread_([this, script = std::move(script)] { run(script); }) {}
  ~RawServer() {
    ::shutdown(listener_.fd.get(), SHUT_RDWR);
    thread_.join();
  }

  [[nodiscard]] Endpoint endpoint() const {
    Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = std::to_string(listener_.port);
    return endpoint;
  }
  [[nodiscard]] int accepted() const { return accepted_; }

 private:
  void run(const std::function<void(Stream&)>& script) {
    while (awaitEvents(listener_.fd.get(), POLLIN, {})) {
      base::Fd fd(::accept(listener_.fd.get(), nullptr, nullptr));
      if (!fd) return;
      ++accepted_;
      const auto stream = std::move(plainStream(std::move(fd)).value());
      script(*stream);
    }
  }

  Listener listener_;
  std::atomic<int> accepted_ = 0;
  std::thread thread_;
};

void readRequest(Stream& stream) {
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n")) {
    const auto got = readSome(stream, &byte, 1, {});
    if (!got || *got == 0) return;
    head += byte;
  }
}

void answer(Stream& stream, const std::string& text) {
  readRequest(stream);
  (void)writeAll(stream, text, {});
}

class ClientTest : public HttpFixture {};

TEST_F(ClientTest, CarriesRequestsAndAnswers) {
  serve(echo);
  Client client(endpoint());
  auto response = client.send(request("POST", "/a%20b", "body"), {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status(), 200);
  EXPECT_EQ(response->header("content-type"), "text/plain");
  EXPECT_EQ(response->readAll().value(), "POST /a b body");
}

TEST_F(ClientTest, SendsItsHeaders) {
  serve([](const ServerRequest& got, Exchange& exchange) {
    (void)exchange.reply({200,
                          "text/plain",
                          got.header("host") + "|" + got.header("User-Agent") + "|" +
                              got.header("X-Twice") + "|" + got.header("Content-Type"),
                          {}});
  });
  Client client(endpoint());
  Request sent = request("PUT", "/", "x");
  sent.contentType = "application/json";
  sent.headers = {{"X-Twice", "1"}};
  EXPECT_EQ(bodyOf(client.send(sent, {})),
            "127.0.0.1:" + std::to_string(server->port()) + "|minicluster|1|application/json");
}

TEST_F(ClientTest, ReusesAConnectionWhoseBodyWasRead) {
  serve(echo);
  Client client(endpoint());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(bodyOf(client.send(request("GET", "/"), {})), "GET / ");
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(ClientTest, WorksOverUnixSockets) {
  std::string directory = std::filesystem::temp_directory_path() / "http-XXXXXX";
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  ServerOptions options;
  options.listen = "unix://" + directory + "/s.sock";
  serve(echo, options);
  Endpoint unixEndpoint;
  unixEndpoint.path = directory + "/s.sock";
  Client client(unixEndpoint);
  EXPECT_EQ(bodyOf(client.send(request("GET", "/u"), {})), "GET /u ");
  server.reset();
  EXPECT_FALSE(std::filesystem::exists(directory + "/s.sock"));
  std::filesystem::remove_all(directory);
}

TEST_F(ClientTest, SendsAndReadsBodiesPieceByPiece) {
  serve([](const ServerRequest& got, Exchange& exchange) {
    (void)exchange.begin({200, "text/plain", "first;", {}});
    (void)exchange.write(got.body);
    (void)exchange.write(";last");
  });
  Client client(endpoint());
  Request sent = request("POST", "/");
  int pieces = 0;
  sent.source = [&pieces] {
    return base::Result<std::string>(++pieces > 3 ? "" : std::string(1000, 'a'));
  };
  EXPECT_EQ(bodyOf(client.send(sent, {})), "first;" + std::string(3000, 'a') + ";last");
}

TEST_F(ClientTest, CarriesLargeBodies) {
  serve(echo);
  Client client(endpoint());
  const std::string body(5 << 20, 'x');
  EXPECT_EQ(bodyOf(client.send(request("POST", "/", body), {})).size(), body.size() + 7);
}

TEST_F(ClientTest, AFailedSourceIsTheCallsError) {
  serve(echo);
  Client client(endpoint());
  Request sent = request("POST", "/");
  sent.source = []() -> base::Result<std::string> { return base::fail(ENOSPC, "no more"); };
  const auto response = client.send(sent, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().message, "no more");
}

TEST_F(ClientTest, BoundsWhatItReads) {
  serve([](const ServerRequest&, Exchange& exchange) {
    (void)exchange.reply({200, "text/plain", std::string(100'000, 'x'), {}});
  });
  Client client(endpoint());
  const auto body = client.send(request("GET", "/"), {})->readAll(50'000);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().errnum, EFBIG);
}

TEST_F(ClientTest, HeadHasNoBody) {
  serve([](const ServerRequest&, Exchange& exchange) {
    (void)exchange.reply({200, "text/plain", "hidden", {}});
  });
  Client client(endpoint());
  for (int i = 0; i < 2; ++i) {
    auto response = client.send(request("HEAD", "/"), {});
    ASSERT_TRUE(response);
    EXPECT_EQ(response->header("Content-Length"), "6");
    EXPECT_EQ(response->readAll().value(), "");
  }
}

TEST_F(ClientTest, ManyThreadsShareOneClient) {
  serve(echo);
  Client client(endpoint());
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const std::string path = "/" + std::to_string(i);
        for (int k = 0; k < 20; ++k) {
          good += bodyOf(client.send(request("GET", path), {})) == "GET " + path + " " ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(good, 160);
}

TEST_F(ClientTest, AStopEndsAWatch) {
  serve([](const ServerRequest&, Exchange& exchange) {
    (void)exchange.begin({200, "text/plain", "first", {}});
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait(lock, exchange.stop(), [] { return false; });
  });
  Client client(endpoint());
  std::stop_source source;
  auto response = client.send(request("GET", "/"), source.get_token());
  ASSERT_TRUE(response);
  EXPECT_EQ(response->read().value(), "first");
  std::jthread stopper([&] { source.request_stop(); });
  const auto piece = response->read();
  ASSERT_FALSE(piece);
  EXPECT_EQ(piece.error().errnum, ECANCELED);
}

TEST_F(ClientTest, AStoppedTokenAsksNothing) {
  std::atomic<int> asked = 0;
  serve([&](const ServerRequest& got, Exchange& exchange) {
    ++asked;
    echo(got, exchange);
  });
  Client client(endpoint());
  EXPECT_TRUE(client.send(request("GET", "/"), {}));
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(client.send(request("GET", "/"), source.get_token()).error().errnum, ECANCELED);
  EXPECT_EQ(asked, 1);
}

TEST_F(ClientTest, AnIdleConnectionThatWasClosedIsNotUsed) {
  RawServer raw(
      [](Stream& stream) { answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); });
  Client client(raw.endpoint());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bodyOf(client.send(request("POST", "/", "x"), {})), "ok");
  EXPECT_EQ(raw.accepted(), 3);
}

TEST_F(ClientTest, ARequestThatAKeptConnectionLosesIsSentAgain) {
  RawServer raw([turn = 0](Stream& stream) mutable {
    answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    if (turn++ == 0) readRequest(stream);  // and hangs up without an answer
  });
  Client client(raw.endpoint());
  EXPECT_EQ(bodyOf(client.send(request("GET", "/"), {})), "ok");
  EXPECT_EQ(bodyOf(client.send(request("GET", "/"), {})), "ok");
  EXPECT_EQ(raw.accepted(), 2);
}

TEST_F(ClientTest, AFreshConnectionThatIsLostIsAnError) {
  RawServer raw(readRequest);
  Client client(raw.endpoint());
  const auto response = client.send(request("GET", "/"), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().errnum, EIO);
  EXPECT_EQ(response.error().message, "the server closed the connection");
}

TEST_F(ClientTest, ABodyThatBreaksOffIsAnError) {
  RawServer raw(
      [](Stream& stream) { answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort"); });
  Client client(raw.endpoint());
  const auto body = client.send(request("GET", "/"), {})->readAll();
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().errnum, EIO);
}

TEST_F(ClientTest, NonsenseIsAnError) {
  RawServer raw([](Stream& stream) { answer(stream, "SSH-2.0-OpenSSH_9.2\r\n\r\n"); });
  ClientOptions options;
  options.peer = "the daemon";
  Client client(raw.endpoint(), options);
  const auto response = client.send(request("GET", "/"), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().errnum, EIO);
  EXPECT_THAT(response.error().message, HasSubstr("the daemon's answer can't be read"));
}

TEST_F(ClientTest, WaitsForAHeadAsLongAsItShall) {
  RawServer raw([](Stream& stream) {
    readRequest(stream);
    readRequest(stream);  // until the client hangs up
  });
  ClientOptions options;
  options.timeouts.head = 20ms;
  Client client(raw.endpoint(), options);
  const auto response = client.send(request("GET", "/"), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().errnum, ETIMEDOUT);
  EXPECT_EQ(response.error().message, "the server sent nothing for 20ms");
}

TEST_F(ClientTest, WaitsForABodyAsLongAsItShall) {
  RawServer raw([](Stream& stream) {
    answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort");
    readRequest(stream);
  });
  Client client(raw.endpoint());
  Request sent = request("GET", "/");
  sent.timeouts = Timeouts{0ms, 0ms, 20ms};
  auto response = client.send(sent, {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->readAll().error().errnum, ETIMEDOUT);
}

TEST_F(ClientTest, AFailedDialMayBePutInOtherWords) {
  Endpoint nowhere;
  nowhere.path = "/nonexistent/x.sock";
  ClientOptions options;
  options.explainDial = [](const base::Error& error) {
    return base::Error{error.errnum, "is it running?"};
  };
  Client client(nowhere, options);
  EXPECT_EQ(client.send(request("GET", "/"), {}).error().message, "is it running?");
}

TEST_F(ClientTest, ForgottenConnectionsAreClosed) {
  serve(echo);
  Client client(endpoint());
  EXPECT_EQ(bodyOf(client.send(request("GET", "/"), {})), "GET / ");
  auto during = client.send(request("GET", "/"), {});
  client.forget();
  EXPECT_EQ(bodyOf(std::move(during)), "GET / ");
  EXPECT_EQ(bodyOf(client.send(request("GET", "/"), {})), "GET / ");
  while (server->connections() > 1) std::this_thread::yield();
}

TEST_F(ClientTest, UpgradesToARawConnection) {
  serve([](const ServerRequest&, Exchange& exchange) {
    auto raw = exchange.upgrade({{"Connection", "Upgrade"}, {"Upgrade", "echo"}});
    ASSERT_TRUE(raw);
    char byte = 0;
    while (readSome(*raw->stream, &byte, 1, {}).value_or(0) == 1) {
      (void)writeAll(*raw->stream, {&byte, 1}, {});
    }
  });
  Client client(endpoint());
  Request sent = request("POST", "/");
  sent.headers = {{"Connection", "Upgrade"}, {"Upgrade", "echo"}};
  auto answered = client.upgrade(sent, {});
  ASSERT_TRUE(answered);
  auto& upgraded = std::get<Upgraded>(*answered);
  EXPECT_EQ(headerOf(upgraded.headers, "upgrade"), "echo");
  ASSERT_TRUE(writeAll(*upgraded.stream, "ping!", {}));
  EXPECT_EQ(readUntil(*upgraded.stream, "!"), "ping!");
  upgraded.stream->closeWrite();
  EXPECT_EQ(readToEnd(*upgraded.stream), "");
}

TEST_F(ClientTest, ARefusedUpgradeIsAnAnswer) {
  serve([](const ServerRequest&, Exchange& exchange) {
    (void)exchange.reply({403, "text/plain", "no", {}});
  });
  Client client(endpoint());
  auto answered = client.upgrade(request("POST", "/"), {});
  ASSERT_TRUE(answered);
  EXPECT_EQ(std::get<Response>(*answered).status(), 403);
  EXPECT_EQ(std::get<Response>(*answered).readAll().value(), "no");
}

}  // namespace
}  // namespace mc::http
