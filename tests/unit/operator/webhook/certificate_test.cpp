// Certificates that the operator makes.

#include "operator/webhook/certificate.hpp"

#include <gmock/gmock.h>

#include <chrono>

#include "http/tls.hpp"

namespace mc::controller {
namespace {

const std::vector<std::string> kNames = {"hook.ns.svc", "hook.ns.svc.cluster.local"};
constexpr double kNow = 1795413600;

Certificate made(double now = kNow) {
  const auto certificate = makeCertificate(kNames, now);
  EXPECT_TRUE(certificate) << certificate.error().message;
  return certificate.value_or(Certificate());
}

size_t countOf(const std::string& text, const std::string& word) {
  size_t count = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST(Certificate, IsUsableForItsNamesOnly) {
  const auto certificate = made();
  EXPECT_TRUE(isUsable(certificate, kNames));
  EXPECT_FALSE(isUsable(certificate, {"other.ns.svc"}));
}

TEST(Certificate, HoldsNoKeyOfItsAuthority) {
  const auto certificate = made();
  EXPECT_EQ(countOf(certificate.keyPem, "BEGIN PRIVATE KEY"), 1u);
  EXPECT_EQ(countOf(certificate.caPem + certificate.certPem, "PRIVATE"), 0u);
}

TEST(Certificate, IsOneThatServersTake) {
  const auto certificate = made();
  EXPECT_TRUE(http::serverTls({certificate.certPem, certificate.keyPem, ""}));
  EXPECT_FALSE(http::serverTls({certificate.certPem, made().keyPem, ""}));
}

TEST(Certificate, IsRenewedWhenAThirdOfItsTimeIsLeft) {
  const auto due = renewalTime(made());
  ASSERT_TRUE(due);
  EXPECT_NEAR(*due, kNow + kCertificateLifetime * 2 / 3, 600);
}

TEST(Certificate, MixedPartsAreNotUsable) {
  const auto one = made();
  const auto other = made();
  EXPECT_FALSE(isUsable({one.caPem, one.certPem, other.keyPem}, kNames));
  EXPECT_FALSE(isUsable({one.caPem, other.certPem, other.keyPem}, kNames));
  EXPECT_FALSE(isUsable({"", one.certPem, one.keyPem}, kNames));
}

TEST(Certificate, NonsenseIsNotUsable) {
  EXPECT_FALSE(isUsable({}, kNames));
  EXPECT_FALSE(renewalTime({}));
  EXPECT_FALSE(isUsable({"x", "y", "z"}, kNames));
  const std::string half = made().certPem.substr(0, 200);
  EXPECT_FALSE(isUsable({half, half, half}, kNames));
  EXPECT_FALSE(renewalTime({half, half, half}));
}

TEST(Certificate, KeepsOlderAuthoritiesWhileTheyLast) {
  const auto old = made(kNow);
  const auto later = kNow + kCertificateLifetime * 0.7;
  const auto both = withAuthoritiesOf(made(later), old, later);
  EXPECT_EQ(countOf(both.caPem, "BEGIN CERTIFICATE"), 2u);
  EXPECT_TRUE(isUsable({both.caPem, old.certPem, old.keyPem}, kNames));
  EXPECT_TRUE(isUsable(both, kNames));
  const auto afterwards = kNow + kCertificateLifetime * 1.1;
  const auto third = withAuthoritiesOf(made(afterwards), both, afterwards);
  EXPECT_EQ(countOf(third.caPem, "BEGIN CERTIFICATE"), 2u);
}

}  // namespace
}  // namespace mc::controller
