#include "kube/streams_forward.hpp"

#include <sys/socket.h>

#include "http/endpoint.hpp"
#include "http/forwarder.hpp"
#include "unit/kube/streams_fixture.hpp"

namespace mc::kube {
namespace {

const std::string kPort80("\x50\x00", 2);

class ForwardTest : public StreamsTest {
 protected:
  /// A pod that answers each message with itself in brackets, until it reads "bye".
  void serveEcho() {
    serve({"v4.channel.k8s.io"}, [](http::WebSocket& socket, const std::stop_token& stop) {
      (void)socket.send(framed(0, kPort80));
      (void)socket.send(framed(1, kPort80));
      while (true) {
        const std::string message = next(socket, stop);
        if (message.empty() || message.substr(1) == "bye") return;
        (void)socket.send(framed(0, "[" + message.substr(1) + "]"));
      }
    });
  }

  /// Forwards a port of this machine, whose number is set, to port 80 of the pod.
  std::unique_ptr<http::Forwarder> forwarded(uint16_t& port) {
    http::Forwarder::Options options;
    options.carry = [this](uint16_t remote, const base::Fd& local, const std::stop_token& stop) {
      return forwardConnection(*session, pod, remote, local, stop);
    };
    auto forwarder = std::make_unique<http::Forwarder>(std::move(options));
    port = forwarder->listen("127.0.0.1", {0, 80}).value().local;
    EXPECT_TRUE(forwarder->start());
    return forwarder;
  }

  static std::unique_ptr<http::Stream> connect(uint16_t port) {
    http::Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = std::to_string(port);
    return std::move(http::dial(endpoint, {}, {}).value());
  }

  static std::string read(http::Stream& stream, size_t size) {
    std::string text(size, '\0');
    size_t done = 0;
    while (done < size) {
      const auto got = http::readSome(stream, text.data() + done, size - done, {});
      if (!got || *got == 0) return text.substr(0, done) + "<end>";
      done += *got;
    }
    return text;
  }
};

TEST_F(ForwardTest, CarriesConnectionsToThePod) {
  serveEcho();
  uint16_t port = 0;
  const auto forwarder = forwarded(port);
  const auto first = connect(port);
  const auto second = connect(port);
  ASSERT_TRUE(http::writeAll(*first, "one", {}));
  EXPECT_EQ(read(*first, 5), "[one]");
  ASSERT_TRUE(http::writeAll(*second, "two", {}));
  EXPECT_EQ(read(*second, 5), "[two]");
  ASSERT_TRUE(http::writeAll(*first, "bye", {}));
  EXPECT_EQ(read(*first, 1), "<end>");
  ASSERT_TRUE(http::writeAll(*second, "again", {}));
  EXPECT_EQ(read(*second, 7), "[again]");
  EXPECT_EQ(server->last().path, "/api/v1/namespaces/ns/pods/flux-0/portforward");
  EXPECT_EQ(server->last().parameter("ports"), "80");
}

TEST_F(ForwardTest, TheKubeletsWordsAreTheError) {
  serve({"v4.channel.k8s.io"}, [](http::WebSocket& socket, const std::stop_token&) {
    (void)socket.send(framed(0, kPort80));
    (void)socket.send(framed(1, kPort80 + "connection "));
    (void)socket.send(framed(1, "refused"));
  });
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const base::Fd ours(ends[0]);
  const base::Fd theirs(ends[1]);
  const auto done = forwardConnection(*session, pod, 80, ours, {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().errnum, EIO);
  EXPECT_EQ(done.error().message, "connection refused");
}

TEST_F(ForwardTest, EndsItsConnectionsWhenItEnds) {
  serveEcho();
  uint16_t port = 0;
  auto forwarder = forwarded(port);
  const auto stream = connect(port);
  ASSERT_TRUE(http::writeAll(*stream, "x", {}));
  EXPECT_EQ(read(*stream, 3), "[x]");
  forwarder.reset();
  EXPECT_EQ(read(*stream, 1), "<end>");
}

}  // namespace
}  // namespace mc::kube
