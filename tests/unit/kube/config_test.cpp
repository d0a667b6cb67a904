#include "kube/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace mc::kube {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr const char* kTwoClusters = R"(apiVersion: v1
kind: Config
current-context: dev
clusters:
- name: dev
  cluster:
    server: https://dev.example:6443
    certificate-authority-data: LS0tQ0EtLS0=
- name: prod
  cluster:
    server: https://prod.example:6443
    certificate-authority: pki/ca.crt
    tls-server-name: kubernetes.default
contexts:
- name: dev
  context: {cluster: dev, user: ana, namespace: team}
- name: prod
  context: {cluster: prod, user: robot}
users:
- name: ana
  user:
    client-certificate-data: LS0tQ0VSVC0tLQ==
    client-key-data: LS0tS0VZLS0t
- name: robot
  user:
    tokenFile: secrets/token
)";

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mc-kube-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
  }
  ~ConfigTest() override { std::filesystem::remove_all(directory); }

  std::string write(const std::string& name, const std::string& content) {
    const auto path = directory / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << content;
    return path.string();
  }
  /// The config of a file with this content.
  Result<ClientConfig> load(const std::string& content, ConfigOverrides overrides = {}) {
    overrides.kubeconfig = write("config", content);
    return loadConfig(overrides, {});
  }
  std::string messageOf(const std::string& content) {
    const auto config = load(content);
    return config ? "no error" : config.error().message;
  }
  /// A kubeconfig whose one user is `user`.
  static std::string withUser(const std::string& user) {
    return "clusters: [{name: c, cluster: {server: 'https://c'}}]\n"
           "contexts: [{name: x, context: {cluster: c, user: u}}]\n"
           "current-context: x\n"
           "users:\n- name: u\n  user:\n" +
           user;
  }

  std::filesystem::path directory;
};

TEST_F(ConfigTest, TakesTheCurrentContext) {
  const ClientConfig config = load(kTwoClusters).value();
  EXPECT_EQ(config.server, "https://dev.example:6443");
  EXPECT_EQ(config.context, "dev");
  EXPECT_EQ(config.ns, "team");
  EXPECT_EQ(config.tls.authority.data, "---CA---");
  EXPECT_EQ(config.tls.certificate.data, "---CERT---");
  EXPECT_EQ(config.tls.key.data, "---KEY---");
}

TEST_F(ConfigTest, TheCommandLineChoosesAnother) {
  const ClientConfig config = load(kTwoClusters, {.context = "prod", .ns = "other"}).value();
  EXPECT_EQ(config.server, "https://prod.example:6443");
  EXPECT_EQ(config.ns, "other");
  EXPECT_EQ(config.tls.serverName, "kubernetes.default");
  EXPECT_EQ(config.tls.authority.file, (directory / "pki/ca.crt").string());
  EXPECT_EQ(config.auth.tokenFile, (directory / "secrets/token").string());
  const ClientConfig mixed = load(kTwoClusters, {.cluster = "prod", .token = "t"}).value();
  EXPECT_EQ(mixed.server, "https://prod.example:6443");
  EXPECT_EQ(mixed.auth.token, "t");
  EXPECT_EQ(mixed.ns, "team");
}

TEST_F(ConfigTest, OfSeveralFilesTheFirstWins) {
  const std::string one = write("one", R"(
clusters: [{name: c, cluster: {server: 'https://one'}}]
users: [{name: u, user: {token: first}}]
)");
  const std::string two = write("two", R"(
current-context: x
clusters: [{name: c, cluster: {server: 'https://two'}}, {name: d, cluster: {server: 'https://d'}}]
contexts: [{name: x, context: {cluster: c, user: u}}, {name: z, context: {cluster: d}}]
users: [{name: u, user: {username: bob, password: pw}}]
)");
  const Environment environment{
      {"KUBECONFIG", one + ":" + directory.string() + "/missing::" + two}};
  const ClientConfig config = loadConfig({}, environment).value();
  EXPECT_EQ(config.server, "https://one");
  EXPECT_EQ(config.auth.token, "first");
  EXPECT_EQ(config.auth.username, "");
  EXPECT_EQ(loadConfig({.context = "z"}, environment).value().server, "https://d");
}

TEST_F(ConfigTest, LooksIntoTheHomeLast) {
  write(".kube/config", kTwoClusters);
  EXPECT_EQ(loadConfig({}, {{"HOME", directory.string()}}).value().context, "dev");
}

TEST_F(ConfigTest, ReadsAllOfAnExecPlugin) {
  const auto config = load(R"(
current-context: x
clusters:
- name: c
  cluster:
    server: https://c
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {audience: me}
contexts: [{name: x, context: {cluster: c, user: u}}]
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./bin/login
      args: [--region, north]
      env: [{name: PROFILE, value: dev}]
      installHint: get it from the shop
      provideClusterInfo: true
      interactiveMode: Never
)");
  const ExecPlugin plugin = config.value().auth.exec.value();
  EXPECT_EQ(std::filesystem::path(plugin.command).lexically_normal(), directory / "bin/login");
  EXPECT_THAT(plugin.args, ElementsAre("--region", "north"));
  EXPECT_THAT(plugin.env, ElementsAre(Pair("PROFILE", "dev")));
  EXPECT_EQ(plugin.installHint, "get it from the shop");
  EXPECT_TRUE(plugin.provideClusterInfo);
  EXPECT_EQ(plugin.interactive, ExecPlugin::Interactive::Never);
  EXPECT_EQ(plugin.clusterExtension, R"({"audience":"me"})");
}

