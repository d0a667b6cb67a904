// Client and Server with certificates.

#include "http/tls.hpp"

#include <poll.h>

#include <thread>

#include "http/listener.hpp"
#include "unit/http/certificates.hpp"
#include "unit/http/http_fixture.hpp"

namespace mc::http {
namespace {

using testing::HasSubstr;

class TlsTest : public HttpFixture {
 protected:
  [[nodiscard]] std::shared_ptr<TlsContext> serverContext(const std::string& name,
                                                          const std::string& clientCa = {}) const {
    const TestCertificate own = authority.sign({name});
    return serverTls({own.certificatePem, own.keyPem, clientCa}).value();
  }

  void serveTls(const std::shared_ptr<TlsContext>& context) {
    ServerOptions options;
    options.tls = context;
    serve(echo, options);
  }

  base::Result<std::string> get(const ClientTls& settings, const std::string& host = "127.0.0.1") {
    Endpoint to = endpoint();
    to.host = host;
    MC_TRY_ASSIGN(to.tls, clientTls(settings));
    Client client(to);
    Request request;
    request.target = "/tls";
    MC_TRY_ASSIGN(Response response, client.send(request, {}));
    return response.readAll();
  }

  [[nodiscard]] ClientTls trusting() const {
    ClientTls settings;
    settings.caPem = authority.caPem();
    return settings;
  }

  TestAuthority authority;
};

TEST_F(TlsTest, TrustsTheAuthorityForAddressesAndNames) {
  serveTls(serverContext("IP:127.0.0.1"));
  EXPECT_EQ(get(trusting()).value(), "GET /tls ");
  server->setTls(serverContext("DNS:localhost"));
  EXPECT_EQ(get(trusting(), "localhost").value(), "GET /tls ");
}

TEST_F(TlsTest, RefusesACertificateForAnotherName) {
  serveTls(serverContext("DNS:other.example"));
  const auto answer = get(trusting());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().errnum, EIO);
  EXPECT_THAT(answer.error().message, HasSubstr("IP address mismatch"));
  EXPECT_THAT(get(trusting(), "localhost").error().message, HasSubstr("hostname mismatch"));
}

TEST_F(TlsTest, TheServersNameMayDifferFromTheHost) {
  serveTls(serverContext("DNS:kubernetes.default"));
  ClientTls settings = trusting();
  settings.serverName = "kubernetes.default";
  EXPECT_EQ(get(settings).value(), "GET /tls ");
}

TEST_F(TlsTest, RefusesAnUnknownAuthority) {
  serveTls(serverContext("IP:127.0.0.1"));
  ClientTls settings;
  settings.caPem = TestAuthority().caPem();
  const auto answer = get(settings);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("TLS: certificate: "));
  EXPECT_FALSE(get({}));  // the system's authorities
}

TEST_F(TlsTest, TakesAnyCertificateIfTold) {
  serveTls(serverContext("DNS:other.example"));
  ClientTls settings;
  settings.skipVerify = true;
  EXPECT_EQ(get(settings).value(), "GET /tls ");
}

TEST_F(TlsTest, ShowsItsOwnCertificate) {
  serveTls(serverContext("IP:127.0.0.1", authority.caPem()));
  EXPECT_FALSE(get(trusting()));
  ClientTls settings = trusting();
  const TestCertificate own = authority.sign({});
  settings.certificatePem = own.certificatePem;
  settings.keyPem = own.keyPem;
  EXPECT_EQ(get(settings).value(), "GET /tls ");
}

TEST_F(TlsTest, CarriesLargeBodiesBothWays) {
  serveTls(serverContext("IP:127.0.0.1"));
  Endpoint to = endpoint();
  to.tls = clientTls(trusting()).value();
  Client client(to);
  Request request;
  request.method = "POST";
  request.target = "/";
  request.body.assign(3 << 20, 'x');
  for (int i = 0; i < 2; ++i) {
    auto response = client.send(request, {});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->readAll().value().size(), request.body.size() + 7);
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(TlsTest, ARotatedCertificateIsShownToNewConnections) {
  const TestAuthority next;
  serveTls(serverContext("IP:127.0.0.1"));
  Endpoint to = endpoint();
  to.tls = clientTls(trusting()).value();
  Client kept(to);
  ASSERT_EQ(bodyOf(kept.send({}, {})), "GET / ");
  const TestCertificate own = next.sign({"IP:127.0.0.1"});
  server->setTls(serverTls({own.certificatePem, own.keyPem, {}}).value());
  EXPECT_EQ(bodyOf(kept.send({}, {})), "GET / ");
  EXPECT_FALSE(get(trusting()));
  ClientTls settings;
  settings.caPem = next.caPem();
  EXPECT_EQ(get(settings).value(), "GET /tls ");
}

TEST_F(TlsTest, APlainClientIsTurnedAway) {
  serveTls(serverContext("IP:127.0.0.1"));
  Client client(endpoint());
  EXPECT_FALSE(client.send({}, {}));
}

TEST_F(TlsTest, AStopEndsAHandshake) {
  // The kernel takes the connection, and nobody shakes hands.
  const Listener listener = std::move(listenAt("127.0.0.1:0").value());
  Endpoint to;
  to.host = "127.0.0.1";
  to.port = std::to_string(listener.port);
  to.tls = clientTls(trusting()).value();
  std::stop_source source;
  std::jthread stopper([&] {
    (void)awaitEvents(listener.fd.get(), POLLIN, {});
    source.request_stop();
  });
  EXPECT_EQ(dial(to, {}, source.get_token()).error().errnum, ECANCELED);
}

TEST_F(TlsTest, PemTextIsChecked) {
  const TestCertificate own = authority.sign({});
  const TestCertificate other = authority.sign({});
  EXPECT_EQ(clientTls({"nonsense", {}, {}, {}, false}).error().message,
            "certificate authority: no certificate in the PEM text");
  EXPECT_THAT(clientTls({{}, own.certificatePem, "nonsense", {}, false}).error().message,
              HasSubstr("private key: not PEM"));
  EXPECT_THAT(clientTls({{}, own.certificatePem, other.keyPem, {}, false}).error().message,
              HasSubstr("private key: it is not the certificate's"));
  EXPECT_EQ(serverTls({}).error().errnum, EINVAL);
  std::string damaged = own.certificatePem;
  damaged[damaged.size() / 2] = '!';
  EXPECT_THAT(serverTls({damaged, own.keyPem, {}}).error().message, HasSubstr("certificate: "));
}

}  // namespace
}  // namespace mc::http
