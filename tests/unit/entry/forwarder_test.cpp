// Connections that are passed on, over real sockets and the real loop.

#include "entry/forwarder.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <unistd.h>

#include <memory>

#include "fakes/fake_resolver.hpp"

namespace mc::entry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Address address(const std::string& ip, uint16_t port) {
  Address result;
  auto* in = reinterpret_cast<sockaddr_in*>(&result.storage);
  in->sin_family = AF_INET;
  in->sin_port = htons(port);
  ::inet_pton(AF_INET, ip.c_str(), &in->sin_addr);
  result.length = sizeof(sockaddr_in);
  return result;
}

std::string ipOf(const Address& address) {
  char text[INET_ADDRSTRLEN] = {};
  const auto* in = reinterpret_cast<const sockaddr_in*>(&address.storage);
  ::inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
  return text;
}

std::vector<std::string> ipsOf(const std::vector<Address>& addresses) {
  std::vector<std::string> ips;
  for (const auto& each : addresses) ips.push_back(ipOf(each));
  return ips;
}

struct Listening {
  base::Fd socket;
  uint16_t port = 0;
};

Listening listenAt(const std::string& ip, uint16_t port = 0) {
  Listening result{base::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), 0};
  Address where = address(ip, port);
  EXPECT_EQ(::bind(result.socket.get(), reinterpret_cast<sockaddr*>(&where.storage), where.length),
            0);
  EXPECT_EQ(::listen(result.socket.get(), 8), 0);
  ::getsockname(result.socket.get(), reinterpret_cast<sockaddr*>(&where.storage), &where.length);
  result.port = ntohs(reinterpret_cast<sockaddr_in*>(&where.storage)->sin_port);
  return result;
}

class ForwarderTest : public testing::Test {
 protected:
  ForwarderTest() : loop_(base::makeLoop()), names_(*loop_) {}

  /// What a client gets that sends `text` and closes its side; the backend sends it back, in
  /// capitals if `capitals`. Empty: it was refused.
  std::string exchange(uint16_t port, const std::string& text) {
    base::Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    Address where = address("127.0.0.1", port);
    EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&where.storage), where.length),
              0);
    EXPECT_EQ(::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
    ::shutdown(client.get(), SHUT_WR);
    std::string answer;
    const base::Watch reader = loop_->readable(client.get(), [&] {
      char buffer[4096];
      const ssize_t count = ::read(client.get(), buffer, sizeof buffer);
      if (count > 0) return void(answer.append(buffer, static_cast<size_t>(count)));
      loop_->stop();
    });
    loop_->run();
    return answer;
  }

  /// Serves one connection after the other: the server's name and what it got.
  base::Watch serve(const Listening& listening, const std::string& name) {
    return loop_->readable(listening.socket.get(), [this, &listening, name] {
      auto peer = std::make_shared<base::Fd>(::accept(listening.socket.get(), nullptr, nullptr));
      if (!*peer) return;
      auto got = std::make_shared<std::string>(name + ":");
      auto watch = std::make_shared<base::Watch>();
      *watch = loop_->readable(peer->get(), [peer, got, watch] {
        char buffer[4096];
        const ssize_t count = ::read(peer->get(), buffer, sizeof buffer);
        if (count > 0) return void(got->append(buffer, static_cast<size_t>(count)));
        (void)!::write(peer->get(), got->data(), got->size());
        peer->reset();
        watch->reset();
      });
    });
  }

  std::unique_ptr<base::Loop> loop_;
  fakes::FakeResolver names_;
};

TEST(ForwardedPort, IsParsed) {
  const auto port = parseForwardedPort("80=8080");
  ASSERT_TRUE(port);
  EXPECT_EQ(port->listen, 80);
  EXPECT_EQ(port->target, 8080);
  for (const char* bad : {"", "80", "80=", "=80", "0=1", "80=70000", "80=8080x"})
    EXPECT_FALSE(parseForwardedPort(bad)) << bad;
}

TEST(Common, IsWhatAllNamesLeadTo) {
  const auto a = address("10.0.0.1", 80);
  const auto b = address("10.0.0.2", 80);
  const auto c = address("10.0.0.3", 80);
  EXPECT_THAT(ipsOf(common({{a, b, c}, {c, b}})), ElementsAre("10.0.0.2", "10.0.0.3"));
  EXPECT_THAT(ipsOf(common({{a}})), ElementsAre("10.0.0.1"));
  EXPECT_THAT(common({{a}, {b}}), IsEmpty());
  EXPECT_THAT(common({}), IsEmpty());
}

TEST_F(ForwarderTest, PassesBytesBothWays) {
  const Listening backend = listenAt("127.0.0.1");
  const base::Watch serving = serve(backend, "one");
  Listening front = listenAt("127.0.0.1");
  names_.set("a", {address("127.0.0.1", backend.port)});
  names_.set("b", {address("127.0.0.9", backend.port), address("127.0.0.1", backend.port)});
  Forwarder forwarder(*loop_, names_, {"a", "b"});
  forwarder.accept(std::move(front.socket), backend.port);
  const std::string big(300000, 'x');
  EXPECT_EQ(exchange(front.port, big), "one:" + big);
  EXPECT_EQ(exchange(front.port, "again"), "one:again");
}

TEST_F(ForwarderTest, TakesTurnsAndPassesOverWhoRefuses) {
  const Listening one = listenAt("127.0.0.1");
  const Listening two = listenAt("127.0.0.2", one.port);
  const base::Watch first = serve(one, "one");
  const base::Watch second = serve(two, "two");
  Listening front = listenAt("127.0.0.1");
  names_.set("a", {address("127.0.0.1", one.port), address("127.0.0.2", one.port),
                   address("127.0.0.3", one.port)});
  Forwarder forwarder(*loop_, names_, {"a"});
  forwarder.accept(std::move(front.socket), one.port);
  EXPECT_EQ(exchange(front.port, "x"), "one:x");
  EXPECT_EQ(exchange(front.port, "x"), "two:x");
  EXPECT_EQ(exchange(front.port, "x"), "one:x");  // the third refuses
}

TEST_F(ForwarderTest, RefusesWhereThereIsNobody) {
  Listening front = listenAt("127.0.0.1");
  Forwarder forwarder(*loop_, names_, {"nobody"});
  forwarder.accept(std::move(front.socket), 1);
  EXPECT_EQ(exchange(front.port, "x"), "");
}

}  // namespace
}  // namespace mc::entry
