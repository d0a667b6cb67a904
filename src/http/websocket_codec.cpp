#include "http/websocket_codec.hpp"

// Before Beast's, which look for the functions of MemoryStream.
#include "http/memory_stream.hpp"
//
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace mc::http {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

namespace {

/// A message or control frame that waits for its turn.
struct Outgoing {
  enum class Kind { Message, Ping, Close } kind = Kind::Message;
  std::string data;
  bool text = false;
  uint16_t code = 0;
};

/// A head with only what a handshake needs; Beast's buffer for heads is small.
std::string shortHead(const std::string& firstLine, const Headers& headers) {
  constexpr std::string_view kNames[] = {"Host",
                                         "Upgrade",
                                         "Connection",
                                         "Sec-WebSocket-Key",
                                         "Sec-WebSocket-Version",
                                         "Sec-WebSocket-Accept"};
  std::string head = firstLine + "\r\n";
  for (const std::string_view name : kNames) {
    const std::string value = headerOf(headers, name);
    if (!value.empty()) head += std::string(name) + ": " + value + "\r\n";
  }
  return head + "\r\n";
}

}  // namespace

class WebSocket::Codec::Impl {
 public:
  Impl() : stream_(context_) {
    stream_.read_message_max(kMessageLimit);
    stream_.auto_fragment(false);
    stream_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                       websocket::stream_base::none(), false});
  }

  std::string begin() {
    stream_.async_handshake("localhost", "/", [this](error_code error) { handshake_ = error; });
    work();
    constexpr std::string_view kName = "Sec-WebSocket-Key: ";
    std::string& request = memory().output;
    const size_t begin = request.find(kName) + kName.size();
    std::string key = request.substr(begin, request.find('\r', begin) - begin);
    request.clear();
    return key;
  }

  base::Status answered(const Headers& headers) {
    feed(shortHead("HTTP/1.1 101 Switching Protocols", headers));
    if (handshake_ && !*handshake_) return opened();
    return base::fail(EPROTO, "the WebSocket handshake failed" +
                                  (handshake_ ? ": " + handshake_->message() : std::string()));
  }

  base::Status accept(const Headers& headers, const std::string& subprotocol) {
    stream_.set_option(
        websocket::stream_base::decorator([subprotocol](websocket::response_type& response) {
          if (!subprotocol.empty()) response.set("Sec-WebSocket-Protocol", subprotocol);
        }));
    stream_.async_accept([this](error_code error) { handshake_ = error; });
    feed(shortHead("GET / HTTP/1.1", headers));
    if (handshake_ && !*handshake_) return opened();
    return base::fail(EINVAL, "the request is no WebSocket handshake" +
                                  (handshake_ ? ": " + handshake_->message() : std::string()));
  }

  void feed(std::string_view bytes) {
    memory().feed(bytes);
    work();
  }

  void feedEnd() {
    memory().feedEnd();
    work();
  }

  void enqueue(Outgoing outgoing) {
    queued_ += outgoing.data.size();
    queue_.push_back(std::move(outgoing));
    startNext();
    work();
  }

  [[nodiscard]] std::string_view output() {
    return std::string_view(memory().output).substr(outputDone_);
  }

  void written(size_t size) {
    outputDone_ += size;
    if (outputDone_ == memory().output.size()) {
      memory().output.clear();
      outputDone_ = 0;
    } else if (outputDone_ > kCompactAbove) {
      memory().output.erase(0, outputDone_);
      outputDone_ = 0;
    }
  }

  [[nodiscard]] size_t unsent() { return output().size() + queued_; }

  std::optional<Message> next() {
    if (inbox_.empty()) return std::nullopt;
    Message message = std::move(inbox_.front());
    inbox_.pop_front();
    inboxSize_ -= message.data.size() + 1;
    return message;
  }

  [[nodiscard]] size_t inbox() const { return inboxSize_; }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] const CloseReason& closeReason() const { return closeReason_; }
  [[nodiscard]] const std::optional<base::Error>& failure() const { return failure_; }

 private:
  static constexpr size_t kCompactAbove = 256u << 10;
  static constexpr size_t kKeepBuffer = 64u << 10;

  MemoryStream& memory() { return stream_.next_layer(); }

  /// Runs what is ready; nothing in here ever waits for anything but feed().
  void work() {
    context_.restart();
    context_.poll();
  }

  base::Status opened() {
    readNext();
    return {};
  }

  void readNext() {
    stream_.async_read(buffer_, [this](error_code error, size_t /*size*/) { onRead(error); });
  }

  void onRead(error_code error) {
    if (error) return onEnd(error);
    inbox_.push_back({beast::buffers_to_string(buffer_.data()), stream_.got_text()});
    inboxSize_ += inbox_.back().data.size() + 1;
    buffer_.clear();
    if (buffer_.capacity() > kKeepBuffer) buffer_.shrink_to_fit();
    readNext();
  }

  void onEnd(error_code error) {
    ended_ = true;
    if (error == websocket::error::closed || stream_.reason().code != 0) {
      closeReason_ = {stream_.reason().code, std::string(stream_.reason().reason.c_str())};
      // A close frame without a status (RFC 6455 7.1.5).
      if (closeReason_.code == 0) closeReason_.code = websocket::close_code::no_status;
    } else if (error == websocket::error::message_too_big) {
      failure_ = {EMSGSIZE, "WebSocket: a message is larger than allowed"};
    } else if (error != boost::asio::error::eof && error != boost::asio::error::operation_aborted) {
      failure_ = {EIO, "WebSocket: " + error.message()};
    }
  }

  void startNext() {
    if (writing_ || queue_.empty()) return;
    writing_ = true;
    const Outgoing& next = queue_.front();
    const auto done = [this](error_code /*error*/, size_t /*size*/ = 0) { onSent(); };
    switch (next.kind) {
      case Outgoing::Kind::Message:
        stream_.text(next.text);
        stream_.binary(!next.text);
        return stream_.async_write(boost::asio::buffer(next.data), done);
      case Outgoing::Kind::Ping:
        return stream_.async_ping({}, [this](error_code /*error*/) { onSent(); });
      case Outgoing::Kind::Close:
        return stream_.async_close({static_cast<websocket::close_code>(next.code),
                                    beast::string_view(next.data.data(), next.data.size())},
                                   [this](error_code error) { onClosed(error); });
    }
  }

  /// Errors show when reading.
  void onSent() {
    queued_ -= queue_.front().data.size();
    queue_.pop_front();
    writing_ = false;
    startNext();
  }

  void onClosed(error_code error) {
    if (!ended_) onEnd(error ? error : error_code(websocket::error::closed));
    onSent();
  }

  boost::asio::io_context context_{1};
  websocket::stream<MemoryStream, false> stream_;
  beast::flat_buffer buffer_;
  std::optional<error_code> handshake_;
  std::deque<Outgoing> queue_;
  size_t queued_ = 0;  ///< bytes in queue_
  bool writing_ = false;
  size_t outputDone_ = 0;  ///< bytes of the memory's output that are written
  std::deque<Message> inbox_;
  size_t inboxSize_ = 0;
  bool ended_ = false;
  CloseReason closeReason_;
  std::optional<base::Error> failure_;
};

