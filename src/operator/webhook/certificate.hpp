#pragma once
// Certificates for the webhooks: made by the operator itself, so that nothing else has to be
// installed.
//
// Each serving certificate has a certificate authority of its own, whose key is forgotten once it
// has signed: nobody can make another certificate that the API server would trust.
//
// Source: X.509 (RFC 5280), PEM (RFC 7468), keys on P-256. Thread-safety: values and pure
// functions, but for the random numbers.

#include <string>
#include <vector>

#include "base/status.hpp"

namespace mc::controller {

struct Certificate {
  std::string caPem;    ///< who may be trusted: our authority, and those before it
  std::string certPem;  ///< of the server
  std::string keyPem;   ///< its key: a secret
};

/// How long a new one is good, in seconds: a year.
inline constexpr double kCertificateLifetime = 365.0 * 86400;

/// A new authority and a certificate signed by it for these DNS names; `now` (Unix time) is when
/// its time begins. EIO if OpenSSL can't.
base::Result<Certificate> makeCertificate(const std::vector<std::string>& names, double now);

/// Whether the certificate is for all names, fits its key, and is signed by one of its authorities.
bool isUsable(const Certificate& certificate, const std::vector<std::string>& names);

/// When it has to be replaced (Unix time): when a third of its time is left. EINVAL for what is no
/// certificate.
base::Result<double> renewalTime(const Certificate& certificate);

/// `newer` with the authorities of `older` whose time is not over yet, so that servers which have
/// not got the new certificate yet are trusted, too.
Certificate withAuthoritiesOf(Certificate newer, const Certificate& older, double now);

}  // namespace mc::controller
