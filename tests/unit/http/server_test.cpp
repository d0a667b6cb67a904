// Server against clients that do what they should, and those that don't.

#include "http/server.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "unit/http/http_fixture.hpp"

namespace mc::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

class ServerTest : public HttpFixture {};

TEST_F(ServerTest, TellsItsPort) {
  serve(echo);
  EXPECT_NE(server->port(), 0);
  EXPECT_EQ(server->address(), "127.0.0.1:" + std::to_string(server->port()));
}

TEST_F(ServerTest, RefusesAnAddressThatIsTaken) {
  serve(echo);
  ServerOptions options;
  options.listen = server->address();
  const auto second = Server::start(options, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().errnum, EADDRINUSE);
}

TEST_F(ServerTest, RefusesAddressesThatAreNone) {
  for (const char* listen : {"", "nothing", "127.0.0.1:port", "unix://"}) {
    ServerOptions options;
    options.listen = listen;
    EXPECT_FALSE(Server::start(options, echo)) << listen;
  }
}

TEST_F(ServerTest, ListensAtAllAddresses) {
  ServerOptions options;
  options.listen = ":0";
  serve(echo, options);
  EXPECT_THAT(talk("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), EndsWith("GET /x "));
}

TEST_F(ServerTest, ServesOneRequestAfterTheOther) {
  serve(echo);
  const std::string answers = talk(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
  EXPECT_THAT(answers, HasSubstr("GET /1 HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answers, EndsWith("POST /2 hi"));
}

TEST_F(ServerTest, ReadsTargets) {
  serve([](const ServerRequest& request, Exchange& exchange) {
    (void)exchange.reply({200, "text/plain", request.path + "|" + request.parameter("q"), {}});
  });
  EXPECT_THAT(talk("GET /a%20b?q=1%262 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              EndsWith("/a b|1&2"));
}

TEST_F(ServerTest, SpeaksToOldClients) {
  serve([](const ServerRequest&, Exchange& exchange) {
    (void)exchange.begin({200, "text/plain", "one", {}});
    (void)exchange.write("two");
  });
  EXPECT_THAT(talk("GET / HTTP/1.0\r\n\r\n"), EndsWith("\r\n\r\nonetwo"));
}

TEST_F(ServerTest, EndsAStreamWithItsLastChunk) {
  serve([](const ServerRequest&, Exchange& exchange) {
    (void)exchange.begin({200, "text/plain", "one", {}});
    (void)exchange.write("");  // would be the end, if it were sent
    (void)exchange.write("two");
  });
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              EndsWith("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
}

TEST_F(ServerTest, ABrokenStreamHasNoEnd) {
  serve([](const ServerRequest&, Exchange& exchange) {
    (void)exchange.begin({200, "text/plain", "one", {}});
    exchange.breakOff();
  });
  const std::string answer = talk("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, Not(HasSubstr("0\r\n\r\n")));
}

TEST_F(ServerTest, AHandlerThatAnswersNothingOrThrowsIsAnError) {
  serve([](const ServerRequest& request, Exchange&) {
    if (request.path == "/throw") throw std::runtime_error("secret");
  });
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 500"));
  const std::string thrown = talk("GET /throw HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(thrown, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(thrown, Not(HasSubstr("secret")));
}

TEST_F(ServerTest, AnswersOnlyOnce) {
  std::atomic<int> errnum = 0;
  serve([&](const ServerRequest&, Exchange& exchange) {
    (void)exchange.reply({200, "text/plain", "first", {}});
    errnum = exchange.reply({200, "text/plain", "second", {}}).error().errnum;
  });
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), EndsWith("first"));
  server->stop();
  EXPECT_EQ(errnum, EINVAL);
}

TEST_F(ServerTest, LetsAClientWaitForItsContinue) {
  serve(echo);
  const auto stream = connect();
  ASSERT_TRUE(writeAll(*stream,
                       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n"
                       "Expect: 100-continue\r\n\r\n",
                       {}));
  EXPECT_THAT(readUntil(*stream, "\r\n\r\n"), StartsWith("HTTP/1.1 100"));
  ASSERT_TRUE(writeAll(*stream, "hi", {}));
  EXPECT_THAT(readToEnd(*stream), EndsWith("POST / hi"));
}

TEST_F(ServerTest, RefusesNonsense) {
  serve(echo);
  EXPECT_THAT(talk("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(ServerTest, RefusesTooMuch) {
  ServerOptions options;
  options.headLimit = 1000;
  options.bodyLimit = 1000;
  serve(echo, options);
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nX-Long: " + std::string(5000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(
      talk("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x')),
      StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(talk("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" +
                   std::string(0x800, 'x') + "\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, EndsSlowHeads) {
  ServerOptions options;
  options.headTimeout = 20ms;
  serve(echo, options);
  const auto stream = connect();
  ASSERT_TRUE(writeAll(*stream, "GET / HTTP/1.1\r\nX-Slow: ", {}));
  EXPECT_THAT(readToEnd(*stream), StartsWith("HTTP/1.1 408"));
}

TEST_F(ServerTest, EndsSlowBodies) {
  ServerOptions options;
  options.bodyTimeout = 20ms;
  serve(echo, options);
  const auto stream = connect();
  ASSERT_TRUE(writeAll(*stream, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", {}));
  EXPECT_THAT(readToEnd(*stream), StartsWith("HTTP/1.1 408"));
}

TEST_F(ServerTest, EndsSilentConnectionsWithoutAWord) {
  ServerOptions options;
  options.headTimeout = 20ms;
  options.idleTimeout = 20ms;
  serve(echo, options);
  EXPECT_EQ(readToEnd(*connect()), "");
  const auto stream = connect();
  ASSERT_TRUE(writeAll(*stream, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n", {}));
  EXPECT_THAT(readToEnd(*stream), EndsWith("GET /x "));
}

TEST_F(ServerTest, EndsAStreamThatItsClientDoesNotRead) {
  ServerOptions options;
  options.writeTimeout = 20ms;
  std::atomic<int> errnum = 0;
  serve(
      [&](const ServerRequest&, Exchange& exchange) {
        base::Status sent = exchange.begin({200, "text/plain", "", {}});
        while (sent) sent = exchange.write(std::string(1 << 20, 'x'));
        errnum = sent.error().errnum;
      },
      options);
  const auto stream = connect();
  ASSERT_TRUE(writeAll(*stream, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {}));
  EXPECT_THAT(readUntil(*stream, "\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  while (errnum == 0) std::this_thread::yield();
  EXPECT_EQ(errnum, ETIMEDOUT);
}

/// Waits for the client's end or the server's, and says that it began.
struct Waiter {
  void operator()(const ServerRequest&, Exchange& exchange) {
    const auto stop = exchange.stop();
    (void)exchange.begin({200, "text/plain", "begun", {}});
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [] { return false; });
    ended = true;
    changed.notify_all();
  }
  void awaitEnd() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return ended; });
  }
  std::mutex mutex;
  std::condition_variable_any changed;
  bool ended = false;
};

TEST_F(ServerTest, AHandlerHearsThatItsClientHasGone) {
  Waiter waiter;
  serve(std::ref(waiter));
  auto stream = connect();
  ASSERT_TRUE(writeAll(*stream, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {}));
  readUntil(*stream, "begun");
  stream.reset();
  waiter.awaitEnd();
  EXPECT_TRUE(waiter.ended);
}

TEST_F(ServerTest, StoppingEndsHandlersAndConnections) {
  Waiter waiter;
  serve(std::ref(waiter));
  const auto idle = connect();
  const auto stream = connect();
  ASSERT_TRUE(writeAll(*stream, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {}));
  readUntil(*stream, "begun");
  server->stop();
  EXPECT_TRUE(waiter.ended);
  EXPECT_EQ(readToEnd(*stream), "\r\n0\r\n\r\n");
  EXPECT_EQ(readToEnd(*idle), "");
  EXPECT_EQ(server->connections(), 0u);
  server->stop();
}

TEST_F(ServerTest, StoppingEndsHandlersThatDoNotListen) {
  ServerOptions options;
  options.grace = 20ms;
  serve(
      [](const ServerRequest&, Exchange& exchange) {
        base::Status sent = exchange.begin({200, "text/plain", "begun", {}});
        while (sent) sent = exchange.write(std::string(1 << 20, 'x'));
      },
      options);
  const auto stream = connect();
  ASSERT_TRUE(writeAll(*stream, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {}));
  readUntil(*stream, "begun");
  server->stop();
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(ServerTest, AnIdleConnectionMakesRoom) {
  ServerOptions options;
  options.connections = 2;
  serve(echo, options);
  const std::string get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 6; ++i) {
    streams.push_back(connect());
    ASSERT_TRUE(writeAll(*streams.back(), get, {}));
    EXPECT_THAT(readUntil(*streams.back(), "GET /x "), EndsWith("GET /x "));
  }
  EXPECT_LE(server->connections(), 2u);
}

TEST_F(ServerTest, ConnectionsAboveTheCapWaitForBusyOnes) {
  ServerOptions options;
  options.connections = 1;
  std::mutex mutex;
  std::condition_variable changed;
  bool go = false;
  serve(
      [&](const ServerRequest& request, Exchange& exchange) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return go; });
        echo(request, exchange);
      },
      options);
  const auto first = connect();
  ASSERT_TRUE(writeAll(*first, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", {}));
  while (server->connections() == 0) std::this_thread::yield();
  const auto second = connect();
  ASSERT_TRUE(writeAll(*second, "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n", {}));
  {
    const std::lock_guard lock(mutex);
    go = true;
  }
  changed.notify_all();
  EXPECT_THAT(readUntil(*second, "GET /2 "), EndsWith("GET /2 "));
  EXPECT_THAT(readUntil(*first, "GET /1 "), EndsWith("GET /1 "));
  // The handlers use what is on this stack.
  server->stop();
}

}  // namespace
}  // namespace mc::http
