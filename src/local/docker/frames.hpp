#pragma once
// The stream of a container without a terminal: stdout and stderr in one connection.
//
// Each frame is 8 bytes of header (stream 0 stdin, 1 stdout, 2 stderr, three zero bytes, length as
// a big-endian uint32) and that many bytes of output. With a terminal there are no frames. Source:
// Docker Engine API, ContainerAttach, "Stream format".
//
// Thread-safety: one thread at a time.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/status.hpp"

namespace mc::local::docker {

enum class FrameStream { Out, Err };
using FrameSink = std::function<base::Status(FrameStream, std::string_view)>;

/// Takes a stream apart as it comes in, without holding output back.
class FrameReader {
 public:
  using Begin = std::function<void()>;
  /// `begin`, if given, is called before each frame's first piece.
  FrameReader(bool raw, FrameSink sink, Begin begin = {})
      : raw_(raw), sink_(std::move(sink)), begin_(std::move(begin)) {}

  /// EPROTO if the bytes are no frames; else the sink's own failures.
  base::Status feed(std::string_view bytes);

 private:
  base::Status takeHeader(std::string_view& bytes);
  base::Status startFrame();

  bool raw_;
  FrameSink sink_;
  Begin begin_;
  std::array<unsigned char, 8> header_{};
  size_t headerSize_ = 0;
  uint32_t left_ = 0;  ///< bytes of the current frame that are still to come
  FrameStream stream_ = FrameStream::Out;
};

}  // namespace mc::local::docker
