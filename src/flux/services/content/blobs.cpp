#include "flux/services/content/blobs.hpp"

namespace mc::flux::services::content {

base::Result<std::string> Blobs::load(const Hash& hash) const {
  if (const auto at = unwritten_.find(hash); at != unwritten_.end()) return at->second;
  if (backing_) return backing_->load(hash);
  return base::fail(ENOENT, blobref(hash) + ": no such blob");
}

Hash Blobs::store(std::string blob) {
  const Hash hash = hashOf(blob);
  unwritten_.try_emplace(hash, std::move(blob));
  return hash;
}

base::Status Blobs::write() const {
  for (const auto& [hash, blob] : unwritten_) MC_TRY(backing_->store(hash, blob));
  return {};
}

void Blobs::written() {
  if (backing_) unwritten_.clear();
}

}  // namespace mc::flux::services::content
