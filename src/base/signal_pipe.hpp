#pragma once
// Signals of the process as bytes in a pipe, for loops to wait for beside everything else.
//
// A handler can't know whose signal it is: it writes the number into the pipes of all loops that
// want signals at all, and each of them takes what it waits for.
//
// Thread-safety: one SignalPipe belongs to one thread; several may live side by side.

#include <string>

#include "base/fd.hpp"

namespace mc::base {

class SignalPipe {
 public:
  /// So many may live at the same time; one more ends the program.
  static constexpr int kMax = 16;

  SignalPipe();
  ~SignalPipe();
  SignalPipe(const SignalPipe&) = delete;
  SignalPipe& operator=(const SignalPipe&) = delete;

  /// From now on `signal` comes here instead of doing what it does by default, until it was removed
  /// as often as it was added, by all together.
  static void add(int signal);
  static void remove(int signal);

  /// Readable when there is something to take().
  [[nodiscard]] int fd() const { return pipe_.read.get(); }
  /// The numbers of the signals that have come, one char each.
  [[nodiscard]] std::string take() const;

 private:
  Pipe pipe_;
  int place_ = 0;
};

}  // namespace mc::base
