#pragma once
// The client side of PMI-1, by which the brokers of a job find each other: the wire protocol of
// RFC 13 on a descriptor that the launcher leaves open (PMI_FD, PMI_RANK, PMI_SIZE).
//
// Calls block until the launcher answers; barrier() until all processes of the job are there.
//
// Thread-safety: none.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.hpp"

namespace mc::flux::broker {

class PmiClient {
 public:
  /// Nothing where no launcher offers PMI; EINVAL for variables that make no sense. The descriptor
  /// becomes close-on-exec.
  static base::Result<std::optional<PmiClient>> fromEnvironment();
  PmiClient(base::Fd fd, uint32_t rank, uint32_t size);

  /// Agrees on the version and learns the name of the key-value store. To be called first.
  base::Status initialize();
  /// Values are visible to others behind the next barrier. Neither may have blanks or "=" (RFC 13).
  base::Status put(std::string_view key, std::string_view value);
  base::Status barrier();
  /// ENOENT if there is no such key.
  base::Result<std::string> get(std::string_view key);
  base::Status finalize();

  [[nodiscard]] uint32_t rank() const { return rank_; }
  [[nodiscard]] uint32_t size() const { return size_; }
  [[nodiscard]] const std::string& storeName() const { return storeName_; }

 private:
  base::Result<std::string> request(const std::string& line, std::string_view answer);
  base::Result<std::string> readLine();

  base::Fd fd_;
  uint32_t rank_;
  uint32_t size_;
  std::string storeName_;
  std::string in_;
};

}  // namespace mc::flux::broker
