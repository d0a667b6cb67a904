#pragma once
// Secrets in a directory: one folder each, named as the Secret, that holds what a mount of it
// shows. Folders have mode 0700 and files 0600.
//
// A Secret is written beside its place and moved there in one step, so that a reader or a crash
// sees the old one or the new one.
//
// Thread-safety: as Store. Two processes at once: one of them fails.

#include <string>

#include "certs/secret.hpp"

namespace mc::certs {

class Directory final : public Store {
 public:
  /// Made when the first Secret is.
  explicit Directory(std::string path) : path_(std::move(path)) {}

  base::Result<std::optional<Secret>> find(const std::string& name) override;
  base::Status create(const Secret& secret) override;
  base::Status replace(const Secret& secret) override;

 private:
  base::Result<std::string> write(const Secret& secret);
  base::Status put(const Secret& secret, unsigned how);

  std::string path_;
};

}  // namespace mc::certs
