#include "local/docker/transport.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <mutex>
#include <optional>

#include "local/docker/error.hpp"

namespace mc::local::docker {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;

namespace {

constexpr size_t kHeadLimit = 256u << 10;
constexpr size_t kPieceSize = 32u << 10;

bool isHungUp(const error_code& error) {
  return error == http::error::end_of_stream || error == asio::error::eof ||
         error == asio::error::connection_reset || error == asio::error::broken_pipe;
}

http::request<http::string_body> makeHead(const Request& request) {
  http::request<http::string_body> head;
  head.method_string(request.method);
  head.target(request.target);
  head.version(11);
  head.set(http::field::host, "docker");
  head.set(http::field::user_agent, "minicluster");
  if (!request.contentType.empty()) head.set(http::field::content_type, request.contentType);
  for (const auto& [name, value] : request.headers) head.set(name, value);
  return head;
}

}  // namespace

class ConnectionPool {
 public:
  explicit ConnectionPool(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

  std::optional<Socket> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::nullopt;
    Socket socket = std::move(idle_.back());
    idle_.pop_back();
    return socket;
  }

  void give(Socket socket) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(socket));
  }

  base::Result<Socket> open(const std::stop_token& stop) {
    MC_TRY_ASSIGN(base::Fd fd, connectTo(endpoint_, stop));
    const int family = endpoint_.path.empty() ? AF_INET : AF_UNIX;
    Socket socket(context_);
    error_code error;
    socket.assign(asio::generic::stream_protocol(family, 0), fd.get(), error);
    if (error) return base::fail(EIO, "socket: " + error.message());
    fd.release();
    return socket;
  }

 private:
  const Endpoint endpoint_;
  asio::io_context context_;  // its sockets need one; it is never run
  std::mutex mutex_;
  std::vector<Socket> idle_;
};

/// One exchange on one socket: request out, head in, body in pieces.
class Connection {
 public:
  Connection(Socket socket, std::weak_ptr<ConnectionPool> pool, std::stop_token stop)
      : socket_(std::move(socket)), pool_(std::move(pool)), stop_(std::move(stop)) {
    abort_.emplace(stop_, Abort{socket_.native_handle()});
  }

  ~Connection() {
    abort_.reset();
    if (!reusable()) return;
    if (const auto pool = pool_.lock()) pool->give(std::move(socket_));
  }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The error is kept raw, because the caller may try again on another connection.
  error_code send(const Request& request) {
    error_code error;
    request.source ? sendInChunks(request, error) : sendWhole(request, error);
    return error;
  }

  error_code readHead(bool withoutBody) {
    parser_.emplace();
    parser_->header_limit(kHeadLimit);
    parser_->body_limit(boost::none);
    parser_->skip(withoutBody);
    error_code error;
    http::read_header(socket_, buffer_, *parser_, error);
    return error;
  }

  [[nodiscard]] const http::response<http::buffer_body>& head() const { return parser_->get(); }

  base::Result<std::string> read() {
    std::string piece(kPieceSize, '\0');
    while (!parser_->is_done()) {
      auto& body = parser_->get().body();
      body.data = piece.data();
      body.size = piece.size();
      error_code error;
      http::read_some(socket_, buffer_, *parser_, error);
      const size_t size = piece.size() - body.size;
      if (size > 0) {
        piece.resize(size);
        return piece;
      }
      if (error && error != http::error::need_buffer) return base::pass(failure(error));
    }
    return std::string();
  }

  Upgraded upgrade() {
    abort_.reset();
    Upgraded upgraded;
    const auto data = buffer_.data();
    upgraded.received.assign(static_cast<const char*>(data.data()), data.size());
    upgraded.contentType = std::string(head()[http::field::content_type]);
    error_code error;
    upgraded.fd = base::Fd(socket_.release(error));
    parser_.reset();
    return upgraded;
  }

