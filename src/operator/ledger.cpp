#include "operator/ledger.hpp"

namespace mc::controller {

namespace {

std::string entryName(const kube::Resource& resource, const kube::ObjectKey& key) {
  return resource.plural + "/" + key.text();
}

}  // namespace

void Ledger::writing(const kube::Resource& resource, const kube::ObjectKey& key, std::string hash) {
  const std::lock_guard lock(mutex_);
  hashes_[entryName(resource, key)] = std::move(hash);
}

std::optional<std::string> Ledger::written(const kube::Resource& resource,
                                           const kube::ObjectKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = hashes_.find(entryName(resource, key));
  if (found == hashes_.end()) return std::nullopt;
  return found->second;
}

void Ledger::writingStatus(const kube::ObjectKey& key, boost::json::object status) {
  const std::lock_guard lock(mutex_);
  statuses_[key] = std::move(status);
}

std::optional<boost::json::object> Ledger::status(const kube::ObjectKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = statuses_.find(key);
  if (found == statuses_.end()) return std::nullopt;
  return found->second;
}

void Ledger::seen(const kube::Resource& resource, const kube::ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  hashes_.erase(entryName(resource, key));
}

void Ledger::doubt(const kube::Resource& resource, const kube::ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  doubted_.insert(entryName(resource, key));
}

bool Ledger::isDoubted(const kube::Resource& resource, const kube::ObjectKey& key) const {
  const std::lock_guard lock(mutex_);
  return doubted_.contains(entryName(resource, key));
}

bool Ledger::trust(const kube::Resource& resource, const kube::ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  return doubted_.erase(entryName(resource, key)) > 0;
}

void Ledger::statusSeen(const kube::ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  statuses_.erase(key);
}

size_t Ledger::size() const {
  const std::lock_guard lock(mutex_);
  return hashes_.size() + statuses_.size() + doubted_.size();
}

}  // namespace mc::controller
