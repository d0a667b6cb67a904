#include "http/client.hpp"

#include "http/connection.hpp"
#include "http/pool.hpp"

namespace mc::http {

Response::Response(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Response::Response(Response&&) noexcept = default;
Response& Response::operator=(Response&&) noexcept = default;
Response::~Response() = default;

int Response::status() const {
  return connection_->status();
}

std::string Response::header(std::string_view name) const {
  return connection_->header(name);
}

Headers Response::headers() const {
  return connection_->headers();
}

base::Result<std::string> Response::read() {
  return connection_->read();
}

base::Result<std::string> Response::readAll(size_t limit) {
  std::string body;
  while (true) {
    MC_TRY_ASSIGN(const std::string piece, read());
    if (piece.empty()) return body;
    if (body.size() + piece.size() > limit) {
      return base::fail(EFBIG, connection_->peer() + "'s answer is larger than " +
                                   std::to_string(limit) + " bytes");
    }
    body += piece;
  }
}

Client::Client(Endpoint endpoint, ClientOptions options)
    : pool_(std::make_shared<ConnectionPool>(std::move(endpoint), std::move(options))) {}
Client::~Client() = default;

const Endpoint& Client::endpoint() const {
  return pool_->endpoint();
}

void Client::forget() {
  pool_->forget();
}

base::Result<std::unique_ptr<Connection>> Client::exchange(const Request& request,
                                                           const std::stop_token& stop) {
  const Timeouts timeouts = request.timeouts.value_or(pool_->options().timeouts);
  if (stop.stop_requested()) return base::fail(ECANCELED, "interrupted");
  std::unique_ptr<Stream> kept = request.source ? nullptr : pool_->take();
  while (true) {
    const bool fresh = !kept;
    if (fresh) {
      MC_TRY_ASSIGN(kept, pool_->open(timeouts, stop));
    }
    auto connection = std::make_unique<Connection>(std::move(kept), pool_, stop);
    kept.reset();
    const base::Status done = connection->exchange(request, timeouts, *pool_);
    if (done) return connection;
    if (fresh || !connection->unanswered()) return base::pass(done.error());
  }
}

base::Result<Response> Client::send(const Request& request, const std::stop_token& stop) {
  MC_TRY_ASSIGN(auto connection, exchange(request, stop));
  return Response(std::move(connection));
}

base::Result<std::variant<Upgraded, Response>> Client::upgrade(const Request& request,
                                                               const std::stop_token& stop) {
  MC_TRY_ASSIGN(auto connection, exchange(request, stop));
  const int status = connection->status();
  if (status == 101 || status == 200) return connection->upgrade();
  return Response(std::move(connection));
}

}  // namespace mc::http
