#include "engine/errors.hpp"

namespace mc::engine {

base::Error notFound(const std::string& resource, const std::string& name) {
  return {ENOENT, resource + " \"" + name + "\" not found"};
}

base::Error alreadyExists(const ClusterRef& ref) {
  return {EEXIST, std::string(kClusterResource) + " \"" + ref.name + "\" already exists"};
}

}  // namespace mc::engine
