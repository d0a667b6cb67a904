#include "entry/probe.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <unistd.h>

#include <thread>

#include "base/fd.hpp"

namespace mc::entry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Probe command(const std::string& text) {
  Probe probe;
  probe.exec = {"/bin/sh", "-c", text};
  return probe;
}

/// A port of the loopback that answers one connection with `answer`.
class Server {
 public:
  explicit Server(std::string answer) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof where;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&where), length), 0);
    EXPECT_EQ(::listen(socket_.get(), 1), 0);
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&where), &length);
    port = std::to_string(ntohs(where.sin_port));
    thread_ = std::thread([this, answer = std::move(answer)] {
      const base::Fd peer(::accept(socket_.get(), nullptr, nullptr));
      char buffer[1024];
      const ssize_t count = ::read(peer.get(), buffer, sizeof buffer);
      if (count > 0) request.assign(buffer, static_cast<size_t>(count));
      (void)!::write(peer.get(), answer.data(), answer.size());
    });
  }
  ~Server() {
    if (thread_.joinable()) thread_.join();
  }
  void join() { thread_.join(); }

  std::string port;
  std::string request;

 private:
  base::Fd socket_;
  std::thread thread_;
};

Probe http(const std::string& port) {
  Probe probe;
  probe.httpPort = port;
  probe.httpPath = "/healthy";
  probe.timeout = 20;
  return probe;
}

TEST(Probe, AsksCommands) {
  EXPECT_TRUE(ask(command("exit 0")));
  const auto failed = ask(command("echo not yet >&2; exit 3"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "not yet");
  const auto silent = ask(command("exit 3"));
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().message, "exit status 3");
}

TEST(Probe, EndsCommandsThatTakeTooLong) {
  const auto late = ask(command("sleep 1000"));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().message, "command timed out after 1s");
}

TEST(Probe, CommandsThatAreNotThere) {
  Probe probe;
  probe.exec = {"/nowhere/probe"};
  EXPECT_FALSE(ask(probe));
}

TEST(Probe, AsksByHttp) {
  Server good("HTTP/1.1 204 No Content\r\n\r\n");
  Probe probe = http(good.port);
  probe.httpHeaders = {{"X-Probe", "yes"}};
  EXPECT_TRUE(ask(probe));
  good.join();
  EXPECT_THAT(good.request, HasSubstr("GET /healthy HTTP/1.1\r\n"));
  EXPECT_THAT(good.request, HasSubstr("X-Probe: yes\r\n"));
  Server bad("HTTP/1.1 503 Busy\r\n\r\n");
  const auto failed = ask(http(bad.port));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "HTTP probe failed with statuscode: 503");
}

TEST(Probe, AsksPorts) {
  Server server("");
  Probe probe;
  probe.tcpPort = server.port;
  EXPECT_TRUE(ask(probe));
  server.join();
  Probe closed;
  closed.tcpPort = "1";
  closed.tcpHost = "127.0.0.1";
  const auto refused = ask(closed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "dial tcp 127.0.0.1:1: connect: connection refused");
}

TEST(Probe, SetsAreReadBack) {
  Probes set;
  set.readiness = http("80");
  set.readiness->httpHeaders = {{"A", "b"}};
  set.liveness = command("true");
  set.liveness->failureThreshold = 7;
  const auto again = parseProbes(format(set));
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->startup);
  EXPECT_EQ(again->readiness->httpPath, "/healthy");
  EXPECT_THAT(again->readiness->httpHeaders, ElementsAre(std::pair("A", "b")));
  EXPECT_THAT(again->liveness->exec, ElementsAre("/bin/sh", "-c", "true"));
  EXPECT_EQ(again->liveness->failureThreshold, 7);
  EXPECT_FALSE(parseProbes("[]"));
  EXPECT_FALSE(parseProbes("{"));
}

TEST(Probe, IsAskedOftenAtFirstAndThenOnceAPeriod) {
  Probes set;
  set.readiness = http("80");
  set.readiness->initialDelay = 5;
  EXPECT_DOUBLE_EQ(pauseBefore(set, 1), 4);
  EXPECT_DOUBLE_EQ(pauseBefore(set, 6), 0);
  EXPECT_DOUBLE_EQ(pauseBefore(set, 14), 0);
  EXPECT_DOUBLE_EQ(pauseBefore(set, 16), 9);
}

}  // namespace
}  // namespace mc::entry
