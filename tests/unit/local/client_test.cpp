// Transport and Client against a daemon on a unix socket.

#include "local/docker/client.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "local/docker/containers.hpp"
#include "local/docker/networks.hpp"
#include "local/docker/system.hpp"
#include "local/docker/volumes.hpp"
#include "unit/local/local_fixture.hpp"

namespace mc::local::docker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ClientTest : public LocalFixture {
 protected:
  Client client{parseEndpoint(LocalFixture::docker.host()).value()};
};

TEST_F(ClientTest, NegotiatesTheVersionOnce) {
  ASSERT_TRUE(engineInfo(client, {}));
  ASSERT_TRUE(engineInfo(client, {}));
  EXPECT_EQ(client.apiVersion({}).value(), "1.41");
  EXPECT_THAT(LocalFixture::docker.requests(), ElementsAre("GET /_ping", "GET /info", "GET /info"));
}

TEST_F(ClientTest, SpeaksNoNewerVersionThanItKnows) {
  LocalFixture::docker.setApiVersion("1.99");
  EXPECT_EQ(client.apiVersion({}).value(), kNewestApi);
}

TEST_F(ClientTest, RefusesAnOldDaemon) {
  LocalFixture::docker.setApiVersion("1.40");
  const auto version = client.apiVersion({});
  ASSERT_FALSE(version);
  EXPECT_THAT(version.error().message, HasSubstr("speaks API version 1.40"));
}

TEST_F(ClientTest, RefusalsBecomeErrors) {
  const auto missing = inspectContainer(client, "no/such one", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().errnum, ENOENT);
  EXPECT_EQ(missing.error().message, "No such container: no");
}

TEST_F(ClientTest, AskedNamesAreEscaped) {
  (void)inspectVolume(client, "a b&c", {});
  EXPECT_EQ(LocalFixture::docker.requests().back(), "GET /volumes/a%20b%26c");
}

TEST_F(ClientTest, NoDaemonIsSaidInDockersWords) {
  Client nobody(parseEndpoint("unix://" + directory + "/none.sock").value());
  const auto info = engineInfo(nobody, {});
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().errnum, ECONNREFUSED);
  EXPECT_EQ(info.error().message, "Cannot connect to the Docker daemon at unix://" + directory +
                                      "/none.sock. Is the docker daemon running?");
}

TEST_F(ClientTest, ALostConnectionIsAnError) {
  LocalFixture::docker.cutAt(2, false);
  const auto info = engineInfo(client, {});
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().errnum, EIO);
}

TEST_F(ClientTest, CallsRunSideBySide) {
  ASSERT_TRUE(engineInfo(client, {}));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 20; ++k) ASSERT_TRUE(engineInfo(client, {}));
    });
  }
  threads.clear();
  EXPECT_EQ(LocalFixture::docker.requests().size(), 2u + 8 * 20);
}

TEST_F(ClientTest, AStoppedCallReturns) {
  std::stop_source source;
  auto events = EventStream::open(client, 0, source.get_token());
  ASSERT_TRUE(events);
  std::thread stopper([&] { source.request_stop(); });
  const auto event = events->next();
  stopper.join();
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().errnum, ECANCELED);
}

TEST_F(ClientTest, AStoppedTokenAsksNothing) {
  std::stop_source source;
  source.request_stop();
  const auto info = engineInfo(client, source.get_token());
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().errnum, ECANCELED);
}

TEST_F(ClientTest, EventsArriveAsTheyHappen) {
  auto events = EventStream::open(client, 0, {});
  ASSERT_TRUE(events);
  ASSERT_TRUE(createVolume(client, "v", {}, {}, {}));
  ASSERT_TRUE(removeVolume(client, "v", {}));
  EXPECT_EQ(events->next().value().at("Action").as_string(), "destroy");
}

TEST_F(ClientTest, WhatIsGoneNeedsNoRemoval) {
  EXPECT_TRUE(removeVolume(client, "none", {}));
  EXPECT_TRUE(removeNetwork(client, "none", {}));
  EXPECT_TRUE(removeContainer(client, "none", {}));
}

TEST(Endpoint, ReadsDockerHost) {
  EXPECT_EQ(parseEndpoint("unix:///run/d.sock").value().path, "/run/d.sock");
  EXPECT_EQ(parseEndpoint("unix://").value().path, "/var/run/docker.sock");
  EXPECT_EQ(parseEndpoint("tcp://example.org:2376").value().port, "2376");
  EXPECT_EQ(parseEndpoint("tcp://example.org").value().port, "2375");
  EXPECT_EQ(parseEndpoint("tcp://[::1]:99").value().host, "::1");
  EXPECT_EQ(parseEndpoint("http://a:1/x").value().port, "1");
}

TEST(Endpoint, RefusesWhatItCannotSpeak) {
  EXPECT_THAT(parseEndpoint("ssh://me@host").error().message, HasSubstr("ssh://me@host"));
  EXPECT_FALSE(parseEndpoint(""));
  EXPECT_FALSE(parseEndpoint("tcp://:1"));
  EXPECT_FALSE(parseEndpoint("unix://" + std::string(200, 'x')));
}

}  // namespace
}  // namespace mc::local::docker
