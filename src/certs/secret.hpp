#pragma once
// Secrets, as far as certificates need them, and the places that keep them.
//
// Thread-safety: values; a Store belongs to one thread at a time.

#include <map>
#include <optional>
#include <string>

#include "base/status.hpp"

namespace mc::certs {

struct Secret {
  std::string name;
  std::string type;  ///< "kubernetes.io/tls", "Opaque"
  std::map<std::string, std::string>
      data;  ///< by key, which is the file's name where it is mounted

  bool operator==(const Secret&) const = default;
};

/// A namespace of an engine, or a directory. Each call does all or nothing.
class Store {
 public:
  virtual ~Store() = default;
  /// Nothing if there is none of that name.
  virtual base::Result<std::optional<Secret>> find(const std::string& name) = 0;
  /// EEXIST if there is one of that name, which stays as it is.
  virtual base::Status create(const Secret& secret) = 0;
  /// Puts `secret` in the place of the one of its name.
  virtual base::Status replace(const Secret& secret) = 0;
};

}  // namespace mc::certs
