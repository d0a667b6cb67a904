#pragma once
// A Stream as Boost.Beast wants to read and write it: blocking, with the limits of the moment. For
// the few .cpp files that include Beast.
//
// Thread-safety: one thread at a time.

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <string>

#include "http/stream.hpp"

namespace mc::http {

class BeastIo {
 public:
  using error_code = boost::system::error_code;  // NOLINT(readability-identifier-naming)

  /// `stream` must outlive it.
  explicit BeastIo(Stream& stream) : stream_(stream) {}

  /// For all that follows: until when, and how long without a byte (0: for ever).
  void limit(const Deadline& deadline, std::chrono::milliseconds idle) {
    deadline_ = deadline;
    idle_ = idle;
  }

  /// What the last failed operation said; Beast carries only its number.
  [[nodiscard]] const base::Error& failure() const { return failure_; }

  /// Whether a failed operation failed because the peer has gone.
  static bool isHungUp(const error_code& error) {
    return error == boost::asio::error::connection_reset ||
           error == boost::asio::error::broken_pipe || error == boost::asio::error::eof;
  }
  static bool isTimeout(const error_code& error) { return error == boost::asio::error::timed_out; }

  // Beast's SyncReadStream and SyncWriteStream. NOLINTBEGIN(readability-identifier-naming)

  template <class Buffers>
  size_t read_some(const Buffers& buffers, error_code& error) {
    for (auto it = boost::asio::buffer_sequence_begin(buffers);
         it != boost::asio::buffer_sequence_end(buffers); ++it) {
      const boost::asio::mutable_buffer piece(*it);
      if (piece.size() > 0) return readInto(piece, error);
    }
    error = {};
    return 0;
  }

  template <class Buffers>
  size_t write_some(const Buffers& buffers, error_code& error) {
    // One write for all pieces: a head and its body leave in one packet, and one TLS record.
    std::string gathered;
    for (auto it = boost::asio::buffer_sequence_begin(buffers);
         it != boost::asio::buffer_sequence_end(buffers); ++it) {
      const boost::asio::const_buffer piece(*it);
      gathered.append(static_cast<const char*>(piece.data()), piece.size());
    }
    return writeOut(gathered, error);
  }

  template <class Buffers>
  size_t read_some(const Buffers& buffers) {
    return orThrow([&](error_code& error) { return read_some(buffers, error); });
  }
  template <class Buffers>
  size_t write_some(const Buffers& buffers) {
    return orThrow([&](error_code& error) { return write_some(buffers, error); });
  }

  // NOLINTEND(readability-identifier-naming)

 private:
  size_t readInto(boost::asio::mutable_buffer piece, error_code& error);
  size_t writeOut(std::string_view data, error_code& error);

  template <class Call>
  static size_t orThrow(const Call& call) {
    error_code error;
    const size_t size = call(error);
    if (error) throw boost::system::system_error(error);
    return size;
  }

  Stream& stream_;
  Deadline deadline_;
  std::chrono::milliseconds idle_{0};
  base::Error failure_;
};

}  // namespace mc::http
