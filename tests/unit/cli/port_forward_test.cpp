// port-forward.

#include "cli/forwarded_ports.hpp"
#include "cli_fixture.hpp"
#include "http/endpoint.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PortForwardTest : public CliTest {
 protected:
  PortForwardTest() {
    fake->podViews = {runningPod(0, "p5xls")};
    fake->clusterViews = {runningCluster()};
    fake->clusterViews[0].leadPod = "flux-sample-0-p5xls";
    engine::ServiceView service;
    service.name = "registry";
    service.ns = "default";
    fake->serviceViews = {service};
    fake->backends["pod/flux-sample-0-p5xls"] = {"flux-sample-0-p5xls", {{"web", 80, 80}}};
    fake->backends["service/registry"] = {"flux-sample-services-abcde", {{"http", 5000, 15000}}};
    fake->onForward = [](uint16_t, const base::Fd& local, const std::stop_token&) {
      return base::writeAll(local.get(), "hello");
    };
    fake->onWait = [this](const engine::Until& until, const std::stop_token& stop) {
      EXPECT_TRUE(until.deleted);
      if (whileForwarding) whileForwarding();
      if (stop.stop_requested()) return base::Status(base::fail(ECANCELED, "interrupted"));
      return base::Status();
    };
  }

  /// What a client reads at the first port that was printed.
  std::string read() const {
    const std::string mark = "Forwarding from 127.0.0.1:";
    const size_t at = out.text.find(mark);
    if (at == std::string::npos) return "nothing is forwarded";
    http::Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = std::to_string(std::stoi(out.text.substr(at + mark.size())));
    const auto stream = http::dial(endpoint, {}, {});
    if (!stream) return stream.error().message;
    std::string text;
    char byte = 0;
    while (true) {
      const auto got = http::readSome(**stream, &byte, 1, {});
      if (!got || *got == 0) return text;
      text += byte;
    }
  }

  std::function<void()> whileForwarding;
};

TEST_F(PortForwardTest, CarriesConnectionsUntilCtrlC) {
  std::string answer;
  whileForwarding = [&] {
    answer = read();
    signals.send(SIGINT);
  };
  EXPECT_EQ(run({"port-forward", "flux-sample-0", ":80", "--address", "127.0.0.1"}), 0);
  EXPECT_EQ(answer, "hello");
  EXPECT_THAT(out.text, HasSubstr(" -> 80\nHandling connection for "));
  EXPECT_EQ(err.text, "");
  EXPECT_THAT(fake->calls, ElementsAre("backend default/pod/flux-sample-0-p5xls",
                                       "wait default/flux-sample-0-p5xls deleted",
                                       "forward default/flux-sample-0-p5xls 80"));
}

TEST_F(PortForwardTest, EndsWhenThePodIsGone) {
  EXPECT_EQ(run({"port-forward", "flux-sample-0", ":80"}), 1);
  EXPECT_EQ(err.text, "error: lost connection to pod\n");
}

TEST_F(PortForwardTest, OtherSignalsEndItAsTheyDo) {
  whileForwarding = [&] { signals.send(SIGTERM); };
  EXPECT_EQ(run({"port-forward", "flux-sample-0", ":80"}), 128 + SIGTERM);
}

TEST_F(PortForwardTest, AServiceStandsForAPodAndItsPortForThatOfThePod) {
  for (const auto* name : {"svc/registry", "service/registry", "registry"}) {
    out.text.clear();
    EXPECT_EQ(run({"port-forward", name, ":5000"}), 1);
    EXPECT_THAT(out.text, HasSubstr(" -> 15000\n")) << name;
  }
  EXPECT_EQ(run({"port-forward", "svc/registry", ":http"}), 1);
  EXPECT_EQ(run({"port-forward", "svc/registry", ":80"}), 1);
  EXPECT_THAT(err.text, HasSubstr("Service registry does not have a service port 80\n"));
}

TEST_F(PortForwardTest, AMiniClusterStandsForItsLead) {
  EXPECT_EQ(run({"port-forward", "mc/flux-sample", ":80", ":web"}), 1);
  EXPECT_THAT(fake->calls.front(), HasSubstr("pod/flux-sample-0-p5xls"));
}

