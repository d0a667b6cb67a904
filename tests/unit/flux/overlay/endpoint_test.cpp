#include "flux/overlay/endpoint.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace mc::flux::overlay {
namespace {

TEST(Endpoint, ReadsTcpAndIpc) {
  const auto tcp = Endpoint::parse("tcp://flux-0.flux-service:8050");
  ASSERT_TRUE(tcp);
  EXPECT_EQ(tcp->host, "flux-0.flux-service");
  EXPECT_EQ(tcp->port, 8050);
  const auto ipc = Endpoint::parse("ipc:///tmp/x/tbon-0");
  ASSERT_TRUE(ipc);
  EXPECT_EQ(ipc->kind, Endpoint::Kind::Ipc);
  EXPECT_EQ(ipc->host, "/tmp/x/tbon-0");
  const auto six = Endpoint::parse("tcp://[::1]:80");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(six->uri(), "tcp://[::1]:80");
}

TEST(Endpoint, RefusesWhatIsNone) {
  for (const char* uri : {"", "tcp://", "tcp://host", "tcp://:80", "tcp://host:65536",
                          "tcp://host:8x", "ipc://", "http://x:1", "tcp://[]:80"}) {
    const auto endpoint = Endpoint::parse(uri);
    ASSERT_FALSE(endpoint) << uri;
    EXPECT_EQ(endpoint.error().errnum, EINVAL);
  }
  EXPECT_FALSE(Endpoint::parse("tcp://host:"));
}

TEST(Endpoint, BindsToInterfacesAddressesAndAll) {
  EXPECT_EQ(bindAddresses({Endpoint::Kind::Tcp, "lo", 1})->front().storage.ss_family, AF_INET);
  EXPECT_EQ(bindAddresses({Endpoint::Kind::Tcp, "127.0.0.1", 1})->size(), 1U);
  EXPECT_EQ(bindAddresses({Endpoint::Kind::Tcp, "*", 1})->size(), 2U);
  const auto none = bindAddresses({Endpoint::Kind::Tcp, "nosuch0", 1});
  EXPECT_EQ(none.error().errnum, ENODEV);
}

TEST(Endpoint, ListensWhereTold) {
  const auto fd = listenOn({Endpoint::Kind::Tcp, "lo", 0});
  ASSERT_TRUE(fd) << fd.error().message;
  const auto port = boundPort(fd->get());
  ASSERT_TRUE(port);
  EXPECT_GT(*port, 0);
  const auto second = listenOn({Endpoint::Kind::Tcp, "127.0.0.1", *port});
  EXPECT_EQ(second.error().errnum, EADDRINUSE);
}

class SocketFile : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    path = directory + "/socket";
  }
  void TearDown() override {
    ::unlink(path.c_str());
    ::rmdir(directory.c_str());
  }
  std::string directory = "/tmp/endpoint-test-XXXXXX";
  std::string path;
};

TEST_F(SocketFile, OfADeadProcessIsReplaced) {
  ASSERT_TRUE(listenOnPath(path));  // closed at once: nobody answers any more
  EXPECT_TRUE(listenOnPath(path));
}

TEST_F(SocketFile, OfALivingProcessIsLeftAlone) {
  const auto living = listenOnPath(path);
  ASSERT_TRUE(living);
  EXPECT_EQ(listenOnPath(path).error().errnum, EADDRINUSE);
}

TEST_F(SocketFile, MustNotHaveALongPath) {
  EXPECT_EQ(listenOnPath("/tmp/" + std::string(200, 'x')).error().errnum, ENAMETOOLONG);
}

}  // namespace
}  // namespace mc::flux::overlay