WebSocket::Codec::Codec() : impl_(std::make_unique<Impl>()) {}
WebSocket::Codec::~Codec() = default;

std::string WebSocket::Codec::begin() {
  return impl_->begin();
}

base::Status WebSocket::Codec::answered(const Headers& headers) {
  return impl_->answered(headers);
}

base::Status WebSocket::Codec::accept(const Headers& headers, const std::string& subprotocol) {
  return impl_->accept(headers, subprotocol);
}

void WebSocket::Codec::feed(std::string_view bytes) {
  impl_->feed(bytes);
}

void WebSocket::Codec::feedEnd() {
  impl_->feedEnd();
}

void WebSocket::Codec::send(std::string_view data, bool text) {
  impl_->enqueue({Outgoing::Kind::Message, std::string(data), text, 0});
}

void WebSocket::Codec::ping() {
  impl_->enqueue({Outgoing::Kind::Ping, {}, false, 0});
}

void WebSocket::Codec::close(uint16_t code, std::string_view reason) {
  constexpr size_t kReasonLimit = 123;  // RFC 6455 5.5: control frames hold 125 bytes
  impl_->enqueue({Outgoing::Kind::Close, std::string(reason.substr(0, kReasonLimit)), false, code});
}

std::string_view WebSocket::Codec::output() const {
  return impl_->output();
}

void WebSocket::Codec::written(size_t size) {
  impl_->written(size);
}

size_t WebSocket::Codec::unsent() const {
  return impl_->unsent();
}

std::optional<Message> WebSocket::Codec::next() {
  return impl_->next();
}

size_t WebSocket::Codec::inbox() const {
  return impl_->inbox();
}

bool WebSocket::Codec::ended() const {
  return impl_->ended();
}

const CloseReason& WebSocket::Codec::closeReason() const {
  return impl_->closeReason();
}

const std::optional<base::Error>& WebSocket::Codec::failure() const {
  return impl_->failure();
}

}  // namespace mc::http
