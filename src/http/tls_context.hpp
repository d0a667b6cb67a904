#pragma once
// What a TlsContext holds. For tls.cpp and tls_stream.cpp.
//
// Thread-safety: immutable once made.

#include <openssl/ssl.h>

#include <string>

#include "http/openssl_pointers.hpp"
#include "http/tls.hpp"

namespace mc::http {

class TlsContext {
 public:
  explicit TlsContext(const SSL_METHOD* method) : context(SSL_CTX_new(method)) {}

  const OpensslPtr<SSL_CTX> context;
  std::string serverName;
  bool verifyServer = false;
};

/// OpenSSL's oldest queued error as text; empties this thread's queue.
std::string opensslError();

}  // namespace mc::http
