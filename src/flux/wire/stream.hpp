#pragma once
// A connection that carries messages: a non-blocking stream socket on the loop, with writes queued.
// Used at both ends of the local socket and between brokers on one machine.
//
// Thread-safety: none; lives on its loop's thread.

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "flux/wire/framing.hpp"

namespace mc::flux::wire {

class Stream {
 public:
  /// Both may destroy the Stream.
  struct Handlers {
    std::function<void(Message)> message;
    /// Called once, never from within send(): the peer has closed (ECONNRESET), broke the format
    /// (EPROTO), does not read what is sent to it (ENOBUFS), or the socket failed.
    std::function<void(const base::Error&)> closed;
  };

  /// What a peer that does not read may cost in memory before it is cut off.
  static constexpr size_t kMaxQueued = 256u << 20;

  /// `socket` is made non-blocking. Callbacks start with the next turn of the loop.
  Stream(base::Loop& loop, base::Fd socket, Handlers handlers);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Cuts the peer off at less than kMaxQueued.
  void limitQueue(size_t bytes) { maxQueued_ = bytes; }
  /// Gathers what is sent in so many turns of the loop before it is written: for a peer that gets
  /// many small messages, each of which would wake it. An idle loop takes these turns in a moment.
  void gather(int turns) { turns_ = turns; }

  /// Written at the end of the present turn of the loop (or some later: gather()), with all else
  /// that is sent in it, so that many small messages cost one system call; large ones at once. What
  /// the socket does not take waits. Dropped when closed.
  void send(const Message& message);
  /// The same for bytes that are no message, e.g. the status byte of the local socket.
  void sendBytes(std::string bytes);

  /// Waits (outside the loop) until all is written, e.g. before the process ends; ETIMEDOUT
  /// otherwise.
  base::Status flush(int timeoutMs);

  /// Closes the socket; no callback follows.
  void close();
  [[nodiscard]] bool isOpen() const { return static_cast<bool>(socket_); }
  [[nodiscard]] size_t queued() const { return queuedBytes_; }
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  void readSome();
  void deliver();
  std::string& tail(size_t size);
  void enqueued(size_t size);
  void writeSoon();
  void writeIn(int turns);
  bool writeSome();
  void onWritable();
  void stopWriting();
  void failLater(base::Error error);
  void failNow(const base::Error& error);

  base::Loop& loop_;
  base::Fd socket_;
  /// Shared with a callback under way, which may destroy this object.
  std::shared_ptr<const Handlers> handlers_;
  Decoder decoder_;
  std::deque<std::string> queue_;
  std::string written_;  ///< the last of queue_ that was written, for its memory
  size_t offset_ = 0;    ///< of the first entry of queue_, what is written of it
  size_t queuedBytes_ = 0;
  size_t maxQueued_ = kMaxQueued;
  bool deaf_ = false;  ///< the peer takes nothing any more
  bool soon_ = false;  ///< the queue is going to be written
  int turns_ = 1;      ///< from now until then
  /// False once this object is gone or closed: callbacks look at their copy before they go on.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  base::Watch readable_;
  base::Watch writable_;
};

}  // namespace mc::flux::wire
