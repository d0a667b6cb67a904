#pragma once
// What entry itself says, on the container's stderr.
//
// Thread-safety: none.

#include <functional>
#include <string>
#include <string_view>

namespace mc::entry {

class Messages {
 public:
  using Sink = std::function<void(std::string_view text)>;

  /// Quiet: only errors are written.
  Messages(Sink sink, bool quiet) : sink_(std::move(sink)), quiet_(quiet) {}

  /// What goes on; a line without its newline.
  void info(const std::string& line) const {
    if (!quiet_) error(line);
  }
  /// What went wrong; shown always.
  void error(const std::string& line) const { sink_("minicluster-entry: " + line + "\n"); }
  /// The output of a program, as it is.
  void output(std::string_view text) const { sink_(text); }

 private:
  Sink sink_;
  bool quiet_;
};

}  // namespace mc::entry
