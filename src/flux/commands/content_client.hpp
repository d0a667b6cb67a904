#pragma once
// The content service (RFC 10) as a client sees it: blobs, whose requests and answers are bytes,
// not JSON.
//
// Thread-safety: none.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/loop.hpp"
#include "base/status.hpp"
#include "flux/wire/stream.hpp"

namespace mc::flux::commands {

class ContentClient {
 public:
  /// A connection of its own to the broker of $FLUX_URI.
  static base::Result<std::unique_ptr<ContentClient>> open();

  /// Keeps a blob; its blobref. EPERM for guests.
  base::Result<std::string> store(std::string_view blob);
  /// The blob of a blobref; ENOENT where it is not, or no longer, kept.
  base::Result<std::string> load(std::string_view blobref);

 private:
  ContentClient() = default;
  base::Result<std::string> call(const char* topic, std::string_view payload);
  void onMessage(const wire::Message& message);

  std::unique_ptr<base::Loop> loop_;
  std::unique_ptr<wire::Stream> stream_;
  uint32_t matchtag_ = 0;
  std::optional<base::Result<std::string>> answer_;
};

}  // namespace mc::flux::commands
