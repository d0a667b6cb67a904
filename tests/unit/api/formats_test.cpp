#include "api/formats.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "base/curve_cert.hpp"

namespace mc::api {
namespace {

struct Case {
  const char* name;
  const Format& format;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

const std::string k63(63, 'a');
const std::string k64(64, 'a');

std::vector<Case> cases() {
  return {
      {"dnsLabel",
       kDnsLabel,
       {"a", "1", "a-b", "0-9", k63},
       {"", "-a", "a-", "A", "a.b", "a_b", k64}},
      {"serviceName", kServiceName, {"a", "flux-service", k63}, {"", "1a", "A", k64}},
      {"dnsSubdomain",
       kDnsSubdomain,
       {"a", "a.b-c.d", "1.2"},
       {"", "a..b", ".a", "a.", "A", "a_b"}},
      {"labelKey",
       kLabelKey,
       {"app", "a.b_c-d", "example.org/name", "A1"},
       {"", "/a", "a/", "a b", "-a", "a/b/c", "Ex.org/a", k64}},
      {"labelValue", kLabelValue, {"", "a", "A.b_c-1", k63}, {"-a", "a-", "a b", "é", k64}},
      {"environmentName",
       kEnvironmentName,
       {"A", "_a", "a.b-c", "HOME2"},
       {"", "1A", "A B", "A=B"}},
      {"absolutePath", kAbsolutePath, {"/", "/a b"}, {"", "a", "./a"}},
      {"mountPath", kMountPath, {"/a", "//a", "/a/b/"}, {"", "/", "//", "a", "/a:b"}},
      {"resourceName",
       kResourceName,
       {"cpu", "memory", "ephemeral-storage", "hugepages-2Mi", "nvidia.com/gpu"},
       {"", "gpu", "hugepages-", "CPU"}},
      {"quantity",
       kQuantity,
       {"0", "-0", "1", "1.5", ".5", "5.", "+1", "500m", "1k", "2Gi", "1e3", "1E-2", "100n", "7Ei"},
       {"-1", "1.5.2", "m", "1 Gi", "1gi", "1KI", "1ki", "e3", "1e", "0x1"}},
      {"fluxDuration",
       kFluxDuration,
       {"", "5", "5s", "1.5m", "100ms", "2h", "1d"},
       {"s", "5 s", "-1s", "1.s", ".5s", "5x"}},
      {"topology",
       kTopology,
       {"kary:2", "kary:0", "mincrit", "mincrit:4", "binomial", "custom", "custom:x", "custom:x\ny"},
       {"", "kary", "kary:", "kary:x", "binomial:2", "star", "mincrit:"}},
      {"image",
       kImage,
       {"nginx", "nginx:1.2", "ghcr.io/a/b_c:latest", "localhost:5000/x@sha256:00ff"},
       {"", "a b", "/a", "a/", "a//b", "-a", "a:", "$(x)"}},
      {"userName",
       kUserName,
       {"flux", "_apt", "a-1"},
       {"", "1a", "Flux", "a b", "-a", std::string(33, 'a')}},
      {"password", kPassword, {"", "12345678", "p ss%"}, {"123456789", "a:b", "a\nb"}},
      {"capability",
       kCapability,
       {"ALL", "SYS_PTRACE", "CAP_CHOWN"},
       {"", "sys_ptrace", "SYS_PTRAC"}},
      {"text", kText, {"", "anything"}, {}},
  };
}

TEST(Formats, FitWhatTheyShould) {
  for (const auto& each : cases()) {
    for (const auto& text : each.good)
      EXPECT_TRUE(each.format.fits(text)) << each.name << ": " << text;
    for (const auto& text : each.bad)
      EXPECT_FALSE(each.format.fits(text)) << each.name << ": " << text;
  }
}

/// The CRD gets the patterns: they must say the same, within what a pattern can say.
TEST(Formats, PatternsSayTheSame) {
  for (const auto& each : cases()) {
    if (each.format.pattern.empty()) continue;
    const std::regex pattern(std::string(each.format.pattern), std::regex::extended);
    const auto allows = [&](const std::string& text) {
      const bool length = each.format.maxLength == 0 || text.size() <= each.format.maxLength;
      return length && std::regex_search(text, pattern);
    };
    for (const auto& text : each.good) EXPECT_TRUE(allows(text)) << each.name << ": " << text;
    if (&each.format == &kImage) continue;  // a//b
    for (const auto& text : each.bad) EXPECT_FALSE(allows(text)) << each.name << ": " << text;
  }
}

TEST(Formats, CurveCertificates) {
  const auto cert = base::makeCurveCert({{"name", "test"}});
  ASSERT_TRUE(cert);
  EXPECT_TRUE(kCurveCertificate.fits(base::formatCurveCert(*cert, 0)));
  EXPECT_TRUE(kCurveCertificate.fits(""));
  EXPECT_FALSE(kCurveCertificate.fits("curve\n    public-key = \"x\"\n"));
}

}  // namespace
}  // namespace mc::api
