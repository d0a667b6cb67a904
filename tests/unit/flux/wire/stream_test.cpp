#include "flux/wire/stream.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mc::flux::wire {
namespace {

/// One end is a Stream, the other a plain descriptor.
class StreamTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    peer = base::Fd(ends[1]);
    stream =
        std::make_unique<Stream>(*loop, base::Fd(ends[0]),
                                 Stream::Handlers{[this](Message m) { onMessage(std::move(m)); },
                                                  [this](const base::Error& error) {
                                                    closed = error.errnum;
                                                    loop->stop();
                                                  }});
  }
  virtual void onMessage(Message m) {
    received.push_back(std::move(m));
    loop->stop();
  }
  void writePeer(std::string_view bytes) { ASSERT_TRUE(base::writeAll(peer.get(), bytes)); }

  std::unique_ptr<base::Loop> loop = base::makeLoop();
  base::Fd peer;
  std::unique_ptr<Stream> stream;
  std::vector<Message> received;
  int closed = 0;
};

Message large(size_t size) {
  Message m = makeRequest("a.b", kNodeidAny, 1);
  m.setText(std::string(size, 'x'));
  return m;
}

TEST_F(StreamTest, ReceivesMessagesInPieces) {
  const std::string bytes = frame(large(100));
  writePeer(bytes.substr(0, 30));
  loop->post([&] { writePeer(bytes.substr(30)); });
  loop->run();
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].text().size(), 100U);
}

TEST_F(StreamTest, ReportsTheEndOnce) {
  peer.reset();
  loop->run();
  EXPECT_EQ(closed, ECONNRESET);
  EXPECT_FALSE(stream->isOpen());
  stream->send(large(1));  // dropped
}

TEST_F(StreamTest, ReportsBrokenFormat) {
  writePeer("GET / HTTP/1.1\r\n\r\n");
  loop->run();
  EXPECT_EQ(closed, EPROTO);
}

TEST_F(StreamTest, QueuesWhatTheSocketDoesNotTake) {
  const size_t size = 8u << 20;
  stream->send(large(size));
  EXPECT_GT(stream->queued(), 0U);
  Decoder decoder;
  size_t got = 0;
  auto watch = loop->readable(peer.get(), [&] {
    char buffer[65536];
    const ssize_t n = ::read(peer.get(), buffer, sizeof buffer);
    ASSERT_GT(n, 0);
    decoder.append({buffer, static_cast<size_t>(n)});
    auto message = decoder.next();
    ASSERT_TRUE(message);
    if (!*message) return;
    got = (*message)->text().size();
    loop->stop();
  });
  loop->run();
  EXPECT_EQ(got, size);
  EXPECT_EQ(stream->queued(), 0U);
}

TEST_F(StreamTest, CutsOffAPeerThatDoesNotRead) {
  const Message m = large(32u << 20);
  for (int i = 0; i < 10; ++i) stream->send(m);
  EXPECT_EQ(closed, 0);
  loop->run();
  EXPECT_EQ(closed, ENOBUFS);
}

TEST_F(StreamTest, ReadsWhatAPeerSentBeforeItWent) {
  writePeer(frame(large(5)));
  ::shutdown(peer.get(), SHUT_RD);
  stream->send(large(5));  // fails, but must not lose what is to be read
  loop->run();
  EXPECT_EQ(received.size(), 1U);
}

TEST_F(StreamTest, FlushWritesAllOrTimesOut) {
  stream->send(large(10));
  EXPECT_TRUE(stream->flush(0));
  stream->send(large(8u << 20));
  EXPECT_EQ(stream->flush(0).error().errnum, ETIMEDOUT);
}

size_t readable(int fd) {
  char buffer[65536];
  const ssize_t n = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  return n < 0 ? 0 : static_cast<size_t>(n);
}

TEST_F(StreamTest, WritesWhatATurnSendsTogetherAtItsEnd) {
  for (int i = 0; i < 5; ++i) stream->send(large(10));
  EXPECT_EQ(readable(peer.get()), 0U);
  loop->post([&] { loop->stop(); });
  loop->run();
  EXPECT_EQ(readable(peer.get()), 5 * frame(large(10)).size());
}

TEST_F(StreamTest, GathersWhatSeveralTurnsSend) {
  stream->gather(3);
  std::vector<size_t> written;
  const std::function<void()> turn = [&] {
    written.push_back(readable(peer.get()));
    if (written.size() == 4) return loop->stop();
    stream->send(large(10));
    loop->post(turn);
  };
  loop->post(turn);
  loop->run();
  EXPECT_EQ(written, (std::vector<size_t>{0, 0, 0, 3 * frame(large(10)).size()}));
}

TEST_F(StreamTest, WritesWhatIsLeftWhenItGoes) {
  stream->send(large(10));
  stream.reset();
  EXPECT_EQ(readable(peer.get()), frame(large(10)).size());
}

class SelfDestroying : public StreamTest {
 protected:
  void onMessage(Message m) override {
    stream.reset();
    StreamTest::onMessage(std::move(m));
  }
};

TEST_F(SelfDestroying, MayGoInItsOwnCallback) {
  writePeer(frame(large(5)) + frame(large(6)));
  loop->run();
  EXPECT_EQ(received.size(), 1U);
}

}  // namespace
}  // namespace mc::flux::wire
