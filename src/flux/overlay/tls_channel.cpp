#include "flux/overlay/tls_channel.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <unistd.h>

#include <deque>

#include "base/memory.hpp"
#include "flux/overlay/endpoint.hpp"
#include "flux/wire/framing.hpp"
#include "flux/wire/stream.hpp"

namespace mc::flux::overlay {
namespace {

/// One TLS record holds at most this much.
constexpr size_t kRecordSize = 16u << 10;
constexpr unsigned char kIdentity[] = "flux-overlay-1";
constexpr size_t kIdentitySize = sizeof kIdentity - 1;

struct Free {
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
  void operator()(SSL* p) const { SSL_free(p); }
  void operator()(SSL_SESSION* p) const { SSL_SESSION_free(p); }
};
using Context = std::unique_ptr<SSL_CTX, Free>;
using Connection = std::unique_ptr<SSL, Free>;
using Session = std::unique_ptr<SSL_SESSION, Free>;

/// TLS 1.3 takes an external key in the form of a session to resume.
Session pskSession(SSL* ssl) {
  static constexpr unsigned char kAes128GcmSha256[] = {0x13, 0x01};
  const auto* secret = static_cast<const Secret*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  Session session(SSL_SESSION_new());
  if (session == nullptr ||
      SSL_SESSION_set1_master_key(session.get(), secret->bytes().data(), Secret::kSize) != 1 ||
      SSL_SESSION_set_cipher(session.get(), SSL_CIPHER_find(ssl, kAes128GcmSha256)) != 1 ||
      SSL_SESSION_set1_id_context(session.get(), kIdentity, kIdentitySize) != 1 ||
      SSL_SESSION_set_protocol_version(session.get(), TLS1_3_VERSION) != 1)
    return nullptr;
  return session;
}

int usePsk(SSL* ssl, const EVP_MD* /*digest*/, const unsigned char** identity, size_t* size,
           SSL_SESSION** session) {
  Session made = pskSession(ssl);
  if (made == nullptr) return 0;
  *identity = kIdentity;
  *size = kIdentitySize;
  *session = made.release();
  return 1;
}

int findPsk(SSL* ssl, const unsigned char* identity, size_t size, SSL_SESSION** session) {
  *session = nullptr;
  if (size != kIdentitySize || CRYPTO_memcmp(identity, kIdentity, size) != 0) return 1;
  *session = pskSession(ssl).release();
  return *session != nullptr ? 1 : 0;
}

base::Result<Context> makeContext(Secret& secret) {
  startCrypto();
  Context context(SSL_CTX_new(TLS_method()));
  if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256") != 1 ||
      SSL_CTX_set1_groups_list(context.get(), "X25519") != 1)
    return base::fail(ENOTSUP, "TLS 1.3 is not available");
  SSL_CTX_set_app_data(context.get(), &secret);
  SSL_CTX_set_psk_use_session_callback(context.get(), usePsk);
  SSL_CTX_set_psk_find_session_callback(context.get(), findPsk);
  // A peer that comes with a certificate instead of the key finds no authority that vouches for it.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // Sessions, as which the key comes, must be of the context in which they are used.
  SSL_CTX_set_session_id_context(context.get(), kIdentity, kIdentitySize);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  // Idle connections give their 32 KiB of buffers back.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

class TlsChannel final : public Channel {
 public:
  TlsChannel(base::Loop& loop, Connection ssl, base::Fd socket, Handlers handlers)
      : loop_(loop),
        socket_(std::move(socket)),
        ssl_(std::move(ssl)),
        handlers_(std::make_shared<const Handlers>(std::move(handlers))) {
    if (!base::setNonblocking(socket_.get()) || SSL_set_fd(ssl_.get(), socket_.get()) != 1) {
      failLater({EIO, "no TLS on this socket"});
      return;
    }
    readable_ = loop_.readable(socket_.get(), [this] { onReady(); });
    loop_.post([this, alive = alive_] {
      if (*alive) onReady();
    });
  }
  ~TlsChannel() override { *alive_ = false; }

  void send(const wire::Message& message) override {
    if (!socket_) return;
    queue_.push_back(wire::frame(message));
    queuedBytes_ += queue_.back().size();
    if (queuedBytes_ > wire::Stream::kMaxQueued) return failLater({ENOBUFS, "peer does not read"});
    if (open_ && !writable_ && !writeSome()) failLater({EPIPE, "connection broken"});
  }

  base::Status flush(int timeoutMs) override {
    while (socket_ && !queue_.empty()) {
      pollfd ready{socket_.get(), POLLOUT, 0};
      const int n = ::poll(&ready, 1, timeoutMs);
      if (n == 0 || !open_) return base::fail(ETIMEDOUT, "peer does not read");
      if (n < 0 && errno != EINTR) return base::failErrno("poll");
      if (n > 0 && !writeSome()) return base::fail(EPIPE, "connection broken");
    }
    return {};
  }

 private:
  enum class Step { Done, Wait, Broken };

