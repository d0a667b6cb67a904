#include "kube/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "fakes/fake_timer.hpp"
#include "unit/kube/scripted_server.hpp"

namespace mc::kube {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Counter final : ClientMetrics {
  void request(const std::string& code, const std::string& method, const std::string&) override {
    const std::lock_guard lock(mutex);
    lines.push_back(method + " " + code);
  }
  std::mutex mutex;
  std::vector<std::string> lines;
};

class SessionTest : public testing::Test {
 protected:
  std::unique_ptr<Session> open(const std::string& server, AuthConfig auth = {}) {
    ClientConfig config;
    config.server = server;
    config.auth = std::move(auth);
    config.userAgent = "tests/1";
    SessionOptions options;
    options.metrics = &counter;
    options.onWarning = [this](const std::string& text) { warnings.push_back(text); };
    return Session::open(std::move(config), timer, processes, std::move(options)).value();
  }
  static http::Request request(const std::string& method) {
    http::Request request;
    request.method = method;
    request.target = "/api/v1/pods";
    return request;
  }
  /// Makes the call on another thread and lets it sleep through its waits; how long it waited.
  std::pair<Result<std::string>, std::chrono::nanoseconds> fetch(Session& session,
                                                                 const http::Request& what) {
    const auto before = timer.clock().steady();
    auto future = std::async(std::launch::async, [&] { return session.fetch(what, {}); });
    while (future.wait_for(0s) != std::future_status::ready) timer.advanceToNextIfAny();
    return {future.get(), timer.clock().steady() - before};
  }

