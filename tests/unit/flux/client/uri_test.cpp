#include "flux/client/uri.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace mc::flux::client {
namespace {

TEST(Uri, ComesFromTheEnvironmentOrTheSystem) {
  ::setenv("FLUX_URI", "local:///tmp/x/local-0", 1);
  EXPECT_EQ(brokerUri(), "local:///tmp/x/local-0");
  ::setenv("FLUX_URI", "", 1);
  EXPECT_EQ(brokerUri(), "local:///run/flux/local");
  ::unsetenv("FLUX_URI");
  EXPECT_EQ(brokerUri(), "local:///run/flux/local");
}

TEST(Uri, NamesASocket) {
  EXPECT_EQ(*socketPath("local:///run/flux/local"), "/run/flux/local");
  EXPECT_EQ(socketPath("ssh://host/x").error().errnum, EINVAL);
  EXPECT_EQ(socketPath("local://relative").error().errnum, EINVAL);
  EXPECT_EQ(socketPath("").error().errnum, EINVAL);
  EXPECT_EQ(socketPath("local:///" + std::string(200, 'x')).error().errnum, ENAMETOOLONG);
}

TEST(Uri, NamesASocketOfAnotherHost) {
  const auto plain = RemoteUri::parse("ssh://pod-1/run/flux/local");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "pod-1");
  EXPECT_EQ(plain->path, "/run/flux/local");
  EXPECT_EQ(plain->user + plain->port, "");
  const auto full = RemoteUri::parse("ssh://me@host:2222/tmp/local-0?LD_LIBRARY_PATH=/x");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->user, "me");
  EXPECT_EQ(full->host, "host");
  EXPECT_EQ(full->port, "2222");
  EXPECT_EQ(full->path, "/tmp/local-0");
}

// They become words of a command line.
TEST(Uri, OfAnotherHostIsNoOption) {
  for (const char* uri :
       {"local:///x", "ssh://", "ssh://host", "ssh:///x", "ssh://-oProxyCommand=x/y",
        "ssh://-l@host/x", "ssh://host:-1/x", "ssh://host name/x", "ssh://h/a b"})
    EXPECT_FALSE(RemoteUri::parse(uri)) << uri;
  EXPECT_EQ(RemoteUri::parse("ssh://host").error().errnum, EINVAL);
}

}  // namespace
}  // namespace mc::flux::client