  /// What a call of OpenSSL wants next.
  Step next(int returned) {
    if (returned > 0) return Step::Done;
    const int error = SSL_get_error(ssl_.get(), returned);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return Step::Wait;
    if (error != SSL_ERROR_WANT_WRITE) return Step::Broken;
    watchWritable();
    return Step::Wait;
  }

  void watchWritable() {
    if (!writable_) writable_ = loop_.writable(socket_.get(), [this] { onReady(); });
  }

  void onReady() {
    const auto alive = alive_;
    writable_.reset();
    if (!open_ && !shakeHands()) return;
    if (!*alive) return;
    if (!writeSome()) return fail({EPIPE, "connection broken"});
    readSome();
  }

  /// True once the peer has proved itself.
  bool shakeHands() {
    // Each flight of the key exchange takes half of OpenSSL: it has memory for nothing else.
    base::releaseCode();
    const Step step = next(SSL_do_handshake(ssl_.get()));
    base::releaseCode();
    if (step == Step::Wait) return false;
    // "Reused" means: by the pre-shared key, not by a certificate.
    if (step == Step::Broken || SSL_session_reused(ssl_.get()) != 1) {
      fail({EACCES, "the peer did not prove that it has this instance's key (curve_cert)"});
      return false;
    }
    open_ = true;
    const auto handlers = handlers_;
    handlers->open();
    return true;
  }

  bool writeSome() {
    while (!queue_.empty()) {
      const std::string& head = queue_.front();
      const int n = SSL_write(ssl_.get(), head.data() + offset_,
                              static_cast<int>(std::min(head.size() - offset_, kRecordSize)));
      const Step step = next(n);
      if (step != Step::Done) return step == Step::Wait;
      offset_ += static_cast<size_t>(n);
      queuedBytes_ -= static_cast<size_t>(n);
      if (offset_ < head.size()) continue;
      queue_.pop_front();
      offset_ = 0;
    }
    return true;
  }

  void readSome() {
    const auto alive = alive_;
    char buffer[kRecordSize];
    // What OpenSSL has already taken from the socket wakes nobody up: it is read to its end.
    do {
      const int n = SSL_read(ssl_.get(), buffer, sizeof buffer);
      const Step step = next(n);
      if (step == Step::Wait) return;
      if (step == Step::Broken) return fail({ECONNRESET, "connection closed by peer"});
      decoder_.append({buffer, static_cast<size_t>(n)});
      deliver();
    } while (*alive && SSL_pending(ssl_.get()) > 0);
  }

  void deliver() {
    const auto alive = alive_;
    const auto handlers = handlers_;
    while (*alive) {
      auto message = decoder_.next();
      if (!message) return fail(message.error());
      if (!*message) return;
      handlers->message(std::move(**message));
    }
  }

  void fail(const base::Error& error) {
    *alive_ = false;
    readable_.reset();
    writable_.reset();
    queue_.clear();
    socket_.reset();
    const auto handlers = handlers_;
    handlers->closed(error);
  }

  void failLater(base::Error error) {
    loop_.post([this, alive = alive_, error = std::move(error)] {
      if (*alive) fail(error);
    });
  }

  base::Loop& loop_;
  base::Fd socket_;
  Connection ssl_;
  std::shared_ptr<const Handlers> handlers_;  // shared with a callback under way
  bool open_ = false;
  wire::Decoder decoder_;
  std::deque<std::string> queue_;
  size_t offset_ = 0;
  size_t queuedBytes_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  base::Watch readable_;
  base::Watch writable_;
};

class TlsChannels final : public ChannelFactory {
 public:
  TlsChannels(base::Loop& loop, const Secret& secret, std::chrono::milliseconds timeout)
      : loop_(loop), secret_(secret), timeout_(timeout) {}

  base::Status init() {
    MC_TRY_ASSIGN(context_, makeContext(secret_));
    return {};
  }

  std::unique_ptr<Channel> make(base::Fd socket, Side side, Channel::Handlers handlers) override {
    // Without it the connection works all the same; the peer's end is then noticed later.
    (void)watchPeer(socket.get(), timeout_).has_value();
    Connection ssl(SSL_new(context_.get()));
    if (side == Side::Connects)
      SSL_set_connect_state(ssl.get());
    else
      SSL_set_accept_state(ssl.get());
    return std::make_unique<TlsChannel>(loop_, std::move(ssl), std::move(socket),
                                        std::move(handlers));
  }

 private:
  base::Loop& loop_;
  Secret secret_;
  std::chrono::milliseconds timeout_;
  Context context_;
};

}  // namespace

void startCrypto() {
  // What was refused at the first call is not done by a later one either.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
                          OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS,
                      nullptr);
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_SSL_STRINGS, nullptr);
}

base::Result<std::unique_ptr<ChannelFactory>> makeTlsChannels(base::Loop& loop,
                                                              const Secret& secret,
                                                              std::chrono::milliseconds timeout) {
  auto channels = std::make_unique<TlsChannels>(loop, secret, timeout);
  MC_TRY(channels->init());
  return std::unique_ptr<ChannelFactory>(std::move(channels));
}

}  // namespace mc::flux::overlay
