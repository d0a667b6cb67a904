#include "local/names.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace mc::local {

namespace {

constexpr size_t kDigestSize = 16;
using Digest = std::array<unsigned char, kDigestSize>;

Digest rawDigest(std::string_view text) {
  Digest digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return digest;
}

std::string hex(const Digest& digest) {
  std::string text(2 * kDigestSize + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  text.pop_back();
  return text;
}

/// Sets the bits that say version and variant, and writes the groups.
std::string asUuid(Digest bytes, unsigned version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fu) | version << 4);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fu) | 0x80u);
  std::string text = hex(bytes);
  for (const size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
  return text;
}

/// An owner's "deployment/redis" becomes "deployment.redis": no MiniCluster's name has a dot.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::string name = "minicluster";
  for (const std::string_view part : parts) name.append("_").append(part);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

/// What Kubernetes makes random suffixes of: no vowels, and nothing that looks like something else.
constexpr std::string_view kSuffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";
constexpr size_t kSuffixSize = 5;

std::string suffixOf(const std::string& text) {
  const Digest digest = rawDigest(text);
  std::string suffix;
  for (size_t i = 0; i < kSuffixSize; ++i) {
    suffix += kSuffixAlphabet[(digest[2 * i] << 8 | digest[2 * i + 1]) % kSuffixAlphabet.size()];
  }
  return suffix;
}

}  // namespace

std::string digestOf(std::string_view text) {
  return hex(rawDigest(text));
}

std::string newUid() {
  Digest bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return asUuid(bytes, 4);
}

std::string derivedUid(const std::string& text) {
  return asUuid(rawDigest(text), 5);
}

std::string recordVolume(const ClusterRef& ref) {
  return joined({ref.ns, ref.name});
}

std::string removalVolume(const ClusterRef& ref) {
  return joined({ref.ns, ref.name, "removal"});
}

std::string revisionVolume(const ClusterRef& ref, int64_t revision) {
  return joined({ref.ns, ref.name, "revision", std::to_string(revision)});
}

std::string networkName(const std::string& ns) {
  return joined({ns});
}

std::string podName(const plan::Pod& pod, const std::string& clusterUid) {
  const bool itself = pod.role == plan::Role::Services || pod.role == plan::Role::Workload;
  if (itself) return pod.name;
  return pod.name + "-" + suffixOf(clusterUid + "/" + pod.name);
}

std::string pauseName(const std::string& ns, const std::string& pod) {
  return joined({ns, pod});
}

std::string containerName(const std::string& ns, const std::string& pod,
                          const std::string& container) {
  return joined({ns, pod, container});
}

std::string podVolumeName(const std::string& ns, const std::string& pod,
                          const std::string& volume) {
  return joined({ns, pod, "volume", volume});
}

std::string forwarderName(const ClusterRef& service) {
  return joined({service.ns, service.name, "forwarder"});
}

std::string waitMark(const std::string& ns, const std::string& pod, const std::string& container) {
  return joined({ns, pod, "waiting", container});
}

std::string labelAlias(const std::string& key, const std::string& value) {
  return "label-" + digestOf(key + "=" + value);
}

}  // namespace mc::local