TEST_F(PortForwardTest, SaysWhyAConnectionFailed) {
  fake->onForward = [](uint16_t, const base::Fd&, const std::stop_token&) {
    return base::Status(base::fail(EIO, "port 80: 127.0.0.1: Connection refused"));
  };
  whileForwarding = [&] {
    EXPECT_EQ(read(), "");
    signals.send(SIGINT);
  };
  EXPECT_EQ(run({"port-forward", "flux-sample-0", ":80"}), 0);
  EXPECT_THAT(err.text, HasSubstr(" -> 80 of pod flux-sample-0-p5xls: port 80: 127.0.0.1: "
                                  "Connection refused\n"));
}

TEST_F(PortForwardTest, APortThatIsTakenIsAnError) {
  http::Forwarder taken({});
  const auto pair = taken.listen("127.0.0.1", {0, 80});
  ASSERT_TRUE(pair);
  const std::string port = std::to_string(pair->local);
  EXPECT_EQ(run({"port-forward", "flux-sample-0", port + ":80", "--address", "127.0.0.1"}), 1);
  EXPECT_THAT(err.text, HasSubstr("Unable to listen on port " + port + ": listen at 127.0.0.1:"));
  EXPECT_THAT(err.text, HasSubstr("error: unable to listen on any of the requested ports\n"));
  EXPECT_EQ(out.text, "");
}

TEST_F(PortForwardTest, OfSeveralPortsThoseThatAreFreeAreForwarded) {
  http::Forwarder taken({});
  const auto pair = taken.listen("127.0.0.1", {0, 80});
  ASSERT_TRUE(pair);
  EXPECT_EQ(run({"port-forward", "flux-sample-0", std::to_string(pair->local) + ":80", ":81",
                 "--address", "127.0.0.1"}),
            1);
  EXPECT_THAT(err.text, HasSubstr("Unable to listen on port "));
  EXPECT_THAT(out.text, HasSubstr(" -> 81\n"));
}

TEST_F(PortForwardTest, RefusesNonsense) {
  EXPECT_EQ(run({"port-forward", "flux-sample-0"}), 1);
  EXPECT_THAT(err.text, HasSubstr("TYPE/NAME and list of ports are required"));
  EXPECT_EQ(run({"port-forward", "none", "80"}), 1);
  EXPECT_THAT(err.text, HasSubstr("Error from server (NotFound): pods \"none\" not found\n"));
  EXPECT_EQ(run({"port-forward", "svc/none", "80"}), 1);
  EXPECT_THAT(err.text, HasSubstr("services \"none\" not found\n"));
  EXPECT_EQ(run({"port-forward", "flux-sample-0", "80", "--address", "example.com"}), 1);
  EXPECT_EQ(run({"port-forward", "flux-sample-0", "8080:nothing"}), 1);
  EXPECT_THAT(err.text, HasSubstr("does not have a named port 'nothing'\n"));
}

TEST(ForwardedPorts, FormsOfPorts) {
  const auto local = [](const char* word) {
    const auto parsed = parsePort(word);
    return parsed && parsed->local ? static_cast<int>(*parsed->local) : -1;
  };
  EXPECT_EQ(local("80"), -1);
  EXPECT_EQ(local("8080:80"), 8080);
  EXPECT_EQ(local(":80"), 0);
  EXPECT_EQ(local("0:80"), 0);
  EXPECT_EQ(parsePort("8080:http")->remote, "http");
  EXPECT_EQ(parsePort("080")->remote, "80");
  for (const char* word : {"", ":", "80:", "1:2:3", "x:80", "65536", "65536:80", "0", "-1:80"})
    EXPECT_FALSE(parsePort(word)) << word;
}

TEST(ForwardedPorts, Addresses) {
  EXPECT_THAT(parseAddresses({"localhost,10.0.0.1", "127.0.0.1"}).value(),
              ElementsAre("127.0.0.1", "::1", "10.0.0.1"));
  EXPECT_FALSE(parseAddresses({""}));
  EXPECT_FALSE(parseAddresses({"10.0.0.1,"}));
  EXPECT_EQ(placeText("::1", 80), "[::1]:80");
}

}  // namespace
}  // namespace mc::cli
