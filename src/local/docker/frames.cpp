#include "local/docker/frames.hpp"

#include <algorithm>

namespace mc::local::docker {

namespace {

constexpr unsigned char kStderr = 2;
/// The daemon's own errors, since API 1.42.
constexpr unsigned char kSystem = 3;

}  // namespace

base::Status FrameReader::feed(std::string_view bytes) {
  if (raw_) return bytes.empty() ? base::Status() : sink_(FrameStream::Out, bytes);
  while (!bytes.empty()) {
    if (left_ == 0) {
      MC_TRY(takeHeader(bytes));
      continue;
    }
    const size_t size = std::min<size_t>(left_, bytes.size());
    MC_TRY(sink_(stream_, bytes.substr(0, size)));
    bytes.remove_prefix(size);
    left_ -= static_cast<uint32_t>(size);
  }
  return {};
}

base::Status FrameReader::takeHeader(std::string_view& bytes) {
  const size_t size = std::min(header_.size() - headerSize_, bytes.size());
  std::copy_n(bytes.begin(), size, header_.begin() + static_cast<std::ptrdiff_t>(headerSize_));
  headerSize_ += size;
  bytes.remove_prefix(size);
  return headerSize_ == header_.size() ? startFrame() : base::Status();
}

base::Status FrameReader::startFrame() {
  headerSize_ = 0;
  const bool plausible = header_[1] == 0 && header_[2] == 0 && header_[3] == 0;
  if (!plausible || header_[0] > kSystem) {
    return base::fail(EPROTO, "the Docker daemon sent output that is not in frames");
  }
  stream_ = header_[0] == kStderr || header_[0] == kSystem ? FrameStream::Err : FrameStream::Out;
  left_ = static_cast<uint32_t>(header_[4]) << 24 | static_cast<uint32_t>(header_[5]) << 16 |
          static_cast<uint32_t>(header_[6]) << 8 | static_cast<uint32_t>(header_[7]);
  if (begin_) begin_();
  return {};
}

}  // namespace mc::local::docker
