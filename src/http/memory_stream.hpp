#pragma once
// Asio's AsyncStream on two buffers in memory. For websocket_codec.cpp.
//
// Thread-safety: one thread at a time.

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mc::http {

// Asio and Beast prescribe the names. NOLINTBEGIN(readability-identifier-naming)
class MemoryStream {
 public:
  using executor_type = boost::asio::io_context::executor_type;
  using error_code = boost::system::error_code;

  explicit MemoryStream(boost::asio::io_context& context) : context_(context) {}

  executor_type get_executor() { return context_.get_executor(); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    reading_ = std::make_unique<ReadOf<Buffers, std::decay_t<Handler>>>(
        buffers, std::forward<Handler>(handler));
    continueReading();
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    const size_t size = boost::asio::buffer_size(buffers);
    const size_t before = output.size();
    output.resize(before + size);
    boost::asio::buffer_copy(boost::asio::buffer(output.data() + before, size), buffers);
    complete(std::forward<Handler>(handler), error_code(), size);
  }

  /// Bytes from the peer.
  void feed(std::string_view bytes) {
    input_ += bytes;
    continueReading();
  }
  /// The peer's end.
  void feedEnd() {
    ended_ = true;
    continueReading();
  }

  std::string output;  ///< bytes for the peer

  /// Whether something waits for the peer's bytes.
  [[nodiscard]] bool reading() const { return reading_ != nullptr; }

 private:
  struct Read {
    virtual ~Read() = default;
    /// Takes bytes from `input` and completes.
    virtual void take(MemoryStream& stream, const error_code& error) = 0;
  };

  template <class Buffers, class Handler>
  struct ReadOf final : Read {
    ReadOf(const Buffers& b, Handler&& h) : buffers(b), handler(std::move(h)) {}
    void take(MemoryStream& stream, const error_code& error) override {
      const size_t size =
          boost::asio::buffer_copy(buffers, boost::asio::buffer(std::as_const(stream.input_)));
      stream.input_.erase(0, size);
      stream.complete(std::move(handler), error, size);
    }
    Buffers buffers;
    Handler handler;
  };

  template <class Handler>
  void complete(Handler&& handler, const error_code& error, size_t size) {
    boost::asio::post(context_.get_executor(), boost::beast::bind_front_handler(
                                                   std::forward<Handler>(handler), error, size));
  }

  void continueReading() {
    if (!reading_ || (input_.empty() && !ended_)) return;
    const std::unique_ptr<Read> read = std::move(reading_);
    read->take(*this, input_.empty() ? error_code(boost::asio::error::eof) : error_code());
  }

  boost::asio::io_context& context_;
  std::string input_;
  bool ended_ = false;
  std::unique_ptr<Read> reading_;
};

/// The socket's end is WebSocket's business, so there is nothing to tear down.
template <class Handler>
void async_teardown(boost::beast::role_type /*role*/, MemoryStream& stream, Handler&& handler) {
  boost::asio::post(stream.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                     boost::system::error_code()));
}
inline void teardown(boost::beast::role_type /*role*/, MemoryStream& /*stream*/,
                     boost::system::error_code& error) {
  error = {};
}
inline void beast_close_socket(MemoryStream& stream) {
  stream.feedEnd();
}
// NOLINTEND(readability-identifier-naming)

}  // namespace mc::http
