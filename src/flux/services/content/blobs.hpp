#pragma once
// The blobs of an instance (RFC 10): those that are not written yet, and behind them the backing
// store. Without a backing store all stay in memory.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <string>
#include <unordered_map>

#include "base/status.hpp"
#include "flux/services/content/backing.hpp"

namespace mc::flux::services::content {

class Blobs {
 public:
  /// `backing` may be null.
  explicit Blobs(std::unique_ptr<Backing> backing = nullptr) : backing_(std::move(backing)) {}

  [[nodiscard]] Backing* backing() const { return backing_.get(); }

  /// ENOENT, EIO.
  [[nodiscard]] base::Result<std::string> load(const Hash& hash) const;
  Hash store(std::string blob);

  /// Writes what is not written yet, inside a transaction of the backing store.
  base::Status write() const;
  /// To be called once that is committed.
  void written();
  [[nodiscard]] bool dirty() const { return backing_ && !unwritten_.empty(); }
  [[nodiscard]] size_t unwrittenCount() const { return unwritten_.size(); }

 private:
  std::unique_ptr<Backing> backing_;
  std::unordered_map<Hash, std::string, HashOfHash> unwritten_;
};

}  // namespace mc::flux::services::content
