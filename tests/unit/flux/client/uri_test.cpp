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

}  // namespace
}  // namespace mc::flux::client
