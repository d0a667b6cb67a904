#include "base/signal_pipe.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <mutex>

namespace mc::base {
namespace {

// What a handler can reach belongs to the process: there is no other way to it.

/// The pipes' ends to write to, each plus 1; 0: a place that is free.
std::array<std::atomic<int>, SignalPipe::kMax> pipes{};
std::mutex usersMutex;
/// How often each signal was added.
std::array<int, NSIG> users{};

void onSignal(int signal) {
  const int errnum = errno;
  const char number = static_cast<char>(signal);
  for (const auto& pipe : pipes)
    if (const int fd = pipe.load(); fd != 0) [[maybe_unused]]
      const auto n = ::write(fd - 1, &number, 1);
  errno = errnum;
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  ::sigfillset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

SignalPipe::SignalPipe() {
  auto pipe = makePipe();
  if (!pipe || !setNonblocking(pipe->read.get()) || !setNonblocking(pipe->write.get()))
    std::abort();
  pipe_ = std::move(*pipe);
  for (int none = 0; place_ < kMax; ++place_, none = 0)
    if (pipes[static_cast<size_t>(place_)].compare_exchange_strong(none, pipe_.write.get() + 1))
      return;
  std::abort();
}

SignalPipe::~SignalPipe() {
  pipes[static_cast<size_t>(place_)] = 0;
}

void SignalPipe::add(int signal) {
  const std::lock_guard lock(usersMutex);
  if (users.at(static_cast<size_t>(signal))++ == 0) handle(signal, onSignal);
}

void SignalPipe::remove(int signal) {
  const std::lock_guard lock(usersMutex);
  if (--users.at(static_cast<size_t>(signal)) == 0) handle(signal, SIG_DFL);
}

std::string SignalPipe::take() const {
  std::array<char, 64> numbers;
  const ssize_t n = ::read(pipe_.read.get(), numbers.data(), numbers.size());
  return {numbers.data(), n > 0 ? static_cast<size_t>(n) : 0};
}

}  // namespace mc::base
