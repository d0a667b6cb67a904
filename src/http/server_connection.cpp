#include "http/server_connection.hpp"

#include <algorithm>
#include <exception>

#include "http/websocket_codec.hpp"

namespace mc::http {

ServerConnection::ServerConnection(const ServerOptions& options, const Handler& handler,
                                   const std::atomic<bool>& crowded,
                                   std::function<void(int fd)> watchHangUp)
    : options_(options),
      handler_(handler),
      crowded_(crowded),
      watchHangUp_(std::move(watchHangUp)) {}
ServerConnection::~ServerConnection() = default;

// The connection's thread

void ServerConnection::serve(base::Fd fd, const std::shared_ptr<TlsContext>& tls) {
  const auto stream = shakeHands(std::move(fd), tls);
  if (!stream) return;
  {
    const std::lock_guard lock(mutex_);
    if (finishing_) return;
    stream_ = *stream;
  }
  http_ = std::make_unique<ServerHttp>(**stream, options_);
  bool first = true;
  while (serveOne(std::exchange(first, false))) {
  }
  http_.reset();
  if (state_ != State::Broken && state_ != State::Taken) (*stream)->closeWrite();
  const std::lock_guard lock(mutex_);
  stream_.reset();
}

base::Result<std::shared_ptr<Stream>> ServerConnection::shakeHands(
    base::Fd fd, const std::shared_ptr<TlsContext>& tls) {
  auto stream =
      tls ? acceptTls(std::move(fd), *tls, deadlineIn(options_.headTimeout), ended_.get_token())
          : plainStream(std::move(fd));
  if (!stream) return base::pass(stream.error());
  return std::shared_ptr<Stream>(std::move(*stream));
}

bool ServerConnection::serveOne(bool first) {
  // A connection that turns idle just when room is looked for sees the flag, or is seen.
  if (!beginWaiting(first) || (crowded_ && !first)) return false;
  const bool came =
      http_->awaitRequest(deadlineIn(first ? options_.headTimeout : options_.idleTimeout));
  endWaiting();
  if (!came) return false;
  auto request = http_->readRequest();
  state_ = State::Open;
  if (!request) {
    if (request.error().status == 0) return false;
    (void)http_->sendWhole(
        {request.error().status, "text/plain; charset=utf-8", request.error().reason + "\n", {}},
        false);
    http_->linger();
    return false;
  }
  request->tls = options_.tls != nullptr;
  handle(*request);
  return (state_ == State::Answered) && goesOn();
}

void ServerConnection::handle(const ServerRequest& request) {
  request_ = &request;
  Exchange exchange(*this);
  try {
    handler_(request, exchange);
  } catch (const std::exception&) {
    // A handler's mistake ends its own request only: 500, or a broken answer.
    if (state_ == State::Streaming) breakOff();
  }
  complete();
  request_ = nullptr;
}

void ServerConnection::complete() {
  if (state_ == State::Open) {
    (void)reply({500, "text/plain; charset=utf-8", "internal error\n", {}});
  } else if (state_ == State::Streaming) {
    state_ = http_->sendEnd() ? State::Answered : State::Broken;
  }
}

bool ServerConnection::beginWaiting(bool first) {
  const std::lock_guard lock(mutex_);
  if (finishing_) return false;
  idleSince_ = std::chrono::steady_clock::now();
  served_ = !first;
  return true;
}

void ServerConnection::endWaiting() {
  const std::lock_guard lock(mutex_);
  idleSince_.reset();
}

bool ServerConnection::goesOn() const {
  const std::lock_guard lock(mutex_);
  return http_->keepAlive() && !finishing_ && !crowded_;
}

// From any thread

void ServerConnection::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    if (stream_ && idleSince_) stream_->shutdown();
  }
  ended_.request_stop();
  stop_.request_stop();
}

void ServerConnection::abort() {
  const std::lock_guard lock(mutex_);
  finishing_ = true;
  if (stream_) stream_->shutdown();
}

bool ServerConnection::endIfIdle() {
  const std::lock_guard lock(mutex_);
  if (!stream_ || !idleSince_) return false;
  stream_->shutdown();
  return true;
}

void ServerConnection::hangUp() {
  stop_.request_stop();
}

