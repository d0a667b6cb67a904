// What is made, kept and replaced.

#include "certs/issue.hpp"

#include <gmock/gmock.h>

#include "unit/certs/memory_store.hpp"

namespace mc::certs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;

constexpr double kNow = 1795413600;
constexpr double kDay = 86400;

class IssueTest : public testing::Test {
 protected:
  IssueTest() {
    request.name = "rabbitmq";
    request.ns = "flux-operator";
    request.now = kNow;
  }

  /// "Created", "Unchanged" ... of authority, server and client; or the error.
  static std::string outcomes(const base::Result<std::vector<Issued>>& issued) {
    if (!issued) return issued.error().message;
    std::string text;
    for (const auto& each : *issued)
      text += each.outcome == Outcome::Created      ? "+"
              : each.outcome == Outcome::Configured ? "~"
                                                    : "=";
    return text;
  }

  /// Of the Secrets of style Tls.
  std::string value(const std::string& secret, const std::string& key) {
    return store.secrets.at(secret).data.at(key);
  }
  std::string certificate(const std::string& secret) { return value(secret, "tls.crt"); }

  /// Whether both ends trust each other with what their Secrets hold.
  bool trusting() {
    return http::isSignedBy(certificate("rabbitmq-server"), value("rabbitmq-client", "ca.crt")) &&
           http::isSignedBy(certificate("rabbitmq-client"), value("rabbitmq-server", "ca.crt"));
  }

  Request request;
  MemoryStore store;
};

TEST_F(IssueTest, MakesThreeSecretsOnce) {
  EXPECT_EQ(outcomes(create(request, store)), "+++");
  EXPECT_THAT(store.secrets,
              ElementsAre(Key("rabbitmq-ca"), Key("rabbitmq-client"), Key("rabbitmq-server")));
  EXPECT_THAT(store.secrets.at("rabbitmq-server").data,
              ElementsAre(Key("ca.crt"), Key("tls.crt"), Key("tls.key")));
  EXPECT_EQ(store.secrets.at("rabbitmq-server").type, "kubernetes.io/tls");
  const auto before = store.secrets;
  EXPECT_THAT(outcomes(create(request, store)), HasSubstr("\"rabbitmq-ca\" already exists"));
  EXPECT_EQ(outcomes(apply(request, store)), "===");
  EXPECT_EQ(store.secrets, before);
}

TEST_F(IssueTest, TheServerIsReachedByItsNamesInTheNamespace) {
  ASSERT_TRUE(create(request, store));
  EXPECT_THAT(http::hostsOf(certificate("rabbitmq-server")),
              ElementsAre("rabbitmq", "rabbitmq.flux-operator", "rabbitmq.flux-operator.svc",
                          "rabbitmq.flux-operator.svc.cluster.local"));
  EXPECT_THAT(http::hostsOf(certificate("rabbitmq-client")), ElementsAre());
}

TEST_F(IssueTest, HostsWithADotAndAddressesStayAsTheyAre) {
  request.hosts = {"mq", "mq.example.com", "10.0.0.7", "fd00::7"};
  EXPECT_THAT(namesOf(request), ElementsAre("mq", "mq.flux-operator", "mq.flux-operator.svc",
                                            "mq.flux-operator.svc.cluster.local", "mq.example.com",
                                            "10.0.0.7", "fd00::7"));
  ASSERT_TRUE(create(request, store));
  EXPECT_TRUE(http::isFor(certificate("rabbitmq-server"), namesOf(request)));
}

TEST_F(IssueTest, PemStyleHasTheFilesOfTheTutorial) {
  request.style = Style::Pem;
  ASSERT_TRUE(create(request, store));
  EXPECT_THAT(store.secrets.at("rabbitmq-ca").data,
              ElementsAre(Key("ca_certificate.pem"), Key("ca_key.pem")));
  EXPECT_THAT(store.secrets.at("rabbitmq-server").data,
              ElementsAre(Key("ca_certificate.pem"), Key("server_rabbitmq_certificate.pem"),
                          Key("server_rabbitmq_key.pem")));
  EXPECT_THAT(store.secrets.at("rabbitmq-client").data,
              ElementsAre(Key("ca_certificate.pem"), Key("client_rabbitmq_certificate.pem"),
                          Key("client_rabbitmq_key.pem")));
  request.style = {};
  EXPECT_EQ(outcomes(apply(request, store)), "===");
  EXPECT_EQ(outcomes(rotate(request, store)), "=~~");
  EXPECT_TRUE(store.secrets.at("rabbitmq-server").data.contains("server_rabbitmq_key.pem"));
  request.style = Style::Tls;
  EXPECT_THAT(outcomes(apply(request, store)), HasSubstr("in another --style"));
}

TEST_F(IssueTest, OnlyTheAuthoritysSecretHoldsItsKey) {
  ASSERT_TRUE(create(request, store));
  const std::string key = value("rabbitmq-ca", "tls.key");
  EXPECT_THAT(key, HasSubstr("PRIVATE KEY"));
  for (const auto* name : {"rabbitmq-server", "rabbitmq-client"})
    for (const auto& [file, text] : store.secrets.at(name).data) EXPECT_NE(text, key) << file;
}

TEST_F(IssueTest, TakesUpWhereItWasEnded) {
  for (size_t writes = 0; writes < 3; ++writes) {
    store = {};
    store.failAfter = writes;
    EXPECT_FALSE(create(request, store));
    store.failAfter = 1000;
    const auto before = store.secrets;
    EXPECT_EQ(outcomes(apply(request, store)),
              std::string(writes, '=') + std::string(3 - writes, '+'));
    for (const auto& [name, secret] : before) EXPECT_EQ(store.secrets.at(name), secret);
    EXPECT_TRUE(trusting());
  }
}

