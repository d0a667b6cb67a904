#pragma once
// What strings of a manifest must look like. One Format per kind of string; the fields' tables name
// them, and the CRD's schema takes their patterns.
//
// Thread-safety: constants and pure functions.

#include <string_view>

namespace mc::api {

struct Format {
  bool (*fits)(std::string_view text);
  std::string_view cause;         ///< "must be ...": what is wrong with a text that doesn't fit
  std::string_view cure = {};     ///< may be empty
  std::string_view pattern = {};  ///< the same as RE2, for OpenAPI; empty: too much for one
  size_t maxLength = 0;           ///< for OpenAPI; 0: none
};

/// RFC 1123 label: names of MiniClusters, containers and namespaces.
extern const Format kDnsLabel;
/// RFC 1035 label: names of Services, which begin with a letter.
extern const Format kServiceName;
/// RFC 1123 subdomain: names of most Kubernetes objects.
extern const Format kDnsSubdomain;
/// [PREFIX/]NAME of labels and annotations.
extern const Format kLabelKey;
extern const Format kLabelValue;
extern const Format kEnvironmentName;
extern const Format kAbsolutePath;
/// Where something is mounted in a container: absolute, not /, no colon.
extern const Format kMountPath;
/// A resource: cpu, memory, hugepages-2Mi, nvidia.com/gpu.
extern const Format kResourceName;
/// A Kubernetes quantity that isn't negative.
extern const Format kQuantity;
/// Flux Standard Duration (RFC 23): 5s, 1.5m, 100ms. Empty is allowed.
extern const Format kFluxDuration;
/// tbon.topo: kary:K, mincrit[:K], binomial, custom[:...].
extern const Format kTopology;
extern const Format kImage;
/// A Linux user as useradd(8) takes it.
extern const Format kUserName;
/// At most 8 characters, none of which breaks a line NAME:PASSWORD.
extern const Format kPassword;
/// A CURVE certificate as `flux keygen` writes it.
extern const Format kCurveCertificate;
/// Linux capability without CAP_, or ALL.
extern const Format kCapability;
/// Fits everything but NUL characters, which every string is checked for.
extern const Format kText;

}  // namespace mc::api
