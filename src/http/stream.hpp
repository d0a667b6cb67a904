#pragma once
// A connected byte stream, whatever it runs on: a unix or TCP socket, plain or with TLS.
//
// The socket is non-blocking. tryRead() and tryWrite() never wait, so that a caller can poll(2) the
// descriptor together with others; readSome() and writeAll() wait for it.
//
// Errors: ECONNRESET or EPIPE when the peer has gone, EIO when TLS fails, ETIMEDOUT when a deadline
// passes.
//
// Thread-safety: one thread may read while another writes, and any thread may call shutdown().

#include <memory>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/status.hpp"
#include "http/deadline.hpp"

namespace mc::http {

/// What became of an attempt.
struct Attempt {
  enum class State {
    Done,        ///< `size` bytes were carried, at least one
    WantsRead,   ///< try again when the descriptor is readable
    WantsWrite,  ///< try again when the descriptor is writable
    End,         ///< the peer has closed its side (only when reading)
  };
  State state = State::Done;
  size_t size = 0;
};

class Stream {
 public:
  virtual ~Stream() = default;

  virtual base::Result<Attempt> tryRead(char* data, size_t size) = 0;
  /// After WantsRead or WantsWrite the next attempt must begin with the same bytes.
  virtual base::Result<Attempt> tryWrite(std::string_view data) = 0;

  /// For poll(2). Stays the stream's own.
  [[nodiscard]] virtual int fd() const = 0;
  /// Whether tryRead() has bytes although the descriptor is not readable (TLS keeps a record).
  [[nodiscard]] virtual bool buffered() const { return false; }
  /// Tells the peer that nothing more comes; reading goes on.
  virtual void closeWrite() = 0;
  /// Gives the descriptor away; empty if the bytes on it are not the stream's own (TLS).
  virtual base::Fd release() = 0;

  /// Ends both directions at once. Waiting calls return.
  void shutdown() const;
};

/// A stream on a connected socket, which becomes non-blocking.
base::Result<std::unique_ptr<Stream>> plainStream(base::Fd fd);

/// Waits until poll(2) reports one of `events` or an error of `fd`; ETIMEDOUT.
base::Status awaitEvents(int fd, short events, const Deadline& deadline);

/// Reads at least one byte, or none at the end.
base::Result<size_t> readSome(Stream& stream, char* data, size_t size, const Deadline& deadline);

/// Writes everything. The time counts anew whenever the peer takes something: a deadline is made
/// from `idle` (0: none) for each wait.
base::Status writeAll(Stream& stream, std::string_view data, std::chrono::milliseconds idle);

}  // namespace mc::http
