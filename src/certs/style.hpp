#pragma once
// What the files of certificates are called.
//
// Thread-safety: values and pure functions.

#include <string>

#include "base/status.hpp"
#include "certs/secret.hpp"
#include "http/certificate.hpp"

namespace mc::certs {

enum class Style {
  Tls,  ///< tls.crt, tls.key, ca.crt: Secrets of type kubernetes.io/tls, as Ingresses take them
  Pem,  ///< server_NAME_certificate.pem and so on, as RabbitMQ's guides and Merlin's call them
};

/// "tls", "pem"; EINVAL for another word.
base::Result<Style> parseStyle(const std::string& word);

enum class Part { Authority, Server, Client };

/// NAME-ca, NAME-server, NAME-client.
std::string secretName(const std::string& name, Part part);

/// What a Secret holds.
struct Content {
  http::CertifiedKey own;   ///< of the authority, the server or the client
  std::string authorities;  ///< whom to trust, PEM
};

/// `name`: of the service.
Secret toSecret(const std::string& name, Part part, Style style, const Content& content);

/// EINVAL if a key is missing, which is named.
base::Result<Content> readSecret(const std::string& name, Part part, Style style,
                                 const Secret& secret);

/// The style of a Secret that is there already: that of its keys.
Style styleOf(const Secret& secret);

}  // namespace mc::certs
