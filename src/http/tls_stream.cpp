#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <mutex>
#include <stop_token>

#include "http/openssl_pointers.hpp"
#include "http/tls.hpp"
#include "http/tls_context.hpp"

namespace mc::http {

namespace {

using Ssl = OpensslPtr<SSL>;

int socketOf(BIO* bio) {
  return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio)));
}

/// OpenSSL's own socket BIO writes without MSG_NOSIGNAL, so that a peer that has gone would end us
/// by SIGPIPE.
int bioWrite(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent =
      ::send(socketOf(bio), data, static_cast<size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bioRead(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(socketOf(bio), data, static_cast<size_t>(size), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

long bioControl(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// The one table of our BIO's functions, which OpenSSL needs for as long as a BIO lives.
const BIO_METHOD* bioMethod() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, bioWrite);
    BIO_meth_set_read(made, bioRead);
    BIO_meth_set_ctrl(made, bioControl);
    return made;
  }();
  return method;
}

/// An SSL must not be used by two threads at once, so a mutex lets the reader and the writer in
/// turn; neither waits inside.
class TlsStream final : public Stream {
 public:
  TlsStream(base::Fd fd, Ssl ssl) : fd_(std::move(fd)), ssl_(std::move(ssl)) {}

  base::Result<Attempt> tryRead(char* data, size_t size) override {
    return attempt([&](size_t& done) { return SSL_read_ex(ssl_.get(), data, size, &done); });
  }
  base::Result<Attempt> tryWrite(std::string_view data) override {
    return attempt(
        [&](size_t& done) { return SSL_write_ex(ssl_.get(), data.data(), data.size(), &done); });
  }
  base::Result<Attempt> tryHandshake() {
    return attempt([&](size_t& /*done*/) { return SSL_do_handshake(ssl_.get()); });
  }

  [[nodiscard]] int fd() const override { return fd_.get(); }
  [[nodiscard]] bool buffered() const override {
    const std::lock_guard lock(mutex_);
    return SSL_has_pending(ssl_.get()) == 1;
  }
  void closeWrite() override {
    const std::lock_guard lock(mutex_);
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  base::Fd release() override { return {}; }

 private:
  template <class Call>
  base::Result<Attempt> attempt(const Call& call) {
    const std::lock_guard lock(mutex_);
    ERR_clear_error();
    errno = 0;
    size_t done = 0;
    const int result = call(done);
    if (result == 1) return Attempt{Attempt::State::Done, done};
    const int errnum = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return Attempt{Attempt::State::WantsRead, 0};
      case SSL_ERROR_WANT_WRITE:
        return Attempt{Attempt::State::WantsWrite, 0};
      case SSL_ERROR_ZERO_RETURN:
        return Attempt{Attempt::State::End, 0};
      default:
        return base::pass(failure(errnum));
    }
  }

  [[nodiscard]] base::Error failure(int errnum) const {
    const unsigned long code = ERR_peek_error();
    if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
        ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      ERR_clear_error();
      return {ECONNRESET, "TLS: the connection was closed"};
    }
    if (code == 0) {
      const int reason = errnum == 0 ? ECONNRESET : errnum;
      return {reason, std::string("TLS: ") + std::strerror(reason)};
    }
    if (const long verified = SSL_get_verify_result(ssl_.get());
        verified != X509_V_OK && SSL_is_init_finished(ssl_.get()) == 0) {
      ERR_clear_error();
      return {EIO, std::string("TLS: certificate: ") + X509_verify_cert_error_string(verified)};
    }
    return {EIO, "TLS: " + opensslError()};
  }

  base::Fd fd_;
  mutable std::mutex mutex_;
  Ssl ssl_;
};

bool isAddress(const std::string& name) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.c_str());
  ASN1_OCTET_STRING_free(address);
  ERR_clear_error();
  return address != nullptr;
}

base::Result<Ssl> newSsl(const base::Fd& fd, const TlsContext& context) {
  Ssl ssl(SSL_new(context.context.get()));
  BIO* bio = BIO_new(bioMethod());
  if (!ssl || bio == nullptr) {
    BIO_free(bio);
    return base::fail(ENOMEM, "TLS: " + opensslError());
  }
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(fd.get())));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl.get(), bio, bio);
  return ssl;
}

base::Result<std::unique_ptr<Stream>> shakeHands(base::Fd fd, Ssl ssl, const Deadline& deadline,
                                                 const std::stop_token& stop) {
  MC_TRY(base::setNonblocking(fd.get()));
  auto stream = std::make_unique<TlsStream>(std::move(fd), std::move(ssl));
  const std::stop_callback abort(stop, [raw = stream.get()] { raw->shutdown(); });
  while (true) {
    const auto attempt = stream->tryHandshake();
    if (stop.stop_requested()) return base::fail(ECANCELED, "interrupted");
    if (!attempt) return base::pass(attempt.error());
    if (attempt->state == Attempt::State::Done) break;
    if (attempt->state == Attempt::State::End) {
      return base::fail(ECONNRESET, "TLS: the connection was closed");
    }
    const short events = attempt->state == Attempt::State::WantsRead ? POLLIN : POLLOUT;
    MC_TRY(awaitEvents(stream->fd(), events, deadline).prefixed("TLS handshake"));
  }
  return std::unique_ptr<Stream>(std::move(stream));
}

}  // namespace

base::Result<std::unique_ptr<Stream>> connectTls(base::Fd fd, const TlsContext& context,
                                                 const std::string& host, const Deadline& deadline,
                                                 const std::stop_token& stop) {
  MC_TRY_ASSIGN(Ssl ssl, newSsl(fd, context));
  const std::string& name = context.serverName.empty() ? host : context.serverName;
  if (!isAddress(name)) SSL_set_tlsext_host_name(ssl.get(), name.c_str());
  if (context.verifyServer && SSL_set1_host(ssl.get(), name.c_str()) != 1) {
    return base::fail(EINVAL, "TLS: '" + name + "' is no name of a server");
  }
  SSL_set_connect_state(ssl.get());
  return shakeHands(std::move(fd), std::move(ssl), deadline, stop);
}

base::Result<std::unique_ptr<Stream>> acceptTls(base::Fd fd, const TlsContext& context,
                                                const Deadline& deadline,
                                                const std::stop_token& stop) {
  MC_TRY_ASSIGN(Ssl ssl, newSsl(fd, context));
  SSL_set_accept_state(ssl.get());
  return shakeHands(std::move(fd), std::move(ssl), deadline, stop);
}

}  // namespace mc::http
