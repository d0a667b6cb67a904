#pragma once
// Which resources the server serves.
//
// Thread-safety: none; World's mutex guards it. Types that were handed out stay valid.

#include <map>
#include <string>
#include <vector>

#include "fakes/fake_apiserver/resource_type.hpp"

namespace mc::fakes {

class TypeTable {
 public:
  struct Served {
    TypePtr type;
    ServedVersion version;
  };

  /// Adds a type, or replaces the one with the same id.
  void add(ResourceType type);
  void remove(const std::string& id);
  /// By what a path names; null type if it is not served.
  [[nodiscard]] Served find(const std::string& group, const std::string& version,
                            const std::string& plural) const;
  /// By what an object names.
  [[nodiscard]] Served findKind(const std::string& apiVersion, const std::string& kind) const;
  [[nodiscard]] TypePtr byId(const std::string& id) const;
  [[nodiscard]] std::vector<TypePtr> all() const;

 private:
  std::map<std::string, TypePtr> types_;
};

/// Pods, Jobs, ConfigMaps and so on: what a bare Kubernetes serves, as far as tests need it.
std::vector<ResourceType> builtinTypes();

}  // namespace mc::fakes