std::optional<std::chrono::steady_clock::time_point> ServerConnection::idleSince() const {
  const std::lock_guard lock(mutex_);
  return served_ ? idleSince_ : std::nullopt;
}

// For Exchange

base::Status ServerConnection::expectOpen() const {
  if (state_ == State::Open) return {};
  return base::fail(EINVAL, "the request is answered already");
}

base::Status ServerConnection::reply(const Answer& answer) {
  MC_TRY(expectOpen());
  const base::Status sent = http_->sendWhole(answer, goesOn());
  state_ = sent ? State::Answered : State::Broken;
  return sent;
}

base::Status ServerConnection::begin(const Answer& answer) {
  MC_TRY(expectOpen());
  base::Status sent = http_->sendHead(answer, goesOn());
  state_ = State::Streaming;
  if (sent) sent = http_->sendPiece(answer.body);
  if (!sent) state_ = State::Broken;
  return sent;
}

base::Status ServerConnection::write(std::string_view piece) {
  if (state_ == State::Broken) return base::fail(EIO, "the client closed the connection");
  if (state_ != State::Streaming) return base::fail(EINVAL, "no answer was begun");
  const base::Status sent = http_->sendPiece(piece);
  if (!sent) state_ = State::Broken;
  return sent;
}

void ServerConnection::breakOff() {
  state_ = State::Broken;
  abort();
}

std::stop_token ServerConnection::stopToken() {
  if (!std::exchange(watched_, true)) {
    const std::lock_guard lock(mutex_);
    watchHangUp_(stream_->fd());
  }
  return stop_.get_token();
}

Upgraded ServerConnection::take() {
  const std::lock_guard lock(mutex_);
  state_ = State::Taken;
  return {std::make_unique<SharedStream>(stream_), http_->takeReceived(), 101, {}};
}

base::Result<Upgraded> ServerConnection::upgrade(const Headers& headers) {
  MC_TRY(expectOpen());
  if (const auto sent = http_->sendUpgrade(headers); !sent) {
    state_ = State::Broken;
    return base::pass(sent.error());
  }
  return take();
}

namespace {

/// The first of `wanted` that is `offered`; nothing if some are wanted and none is there.
std::optional<std::string> agreed(const std::vector<std::string>& wanted,
                                  const std::vector<std::string>& offered) {
  if (wanted.empty()) return std::string();
  const auto found =
      std::find_first_of(wanted.begin(), wanted.end(), offered.begin(), offered.end());
  if (found == wanted.end()) return std::nullopt;
  return *found;
}

}  // namespace

base::Result<std::unique_ptr<WebSocket>> ServerConnection::acceptWebSocket(
    const std::vector<std::string>& subprotocols) {
  MC_TRY(expectOpen());
  const auto protocol = agreed(subprotocols, listOf(request_->headers, "Sec-WebSocket-Protocol"));
  auto codec = std::make_unique<WebSocket::Codec>();
  base::Status accepted = base::fail(EINVAL, "none of the subprotocols offered is spoken here");
  if (protocol) accepted = codec->accept(request_->headers, *protocol);
  if (!accepted) {
    (void)reply({400, "text/plain; charset=utf-8", accepted.error().message + "\n", {}});
    return base::pass(accepted.error());
  }
  Upgraded upgraded = take();
  codec->feed(upgraded.received);
  auto socket =
      std::make_unique<WebSocket>(std::move(upgraded.stream), std::move(codec), *protocol);
  MC_TRY(socket->flush({}, options_.writeTimeout));
  return socket;
}

// Exchange

base::Status Exchange::reply(const Answer& answer) {
  return connection_.reply(answer);
}

base::Status Exchange::begin(const Answer& answer) {
  return connection_.begin(answer);
}

base::Status Exchange::write(std::string_view piece) {
  return connection_.write(piece);
}

void Exchange::breakOff() {
  connection_.breakOff();
}

std::stop_token Exchange::stop() const {
  return connection_.stopToken();
}

base::Result<Upgraded> Exchange::upgrade(const Headers& headers) {
  return connection_.upgrade(headers);
}

base::Result<std::unique_ptr<WebSocket>> Exchange::acceptWebSocket(
    const std::vector<std::string>& subprotocols) {
  return connection_.acceptWebSocket(subprotocols);
}

}  // namespace mc::http
