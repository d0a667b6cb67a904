#include "cli/line_prefixer.hpp"

#include <utility>

namespace mc::cli {

std::string LinePrefixer::take(std::string_view piece) {
  if (prefix_.empty()) return std::string(piece);
  std::string text;
  for (size_t end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
    text += prefix_ + std::exchange(partial_, {});
    text += piece.substr(0, end + 1);
    piece.remove_prefix(end + 1);
  }
  partial_ += piece;
  return text;
}

std::string LinePrefixer::rest() {
  if (partial_.empty()) return "";
  return prefix_ + std::exchange(partial_, {});
}

}  // namespace mc::cli
