#include "fakes/fake_apiserver/type_table.hpp"

namespace mc::fakes {

void TypeTable::add(ResourceType type) {
  const auto id = type.id();
  types_[id] = std::make_shared<const ResourceType>(std::move(type));
}

void TypeTable::remove(const std::string& id) {
  types_.erase(id);
}

TypeTable::Served TypeTable::find(const std::string& group, const std::string& version,
                                  const std::string& plural) const {
  for (const auto& [id, type] : types_)
    if (type->plural == plural)
      if (const auto* served = type->findVersion(group, version)) return {type, *served};
  return {};
}

TypeTable::Served TypeTable::findKind(const std::string& apiVersion,
                                      const std::string& kind) const {
  for (const auto& [id, type] : types_)
    for (const auto& served : type->versions)
      if (type->kind == kind && served.apiVersion() == apiVersion) return {type, served};
  return {};
}

TypePtr TypeTable::byId(const std::string& id) const {
  const auto found = types_.find(id);
  return found == types_.end() ? nullptr : found->second;
}

std::vector<TypePtr> TypeTable::all() const {
  std::vector<TypePtr> list;
  for (const auto& [id, type] : types_) list.push_back(type);
  return list;
}

}  // namespace mc::fakes
