#include "operator/objects/config_map.hpp"

#include <boost/json.hpp>

#include "operator/objects/metadata.hpp"
#include "operator/objects/names.hpp"

namespace mc::controller {

boost::json::object configMap(const Blueprint& blueprint, const std::string& specHash) {
  auto object = startObject(blueprint, "v1", "ConfigMap", configMapName(blueprint.name()));
  object["data"] = boost::json::object{{kSettingsKey, entry::format(blueprint.settings)}};
  addHash(object, specHash);
  return object;
}

}  // namespace mc::controller
