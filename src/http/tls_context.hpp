#pragma once
// What a TlsContext holds. For tls.cpp and tls_stream.cpp.
//
// Thread-safety: immutable once made.

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "http/tls.hpp"

namespace mc::http {

class TlsContext {
 public:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  explicit TlsContext(const SSL_METHOD* method) : context(SSL_CTX_new(method)) {}

  const std::unique_ptr<SSL_CTX, Free> context;
  std::string serverName;
  bool verifyServer = false;
};

/// OpenSSL's oldest queued error as text; empties this thread's queue.
std::string opensslError();

}  // namespace mc::http
