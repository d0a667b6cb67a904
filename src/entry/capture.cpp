#include "entry/capture.hpp"

#include <unistd.h>

#include <array>

namespace mc::entry {
namespace {

/// Reads at a time, so that a program that writes without end can't hold us: more than a pipe
/// holds.
constexpr int kReads = 8;

}  // namespace

base::Result<std::unique_ptr<Capture>> Capture::open(base::Loop& loop, size_t limit) {
  MC_TRY_ASSIGN(base::Pipe pipe, base::makePipe());
  MC_TRY(base::setNonblocking(pipe.read.get()));
  std::unique_ptr<Capture> capture(new Capture(std::move(pipe), limit));
  capture->watch_ =
      loop.readable(capture->pipe_.read.get(), [raw = capture.get()] { raw->read(); });
  return capture;
}

std::string Capture::text() {
  read();
  return text_;
}

void Capture::read() {
  std::array<char, 16384> buffer;
  for (int i = 0; i < kReads; ++i) {
    const ssize_t n = ::read(pipe_.read.get(), buffer.data(), buffer.size());
    if (n <= 0) return;
    text_.append(buffer.data(), static_cast<size_t>(n));
    if (text_.size() <= limit_) continue;
    complete_ = false;
    text_.erase(0, text_.size() - limit_);
  }
}

}  // namespace mc::entry
