// Ports of this machine that lead elsewhere.

#include "http/forwarder.hpp"

#include <condition_variable>
#include <mutex>

#include "unit/http/http_fixture.hpp"

namespace mc::http {
namespace {

/// Its connections are answered with "PORT:" and what they send, until "bye".
class ForwarderTest : public testing::Test {
 protected:
  Forwarder::Options options() {
    Forwarder::Options options;
    options.carry = [](uint16_t port, const base::Fd& local, const std::stop_token&) {
      return answer(port, local);
    };
    options.onConnection = [this](const PortPair& pair) { note("connection", pair.remote); };
    options.onError = [this](const PortPair& pair, const base::Error& error) {
      note(error.message, pair.remote);
    };
    return options;
  }

  static base::Status answer(uint16_t port, const base::Fd& local) {
    char piece[100];
    while (true) {
      const ssize_t size = ::read(local.get(), piece, sizeof piece);
      if (size <= 0) return base::fail(ECANCELED, "ended");
      const std::string text(piece, static_cast<size_t>(size));
      if (text == "bye") return base::fail(EIO, "refused");
      MC_TRY(base::writeAll(local.get(), std::to_string(port) + ":" + text));
    }
  }

  static std::unique_ptr<Stream> connect(uint16_t port, const std::string& host = "127.0.0.1") {
    Endpoint endpoint;
    endpoint.host = host;
    endpoint.port = std::to_string(port);
    return std::move(dial(endpoint, {}, {}).value());
  }

  static std::string talk(Stream& stream, const std::string& text, size_t size) {
    EXPECT_TRUE(writeAll(stream, text, {}));
    std::string answer(size, ' ');
    for (size_t done = 0; done < size;) {
      const auto got = readSome(stream, answer.data() + done, size - done, {});
      if (!got || *got == 0) return answer.substr(0, done) + "<end>";
      done += *got;
    }
    return answer;
  }

  void note(const std::string& what, uint16_t port) {
    const std::lock_guard lock(mutex);
    notes.push_back(what + " " + std::to_string(port));
    noted.notify_all();
  }

  std::vector<std::string> awaitNotes(size_t count) {
    std::unique_lock lock(mutex);
    noted.wait(lock, [&] { return notes.size() >= count; });
    return notes;
  }

  std::mutex mutex;
  std::condition_variable noted;
  std::vector<std::string> notes;
};

TEST_F(ForwarderTest, CarriesConnectionsOfSeveralPortsAtOnce) {
  Forwarder forwarder(options());
  const auto first = forwarder.listen("127.0.0.1", {0, 80});
  const auto second = forwarder.listen("127.0.0.1", {0, 443});
  ASSERT_TRUE(first && second && forwarder.start());
  EXPECT_NE(first->local, second->local);
  const auto one = connect(first->local);
  const auto other = connect(second->local);
  const auto third = connect(first->local);
  EXPECT_EQ(talk(*other, "b", 5), "443:b");
  EXPECT_EQ(talk(*one, "a", 4), "80:a");
  EXPECT_EQ(talk(*third, "c", 4), "80:c");
}

TEST_F(ForwarderTest, ListensAtBothFamilies) {
  Forwarder forwarder(options());
  const auto v4 = forwarder.listen("127.0.0.1", {0, 80});
  ASSERT_TRUE(v4);
  const auto v6 = forwarder.listen("::1", *v4);
  if (!v6) GTEST_SKIP() << "no IPv6 here: " << v6.error().message;
  ASSERT_TRUE(forwarder.start());
  EXPECT_EQ(v6->local, v4->local);
  EXPECT_EQ(talk(*connect(v6->local, "::1"), "a", 4), "80:a");
}

TEST_F(ForwarderTest, APortThatIsTakenIsAnError) {
  Forwarder forwarder(options());
  const auto first = forwarder.listen("127.0.0.1", {0, 80});
  ASSERT_TRUE(first);
  const auto second = forwarder.listen("127.0.0.1", {first->local, 80});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().errnum, EADDRINUSE);
}

TEST_F(ForwarderTest, TellsOfConnectionsAndWhyTheyFailed) {
  Forwarder forwarder(options());
  const auto pair = forwarder.listen("127.0.0.1", {0, 80});
  ASSERT_TRUE(pair && forwarder.start());
  const auto stream = connect(pair->local);
  EXPECT_EQ(talk(*stream, "bye", 1), "<end>");
  EXPECT_THAT(awaitNotes(2), testing::ElementsAre("connection 80", "refused 80"));
}

TEST_F(ForwarderTest, EndsItsConnectionsWhenItEnds) {
  auto forwarder = std::make_unique<Forwarder>(options());
  const auto pair = forwarder->listen("127.0.0.1", {0, 80});
  ASSERT_TRUE(pair && forwarder->start());
  const auto stream = connect(pair->local);
  EXPECT_EQ(talk(*stream, "x", 4), "80:x");
  forwarder.reset();
  EXPECT_EQ(talk(*stream, "", 1), "<end>");
  EXPECT_THAT(awaitNotes(1), testing::ElementsAre("connection 80"));
}

}  // namespace
}  // namespace mc::http
