#pragma once
// Bytes that come in pieces, as UTF-8 text for JSON.
//
// Thread-safety: none.

#include <string>
#include <string_view>

namespace mc::flux::formats {

class Utf8Stream {
 public:
  /// The text that `bytes` complete. A character whose end has not come yet is kept back; what is
  /// no UTF-8 becomes U+FFFD.
  std::string add(std::string_view bytes);
  /// What is left at the end.
  std::string finish();

 private:
  std::string rest_;
};

}  // namespace mc::flux::formats
