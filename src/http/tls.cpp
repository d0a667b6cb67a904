#include "http/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <functional>

#include "http/openssl_pointers.hpp"
#include "http/tls_context.hpp"

namespace mc::http {

namespace {

/// What HTTP/1.1 is called in ALPN (RFC 7301), with its length in front.
constexpr std::string_view kAlpn = "\x08http/1.1";

/// An encrypted key must not make OpenSSL ask a terminal for its password.
int noPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
  return 0;
}

BioPtr memory(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Calls `take` with each certificate of a PEM text; at least one must be there.
base::Status eachCertificate(const std::string& pem, const std::string& name,
                             const std::function<bool(X509*)>& take) {
  const BioPtr bio = memory(pem);
  size_t count = 0;
  while (const X509Ptr one{PEM_read_bio_X509(bio.get(), nullptr, noPassword, nullptr)}) {
    if (!take(one.get())) return base::fail(EINVAL, name + ": " + opensslError());
    ++count;
  }
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = opensslError();
  if (!ended) return base::fail(EINVAL, name + ": not PEM: " + reason);
  if (count == 0) return base::fail(EINVAL, name + ": no certificate in the PEM text");
  return {};
}

base::Status trust(SSL_CTX* context, const std::string& pem, const std::string& name) {
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  // An intermediate or a server's own certificate may be what is trusted.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return eachCertificate(pem, name,
                         [store](X509* one) { return X509_STORE_add_cert(store, one) == 1; });
}

/// The first certificate is the owner's, those behind it lead to its CA.
base::Status useCertificate(SSL_CTX* context, const std::string& pem, const std::string& keyPem) {
  bool first = true;
  MC_TRY(eachCertificate(pem, "certificate", [&](X509* one) {
    if (!std::exchange(first, false)) return SSL_CTX_add1_chain_cert(context, one) == 1;
    return SSL_CTX_use_certificate(context, one) == 1;
  }));
  const KeyPtr key{PEM_read_bio_PrivateKey(memory(keyPem).get(), nullptr, noPassword, nullptr)};
  if (!key) return base::fail(EINVAL, "private key: not PEM, or encrypted: " + opensslError());
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return base::fail(EINVAL, "private key: it is not the certificate's: " + opensslError());
  }
  return {};
}

base::Result<std::shared_ptr<TlsContext>> newContext(const SSL_METHOD* method) {
  auto made = std::make_shared<TlsContext>(method);
  SSL_CTX* context = made->context.get();
  if (context == nullptr) return base::fail(ENOMEM, "TLS: " + opensslError());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  return made;
}

/// Takes HTTP/1.1 if the client offers it, and goes on without ALPN otherwise.
int chooseProtocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* outSize,
                   const unsigned char* offered, unsigned int size, void* /*data*/) {
  const auto* ours = reinterpret_cast<const unsigned char*>(kAlpn.data());
  unsigned char* chosen = nullptr;
  const int result = SSL_select_next_proto(&chosen, outSize, ours,
                                           static_cast<unsigned>(kAlpn.size()), offered, size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

std::string opensslError() {
  std::array<char, 256> text{};
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "unknown error";
  if (const char* reason = ERR_reason_error_string(code); reason != nullptr) return reason;
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

base::Result<std::shared_ptr<TlsContext>> clientTls(const ClientTls& settings) {
  MC_TRY_ASSIGN(auto made, newContext(TLS_client_method()));
  SSL_CTX* context = made->context.get();
  made->serverName = settings.serverName;
  made->verifyServer = !settings.skipVerify;
  SSL_CTX_set_verify(context, settings.skipVerify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(kAlpn.data()),
                          static_cast<unsigned>(kAlpn.size()));
  if (!settings.caPem.empty()) {
    MC_TRY(trust(context, settings.caPem, "certificate authority"));
  } else if (!settings.skipVerify) {
    SSL_CTX_set_default_verify_paths(context);
  }
  if (!settings.certificatePem.empty()) {
    MC_TRY(useCertificate(context, settings.certificatePem, settings.keyPem));
  }
  return made;
}

base::Result<std::shared_ptr<TlsContext>> serverTls(const ServerTls& settings) {
  MC_TRY_ASSIGN(auto made, newContext(TLS_server_method()));
  SSL_CTX* context = made->context.get();
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_options(context,
                      SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_alpn_select_cb(context, chooseProtocol, nullptr);
  MC_TRY(useCertificate(context, settings.certificatePem, settings.keyPem));
  if (!settings.clientCaPem.empty()) {
    MC_TRY(trust(context, settings.clientCaPem, "certificate authority of clients"));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return made;
}

}  // namespace mc::http