TEST_F(ConfigTest, ReadsImpersonationAndBasicAuth) {
  const AuthConfig auth =
      load(withUser("    username: ana\n    password: pw\n    as: bob\n"
                    "    as-groups: [red, blue]\n    as-user-extra: {scope: [a, b]}\n"))
          .value()
          .auth;
  EXPECT_EQ(auth.username, "ana");
  EXPECT_EQ(auth.password, "pw");
  EXPECT_EQ(auth.impersonateUser, "bob");
  EXPECT_THAT(auth.impersonateGroups, ElementsAre("red", "blue"));
  EXPECT_THAT(auth.impersonateExtra, ElementsAre(Pair("scope", "a"), Pair("scope", "b")));
}

TEST_F(ConfigTest, ErrorsNameFileLineFieldAndCure) {
  EXPECT_THAT(messageOf(withUser("    token: 12345\n")),
              AllOf(HasSubstr("config:7: users[0].user.token: is a whole number, not a text; put "
                              "the value in quotes"),
                    Not(HasSubstr("12345"))));
  EXPECT_THAT(messageOf(withUser("    client-key-data: '*secret*'\n")),
              AllOf(HasSubstr("config:7: users[0].user.client-key-data: is no base64"),
                    Not(HasSubstr("*secret*"))));
  EXPECT_THAT(messageOf(withUser("    client-certificate: a.pem\n")),
              HasSubstr("config:7: users[0].user.client-certificate: needs both"));
  EXPECT_THAT(
      messageOf(withUser("    exec: {apiVersion: x/v9, command: c}\n")),
      HasSubstr("users[0].user.exec.apiVersion: is none that plugins speak; write client.auth"));
  EXPECT_THAT(messageOf(withUser("    auth-provider: {name: gcp}\n")), HasSubstr("gone since"));
}

TEST_F(ConfigTest, ErrorsOfTheClusterToo) {
  const std::string rest = "contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x\n";
  EXPECT_THAT(messageOf("clusters: [{name: c, cluster: {}}]\n" + rest),
              HasSubstr("config:1: clusters[0].cluster.server: is missing; write the address"));
  EXPECT_THAT(
      messageOf("clusters: [{name: c, cluster: {server: 'https://c', proxy-url: 'http://p'}}]\n" +
                rest),
      HasSubstr("clusters[0].cluster.proxy-url: proxies can't be used; name a server"));
  EXPECT_THAT(
      messageOf(
          "clusters: [{name: c, cluster: {server: 'https://c', insecure-skip-tls-verify: true, "
          "certificate-authority: ca}}]\n" +
          rest),
      HasSubstr("insecure-skip-tls-verify: contradicts the certificate authority"));
  EXPECT_THAT(messageOf("clusters: 3\n"), HasSubstr("config:1: clusters: is no list"));
  EXPECT_THAT(messageOf("clusters:\n  - {name: c\n"), HasSubstr("config:"));
  EXPECT_THAT(messageOf("- a\n"), HasSubstr("is no kubeconfig"));
}

TEST_F(ConfigTest, ErrorsOfTheChoiceListWhatThereIs) {
  EXPECT_THAT(load(kTwoClusters, {.context = "test"}).error().message,
              HasSubstr("there is no context \"test\"; choose one of: dev, prod"));
  EXPECT_THAT(load("clusters: [{name: c, cluster: {server: 'https://c'}}]\n").error().message,
              HasSubstr("no context is chosen"));
  EXPECT_EQ(loadConfig({.kubeconfig = "/none/there"}, {}).error().reason, Reason::Config);
  EXPECT_THAT(loadConfig({}, {}).error().message, HasSubstr("set KUBECONFIG"));
}

TEST_F(ConfigTest, APodFindsItsServiceAccount) {
  write("token", "abc");
  write("namespace", "team\n");
  const Environment environment{{"KUBERNETES_SERVICE_HOST", "fd00::1"},
                                {"KUBERNETES_SERVICE_PORT", "443"}};
  const ClientConfig config = inClusterConfig(environment, directory.string()).value();
  EXPECT_EQ(config.server, "https://[fd00::1]:443");
  EXPECT_EQ(config.ns, "team");
  EXPECT_EQ(config.auth.tokenFile, (directory / "token").string());
  EXPECT_EQ(config.tls.authority.file, (directory / "ca.crt").string());
  EXPECT_THAT(inClusterConfig(environment, "/none").error().message,
              HasSubstr("automountServiceAccountToken"));
  EXPECT_THAT(inClusterConfig({}, directory.string()).error().message, HasSubstr("this is no pod"));
}

}  // namespace
}  // namespace mc::kube
