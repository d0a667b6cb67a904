#pragma once
// The two directions of a child process's streams, on the loop.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <deque>
#include <functional>
#include <string>

#include "base/fd.hpp"
#include "base/loop.hpp"

namespace mc::flux::services::rexec {

/// Reads what a process writes, in whole lines if wanted.
class OutputPipe {
 public:
  /// Called with data, and last with eof (and the rest of the data, if any).
  using Callback = std::function<void(std::string data, bool eof)>;
  /// A line longer than `bufferSize` is passed on in pieces.
  OutputPipe(base::Loop& loop, base::Fd fd, bool lines, size_t bufferSize, Callback callback);
  [[nodiscard]] bool atEnd() const { return !fd_; }

 private:
  void onReadable();
  void passOn(bool eof);

  base::Fd fd_;
  bool lines_;
  size_t bufferSize_;
  Callback callback_;
  std::string buffer_;
  base::Watch watch_;
};

/// Writes to a process, through a socket, as fast as it reads.
class InputPipe {
 public:
  /// What may wait for a process that does not read, however the client behaves.
  static constexpr size_t kMaxQueued = 64u << 20;
  /// `written`: bytes that have gone to the process since the last call.
  InputPipe(base::Loop& loop, base::Fd fd, std::function<void(size_t)> written);

  /// ENOBUFS if too much waits already. Data for a process that has closed its end is dropped.
  base::Status write(std::string data);
  /// End of file, after what waits.
  void end();

 private:
  void flush();
  void close();

  base::Loop& loop_;
  base::Fd fd_;
  std::function<void(size_t)> written_;
  std::deque<std::string> queue_;
  size_t offset_ = 0;
  size_t queued_ = 0;
  bool ending_ = false;
  base::Watch watch_;
};

}  // namespace mc::flux::services::rexec
