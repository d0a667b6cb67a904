#include "flux/broker/bootstrap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flux/broker/config.hpp"

namespace mc::flux::broker {
namespace {

using testing::HasSubstr;

/// As the flux-operator writes it.
constexpr const char* kOperator = R"(
[bootstrap]
curve_cert = "/mnt/curve/curve.cert"
default_port = 8050
default_bind = "tcp://eth0:%p"
default_connect = "tcp://%h.flux-service.ns.svc.cluster.local:%p"
hosts = [ { host = "flux-sample-[0-3]" } ]
)";

base::Result<Boot> boot(const std::string& toml, const std::string& hostname,
                        const std::string& topology = "kary:32") {
  MC_TRY_ASSIGN(const auto config, parseToml(toml, "test"));
  return bootFromConfig(config, hostname, topology);
}

TEST(Bootstrap, LeadBindsAndFollowersConnectToIt) {
  const auto lead = boot(kOperator, "flux-sample-0");
  ASSERT_TRUE(lead) << lead.error().message;
  EXPECT_EQ(lead->rank, 0U);
  EXPECT_EQ(lead->bind->uri(), "tcp://eth0:8050");
  EXPECT_FALSE(lead->parent);
  EXPECT_EQ(lead->hosts.str(), "flux-sample-[0-3]");

  const auto follower = boot(kOperator, "flux-sample-2");
  ASSERT_TRUE(follower);
  EXPECT_EQ(follower->rank, 2U);
  EXPECT_FALSE(follower->bind);
  EXPECT_EQ(follower->parent->uri(), "tcp://flux-sample-0.flux-service.ns.svc.cluster.local:8050");
  EXPECT_EQ(follower->curveCert, "/mnt/curve/curve.cert");
}

TEST(Bootstrap, TreeDecidesWhoListens) {
  const auto middle = boot(kOperator, "flux-sample-1", "kary:1");
  ASSERT_TRUE(middle);
  EXPECT_TRUE(middle->bind);
  EXPECT_THAT(middle->parent->uri(), HasSubstr("flux-sample-0."));
}

/// Four hosts of which the last one is the parent of the two in between.
std::string customTree(const std::string& parentOfLast) {
  return R"(
[bootstrap]
curve_cert = "c"
default_bind = "tcp://*:9001"
default_connect = "tcp://%h:9001"
hosts = [ { host = "a" }, { host = "b[1-2]", parent = "c" }, { host = "c", parent = ")" +
         parentOfLast + "\" } ]";
}

TEST(Bootstrap, HostsDrawTheTree) {
  const auto leaf = boot(customTree("a"), "b2", "custom");
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(leaf->parent->uri(), "tcp://c:9001");
  EXPECT_FALSE(leaf->bind);
  const auto router = boot(customTree("a"), "c", "custom");
  ASSERT_TRUE(router);
  EXPECT_EQ(router->parent->uri(), "tcp://a:9001");
  EXPECT_TRUE(router->bind);
  EXPECT_EQ(router->topology.subtree(3).str(), "1-3");
}

TEST(Bootstrap, TreeOfHostsMustBeOne) {
  const auto unknown = boot(customTree("nosuch"), "a", "custom");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message,
            "configuration: bootstrap.hosts has no host nosuch, the parent of c");
  const auto ring = boot(customTree("b1"), "a", "custom");
  ASSERT_FALSE(ring);
  EXPECT_THAT(ring.error().message, HasSubstr("no way leads from rank 1 to rank 0"));
}

TEST(Bootstrap, HostMayBeKnownByItsFullName) {
  EXPECT_EQ(boot(kOperator, "flux-sample-3.flux-service")->rank, 3U);
}

TEST(Bootstrap, HostEntryOverridesTheDefaults) {
  const auto lead = boot(R"(
[bootstrap]
curve_cert = "c"
hosts = [ { host = "a", bind = "tcp://*:9001", connect = "tcp://10.0.0.1:9001" }, { host = "b" } ]
)",
                         "a");
  ASSERT_TRUE(lead) << lead.error().message;
  EXPECT_EQ(lead->bind->uri(), "tcp://*:9001");
}

TEST(Bootstrap, WithoutHostsThereIsOneBroker) {
  EXPECT_EQ(boot("", "x")->topology.size(), 1U);
  EXPECT_EQ(boot("", "x")->method, "single");
  EXPECT_EQ(boot("[bootstrap]\nhosts = []\n", "x")->topology.size(), 1U);
}

TEST(Bootstrap, ErrorsNameTheKey) {
  const auto errorOf = [](const std::string& toml, const char* host = "a") {
    const auto result = boot(toml, host);
    return result ? "no error" : result.error().message;
  };
  EXPECT_THAT(errorOf(kOperator, "elsewhere"), HasSubstr("elsewhere"));
  EXPECT_THAT(errorOf("[bootstrap]\nhost = []\n"), HasSubstr("bootstrap.host "));
  EXPECT_THAT(errorOf("[bootstrap]\nhosts = [ 1 ]\n"), HasSubstr("bootstrap.hosts"));
  EXPECT_THAT(errorOf("[bootstrap]\nhosts = [ { host = \"a[\" } ]\n"), HasSubstr("bad host"));
  EXPECT_THAT(errorOf("[bootstrap]\nhosts = [ { hosts = \"a\" } ]\n"), HasSubstr("hosts.hosts"));
  EXPECT_THAT(errorOf("[bootstrap]\nhosts = [ { host = \"a[0-1]\" } ]\n", "a0"),
              HasSubstr("curve_cert"));
  const std::string two =
      "[bootstrap]\ncurve_cert = \"c\"\nhosts = [ { host = \"a\" }, { host = "
      "\"b\" } ]\n";
  EXPECT_THAT(errorOf(two), HasSubstr("default_bind"));
  EXPECT_THAT(errorOf(two, "b"), HasSubstr("default_connect"));
  EXPECT_THAT(errorOf(two + "default_bind = \"tcp://eth0:%p\"\n"), HasSubstr("default_port"));
  EXPECT_THAT(errorOf(two + "default_bind = \"eth0\"\n"), HasSubstr("eth0"));
  EXPECT_THAT(errorOf(two + "default_port = 70000\n"), HasSubstr("default_port"));
}

TEST(Bootstrap, LocalBrokersMeetInTheRundir) {
  const auto one = bootLocal({1, 3, ""}, "/tmp/x", "vm", "kary:1");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->bind->uri(), "ipc:///tmp/x/tbon-1");
  EXPECT_EQ(one->parent->uri(), "ipc:///tmp/x/tbon-0");
  EXPECT_EQ(one->hosts.str(), "vm,vm,vm");
  EXPECT_EQ(bootLocal({0, 2, "a,b"}, "/tmp/x", "vm", "kary:1")->hosts.str(), "a,b");
  EXPECT_FALSE(bootLocal({3, 3, ""}, "/tmp/x", "vm", "kary:1"));
}

TEST(TaskMapping, IsThatOfRfc34) {
  const auto mapping = [](const char* hosts) {
    return taskMapping(*formats::Hostlist::parse(hosts));
  };
  EXPECT_EQ(mapping("vm,vm"), "[[0,1,2,1]]");
  EXPECT_EQ(mapping("a[0-3]"), "[[0,4,1,1]]");
  EXPECT_EQ(mapping("a,a,b,b,c"), "[[0,2,2,1],[2,1,1,1]]");
  EXPECT_EQ(mapping("a,b,a"), "[[0,2,1,1],[0,1,1,1]]");
}

}  // namespace
}  // namespace mc::flux::broker
