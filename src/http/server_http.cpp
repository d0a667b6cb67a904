#include "http/server_http.hpp"

#include <poll.h>

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <ctime>
#include <optional>

#include "http/beast_io.hpp"

namespace mc::http {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

/// RFC 9110 5.6.7.
std::string dateText() {
  std::array<char, 64> text{};
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text.data();
}

template <class Message>
ServerRequest takeRequest(Message&& message) {
  ServerRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  Target target = parseTarget(request.target);
  request.path = std::move(target.path);
  request.query = std::move(target.query);
  for (const auto& field : message) {
    request.headers.emplace_back(field.name_string(), field.value());
  }
  request.body = std::move(message.body());
  return request;
}

Refusal refusalFor(const error_code& error, bool begun) {
  if (BeastIo::isTimeout(error)) {
    return begun ? Refusal{408, "the request took too long"} : Refusal{};
  }
  if (error == http::error::header_limit) return {431, "the request's head is too large"};
  if (error == http::error::body_limit) return {413, "the request's body is too large"};
  if (error.category() == make_error_code(http::error::end_of_stream).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return {400, "not HTTP: " + error.message()};
  }
  return {};
}

}  // namespace

class ServerHttp::Impl {
 public:
  Impl(Stream& stream, const ServerOptions& options)
      : stream_(stream), io_(stream), options_(options) {}

  bool awaitRequest(const Deadline& deadline) {
    return buffer_.size() > 0 || stream_.buffered() ||
           awaitEvents(stream_.fd(), POLLIN, deadline).has_value();
  }

  tl::expected<ServerRequest, Refusal> readRequest() {
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<uint32_t>(options_.headLimit));
    parser.body_limit(options_.bodyLimit);
    io_.limit(deadlineIn(options_.headTimeout), options_.writeTimeout);
    error_code error;
    http::read_header(io_, buffer_, parser, error);
    if (!error) {
      io_.limit(deadlineIn(options_.bodyTimeout), options_.writeTimeout);
      error = readBody(parser);
    }
    if (error) {
      keepAlive_ = false;
      return tl::make_unexpected(refusalFor(error, parser.got_some()));
    }
    version_ = parser.get().version();
    head_ = parser.get().method() == http::verb::head;
    keepAlive_ = parser.keep_alive();
    io_.limit(std::nullopt, options_.writeTimeout);
    return takeRequest(parser.release());
  }

  [[nodiscard]] bool keepAlive() const { return keepAlive_; }

  base::Status sendWhole(const Answer& answer, bool keepAlive) {
    auto response = makeResponse<http::string_body>(answer, keepAlive);
    response.content_length(answer.body.size());
    if (!head_) response.body() = answer.body;
    error_code error;
    http::write(io_, response, error);
    return checked(error);
  }

  base::Status sendHead(const Answer& answer, bool keepAlive) {
    chunked_ = version_ >= kVersion11;
    auto response = makeResponse<http::empty_body>(answer, keepAlive && chunked_);
    keepAlive_ = keepAlive_ && chunked_;
    if (chunked_) response.chunked(true);
    return sendHeadOf(response);
  }

  base::Status sendPiece(std::string_view piece) {
    if (piece.empty() || head_) return {};
    const asio::const_buffer data(piece.data(), piece.size());
    error_code error;
    chunked_ ? io_.write_some(http::make_chunk(data), error) : io_.write_some(data, error);
    return checked(error);
  }

  base::Status sendEnd() {
    if (!chunked_ || head_) return {};
    error_code error;
    io_.write_some(http::make_chunk_last(), error);
    return checked(error);
  }

  base::Status sendUpgrade(const Headers& headers) {
    http::response<http::empty_body> response(http::status::switching_protocols, kVersion11);
    for (const auto& [name, value] : headers) response.insert(name, value);
    return sendHeadOf(response);
  }

  std::string takeReceived() {
    const auto data = buffer_.data();
    std::string received(static_cast<const char*>(data.data()), data.size());
    buffer_.clear();
    return received;
  }

  void linger() {
    constexpr std::chrono::milliseconds kTime{1000};
    constexpr size_t kLimit = 4u << 20;
    stream_.closeWrite();
    std::array<char, 16384> dropped;
    const Deadline deadline = deadlineIn(kTime);
    for (size_t total = 0; total < kLimit && pollTimeout(deadline) != 0;) {
      const auto got = readSome(stream_, dropped.data(), dropped.size(), deadline);
      if (!got || *got == 0) return;
      total += *got;
    }
  }

 private:
  static constexpr unsigned kVersion11 = 11;

  error_code readBody(http::request_parser<http::string_body>& parser) {
    error_code error;
    if (boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      io_.write_some(asio::const_buffer(kContinue.data(), kContinue.size()), error);
    }
    if (!error) http::read(io_, buffer_, parser, error);
    return error;
  }

  template <class Body>
  http::response<Body> makeResponse(const Answer& answer, bool keepAlive) const {
    http::response<Body> response;
    response.version(kVersion11);
    response.result(static_cast<unsigned>(answer.status));
    response.set(http::field::date, dateText());
    if (!answer.contentType.empty()) response.set(http::field::content_type, answer.contentType);
    for (const auto& [name, value] : answer.headers) response.insert(name, value);
    if (!keepAlive) {
      response.set(http::field::connection, "close");
    } else if (version_ < kVersion11) {
      response.set(http::field::connection, "keep-alive");
    }
    return response;
  }

  base::Status sendHeadOf(const http::response<http::empty_body>& response) {
    http::response_serializer<http::empty_body> serializer(response);
    error_code error;
    http::write_header(io_, serializer, error);
    return checked(error);
  }

  [[nodiscard]] base::Status checked(const error_code& error) const {
    if (!error) return {};
    if (BeastIo::isTimeout(error)) return base::fail(ETIMEDOUT, "the client takes nothing");
    if (BeastIo::isHungUp(error)) return base::fail(EIO, "the client closed the connection");
    return base::fail(EIO, io_.failure().message);
  }

  Stream& stream_;
  BeastIo io_;
  const ServerOptions& options_;
  boost::beast::flat_buffer buffer_;
  unsigned version_ = kVersion11;
  bool keepAlive_ = false;
  bool chunked_ = false;
  bool head_ = false;  ///< a HEAD: answers without their bodies
};

ServerHttp::ServerHttp(Stream& stream, const ServerOptions& options)
    : impl_(std::make_unique<Impl>(stream, options)) {}
ServerHttp::~ServerHttp() = default;

bool ServerHttp::awaitRequest(const Deadline& deadline) {
  return impl_->awaitRequest(deadline);
}

tl::expected<ServerRequest, Refusal> ServerHttp::readRequest() {
  return impl_->readRequest();
}

bool ServerHttp::keepAlive() const {
  return impl_->keepAlive();
}

base::Status ServerHttp::sendWhole(const Answer& answer, bool keepAlive) {
  return impl_->sendWhole(answer, keepAlive);
}

base::Status ServerHttp::sendHead(const Answer& answer, bool keepAlive) {
  return impl_->sendHead(answer, keepAlive);
}

base::Status ServerHttp::sendPiece(std::string_view piece) {
  return impl_->sendPiece(piece);
}

base::Status ServerHttp::sendEnd() {
  return impl_->sendEnd();
}

base::Status ServerHttp::sendUpgrade(const Headers& headers) {
  return impl_->sendUpgrade(headers);
}

std::string ServerHttp::takeReceived() {
  return impl_->takeReceived();
}

void ServerHttp::linger() {
  impl_->linger();
}

}  // namespace mc::http
