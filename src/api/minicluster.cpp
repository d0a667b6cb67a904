#include "api/minicluster.hpp"

#include <algorithm>
#include <cstdlib>

namespace mc::api {

const Container& MiniCluster::fluxContainer() const {
  const auto found = std::find_if(containers.begin(), containers.end(),
                                  [](const Container& container) { return container.runFlux; });
  if (found == containers.end()) std::abort();  // read() lets no such MiniCluster pass
  return *found;
}

}  // namespace mc::api
