#pragma once
// Certificates of our own making: an authority, what it signs, and what there is to know of a
// certificate.
//
// Everything is PEM text (RFC 7468); keys are on P-256, in PKCS #8 without passphrase. Keys reach
// no message. Source: X.509 (RFC 5280). A time is Unix time, a lifetime counts in seconds.
//
// Thread-safety: values and pure functions, but for the random numbers.

#include <string>
#include <vector>

#include "base/status.hpp"

namespace mc::http {

struct CertifiedKey {
  std::string certificatePem;
  std::string keyPem;  ///< a secret
};

struct CertificateRequest {
  std::string commonName;          ///< for people; 64 characters at most (RFC 5280, A.1)
  std::vector<std::string> hosts;  ///< DNS names and IP addresses; none: no alternative names
  bool server = false;             ///< may be shown by a server
  bool client = false;             ///< may be shown by a client
  double now = 0;
  double lifetime = 0;
};

/// An authority that signs itself, and nothing but certificates of its peers (no other authority).
/// EIO if OpenSSL can't.
base::Result<CertifiedKey> makeAuthority(const std::string& commonName, double now,
                                         double lifetime);

/// A new key and its certificate, signed by `authority`, which it does not outlive. EINVAL for a
/// host that is none, and for an authority that can't be read.
base::Result<CertifiedKey> signCertificate(const CertificateRequest& request,
                                           const CertifiedKey& authority);

/// EINVAL unless it is a DNS name (the first label may be "*") or an IP address.
base::Status checkHost(const std::string& host);

// Of the first certificate in a text.

/// Whether the key is the certificate's.
bool isKeyOf(const std::string& keyPem, const std::string& certificatePem);

/// Whether one of the authorities has signed it. Whether its time has come is another question.
bool isSignedBy(const std::string& certificatePem, const std::string& authoritiesPem);

/// Whether it is for all of them.
bool isFor(const std::string& certificatePem, const std::vector<std::string>& hosts);

/// Its alternative names: DNS names and IP addresses.
std::vector<std::string> hostsOf(const std::string& certificatePem);

struct Validity {
  double begin = 0;
  double end = 0;
};
/// EINVAL for what is no certificate.
base::Result<Validity> validityOf(const std::string& certificatePem);

/// `newer` and those certificates of `older` that are not in it and whose time is not over.
std::string withCertificatesOf(const std::string& newer, const std::string& older, double now);

}  // namespace mc::http
