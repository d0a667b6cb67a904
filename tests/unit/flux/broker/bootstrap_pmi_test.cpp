#include "flux/broker/bootstrap_pmi.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <future>

#include "fakes/fake_pmi.hpp"
#include "flux/broker/bootstrap_keys.hpp"
#include "flux/broker/parent_instance.hpp"

namespace mc::flux::broker {
namespace {

using testing::HasSubstr;

const fakes::FakePmi::Store kFlux = {{"flux.instance-level", "2"},
                                     {"flux.taskmap", R"({"version":1,"map":[[0,3,1,1]]})"}};

std::vector<base::Result<Boot>> bootAll(fakes::FakePmi& launcher, uint32_t size,
                                        const std::string& topology, bool apart = false) {
  std::vector<std::future<base::Result<Boot>>> running;
  for (uint32_t rank = 0; rank < size; ++rank)
    running.push_back(std::async(std::launch::async,
                                 [rank, size, topology, apart, fd = launcher.take(rank)]() mutable {
                                   PmiClient client(std::move(fd), rank, size);
                                   PmiPlace place;
                                   place.hostname = "node" + std::to_string(rank);
                                   place.rundir = "/run/r" + std::to_string(rank);
                                   place.topology = topology;
                                   place.interfaceHint = "lo";
                                   if (apart) place.where = "machine" + std::to_string(rank / 2);
                                   return bootPmi(client, place);
                                 }));
  std::vector<base::Result<Boot>> boots;
  for (auto& boot : running) boots.push_back(boot.get());
  return boots;
}

TEST(BootstrapPmi, BrokersOfOneMachineMeetAtSockets) {
  fakes::FakePmi launcher(3, kFlux);
  const auto boots = bootAll(launcher, 3, "kary:1");
  for (const auto& boot : boots) ASSERT_TRUE(boot) << boot.error().message;
  EXPECT_EQ(boots[1]->rank, 1U);
  EXPECT_EQ(boots[1]->hosts.str(), "node[0-2]");
  EXPECT_EQ(boots[0]->bind->uri(), "ipc:///run/r0/tbon-0");
  EXPECT_FALSE(boots[0]->parent);
  EXPECT_EQ(boots[1]->bind->uri(), "ipc:///run/r1/tbon-1");
  EXPECT_EQ(boots[1]->parent->uri(), "ipc:///run/r0/tbon-0");
  EXPECT_FALSE(boots[2]->bind);
  EXPECT_EQ(boots[2]->parent->uri(), "ipc:///run/r1/tbon-1");
  EXPECT_FALSE(boots[2]->secret);
  EXPECT_EQ(boots[2]->mapping, "[[0,3,1,1]]");
  EXPECT_EQ(boots[2]->method, "simple");
}

TEST(BootstrapPmi, OthersMeetByTcpWithACommonKey) {
  fakes::FakePmi launcher(4, kFlux);  // two machines; rank 1 serves rank 3, rank 0 ranks 1 and 2
  const auto boots = bootAll(launcher, 4, "kary:2", true);
  for (const auto& boot : boots) ASSERT_TRUE(boot) << boot.error().message;
  for (const auto& boot : boots) {
    ASSERT_TRUE(boot->secret);
    EXPECT_EQ(boot->secret->bytes(), boots[0]->secret->bytes());
  }
  EXPECT_THAT(boots[0]->bind->uri(), HasSubstr("tcp://127.0.0.1:"));
  EXPECT_TRUE(boots[0]->listener);
  EXPECT_EQ(boots[2]->parent->uri(), boots[0]->bind->uri());
  EXPECT_EQ(boots[1]->parent->uri(), boots[0]->bind->uri());
  EXPECT_EQ(boots[3]->parent->uri(), boots[1]->bind->uri());
}

TEST(BootstrapPmi, OneBrokerNeedsNoOther) {
  ::setenv("FLUX_JOB_ID", "f1", 1);
  fakes::FakePmi launcher(1, kFlux);
  const auto boots = bootAll(launcher, 1, "kary:32");
  ::unsetenv("FLUX_JOB_ID");
  ASSERT_TRUE(boots[0]) << boots[0].error().message;
  EXPECT_FALSE(boots[0]->bind);
  ASSERT_TRUE(boots[0]->enclosing);
  EXPECT_EQ(boots[0]->enclosing->level, 2U);
  EXPECT_EQ(boots[0]->enclosing->jobId, "f1");
}

TEST(BootstrapPmi, OtherLaunchersAreNoInstance) {
  fakes::FakePmi launcher(1, {});
  const auto boots = bootAll(launcher, 1, "kary:32");
  ASSERT_TRUE(boots[0]);
  EXPECT_FALSE(boots[0]->enclosing);
  EXPECT_EQ(boots[0]->mapping, "[[0,1,1,1]]");
}

TEST(BootstrapPmi, LauncherThatGoesIsAnError) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  ::close(ends[0]);
  std::signal(SIGPIPE, SIG_IGN);
  PmiClient client(base::Fd(ends[1]), 0, 1);
  const auto boot = bootPmi(client, {"h", "/r", "kary:2"});
  ASSERT_FALSE(boot);
  EXPECT_THAT(boot.error().message, HasSubstr("PMI: cmd=init"));
}

TEST(PmiClient, ReadsItsVariables) {
  for (const char* name : {"PMI_FD", "PMI_RANK", "PMI_SIZE"}) ::unsetenv(name);
  const auto none = PmiClient::fromEnvironment();
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  ::setenv("PMI_FD", "999", 1);
  EXPECT_FALSE(PmiClient::fromEnvironment());
  ::setenv("PMI_RANK", "2", 1);
  ::setenv("PMI_SIZE", "2", 1);
  EXPECT_FALSE(PmiClient::fromEnvironment());
  for (const char* name : {"PMI_FD", "PMI_RANK", "PMI_SIZE"}) ::unsetenv(name);
}

TEST(BootstrapKeys, OnlyTheReceiverCanOpen) {
  const auto sender = KeyPair::generate();
  const auto receiver = KeyPair::generate();
  const auto other = KeyPair::generate();
  ASSERT_TRUE(sender && receiver && other);
  const auto key = randomKey();
  ASSERT_TRUE(key);
  const auto sealed = sender->seal(*key, receiver->publicText());
  ASSERT_TRUE(sealed);
  EXPECT_EQ(receiver->open(*sealed, sender->publicText()).value(), *key);
  EXPECT_NE(other->open(*sealed, sender->publicText()).value(), *key);
  EXPECT_FALSE(receiver->open("zz", sender->publicText()));
  EXPECT_FALSE(sender->seal(*key, "abc"));
  EXPECT_FALSE(sender->seal(*key, std::string(64, '0')));  // a point of small order
}

TEST(EnclosingResources, RanksAreNumberedAnew) {
  const auto set = formats::ResourceSet::parse(
      R"({"version":1,"execution":{"R_lite":[{"rank":"3,7","children":{"core":"1-2"}}],
          "starttime":1,"expiration":100,"nodelist":["a,b"],"properties":{"big":"7"}}})");
  ASSERT_TRUE(set) << set.error().message;
  const auto own = renumber(*set, 2);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->summary(), "rank[0-1]/core[1-2]");
  EXPECT_EQ(own->nodes.at(1).host, "b");
  EXPECT_EQ(own->properties.at("big").str(), "1");
  EXPECT_EQ(own->expiration, 100);
  EXPECT_EQ(renumber(*set, 4).error().errnum, ENOTSUP);
}

}  // namespace
}  // namespace mc::flux::broker
