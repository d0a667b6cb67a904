#include "operator/objects/secret.hpp"

#include <boost/json.hpp>

#include "base/curve_cert.hpp"
#include "operator/objects/metadata.hpp"
#include "operator/objects/names.hpp"

namespace mc::controller {

base::Result<boost::json::object> makeSecret(const Blueprint& blueprint, double wall) {
  boost::json::object data;
  for (const auto& [path, content] : blueprint.secretFiles)
    data[path.substr(path.rfind('/') + 1)] = content;
  if (blueprint.makeCurveCert) {
    MC_TRY_ASSIGN(const auto cert, base::makeCurveCert({{"name", "minicluster"},
                                                        {"keygen.hostname", blueprint.pod.name}}));
    data[kCurveCertKey] = base::formatCurveCert(cert, wall);
  }
  auto object = startObject(blueprint, "v1", "Secret", secretName(blueprint.name(), blueprint.uid));
  object["type"] = "Opaque";
  object["immutable"] = true;
  object["stringData"] = std::move(data);
  return object;
}

}  // namespace mc::controller