TEST_F(IssueTest, ARotationThatWasEndedIsTakenUpByApply) {
  request.newAuthority = true;
  for (size_t writes = 0; writes < 3; ++writes) {
    store = {};
    ASSERT_TRUE(create(request, store));
    store.failAfter = store.writes.size() + writes;
    EXPECT_FALSE(rotate(request, store));
    store.failAfter = 1000;
    ASSERT_TRUE(apply(request, store));
    EXPECT_TRUE(trusting());
  }
}

TEST_F(IssueTest, RotatesKeysOfTheSameAuthority) {
  request.hosts = {"mq"};
  ASSERT_TRUE(create(request, store));
  const auto old = store.secrets;
  request.hosts.clear();
  EXPECT_EQ(outcomes(rotate(request, store)), "=~~");
  EXPECT_NE(value("rabbitmq-server", "tls.key"), old.at("rabbitmq-server").data.at("tls.key"));
  EXPECT_NE(value("rabbitmq-client", "tls.key"), old.at("rabbitmq-client").data.at("tls.key"));
  // Those that have not been restarted yet.
  EXPECT_TRUE(http::isSignedBy(certificate("rabbitmq-server"),
                               old.at("rabbitmq-client").data.at("ca.crt")));
  EXPECT_TRUE(http::isFor(certificate("rabbitmq-server"), {"mq", "mq.flux-operator.svc"}));
}

TEST_F(IssueTest, ANewAuthorityIsTrustedTogetherWithTheOldOne) {
  ASSERT_TRUE(create(request, store));
  const auto old = store.secrets;
  request.newAuthority = true;
  EXPECT_EQ(outcomes(rotate(request, store)), "~~~");
  EXPECT_NE(certificate("rabbitmq-ca"), old.at("rabbitmq-ca").data.at("tls.crt"));
  EXPECT_TRUE(http::isSignedBy(old.at("rabbitmq-client").data.at("tls.crt"),
                               value("rabbitmq-server", "ca.crt")));
  EXPECT_TRUE(trusting());
  EXPECT_FALSE(http::isSignedBy(certificate("rabbitmq-client"),
                                old.at("rabbitmq-server").data.at("ca.crt")));
}

TEST_F(IssueTest, AnAuthorityThatEndsTooSoonIsReplaced) {
  ASSERT_TRUE(create(request, store));
  request.now += 9.5 * 365 * kDay;
  EXPECT_EQ(outcomes(rotate(request, store)), "~~~");
  const auto validity = http::validityOf(certificate("rabbitmq-server"));
  ASSERT_TRUE(validity);
  EXPECT_NEAR(validity->end, request.now + 365 * kDay, 1);
}

TEST_F(IssueTest, ApplyReplacesNoKeyThatDoesNotDo) {
  ASSERT_TRUE(create(request, store));
  const auto before = store.secrets;
  request.hosts = {"other"};
  EXPECT_THAT(outcomes(apply(request, store)),
              HasSubstr("it is not for all of the hosts; `minicluster certs rotate rabbitmq`"));
  EXPECT_EQ(store.secrets, before);
  request.hosts.clear();
  store.secrets["rabbitmq-client"].data["tls.key"] = value("rabbitmq-server", "tls.key");
  EXPECT_THAT(outcomes(apply(request, store)), HasSubstr("its key is not its certificate's"));
  store.secrets = before;
  store.secrets.erase("rabbitmq-ca");
  EXPECT_THAT(outcomes(apply(request, store)),
              HasSubstr("it is not signed by the authority in rabbitmq-ca"));
}

TEST_F(IssueTest, RotateMakesGoodWhatIsBroken) {
  ASSERT_TRUE(create(request, store));
  store.secrets["rabbitmq-ca"].data["tls.key"] = "nonsense";
  store.secrets["rabbitmq-server"].data.erase("tls.key");
  store.secrets.erase("rabbitmq-client");
  EXPECT_THAT(outcomes(apply(request, store)), HasSubstr("holds no authority and its key"));
  EXPECT_EQ(outcomes(rotate(request, store)), "~~+");
  EXPECT_TRUE(trusting());
  EXPECT_EQ(outcomes(apply(request, store)), "===");
}

TEST_F(IssueTest, WarnsWhenAThirdOfTheTimeIsLeft) {
  ASSERT_TRUE(create(request, store));
  request.now += 240 * kDay;
  auto kept = apply(request, store);
  ASSERT_TRUE(kept);
  EXPECT_EQ(renewalNote(kept->at(1), request), "");
  request.now += 10 * kDay;
  kept = apply(request, store);
  ASSERT_TRUE(kept);
  EXPECT_EQ(renewalNote(kept->at(0), request), "");
  EXPECT_THAT(renewalNote(kept->at(1), request),
              HasSubstr("\"rabbitmq-server\" ends on 2027-11-23T"));
}

TEST_F(IssueTest, RefusesBadNamesAndTimes) {
  for (const auto* name : {"", "Rabbit", "a_b", "-a", "a/b"}) {
    request.name = name;
    EXPECT_FALSE(create(request, store)) << name;
  }
  request.name = "rabbitmq";
  for (const auto* host : {"", "a b", "a,DNS:b", "-a", "a..b", "*", "a.*"}) {
    request.hosts = {host};
    EXPECT_FALSE(create(request, store)) << host;
  }
  request.hosts = {"*.example.com"};
  EXPECT_TRUE(check(request));
  for (const int64_t days : {int64_t{0}, int64_t{-1}, int64_t{36501}, INT64_MAX}) {
    request.days = days;
    EXPECT_FALSE(create(request, store)) << days;
  }
  EXPECT_TRUE(store.secrets.empty());
}

}  // namespace
}  // namespace mc::certs
