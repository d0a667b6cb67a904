#include "flux/services/sched/backfill.hpp"

#include <algorithm>
#include <vector>

namespace mc::flux::services::sched {

std::optional<Reservation> reserve(const Pool& pool, const Holdings& holdings,
                                   const formats::JobShape& shape, const Constraint& constraint) {
  std::vector<const Holding*> ending;
  for (const auto& [id, holding] : holdings)
    if (holding.expiration > 0) ending.push_back(&holding);
  std::sort(ending.begin(), ending.end(),
            [](const Holding* a, const Holding* b) { return a->expiration < b->expiration; });
  Pool later = pool;
  for (const Holding* holding : ending) {
    later.release(holding->resources);
    if (auto resources = later.allocate(shape, constraint))
      return Reservation{holding->expiration, std::move(*resources)};
  }
  return std::nullopt;
}

}  // namespace mc::flux::services::sched
