#pragma once
// Where a server listens, and connecting to it.
//
// Thread-safety: values and pure functions, but dial(), which may be called from any thread.

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/status.hpp"
#include "http/deadline.hpp"
#include "http/stream.hpp"
#include "http/tls.hpp"

namespace mc::http {

struct Endpoint {
  std::string path;  ///< of a unix socket; empty: TCP to host and port
  std::string host;  ///< name or address, IPv6 without brackets
  std::string port;
  std::shared_ptr<TlsContext> tls;  ///< null: plain

  /// For the Host header: "name", "name:8080", "[::1]:8080"; without the scheme's default port.
  [[nodiscard]] std::string authority() const;
  /// For messages: "unix:///run/x.sock", "https://name:6443".
  [[nodiscard]] std::string url() const;
};

/// A connection to the endpoint, hands shaken if it has TLS. Errors are the system's (ENOENT,
/// ECONNREFUSED, EACCES, EHOSTUNREACH ...; EHOSTUNREACH if the name does not resolve), EIO and
/// EINVAL from TLS, ETIMEDOUT, ECANCELED after a stop. A stop is heard while connecting and shaking
/// hands; a look-up of a name is first ended by the resolver.
base::Result<std::unique_ptr<Stream>> dial(const Endpoint& endpoint, const Deadline& deadline,
                                           const std::stop_token& stop);

}  // namespace mc::http
