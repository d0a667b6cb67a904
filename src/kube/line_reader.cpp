#include "kube/line_reader.hpp"

namespace mc::kube {

namespace {

/// etcd takes objects of 1.5 MB.
constexpr size_t kLongestLine = 16u << 20;

}  // namespace

Result<bool> LineReader::feed(std::string_view piece, const OnLine& onLine) {
  while (true) {
    const size_t end = piece.find('\n');
    if (end == std::string_view::npos) break;
    std::string_view line = piece.substr(0, end);
    piece.remove_prefix(end + 1);
    std::string whole;
    if (!rest_.empty()) {
      whole = std::exchange(rest_, {}).append(line);
      line = whole;
    }
    if (line.empty()) continue;
    MC_TRY_ASSIGN(const bool more, onLine(line));
    if (!more) return false;
  }
  if (rest_.size() + piece.size() > kLongestLine)
    return fail(Reason::BadResponse, "the watch sent a line that is larger than an object can be");
  rest_.append(piece);
  return true;
}

}  // namespace mc::kube
