#include <boost/json/serialize.hpp>

#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {

std::vector<ApiCause> immutableFields(const boost::json::object& now,
                                      const boost::json::object* before, const std::string& parent,
                                      const std::vector<std::string>& fields) {
  std::vector<ApiCause> causes;
  if (!before) return causes;
  const auto& old = objectAt(*before, {parent});
  const auto& fresh = objectAt(now, {parent});
  for (const auto& field : fields) {
    if (sameMember(old, fresh, field)) continue;
    const auto* value = fresh.if_contains(field);
    causes.push_back(invalidValue(parent + "." + field,
                                  value ? boost::json::serialize(*value) : "null",
                                  "field is immutable"));
  }
  return causes;
}

}  // namespace mc::fakes