  fakes::FakeTimer timer;
  base::SystemProcessRunner processes;
  Counter counter;
  std::vector<std::string> warnings;
};

TEST_F(SessionTest, SaysWhoItIs) {
  ScriptedServer server([](const auto&) { return json(200, "{}"); });
  const auto session = open(server.url() + "/prefix", {.token = "abc",
                                                       .impersonateUser = "bob",
                                                       .impersonateGroups = {"x", "y"},
                                                       .impersonateExtra = {{"a/b", "c"}}});
  ASSERT_TRUE(session->fetch(request("GET"), {}));
  const auto seen = server.last();
  EXPECT_EQ(seen.target, "/prefix/api/v1/pods");
  EXPECT_EQ(seen.header("Authorization"), "Bearer abc");
  EXPECT_EQ(seen.header("User-Agent"), "tests/1");
  EXPECT_EQ(seen.header("Impersonate-User"), "bob");
  EXPECT_EQ(seen.header("Impersonate-Extra-a%2Fb"), "c");
  EXPECT_EQ(std::ranges::count_if(
                seen.headers, [](const auto& pair) { return pair.first == "Impersonate-Group"; }),
            2);
}

TEST_F(SessionTest, BasicAuthentication) {
  ScriptedServer server([](const auto&) { return json(200, "{}"); });
  ASSERT_TRUE(open(server.url(), {.username = "ana", .password = "pw"})->fetch(request("GET"), {}));
  EXPECT_EQ(server.last().header("Authorization"), "Basic YW5hOnB3");
}

TEST_F(SessionTest, WaitsAsLongAsTheServerAsks) {
  std::atomic<int> tries = 0;
  ScriptedServer server([&](const auto&) {
    return ++tries < 3 ? json(429, "{}", {{"Retry-After", "5"}}) : json(200, "{}");
  });
  const auto session = open(server.url());
  const auto [answer, waited] = fetch(*session, request("POST"));
  EXPECT_TRUE(answer);
  EXPECT_GE(waited, 10s);
  EXPECT_LE(waited, 12s);
  EXPECT_THAT(counter.lines, ElementsAre("POST 429", "POST 429", "POST 200"));
}

TEST_F(SessionTest, GivesUpAtItsDeadline) {
  ScriptedServer server([&](const auto&) { return json(503, "{}", {{"Retry-After", "20"}}); });
  const auto session = open(server.url());
  const auto [answer, waited] = fetch(*session, request("GET"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::Unavailable);
  EXPECT_LE(waited, 30s);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(SessionTest, DoesNotRepeatWhatMeansSomething) {
  ScriptedServer server([&](const auto&) {
    return json(409, R"({"kind":"Status","reason":"Conflict","message":"modified","code":409})");
  });
  const auto session = open(server.url());
  const auto answer = session->fetch(request("PUT"), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::Conflict);
  EXPECT_EQ(answer.error().message, "modified");
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(SessionTest, ABrokenAnswerIsRepeatedOnlyIfThatIsSafe) {
  ScriptedServer server(http::Handler(
      [](const http::ServerRequest&, http::Exchange& exchange) { exchange.breakOff(); }));
  const auto session = open(server.url());
  EXPECT_EQ(fetch(*session, request("POST")).first.error().reason, Reason::Connection);
  EXPECT_EQ(server.requests().size(), 1u);
  const auto answer = fetch(*session, request("GET")).first;
  EXPECT_EQ(answer.error().reason, Reason::Connection);
  EXPECT_TRUE(answer.error().maybeDone);
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST_F(SessionTest, AServerThatIsNotThereIsNamed) {
  const auto session = open("http://127.0.0.1:1");
  const auto answer = fetch(*session, request("POST")).first;
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::Connection);
  EXPECT_FALSE(answer.error().maybeDone);
  EXPECT_THAT(answer.error().message, HasSubstr("the server http://127.0.0.1:1 can't be reached"));
  EXPECT_THAT(counter.lines, ElementsAre("POST <error>", "POST <error>", "POST <error>"));
}

TEST_F(SessionTest, AStopEndsACall) {
  std::stop_source stop;
  ScriptedServer server([&](const auto&) {
    stop.request_stop();
    return json(503, "{}", {{"Retry-After", "20"}});
  });
  const auto session = open(server.url());
  const auto answer = session->fetch(request("GET"), {.stop = stop.get_token()});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::Canceled);
}

TEST_F(SessionTest, PassesWarningsOn) {
  ScriptedServer server(
      [](const auto&) { return json(200, "{}", {{"Warning", R"(299 - "use \"v2\"")"}}); });
  ASSERT_TRUE(open(server.url())->fetch(request("GET"), {}));
  EXPECT_THAT(warnings, ElementsAre("use \"v2\""));
}

class CredentialsTest : public SessionTest {
 protected:
  CredentialsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mc-kube-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
  }
  ~CredentialsTest() override { std::filesystem::remove_all(directory); }

  void write(const std::string& name, const std::string& content) {
    std::ofstream(directory / name) << content;
  }
  std::string path(const std::string& name) const { return (directory / name).string(); }
  /// A server that takes one token only.
  ScriptedServer::Script taking(const std::string& token) {
    return [token](const http::ServerRequest& request) {
      return request.header("Authorization") == "Bearer " + token ? json(200, "{}")
                                                                  : json(401, "{}");
    };
  }
  AuthConfig plugin(const std::string& script) {
    ExecPlugin exec;
    exec.apiVersion = "client.authentication.k8s.io/v1";
    exec.command = "sh";
    exec.args = {"-c", script};
    exec.env = {{"DIRECTORY", directory.string()}};
    exec.installHint = "install it from the shop";
    exec.interactive = ExecPlugin::Interactive::Never;
    AuthConfig auth;
    auth.exec = std::move(exec);
    return auth;
  }
  /// Prints a credential; `status` is JSON without braces.
  static std::string printing(const std::string& status) {
    return "echo run >> \"$DIRECTORY/runs\"; echo "
           "'{\"apiVersion\":\"client.authentication.k8s.io/v1\","
           "\"kind\":\"ExecCredential\",\"status\":{" +
           status + "}}'";
  }
  size_t runs() const {
    std::ifstream file(directory / "runs");
    return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
  }

  std::filesystem::path directory;
};

TEST_F(CredentialsTest, ATokenFileIsReadAgain) {
  write("token", "one\n");
  ScriptedServer server([](const auto&) { return json(200, "{}"); });
  const auto session = open(server.url(), {.tokenFile = path("token")});
  ASSERT_TRUE(session->fetch(request("GET"), {}));
  write("token", "two\n");
  ASSERT_TRUE(session->fetch(request("GET"), {}));
  EXPECT_EQ(server.last().header("Authorization"), "Bearer one");
  timer.advance(60s);
  ASSERT_TRUE(session->fetch(request("GET"), {}));
  EXPECT_EQ(server.last().header("Authorization"), "Bearer two");
  std::filesystem::remove(path("token"));
  timer.advance(60s);
  EXPECT_TRUE(session->fetch(request("GET"), {}));
}

TEST_F(CredentialsTest, ARefusedTokenIsReadAgainAtOnce) {
  write("token", "old");
  ScriptedServer server(taking("new"));
  const auto session = open(server.url(), {.tokenFile = path("token")});
  EXPECT_EQ(session->fetch(request("GET"), {}).error().reason, Reason::Unauthorized);
  EXPECT_EQ(server.requests().size(), 1u);
  write("token", "new");
  EXPECT_TRUE(session->fetch(request("GET"), {}));
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(CredentialsTest, AMissingTokenFileIsNamed) {
  const auto session = open("http://127.0.0.1:1", {.tokenFile = path("token")});
  const auto answer = session->fetch(request("GET"), {});
  EXPECT_EQ(answer.error().reason, Reason::Config);
  EXPECT_THAT(answer.error().message, HasSubstr(path("token")));
}

TEST_F(CredentialsTest, APluginRunsOnceUntilItsCredentialEnds) {
  ScriptedServer server(taking("t1"));
  const auto session =
      open(server.url(),
           plugin(printing(R"("token":"t1","expirationTimestamp":"2026-11-23T09:00:00Z")")));
  // The fake clock begins at 2026-11-23T07:00:00Z.
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(session->fetch(request("GET"), {}));
  EXPECT_EQ(runs(), 1u);
  timer.advance(6h);
  ASSERT_TRUE(session->fetch(request("GET"), {}));
  EXPECT_EQ(runs(), 2u);
}

TEST_F(CredentialsTest, APluginRunsAgainWhenItsCredentialIsRefused) {
  ScriptedServer server(taking("good"));
  const auto session = open(server.url(), plugin(printing(R"("token":"bad")")));
  const auto answer = session->fetch(request("GET"), {});
  EXPECT_EQ(answer.error().reason, Reason::Unauthorized);
  EXPECT_EQ(runs(), 2u);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(CredentialsTest, APluginHearsAboutTheCluster) {
  ScriptedServer server(taking("t1"));
  AuthConfig auth = plugin("printf %s \"$KUBERNETES_EXEC_INFO\" > \"$DIRECTORY/info\"; " +
                           printing(R"("token":"t1")"));
  auth.exec->provideClusterInfo = true;
  auth.exec->clusterExtension = R"({"audience":"me"})";
  ASSERT_TRUE(open(server.url(), auth)->fetch(request("GET"), {}));
  std::ifstream file(path("info"));
  const std::string info((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(info, R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",)"
                  R"("spec":{"interactive":false,"cluster":{"server":")" +
                      server.url() + R"(","config":{"audience":"me"}}}})");
}

TEST_F(CredentialsTest, APluginThatFailsIsNamedWithoutWhatItPrinted) {
  const auto messageOf = [&](const AuthConfig& auth) {
    const auto answer = open("http://127.0.0.1:1", auth)->fetch(request("GET"), {});
    EXPECT_EQ(answer.error().reason, Reason::Config);
    EXPECT_THAT(answer.error().message, Not(HasSubstr("s3cret")));
    return answer.error().message;
  };
  EXPECT_THAT(messageOf(plugin("echo s3cret; exit 3")), HasSubstr("exit code 3"));
  EXPECT_THAT(messageOf(plugin("echo s3cret")), HasSubstr("no ExecCredential"));
  EXPECT_THAT(messageOf(plugin(printing(R"("clientKeyData":"s3cret","token":"x")"))),
              HasSubstr("a key without certificate"));
  AuthConfig missing = plugin("");
  missing.exec->command = "no-such-plugin-anywhere";
  EXPECT_THAT(messageOf(missing), HasSubstr("install it from the shop"));
}

TEST_F(CredentialsTest, AStopEndsAPlugin) {
  const auto session = open("http://127.0.0.1:1",
                            plugin("echo x > \"$DIRECTORY/begun\"; cat /dev/zero > /dev/null"));
  std::stop_source stop;
  auto future = std::async(std::launch::async, [&] {
    return session->fetch(request("GET"), {.stop = stop.get_token()});
  });
  while (!std::filesystem::exists(path("begun"))) std::this_thread::yield();
  stop.request_stop();
  EXPECT_EQ(future.get().error().reason, Reason::Canceled);
}

TEST(Session, RefusesAddressesThatAreNone) {
  fakes::FakeTimer timer;
  base::SystemProcessRunner processes;
  ClientConfig config;
  config.server = "ftp://host";
  EXPECT_THAT(Session::open(config, timer, processes).error().message, HasSubstr("https or http"));
  config.server = "https://host";
  config.tls.authority.data = "no PEM";
  EXPECT_EQ(Session::open(config, timer, processes).error().reason, Reason::Config);
  config.tls.authority = {.file = "/none/ca.crt", .data = {}};
  EXPECT_THAT(Session::open(config, timer, processes).error().message, HasSubstr("/none/ca.crt"));
}

}  // namespace
}  // namespace mc::kube
