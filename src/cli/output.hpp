#pragma once
// Where a verb writes: stdout and stderr behind an interface, so that tests read along.
//
// Thread-safety: write() may be called from any thread; each call is written as a whole.

#include <mutex>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::cli {

class Output {
 public:
  virtual ~Output() = default;
  /// Fails as write(2) does. EPIPE means that nobody reads any more: end quietly (see closed()).
  virtual base::Status write(std::string_view text) = 0;
  /// Whether a person looks at it: only then there are bars, carets and colours.
  [[nodiscard]] virtual bool terminal() const = 0;
  /// Colours: on a terminal, unless the environment has NO_COLOR.
  [[nodiscard]] virtual bool colour() const = 0;
  /// Width of the terminal in characters.
  [[nodiscard]] virtual int columns() const = 0;
  /// Whether the reader has gone.
  [[nodiscard]] virtual bool closed() const = 0;
  /// Whether it goes into a file that everybody may read: no place for secrets.
  [[nodiscard]] virtual bool worldReadable() const { return false; }
};

/// A file descriptor, which is not owned. Not buffered: hand over whole lines.
class FdOutput final : public Output {
 public:
  FdOutput(int fd, std::string name);
  base::Status write(std::string_view text) override;
  [[nodiscard]] bool terminal() const override { return terminal_; }
  [[nodiscard]] bool colour() const override { return colour_; }
  [[nodiscard]] int columns() const override;
  [[nodiscard]] bool closed() const override;
  [[nodiscard]] bool worldReadable() const override;

 private:
  const int fd_;
  const std::string name_;
  const bool terminal_;
  const bool colour_;
  mutable std::mutex mutex_;
  bool closed_ = false;
};

}  // namespace mc::cli
