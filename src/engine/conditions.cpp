#include "engine/conditions.hpp"

#include <strings.h>

#include <algorithm>

namespace mc::engine {

bool isMet(const std::vector<Condition>& conditions, const Until& until) {
  return std::any_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    const bool same = strcasecmp(condition.type.c_str(), until.condition.c_str()) == 0;
    return same && condition.status == until.value;
  });
}

base::Result<bool> whenGone(const Until& until, bool gone, const std::string& kind,
                            const std::string& name) {
  if (until.deleted) return gone;
  return base::fail(ENOENT, kind + " \"" + name + "\" not found");
}

base::Status named(base::Status status, const std::string& object) {
  if (status || status.error().errnum != ETIMEDOUT) return status;
  return base::fail(ETIMEDOUT, status.error().message + " on " + object);
}

}  // namespace mc::engine
