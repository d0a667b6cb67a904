// Each NAME.yaml of this folder has its Kubernetes objects in NAME.objects.json.

#include <boost/json.hpp>

#include "base/json_write.hpp"
#include "golden.hpp"
#include "operator/objects/config_map.hpp"
#include "operator/objects/job.hpp"
#include "operator/objects/service.hpp"
#include "operator/objects/services_pod.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;

/// All objects but the Secret, whose content is made of random numbers.
json::array objectsOf(const Blueprint& blueprint) {
  json::array objects{configMap(blueprint, "HASH")};
  ServiceAddresses addresses;
  for (const auto& service : blueprint.services) {
    if (service.headless) {
      objects.push_back(headlessService(blueprint));
      continue;
    }
    objects.push_back(sidecarService(blueprint, service));
    addresses[service.name] = "10.96.0." + std::to_string(10 + addresses.size());
  }
  objects.push_back(job(blueprint, addresses, "HASH"));
  if (blueprint.servicesPod) objects.push_back(servicesPod(blueprint, addresses));
  return objects;
}

class GoldenObjects : public testing::TestWithParam<std::string> {};

TEST_P(GoldenObjects, AreAsTheyWere) {
  const auto now = golden::madeFrom(GetParam(), [](const api::MiniCluster& cluster) {
    const auto blueprint = makeBlueprint(cluster, "11111111-2222-3333-4444-555555555555",
                                         {"minicluster:test", api::PullPolicy::IfNotPresent});
    EXPECT_TRUE(blueprint) << blueprint.error().message;
    return blueprint ? base::toIndentedJson(objectsOf(*blueprint), 2) : "";
  });
  ASSERT_FALSE(HasFailure());
  golden::expectAsItWas(GetParam() + ".objects.json", now);
}

INSTANTIATE_TEST_SUITE_P(Manifests, GoldenObjects, testing::ValuesIn(golden::manifests()),
                         golden::testName);

TEST(GoldenObjectFiles, EachHasItsManifest) {
  golden::expectManifestsFor(".objects.json");
}

}  // namespace
}  // namespace mc::controller
