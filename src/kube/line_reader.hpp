#pragma once
// Cuts a stream into its lines (the events of a watch). Internal to http_client.hpp.
//
// Thread-safety: one thread at a time.

#include <functional>
#include <string>
#include <string_view>

#include "kube/error.hpp"

namespace mc::kube {

class LineReader {
 public:
  /// False ends the reading.
  using OnLine = std::function<Result<bool>(std::string_view line)>;

  /// Calls `onLine` for each line that is complete now; empty ones are left out. False if it wants
  /// no more. BadResponse for a line that is far too long.
  Result<bool> feed(std::string_view piece, const OnLine& onLine);

 private:
  std::string rest_;
};

}  // namespace mc::kube
