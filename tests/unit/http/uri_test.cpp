#include "http/uri.hpp"

#include <gmock/gmock.h>

#include "http/endpoint.hpp"
#include "http/message.hpp"

namespace mc::http {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Uri, EscapesAllButTheUnreserved) {
  EXPECT_EQ(escaped("a b/c&d-._~%"), "a%20b%2Fc%26d-._~%25");
  EXPECT_EQ(escaped("a/b c", "/"), "a/b%20c");
  EXPECT_EQ(escaped("\xc3\xa4"), "%C3%A4");
}

TEST(Uri, UnescapesWhatIsEscaped) {
  EXPECT_EQ(unescaped(escaped("a b/c&d\n\xff")), "a b/c&d\n\xff");
  EXPECT_EQ(unescaped("100%"), "100%");
  EXPECT_EQ(unescaped("%4"), "%4");
  EXPECT_EQ(unescaped("%zz%+1"), "%zz%+1");
}

TEST(Uri, QueriesComeBackAsTheyWent) {
  const Query query{{"labelSelector", "a=b,c!=d"}, {"empty", ""}, {"x", "1 + 1"}};
  const Target target = parseTarget(withQuery("/api/v1/pods", query));
  EXPECT_EQ(target.path, "/api/v1/pods");
  EXPECT_EQ(target.query, query);
  EXPECT_EQ(target.parameter("x"), "1 + 1");
  EXPECT_EQ(target.parameter("none"), "");
}

TEST(Uri, ReadsQueriesOfOthers) {
  const Target target = parseTarget("/a%2Fb?watch&name=a+b&&last=%3D");
  EXPECT_EQ(target.path, "/a/b");
  EXPECT_THAT(target.query, ElementsAre(Pair("watch", ""), Pair("name", "a b"), Pair("last", "=")));
}

TEST(Uri, ReadsUrls) {
  const Url url = parseUrl("HTTPS://[::1]:6443/prefix/").value();
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.host, "::1");
  EXPECT_EQ(url.port, "6443");
  EXPECT_EQ(url.path, "/prefix");
  EXPECT_EQ(parseUrl("https://name").value().port, "");
  EXPECT_EQ(parseUrl("name:80").value().host, "name");
}

TEST(Uri, RefusesUrlsThatAreNone) {
  EXPECT_FALSE(parseUrl(""));
  EXPECT_FALSE(parseUrl("https://:6443"));
  EXPECT_FALSE(parseUrl("https://name:port"));
  EXPECT_FALSE(parseUrl("https://name:70000"));
}

TEST(Endpoint, NamesItselfForHostHeaderAndMessages) {
  Endpoint endpoint;
  endpoint.host = "::1";
  endpoint.port = "8080";
  EXPECT_EQ(endpoint.authority(), "[::1]:8080");
  endpoint.host = "name";
  endpoint.port = "80";
  EXPECT_EQ(endpoint.authority(), "name");
  EXPECT_EQ(endpoint.url(), "http://name");
  endpoint.path = "/run/x.sock";
  EXPECT_EQ(endpoint.url(), "unix:///run/x.sock");
}

TEST(Endpoint, AMissingServerIsAnErrorOfTheSystem) {
  Endpoint endpoint;
  endpoint.path = "/nonexistent/x.sock";
  EXPECT_EQ(dial(endpoint, {}, {}).error().errnum, ENOENT);
  endpoint = {};
  endpoint.host = "name.invalid";
  endpoint.port = "1";
  const auto failed = dial(endpoint, {}, {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().errnum, EHOSTUNREACH);
  EXPECT_THAT(failed.error().message, testing::HasSubstr("name.invalid"));
}

TEST(Headers, AreComparedWithoutCase) {
  const Headers headers{{"Connection", "keep-alive, Upgrade"}, {"X-A", "1"}, {"connection", "x"}};
  EXPECT_EQ(headerOf(headers, "x-a"), "1");
  EXPECT_EQ(headerOf(headers, "x-b"), "");
  EXPECT_TRUE(hasToken(headers, "Connection", "upgrade"));
  EXPECT_FALSE(hasToken(headers, "Connection", "up"));
  EXPECT_THAT(listOf(headers, "CONNECTION"), ElementsAre("keep-alive", "Upgrade", "x"));
}

}  // namespace
}  // namespace mc::http
