#pragma once
// "1: " in front of each line of task output, as --label-io shows it.
//
// Thread-safety: none.

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace mc::flux::formats {

class LineLabels {
 public:
  /// `data` with the label "RANK: " wherever a line of this stream begins. Pieces of a line may
  /// come one by one.
  std::string label(std::string_view stream, std::string_view rank, std::string_view data);

 private:
  /// Whether the next byte of (stream, rank) begins a line.
  std::map<std::pair<std::string, std::string>, bool> atLineStart_;
};

}  // namespace mc::flux::formats
