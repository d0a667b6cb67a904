// The certificates at work: a server that wants its clients' certificates.

#include <ctime>

#include "certs/issue.hpp"
#include "http/tls.hpp"
#include "unit/certs/memory_store.hpp"
#include "unit/http/http_fixture.hpp"

namespace mc::certs {
namespace {

class HandshakeTest : public http::HttpFixture {
 protected:
  HandshakeTest() {
    request.name = "localhost";
    request.ns = "ns";
    request.hosts = {"localhost", "127.0.0.1"};
    request.now = static_cast<double>(std::time(nullptr));
  }

  /// What the service `name` has in its Secret for `part`.
  Content held(Part part, const std::string& name = "localhost") {
    return readSecret(name, part, Style::Tls, store.secrets.at(secretName(name, part))).value();
  }

  void start() {
    ASSERT_TRUE(create(request, store));
    http::ServerOptions options;
    options.tls = context();
    serve(http::echo, options);
  }

  std::shared_ptr<http::TlsContext> context() {
    const Content mine = held(Part::Server);
    return http::serverTls({mine.own.certificatePem, mine.own.keyPem, mine.authorities}).value();
  }

  /// What the server answers a client that shows `own`.
  std::string ask(const http::CertifiedKey& own, const std::string& trusted,
                  const std::string& serverName = "localhost") {
    http::ClientTls settings;
    settings.caPem = trusted;
    settings.certificatePem = own.certificatePem;
    settings.keyPem = own.keyPem;
    settings.serverName = serverName;
    http::Endpoint to = endpoint();
    to.tls = http::clientTls(settings).value();
    http::Client client(to);
    http::Request asked;
    asked.target = "/";
    return bodyOf(client.send(asked, {}));
  }

  Request request;
  MemoryStore store;
};

constexpr const char* kAnswer = "GET / ";

TEST_F(HandshakeTest, BothEndsKnowEachOther) {
  start();
  const Content client = held(Part::Client);
  EXPECT_EQ(ask(client.own, client.authorities), kAnswer);
  EXPECT_EQ(ask(client.own, client.authorities, "localhost.ns.svc.cluster.local"), kAnswer);
  EXPECT_EQ(ask(client.own, client.authorities, "127.0.0.1"), kAnswer);
  EXPECT_NE(ask(client.own, client.authorities, "other"), kAnswer);
}

TEST_F(HandshakeTest, AClientNeedsACertificateOfTheSameAuthority) {
  start();
  const Content client = held(Part::Client);
  EXPECT_NE(ask({}, client.authorities), kAnswer);
  Request other = request;
  other.name = "other";
  ASSERT_TRUE(create(other, store));
  EXPECT_NE(ask(held(Part::Client, "other").own, client.authorities), kAnswer);
  EXPECT_NE(ask(client.own, held(Part::Client, "other").authorities), kAnswer);
}

TEST_F(HandshakeTest, AServersCertificateMayBeShownByAClientButNotTheOtherWay) {
  start();
  const Content own = held(Part::Server);
  EXPECT_EQ(ask(own.own, own.authorities), kAnswer);
  const Content client = held(Part::Client);
  server->setTls(
      http::serverTls({client.own.certificatePem, client.own.keyPem, client.authorities}).value());
  EXPECT_NE(ask(client.own, client.authorities), kAnswer);
}

TEST_F(HandshakeTest, RotationBreaksNoConnectionBetweenOldAndNew) {
  start();
  const Content old = held(Part::Client);
  request.newAuthority = true;
  request.hosts.clear();
  ASSERT_TRUE(rotate(request, store));
  const Content now = held(Part::Client);
  server->setTls(context());
  EXPECT_EQ(ask(now.own, now.authorities), kAnswer);
  // A client that has got the new list of authorities, but still shows its old key.
  EXPECT_EQ(ask(old.own, now.authorities), kAnswer);
}

}  // namespace
}  // namespace mc::certs
