#pragma once
// The output of a program, kept back: its last part, bounded.
//
// A program may leave others behind that go on writing; as long as the Capture lives, it goes on
// reading, so that none of them is stopped by a full pipe or ended by a broken one.
// Thread-safety: none.

#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/loop.hpp"

namespace mc::entry {

class Capture {
 public:
  /// Keeps the last `limit` bytes.
  static base::Result<std::unique_ptr<Capture>> open(base::Loop& loop, size_t limit);

  /// For the program's stdout and stderr.
  [[nodiscard]] int writeFd() const { return pipe_.write.get(); }

  /// What was written so far. `complete()` is false if more than `limit` was.
  std::string text();
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  Capture(base::Pipe pipe, size_t limit) : pipe_(std::move(pipe)), limit_(limit) {}
  void read();

  base::Pipe pipe_;
  size_t limit_;
  std::string text_;
  bool complete_ = true;
  base::Watch watch_;
};

}  // namespace mc::entry
