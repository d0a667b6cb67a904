#include "certs/style.hpp"

namespace mc::certs {

namespace {

constexpr const char* kPemAuthority = "ca_certificate.pem";

/// The keys of a Secret's data.
struct Keys {
  std::string certificate;
  std::string key;
  std::string authorities;
};

Keys keysOf(const std::string& name, Part part, Style style) {
  if (style == Style::Tls) return {"tls.crt", "tls.key", "ca.crt"};
  // The authority's own certificate is the first of those to trust.
  if (part == Part::Authority) return {kPemAuthority, "ca_key.pem", kPemAuthority};
  const std::string start = (part == Part::Server ? "server_" : "client_") + name;
  return {start + "_certificate.pem", start + "_key.pem", kPemAuthority};
}

base::Result<std::string> valueOf(const Secret& secret, const std::string& key) {
  const auto found = secret.data.find(key);
  if (found != secret.data.end()) return found->second;
  return base::fail(EINVAL, "Secret \"" + secret.name + "\" has no key \"" + key + "\"");
}

}  // namespace

base::Result<Style> parseStyle(const std::string& word) {
  if (word == "tls") return Style::Tls;
  if (word == "pem") return Style::Pem;
  return base::fail(EINVAL, "Invalid style (" + word + "). Must be \"pem\" or \"tls\".");
}

std::string secretName(const std::string& name, Part part) {
  switch (part) {
    case Part::Authority:
      return name + "-ca";
    case Part::Server:
      return name + "-server";
    case Part::Client:
      break;
  }
  return name + "-client";
}

Secret toSecret(const std::string& name, Part part, Style style, const Content& content) {
  const Keys keys = keysOf(name, part, style);
  Secret secret;
  secret.name = secretName(name, part);
  secret.type = style == Style::Tls ? "kubernetes.io/tls" : "Opaque";
  secret.data[keys.certificate] = content.own.certificatePem;
  secret.data[keys.key] = content.own.keyPem;
  secret.data[keys.authorities] = content.authorities;
  return secret;
}

base::Result<Content> readSecret(const std::string& name, Part part, Style style,
                                 const Secret& secret) {
  const Keys keys = keysOf(name, part, style);
  Content content;
  MC_TRY_ASSIGN(content.own.certificatePem, valueOf(secret, keys.certificate));
  MC_TRY_ASSIGN(content.own.keyPem, valueOf(secret, keys.key));
  MC_TRY_ASSIGN(content.authorities, valueOf(secret, keys.authorities));
  return content;
}

Style styleOf(const Secret& secret) {
  return secret.data.contains(kPemAuthority) ? Style::Pem : Style::Tls;
}

}  // namespace mc::certs
