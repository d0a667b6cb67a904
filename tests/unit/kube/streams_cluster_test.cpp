// The streams against a real kubelet. KUBECONFIG names the cluster; its nodes have or can pull the
// image nginx.

#include <gmock/gmock.h>

#include <cstdlib>

#include "base/fd.hpp"
#include "http/endpoint.hpp"
#include "http/forwarder.hpp"
#include "kube/config.hpp"
#include "kube/http_client.hpp"
#include "kube/json.hpp"
#include "kube/streams_command.hpp"
#include "kube/streams_forward.hpp"
#include "kube/streams_logs.hpp"

namespace mc::kube {
namespace {

using testing::HasSubstr;

/// A namespace with one pod in it, whose container runs nginx.
class StreamsClusterTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_NE(std::getenv("KUBECONFIG"), nullptr) << "KUBECONFIG must name a cluster for tests";
    auto config = loadConfig({}, processEnvironment());
    ASSERT_TRUE(config) << config.error().message;
    auto opened = Session::open(std::move(*config), *timer, processes);
    ASSERT_TRUE(opened) << opened.error().message;
    session = std::move(*opened);
    client = std::make_unique<HttpClient>(*session, "streams-test");
    const auto ns = create(kNamespaces, R"({"metadata":{"generateName":"streams-"}})");
    ASSERT_TRUE(ns) << ns.error().message;
    pod.ns = nameOf(*ns);
    const auto made = create(kPods, R"({"metadata":{"name":"web","namespace":")" + pod.ns +
                                        R"("},"spec":{"terminationGracePeriodSeconds":1,)"
                                        R"("containers":[{"name":"web","image":"nginx",)"
                                        R"("imagePullPolicy":"IfNotPresent"}]}})");
    ASSERT_TRUE(made) << made.error().message;
    awaitRunning(std::string(resourceVersionOf(*made)));
  }

  static void TearDownTestSuite() {
    if (!pod.ns.empty()) {
      EXPECT_TRUE(client->remove(kNamespaces, {"", pod.ns}, {}, {}));
    }
    client.reset();
    session.reset();
    timer.reset();
  }

  static Result<Object> create(const Resource& resource, const std::string& text) {
    Object object = parseObject(text).value();
    object["apiVersion"] = resource.apiVersion();
    object["kind"] = resource.kind;
    return client->create(resource, object, {}, {});
  }

  static void awaitRunning(const std::string& since) {
    bool running = false;
    const auto watched =
        client->watch(kPods, {.ns = pod.ns, .resourceVersion = since},
                      [&](const WatchEvent& event) {
                        running = findText(event.object, {"status", "phase"}) == "Running";
                        return !running;
                      },
                      {});
    ASSERT_TRUE(watched) << watched.error().message;
    ASSERT_TRUE(running);
  }

  base::Result<int> run(const CommandOptions& options) {
    MC_TRY_ASSIGN(const auto command, RemoteCommand::exec(*session, pod, options, {}));
    return command->run(
        [this](OutputStream stream, std::string_view data) {
          (stream == OutputStream::Out ? out : err) += data;
          return base::Status();
        },
        {});
  }

  static inline std::unique_ptr<Timer> timer = std::make_unique<SystemTimer>();
  static inline base::SystemProcessRunner processes;
  static inline std::unique_ptr<Session> session;
  static inline std::unique_ptr<HttpClient> client;
  static inline ObjectKey pod{"", "web"};
  std::string out;
  std::string err;
};

TEST_F(StreamsClusterTest, ExecTellsOutputApartAndTheExitStatus) {
  const auto status =
      run({.container = {}, .argv = {"sh", "-c", "echo 'a  b'; echo c >&2; exit 7"}, .size = {}});
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 7);
  EXPECT_EQ(out, "a  b\n");
  EXPECT_EQ(err, "c\n");
}

TEST_F(StreamsClusterTest, ExecCarriesMuchInputAndItsEnd) {
  base::Pipe pipe = std::move(base::makePipe().value());
  const std::string text(3 << 20, 'x');
  std::jthread writer([&] {
    (void)base::writeAll(pipe.write.get(), text);
    pipe.write.reset();
  });
  const auto status =
      run({.container = {}, .argv = {"cat"}, .stdinFd = pipe.read.get(), .size = {}});
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 0);
  EXPECT_EQ(out.size(), text.size());
}

TEST_F(StreamsClusterTest, ExecGivesATerminalItsSize) {
  const auto status =
      run({.container = "web",
           .argv = {"sh", "-c", "until [ \"$(stty size)\" != \"0 0\" ]; do :; done; stty size"},
           .tty = true,
           .size = TerminalSize{33, 99}});
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(out, "33 99\r\n");
}

TEST_F(StreamsClusterTest, ExecOfNothingIsAnError) {
  const auto missing = run({.container = {}, .argv = {"/no/such"}, .size = {}});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("/no/such"));
  const auto nowhere = RemoteCommand::exec(*session, {pod.ns, "none"},
                                           {.container = {}, .argv = {"x"}, .size = {}}, {});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().reason, Reason::NotFound);
}

TEST_F(StreamsClusterTest, PortForwardReachesThePodAndItsLogTellsOfIt) {
  std::vector<std::string> errors;
  http::Forwarder::Options options;
  options.carry = [&](uint16_t remote, const base::Fd& local, const std::stop_token& stop) {
    return forwardConnection(*session, pod, remote, local, stop);
  };
  options.onError = [&](const http::PortPair&, const base::Error& error) {
    errors.push_back(error.message);
  };
  std::optional<http::Forwarder> forwarder(std::in_place, std::move(options));
  const auto served = forwarder->listen("127.0.0.1", {0, 80});
  const auto closed = forwarder->listen("127.0.0.1", {0, 81});
  ASSERT_TRUE(served && closed && forwarder->start());
  http::Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = std::to_string(served->local);
  http::Client web(endpoint);
  http::Request request;
  request.target = "/forwarded";
  const auto answer = web.send(request, {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status(), 404);
  endpoint.port = std::to_string(closed->local);
  http::Client refused(endpoint);
  EXPECT_FALSE(refused.send(request, {}));
  forwarder.reset();
  EXPECT_THAT(errors, testing::ElementsAre(HasSubstr("refused")));

  auto log = openLogs(*session, pod, {.container = {}, .follow = true, .tailLines = {}}, {});
  ASSERT_TRUE(log) << log.error().message;
  std::string text;
  while (text.find("GET /forwarded") == std::string::npos) {
    const auto piece = log->read();
    ASSERT_TRUE(piece && !piece->empty());
    text += *piece;
  }
}

}  // namespace
}  // namespace mc::kube
