#include "flux/commands/target.hpp"

#include "flux/commands/instance_uri.hpp"

namespace mc::flux::commands {

base::Result<std::string> resolveTarget(const std::string& target) {
  MC_TRY_ASSIGN(const std::string uri, resolveUri(target));
  return nearestUri(uri);
}

}  // namespace mc::flux::commands
