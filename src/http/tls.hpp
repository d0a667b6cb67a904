#pragma once
// TLS 1.2 and later, by OpenSSL: who we are and whom we trust.
//
// All certificates and keys are PEM text (RFC 7468), never files, so that they can come out of a
// kubeconfig or a Secret. Keys reach no message.
//
// Thread-safety: a context is immutable and may be used by many connections at once.

#include <memory>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "http/deadline.hpp"
#include "http/stream.hpp"

namespace mc::http {

/// Settings of one side, checked and ready to use. Opaque.
class TlsContext;

struct ClientTls {
  std::string caPem;           ///< who may sign the server's certificate; empty: the system's CAs
  std::string certificatePem;  ///< our own with its chain; empty: none
  std::string keyPem;          ///< of certificatePem
  std::string serverName;      ///< sent (SNI) and checked in place of the host that is dialed
  bool skipVerify = false;     ///< take any certificate
};

/// EINVAL for PEM text that can't be read, and for a key that is not the certificate's.
base::Result<std::shared_ptr<TlsContext>> clientTls(const ClientTls& settings);

struct ServerTls {
  std::string certificatePem;  ///< with its chain
  std::string keyPem;
  std::string clientCaPem;  ///< clients must show a certificate of these; empty: none is asked for
};

/// EINVAL as clientTls().
base::Result<std::shared_ptr<TlsContext>> serverTls(const ServerTls& settings);

/// Shakes hands over a connected socket. `host` is the name or address that was dialed. EIO with
/// OpenSSL's reason; ETIMEDOUT; ECANCELED after a stop.
base::Result<std::unique_ptr<Stream>> connectTls(base::Fd fd, const TlsContext& context,
                                                 const std::string& host, const Deadline& deadline,
                                                 const std::stop_token& stop);
base::Result<std::unique_ptr<Stream>> acceptTls(base::Fd fd, const TlsContext& context,
                                                const Deadline& deadline,
                                                const std::stop_token& stop);

}  // namespace mc::http
