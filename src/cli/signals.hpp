#pragma once
// Ctrl-C and its relatives, turned into stop tokens.
//
// A verb passes stopToken() to whatever blocks. After the first signal it may call nextStage() and
// clean up under a fresh token, which the next signal stops in turn: first Ctrl-C ends the job,
// second Ctrl-C ends the patience.
//
// Thread-safety: all methods may be called from any thread.

#include <csignal>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace mc::cli {

class Signals {
 public:
  virtual ~Signals() = default;
  /// Stopped by the next SIGINT, SIGTERM, SIGHUP or SIGQUIT.
  [[nodiscard]] virtual std::stop_token stopToken() const = 0;
  /// Forgets the signals up to now for stopToken(), not for received().
  virtual void nextStage() = 0;
  /// The first signal that came; 0: none.
  [[nodiscard]] virtual int received() const = 0;
  /// Calls `callback` on each change of the terminal's size, from another thread. Empty: no more,
  /// and the last call has returned.
  virtual void onResize(std::function<void()> callback) = 0;
};

/// The process's signals. To be made before any other thread, since threads inherit the blocked
/// signals. A signal that the parent had ignored (nohup, background jobs) stays ignored.
/// A fourth signal ends the process at once: nothing is lost by that, see engine::Engine.
class ProcessSignals final : public Signals {
 public:
  ProcessSignals();
  ~ProcessSignals() override;
  ProcessSignals(const ProcessSignals&) = delete;
  ProcessSignals& operator=(const ProcessSignals&) = delete;

  [[nodiscard]] std::stop_token stopToken() const override;
  void nextStage() override;
  [[nodiscard]] int received() const override;
  void onResize(std::function<void()> callback) override;

 private:
  void wait();
  void stop(int signal);
  void resized();

  sigset_t handled_{};
  std::mutex resizeMutex_;  ///< held while resize_ runs
  std::function<void()> resize_;
  mutable std::mutex mutex_;
  std::stop_source stage_;
  int first_ = 0;
  int count_ = 0;
  bool ending_ = false;
  std::thread waiter_;
};

}  // namespace mc::cli