  [[nodiscard]] base::Error failure(const error_code& error) const {
    if (stop_.stop_requested()) return {ECANCELED, "interrupted"};
    if (source_) return *source_;
    if (isHungUp(error)) return {EIO, "the Docker daemon closed the connection"};
    return {EIO, "the Docker daemon's answer can't be read: " + error.message()};
  }

 private:
  struct Abort {
    int fd;
    void operator()() const { ::shutdown(fd, SHUT_RDWR); }
  };

  [[nodiscard]] bool reusable() {
    return parser_ && parser_->is_done() && parser_->keep_alive() && buffer_.size() == 0 &&
           !stop_.stop_requested();
  }

  void sendWhole(const Request& request, error_code& error) {
    auto message = makeHead(request);
    message.body() = request.body;
    if (!request.body.empty() || request.method != "GET") message.prepare_payload();
    http::write(socket_, message, error);
  }

  void sendInChunks(const Request& request, error_code& error) {
    auto message = makeHead(request);
    message.chunked(true);
    http::request_serializer<http::string_body> serializer(message);
    http::write_header(socket_, serializer, error);
    while (!error) {
      const auto piece = request.source();
      if (!piece) {
        source_ = piece.error();
        error = asio::error::operation_aborted;
      } else if (piece->empty()) {
        asio::write(socket_, http::make_chunk_last(), error);
        return;
      } else {
        asio::write(socket_, http::make_chunk(asio::buffer(*piece)), error);
      }
    }
  }

  Socket socket_;
  std::weak_ptr<ConnectionPool> pool_;
  std::stop_token stop_;
  std::optional<std::stop_callback<Abort>> abort_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::buffer_body>> parser_;
  std::optional<base::Error> source_;  ///< why the request's own source failed
};

Response::Response(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Response::Response(Response&&) noexcept = default;
Response& Response::operator=(Response&&) noexcept = default;
Response::~Response() = default;

int Response::status() const {
  return static_cast<int>(connection_->head().result_int());
}

std::string Response::header(std::string_view name) const {
  return std::string(connection_->head()[{name.data(), name.size()}]);
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
      return base::fail(
          EFBIG, "the Docker daemon's answer is larger than " + std::to_string(limit) + " bytes");
    }
    body += piece;
  }
}

Transport::Transport(Endpoint endpoint)
    : pool_(std::make_shared<ConnectionPool>(std::move(endpoint))) {}
Transport::~Transport() = default;

const Endpoint& Transport::endpoint() const {
  return pool_->endpoint();
}

base::Result<std::unique_ptr<Connection>> Transport::exchange(const Request& request,
                                                              const std::stop_token& stop) {
  // A daemon may hang up on an idle connection; that shows only when it is used again.
  std::optional<Socket> kept = request.source ? std::nullopt : pool_->take();
  while (true) {
    const bool fresh = !kept;
    if (fresh) {
      MC_TRY_ASSIGN(kept, pool_->open(stop));
    }
    auto connection = std::make_unique<Connection>(std::move(*kept), pool_, stop);
    kept.reset();
    const error_code sent = connection->send(request);
    // An answer may be there although the request could not be sent to its end.
    const error_code error =
        sent && !isHungUp(sent) ? sent : connection->readHead(request.method == "HEAD");
    if (!error) return connection;
    if (fresh || !isHungUp(error) || stop.stop_requested()) {
      return base::pass(connection->failure(error));
    }
  }
}

base::Result<Response> Transport::send(const Request& request, const std::stop_token& stop) {
  MC_TRY_ASSIGN(auto connection, exchange(request, stop));
  return Response(std::move(connection));
}

base::Result<Upgraded> Transport::upgrade(const Request& request, const std::stop_token& stop) {
  MC_TRY_ASSIGN(auto connection, exchange(request, stop));
  const unsigned status = connection->head().result_int();
  if (status == 101 || status == 200) return connection->upgrade();
  Response response(std::move(connection));
  MC_TRY_ASSIGN(const std::string body, response.readAll());
  return base::pass(errorFromAnswer(static_cast<int>(status), body));
}

}  // namespace mc::local::docker
