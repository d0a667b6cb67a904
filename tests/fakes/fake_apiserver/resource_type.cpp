#include "fakes/fake_apiserver/resource_type.hpp"

namespace mc::fakes {

std::string ResourceType::id() const {
  return group().empty() ? plural : plural + "." + group();
}

FieldShape ResourceType::shape(const FieldPath& path, bool isList) const {
  return shapes ? shapes(path, isList) : builtinShape(kind, path, isList);
}

const ServedVersion* ResourceType::findVersion(const std::string& group,
                                               const std::string& version) const {
  for (const auto& served : versions)
    if (served.group == group && served.version == version) return &served;
  return nullptr;
}

}  // namespace mc::fakes
