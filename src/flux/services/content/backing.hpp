#pragma once
// Where blobs, checkpoints and the journal are kept for the next life of the instance.
//
// Writing is only allowed between begin() and commit(); what was written since begin() is there as
// a whole or not at all. Once commit() has returned, it survives the end of the process, however it
// comes; it survives a loss of power only as far as the implementation says.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <functional>
#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/services/content/blob.hpp"

namespace mc::flux::services::content {

class Backing {
 public:
  virtual ~Backing() = default;

  /// ENOENT if there is none; EIO for damage, which is never passed on as content.
  virtual base::Result<std::string> load(const Hash& hash) = 0;
  /// What a checkpoint of that name holds; ENOENT if there is none.
  virtual base::Result<std::string> checkpoint(std::string_view key) = 0;
  /// Calls back for each record of the journal, the oldest first, until one fails.
  virtual base::Status readJournal(
      const std::function<base::Status(std::string_view record)>& callback) = 0;

  /// ENOSPC, EIO ...; after a failure rollback() is to be called.
  virtual base::Status begin() = 0;
  virtual base::Status store(const Hash& hash, std::string_view blob) = 0;
  virtual base::Status setCheckpoint(std::string_view key, std::string_view value) = 0;
  virtual base::Status appendJournal(std::string_view record) = 0;
  virtual base::Status clearJournal() = 0;
  virtual base::Status commit() = 0;
  virtual void rollback() = 0;
};

}  // namespace mc::flux::services::content
