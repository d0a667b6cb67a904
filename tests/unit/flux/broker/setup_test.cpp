#include "flux/broker/setup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flux/broker/command_line.hpp"
#include "flux/version.hpp"

namespace mc::flux::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

base::Result<Setup> setUpWith(std::vector<std::pair<std::string, std::string>> attributes,
                              std::vector<std::string> config = {}) {
  BrokerOptions options;
  options.attributes = std::move(attributes);
  options.configValues = std::move(config);
  return setUp(options, 1795407210.77);
}

TEST(Setup, AloneWithoutConfiguration) {
  std::string rundir;
  {
    const auto setup = setUpWith({});
    ASSERT_TRUE(setup) << setup.error().message;
    rundir = *setup->attributes.get("rundir");
    EXPECT_EQ(*setup->attributes.get("size"), "1");
    EXPECT_EQ(*setup->attributes.get("rank"), "0");
    EXPECT_EQ(*setup->attributes.get("local-uri"), "local://" + rundir + "/local-0");
    EXPECT_EQ(*setup->attributes.get("broker.starttime"), "1795407210.77");
    EXPECT_EQ(*setup->attributes.get("broker.quorum"), "1");
    EXPECT_EQ(*setup->attributes.get("broker.quorum-warn"), "1m");
    EXPECT_EQ(*setup->attributes.get("tbon.topo"), "kary:32");
    EXPECT_EQ(*setup->attributes.get("version"), kFluxVersion);
    EXPECT_EQ(*setup->attributes.get("security.owner"), std::to_string(::geteuid()));
    struct stat status{};
    ASSERT_EQ(::stat(rundir.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
  }
  EXPECT_NE(::access(rundir.c_str(), F_OK), 0);  // gone with it
}

TEST(Setup, AttributesComeBeforeTheConfiguration) {
  const auto setup = setUpWith({{"tbon.topo", "kary:2"}},
                               {R"({"tbon":{"topo":"kary:4","connect_timeout":"5s"}})"});
  ASSERT_TRUE(setup) << setup.error().message;
  EXPECT_EQ(*setup->attributes.get("tbon.topo"), "kary:2");
  EXPECT_EQ(setup->overlay.connectTimeout, std::chrono::seconds(5));
  EXPECT_EQ(*setUpWith({{"tbon.fanout", "3"}})->attributes.get("tbon.topo"), "kary:3");
}

TEST(Setup, SocketIsWhereTheAttributeSays) {
  const auto setup = setUpWith({{"local-uri", "local:///tmp/mc-test/local"}});
  ASSERT_TRUE(setup);
  EXPECT_EQ(setup->socketPath, "/tmp/mc-test/local");
}

TEST(Setup, HostnameAttributeDecidesTheRank) {
  const std::string config = R"({"bootstrap":{"hosts":[{"host":"solo"}]}})";
  const auto setup = setUpWith({{"hostname", "solo"}}, {config});
  ASSERT_TRUE(setup) << setup.error().message;
  EXPECT_EQ(*setup->attributes.get("hostlist"), "solo");
  EXPECT_EQ(setup->boot.method, "config");
}

TEST(Setup, GuestsReachTheSocket) {
  const auto setup = setUpWith({}, {R"({"access":{"allow-guest-user":true}})"});
  ASSERT_TRUE(setup);
  EXPECT_TRUE(setup->access.allowGuests);
  struct stat status{};
  ASSERT_EQ(::stat(setup->rundir.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0755U);
}

TEST(Setup, ErrorsNameWhatIsWrong) {
  const auto errorOf = [](const base::Result<broker::Setup>& setup) {
    return setup ? "no error" : setup.error().message;
  };
  EXPECT_THAT(errorOf(setUpWith({{"rank", "3"}})), HasSubstr("rank"));
  EXPECT_THAT(errorOf(setUpWith({{"broker.quorum", "2"}})), HasSubstr("broker.quorum"));
  EXPECT_THAT(errorOf(setUpWith({{"tbon.topo", "ring"}})), HasSubstr("tbon.topo"));
  EXPECT_THAT(errorOf(setUpWith({{"local-uri", "ssh://x"}})), HasSubstr("local-uri"));
  EXPECT_THAT(errorOf(setUpWith({{"tbon.connect_timeout", "x"}})),
              HasSubstr("tbon.connect_timeout"));
  EXPECT_THAT(errorOf(setUpWith({}, {R"({"access":{"allow-guest-user":1}})"})),
              HasSubstr("access.allow-guest-user"));
}

/// Parses a command line that a user could have typed.
template <class Parse>
auto parse(Parse parser, std::vector<std::string> words) {
  words.insert(words.begin(), "flux-test");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parser(static_cast<int>(words.size()), argv.data());
}

TEST(BrokerCommandLine, TakesOptionsUpToTheProgram) {
  const auto line =
      parse(parseBrokerCommandLine, {"-Sa=b", "-Sbroker.rc2_none", "--setattr", "c=d=e", "-c",
                                     "/etc/flux", "--conf=x=1", "-v", "sh", "-c", "exit"});
  ASSERT_FALSE(line.exitStatus);
  EXPECT_THAT(
      line.options.attributes,
      ElementsAre(std::pair("a", "b"), std::pair("broker.rc2_none", ""), std::pair("c", "d=e")));
  EXPECT_EQ(line.options.configPath, "/etc/flux");
  EXPECT_THAT(line.options.configValues, ElementsAre("x=1"));
  EXPECT_EQ(line.options.verbose, 1);
  EXPECT_THAT(line.options.command, ElementsAre("sh", "-c", "exit"));
  EXPECT_EQ(parse(parseBrokerCommandLine, {"-S=x"}).exitStatus, 1);
}

TEST(StartCommandLine, PassesBrokerOptionsOn) {
  const auto line = parse(parseStartCommandLine,
                          {"-s", "4", "-o,-Sa=b,-v", "-Sc=d", "-c/etc", "--wrap=x,y", "true"});
  ASSERT_FALSE(line.exitStatus);
  EXPECT_EQ(line.options.testSize, 4U);
  EXPECT_THAT(line.options.brokerArguments, ElementsAre("-Sa=b", "-v", "-Sc=d", "-c/etc"));
  EXPECT_THAT(line.options.wrap, ElementsAre("x", "y"));
  EXPECT_THAT(line.options.command, ElementsAre("true"));
}

TEST(StartCommandLine, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parse(parseStartCommandLine, {"-s", "0"}).exitStatus, 1);
  EXPECT_EQ(parse(parseStartCommandLine, {"-s", "x"}).exitStatus, 1);
  EXPECT_EQ(parse(parseStartCommandLine, {"-s2", "--test-hosts=a"}).exitStatus, 1);
  EXPECT_EQ(parse(parseStartCommandLine, {"--test-hosts=a"}).exitStatus, 1);
  EXPECT_EQ(parse(parseStartCommandLine, {"--nosuch"}).exitStatus, 1);
}

}  // namespace
}  // namespace mc::flux::broker
