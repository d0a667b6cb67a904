#include "cli/signals.hpp"

#include <pthread.h>
#include <unistd.h>

namespace mc::cli {

namespace {

constexpr int kPatience = 3;      ///< stages a verb may have; one signal more ends the process
constexpr int kWakeUp = SIGUSR1;  ///< ends the waiting thread

bool ignored(int signal) {
  struct sigaction action{};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

ProcessSignals::ProcessSignals() {
  sigemptyset(&handled_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, kWakeUp})
    if (!ignored(signal)) sigaddset(&handled_, signal);
  pthread_sigmask(SIG_BLOCK, &handled_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  waiter_ = std::thread([this] { wait(); });
}

ProcessSignals::~ProcessSignals() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  pthread_kill(waiter_.native_handle(), kWakeUp);
  waiter_.join();
}

void ProcessSignals::wait() {
  while (true) {
    int signal = 0;
    if (sigwait(&handled_, &signal) != 0) continue;
    if (signal == SIGWINCH) {
      resized();
    } else if (signal != kWakeUp) {
      stop(signal);
    }
    const std::lock_guard lock(mutex_);
    if (ending_) return;
  }
}

void ProcessSignals::stop(int signal) {
  std::stop_source stage;
  {
    const std::lock_guard lock(mutex_);
    if (++count_ > kPatience) _exit(128 + signal);
    if (first_ == 0) first_ = signal;
    stage = stage_;
  }
  stage.request_stop();
}

void ProcessSignals::resized() {
  const std::lock_guard lock(resizeMutex_);
  if (resize_) resize_();
}

std::stop_token ProcessSignals::stopToken() const {
  const std::lock_guard lock(mutex_);
  return stage_.get_token();
}

void ProcessSignals::nextStage() {
  const std::lock_guard lock(mutex_);
  stage_ = {};
}

int ProcessSignals::received() const {
  const std::lock_guard lock(mutex_);
  return first_;
}

void ProcessSignals::onResize(std::function<void()> callback) {
  const std::lock_guard lock(resizeMutex_);
  resize_ = std::move(callback);
}

}  // namespace mc::cli
