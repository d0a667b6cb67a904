#pragma once
// One connection of a Server: its requests, one after the other, on a thread of its own.
//
// Thread-safety: serve() and what it calls belong to the connection's thread; the methods that say
// so may be called from any thread.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "http/server.hpp"
#include "http/server_http.hpp"

namespace mc::http {

/// A Stream that its connection shares with whoever got it by an upgrade. It ends for both when one
/// of them lets go.
class SharedStream final : public Stream {
 public:
  explicit SharedStream(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~SharedStream() override { stream_->shutdown(); }
  SharedStream(const SharedStream&) = delete;
  SharedStream& operator=(const SharedStream&) = delete;

  base::Result<Attempt> tryRead(char* data, size_t size) override {
    return stream_->tryRead(data, size);
  }
  base::Result<Attempt> tryWrite(std::string_view data) override { return stream_->tryWrite(data); }
  [[nodiscard]] int fd() const override { return stream_->fd(); }
  [[nodiscard]] bool buffered() const override { return stream_->buffered(); }
  void closeWrite() override { stream_->closeWrite(); }
  base::Fd release() override { return {}; }

 private:
  const std::shared_ptr<Stream> stream_;
};

class ServerConnection {
 public:
  /// `watchHangUp` is asked to report a client's end by hangUp(); once per connection. While
  /// `crowded`, the connection makes room for others instead of waiting for a next request.
  ServerConnection(const ServerOptions& options, const Handler& handler,
                   const std::atomic<bool>& crowded, std::function<void(int fd)> watchHangUp);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  /// Serves until the client or the server ends the connection.
  void serve(base::Fd fd, const std::shared_ptr<TlsContext>& tls);

  // From any thread

  /// The server stops: the handler is told, and no request follows.
  void finish();
  /// Ends the connection at once.
  void abort();
  /// Ends the connection if it waits for a request; false if it is at work.
  bool endIfIdle();
  /// The client is gone.
  void hangUp();
  /// Since when it waits for its next request; absent while it is at work, or before the first.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> idleSince() const;

  // For Exchange

  base::Status reply(const Answer& answer);
  base::Status begin(const Answer& answer);
  base::Status write(std::string_view piece);
  void breakOff();
  [[nodiscard]] std::stop_token stopToken();
  base::Result<Upgraded> upgrade(const Headers& headers);
  base::Result<std::unique_ptr<WebSocket>> acceptWebSocket(
      const std::vector<std::string>& subprotocols);

 private:
  /// What has become of the request at hand.
  enum class State { Open, Streaming, Answered, Taken, Broken };

  base::Result<std::shared_ptr<Stream>> shakeHands(base::Fd fd,
                                                   const std::shared_ptr<TlsContext>& tls);
  /// Serves one request; whether another may follow.
  bool serveOne(bool first);
  void handle(const ServerRequest& request);
  /// Ends what the handler has left open.
  void complete();
  /// Notes that a request is awaited (until handle()); false if none shall be.
  bool beginWaiting(bool first);
  void endWaiting();
  base::Status expectOpen() const;
  [[nodiscard]] bool goesOn() const;
  Upgraded take();

  const ServerOptions& options_;
  const Handler& handler_;
  const std::atomic<bool>& crowded_;
  const std::function<void(int)> watchHangUp_;
  std::stop_source stop_;   ///< for the handler
  std::stop_source ended_;  ///< for the connection
  std::unique_ptr<ServerHttp> http_;
  const ServerRequest* request_ = nullptr;  ///< the one at hand
  State state_ = State::Open;
  bool watched_ = false;

  mutable std::mutex mutex_;
  std::shared_ptr<Stream> stream_;  ///< guarded by mutex_; null while shaking hands
  bool finishing_ = false;          ///< guarded by mutex_
  std::optional<std::chrono::steady_clock::time_point> idleSince_;  ///< guarded by mutex_
  /// Guarded by mutex_. One whose first request is still on its way does not make room for others.
  bool served_ = false;
};

}  // namespace mc::http
