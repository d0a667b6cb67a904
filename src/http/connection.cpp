#include "http/connection.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "http/beast_io.hpp"

namespace mc::http {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr size_t kHeadLimit = 256u << 10;
constexpr size_t kPieceSize = 32u << 10;

bool isHungUp(const error_code& error) {
  return error == http::error::end_of_stream || error == http::error::partial_message ||
         BeastIo::isHungUp(error);
}

std::string secondsText(std::chrono::milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + "s" : std::to_string(count) + "ms";
}

http::request<http::string_body> makeHead(const Request& request, const ConnectionPool& pool) {
  http::request<http::string_body> head;
  head.method_string(request.method);
  head.target(request.target.empty() ? "/" : request.target);
  head.version(11);
  head.set(http::field::host, pool.endpoint().authority());
  head.set(http::field::user_agent, pool.options().userAgent);
  if (!request.contentType.empty()) head.set(http::field::content_type, request.contentType);
  for (const auto& [name, value] : request.headers) head.insert(name, value);
  return head;
}

}  // namespace

class Connection::Impl {
 public:
  Impl(std::unique_ptr<Stream> stream, const std::shared_ptr<ConnectionPool>& pool,
       std::stop_token stop)
      : pool_(pool),
        generation_(pool->generation()),
        peer_(pool->options().peer),
        stream_(std::move(stream)),
        io_(*stream_),
        stop_(std::move(stop)) {
    abort_.emplace(stop_, Abort{stream_.get()});
  }

  ~Impl() {
    abort_.reset();
    if (!reusable()) return;
    if (const auto pool = pool_.lock()) pool->give(std::move(stream_), generation_);
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Status exchange(const Request& request, const Timeouts& timeouts,
                        const ConnectionPool& pool) {
    timeouts_ = timeouts;
    io_.limit(std::nullopt, timeouts_.idle);
    const auto head = makeHead(request, pool);
    error_code error;
    request.source ? sendInChunks(head, request, error) : sendWhole(head, request, error);
    sent_ = !error;
    // An answer may be there although the request could not be sent to its end.
    if (!error || isHungUp(error)) error = readHead(request.method == "HEAD");
    if (!error) return {};
    unanswered_ = isHungUp(error) && !source_ && buffer_.size() == 0 && !parser_->got_some();
    return base::pass(failure(error, timeouts_.head));
  }

  [[nodiscard]] bool unanswered() const { return unanswered_ && !stop_.stop_requested(); }

  [[nodiscard]] const http::response<http::buffer_body>& head() const { return parser_->get(); }
  [[nodiscard]] const std::string& peer() const { return peer_; }

  base::Result<std::string> read() {
    io_.limit(std::nullopt, timeouts_.idle);
    std::string piece(kPieceSize, '\0');
    while (!parser_->is_done()) {
      auto& body = parser_->get().body();
      body.data = piece.data();
      body.size = piece.size();
      error_code error;
      http::read_some(io_, buffer_, *parser_, error);
      const size_t size = piece.size() - body.size;
      if (size > 0) {
        piece.resize(size);
        return piece;
      }
      if (error && error != http::error::need_buffer) {
        return base::pass(failure(error, timeouts_.idle));
      }
    }
    return std::string();
  }

  Upgraded upgrade(Headers headers) {
    abort_.reset();
    Upgraded upgraded;
    const auto data = buffer_.data();
    upgraded.received.assign(static_cast<const char*>(data.data()), data.size());
    upgraded.status = static_cast<int>(head().result_int());
    upgraded.headers = std::move(headers);
    upgraded.stream = std::move(stream_);
    parser_.reset();
    return upgraded;
  }

 private:
  struct Abort {
    const Stream* stream;
    void operator()() const { stream->shutdown(); }
  };

  [[nodiscard]] bool reusable() const {
    return stream_ && sent_ && parser_ && parser_->is_done() && parser_->keep_alive() &&
           buffer_.size() == 0 && !stop_.stop_requested();
  }

  void sendWhole(http::request<http::string_body> message, const Request& request,
                 error_code& error) {
    message.body() = request.body;
    if (!request.body.empty() || request.method != "GET") message.prepare_payload();
    http::write(io_, message, error);
  }

  void sendInChunks(http::request<http::string_body> message, const Request& request,
                    error_code& error) {
    message.chunked(true);
    http::request_serializer<http::string_body> serializer(message);
    http::write_header(io_, serializer, error);
    while (!error) {
      const auto piece = request.source();
      if (!piece) {
        source_ = piece.error();
        error = asio::error::operation_aborted;
      } else if (piece->empty()) {
        io_.write_some(http::make_chunk_last(), error);
        return;
      } else {
        io_.write_some(http::make_chunk(asio::buffer(*piece)), error);
      }
    }
  }

  error_code readHead(bool withoutBody) {
    io_.limit(deadlineIn(timeouts_.head), std::chrono::milliseconds(0));
    error_code error;
    do {
      parser_.emplace();
      parser_->header_limit(kHeadLimit);
      parser_->body_limit(boost::none);
      parser_->skip(withoutBody);
      http::read_header(io_, buffer_, *parser_, error);
    } while (!error && parser_->get().result() == http::status::continue_);
    return error;
  }

  [[nodiscard]] base::Error failure(const error_code& error, std::chrono::milliseconds time) const {
    if (stop_.stop_requested()) return {ECANCELED, "interrupted"};
    if (source_) return *source_;
    if (BeastIo::isTimeout(error)) {
      return {ETIMEDOUT, peer_ + " sent nothing for " + secondsText(time)};
    }
    if (isHungUp(error)) return {EIO, peer_ + " closed the connection"};
    const bool ofStream = error.category() == boost::system::system_category();
    return {EIO, peer_ + "'s answer can't be read: " +
                     (ofStream ? io_.failure().message : error.message())};
  }

  const std::weak_ptr<ConnectionPool> pool_;
  const uint64_t generation_;
  const std::string peer_;
  std::unique_ptr<Stream> stream_;
  BeastIo io_;
  const std::stop_token stop_;
  std::optional<std::stop_callback<Abort>> abort_;
  Timeouts timeouts_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::buffer_body>> parser_;
  std::optional<base::Error> source_;  ///< why the request's own source failed
  bool sent_ = false;
  bool unanswered_ = false;
};

Connection::Connection(std::unique_ptr<Stream> stream, const std::shared_ptr<ConnectionPool>& pool,
                       const std::stop_token& stop)
    : impl_(std::make_unique<Impl>(std::move(stream), pool, stop)) {}
Connection::~Connection() = default;

base::Status Connection::exchange(const Request& request, const Timeouts& timeouts,
                                  const ConnectionPool& pool) {
  return impl_->exchange(request, timeouts, pool);
}

bool Connection::unanswered() const {
  return impl_->unanswered();
}

int Connection::status() const {
  return static_cast<int>(impl_->head().result_int());
}

std::string Connection::header(std::string_view name) const {
  return std::string(impl_->head()[{name.data(), name.size()}]);
}

Headers Connection::headers() const {
  Headers headers;
  for (const auto& field : impl_->head()) {
    headers.emplace_back(field.name_string(), field.value());
  }
  return headers;
}

base::Result<std::string> Connection::read() {
  return impl_->read();
}

const std::string& Connection::peer() const {
  return impl_->peer();
}

Upgraded Connection::upgrade() {
  return impl_->upgrade(headers());
}

}  // namespace mc::http
