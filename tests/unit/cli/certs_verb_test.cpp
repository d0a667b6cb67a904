// certs.

#include "cli_fixture.hpp"
#include "unit/base/temporary_directory.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CertsVerbTest : public CliTest {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [name, secret] : fake->secrets) all.push_back(name);
    return all;
  }
  std::string key(const std::string& secret) { return fake->secrets.at(secret).data.at("tls.key"); }
};

TEST_F(CertsVerbTest, CreatesSecretsOnce) {
  EXPECT_EQ(run({"certs", "create", "rabbitmq", "-n", "ns"}), 0);
  EXPECT_EQ(out.text,
            "secret/rabbitmq-ca created\n"
            "secret/rabbitmq-server created\n"
            "secret/rabbitmq-client created\n");
  EXPECT_THAT(names(), ElementsAre("ns/rabbitmq-ca", "ns/rabbitmq-client", "ns/rabbitmq-server"));
  const std::string before = key("ns/rabbitmq-server");
  EXPECT_EQ(run({"certs", "create", "rabbitmq", "-n", "ns"}), 1);
  EXPECT_THAT(err.text, HasSubstr("secrets \"rabbitmq-ca\" already exists"));
  EXPECT_THAT(err.text, HasSubstr("minicluster certs rotate rabbitmq"));
  out.text.clear();
  EXPECT_EQ(run({"certs", "apply", "rabbitmq", "-n", "ns"}), 0);
  EXPECT_THAT(out.text, HasSubstr("secret/rabbitmq-server unchanged\n"));
  EXPECT_EQ(key("ns/rabbitmq-server"), before);
}

TEST_F(CertsVerbTest, RotatesKeys) {
  ASSERT_EQ(run({"certs", "create", "redis"}), 0);
  const std::string authority = key("default/redis-ca");
  const std::string server = key("default/redis-server");
  out.text.clear();
  EXPECT_EQ(run({"certs", "rotate", "redis"}), 0);
  EXPECT_EQ(out.text,
            "secret/redis-ca unchanged\n"
            "secret/redis-server configured\n"
            "secret/redis-client configured\n");
  EXPECT_EQ(key("default/redis-ca"), authority);
  EXPECT_NE(key("default/redis-server"), server);
  EXPECT_EQ(run({"certs", "rotate", "redis", "--authority"}), 0);
  EXPECT_NE(key("default/redis-ca"), authority);
}

TEST_F(CertsVerbTest, PrintsManifestsAndMakesNothing) {
  EXPECT_EQ(run({"certs", "create", "rabbitmq", "redis", "--style=pem", "-n", "flux-operator",
                 "--dry-run=client", "-o", "yaml"}),
            0);
  EXPECT_TRUE(fake->secrets.empty());
  EXPECT_THAT(out.text, HasSubstr("kind: Secret\n"));
  EXPECT_THAT(out.text, HasSubstr("  name: redis-client\n"));
  EXPECT_THAT(out.text, HasSubstr("  namespace: flux-operator\n"));
  EXPECT_THAT(out.text, HasSubstr("  server_rabbitmq_certificate.pem: LS0t"));
  size_t documents = 1;
  for (size_t at = 0; (at = out.text.find("\n---\n", at)) != std::string::npos; ++at) ++documents;
  EXPECT_EQ(documents, 6u);
}

TEST_F(CertsVerbTest, DryRunsSayWhatWouldBeDone) {
  EXPECT_EQ(run({"certs", "create", "mq", "--dry-run=client"}), 0);
  EXPECT_THAT(out.text, HasSubstr("secret/mq-server created (dry run)\n"));
  EXPECT_EQ(run({"certs", "apply", "mq", "--dry-run=server"}), 0);
  EXPECT_THAT(out.text, HasSubstr("secret/mq-server created (server dry run)\n"));
  EXPECT_TRUE(fake->secrets.empty());
  EXPECT_EQ(run({"certs", "rotate", "mq", "--dry-run=client"}), 1);
}

TEST_F(CertsVerbTest, WritesNoKeysWhereEverybodyMayRead) {
  out.isWorldReadable = true;
  EXPECT_EQ(run({"certs", "create", "mq", "--dry-run=client", "-o", "yaml"}), 1);
  EXPECT_EQ(out.text, "");
  EXPECT_THAT(err.text, HasSubstr("umask 077"));
  EXPECT_EQ(run({"certs", "create", "mq"}), 0);
  EXPECT_THAT(out.text + err.text, Not(HasSubstr("PRIVATE")));
}

TEST_F(CertsVerbTest, KeepsThemInADirectory) {
  const base::TemporaryDirectory directory;
  EXPECT_EQ(run({"certs", "create", "mq", "--dir", directory.file("certs")}), 0);
  EXPECT_TRUE(fake->secrets.empty());
  const auto text = base::readFile(directory.file("certs/mq-client/tls.key"));
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("PRIVATE KEY"));
  EXPECT_THAT(out.text, HasSubstr("certs/mq-client created\n"));
}

TEST_F(CertsVerbTest, RefusesNonsenseBeforeAnythingIsMade) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"certs"},
                                             {"certs", "make", "mq"},
                                             {"certs", "create"},
                                             {"certs", "create", "mq", "Bad_Name"},
                                             {"certs", "create", "mq", "db", "--host", "x"},
                                             {"certs", "create", "mq", "--host", "a,b"},
                                             {"certs", "create", "mq", "--days", "0"},
                                             {"certs", "create", "mq", "--style", "p12"},
                                             {"certs", "create", "mq", "--authority"},
                                             {"certs", "create", "mq", "-o", "wide"}}) {
    err.text.clear();
    EXPECT_EQ(run(words), 1);
    EXPECT_NE(err.text, "");
  }
  EXPECT_TRUE(fake->secrets.empty());
}

}  // namespace
}  // namespace mc::cli
