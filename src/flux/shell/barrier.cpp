#include "flux/shell/barrier.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "base/fd.hpp"

namespace mc::flux::shell {

namespace {
constexpr std::string_view kEnter = "enter\n";
constexpr std::string_view kExit = "exit=0\n";
}  // namespace

bool Barrier::isWanted() {
  const char* protocol = std::getenv("FLUX_EXEC_PROTOCOL");
  return protocol != nullptr && std::string_view(protocol) == "stdio";
}

void Barrier::enter(std::function<void(const base::Status&)> left) {
  left_ = std::move(left);
  watch_ = loop_.readable(in_, [this] { readSome(); });
  if (auto written = base::writeAll(out_, kEnter); !written) finish(written);
}

void Barrier::readSome() {
  char buffer[64];
  const ssize_t n = ::read(in_, buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n > 0) line_.append(buffer, static_cast<size_t>(n));
  if (line_.starts_with(kExit)) return finish({});
  if (n <= 0 || line_.find('\n') != std::string::npos)
    finish(base::fail(ECANCELED, "the job ended before all its shells had started"));
}

void Barrier::finish(const base::Status& status) {
  watch_.reset();
  const auto left = std::exchange(left_, nullptr);
  if (left) left(status);
}

}  // namespace mc::flux::shell
