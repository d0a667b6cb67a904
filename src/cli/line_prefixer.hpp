#pragma once
// Puts a prefix in front of each line of a stream that comes in pieces.
//
// Thread-safety: none.

#include <string>
#include <string_view>

namespace mc::cli {

class LinePrefixer {
 public:
  /// An empty prefix passes everything on as it comes.
  explicit LinePrefixer(std::string prefix) : prefix_(std::move(prefix)) {}

  /// The lines that `piece` completes, with prefix.
  std::string take(std::string_view piece);
  /// What is left at the end: a last line without newline.
  std::string rest();

 private:
  const std::string prefix_;
  std::string partial_;
};

}  // namespace mc::cli
