#pragma once
// The kept-alive connections of one Client.
//
// Thread-safety: all methods from any thread.

#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "http/client.hpp"

namespace mc::http {

class ConnectionPool {
 public:
  ConnectionPool(Endpoint endpoint, ClientOptions options)
      : endpoint_(std::move(endpoint)), options_(std::move(options)) {}

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] const ClientOptions& options() const { return options_; }

  /// Counts forget(); a connection of an older generation is not taken back.
  [[nodiscard]] uint64_t generation() const;

  /// A kept connection on which the server has not hung up, as far as is known; or null.
  std::unique_ptr<Stream> take();
  void give(std::unique_ptr<Stream> stream, uint64_t generation);
  base::Result<std::unique_ptr<Stream>> open(const Timeouts& timeouts, const std::stop_token& stop);
  void forget();

 private:
  std::unique_ptr<Stream> takeAny();

  const Endpoint endpoint_;
  const ClientOptions options_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Stream>> idle_;  ///< guarded by mutex_; the last was used last
  uint64_t generation_ = 0;                    ///< guarded by mutex_
};

}  // namespace mc::http
