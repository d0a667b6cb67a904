#include <cstdio>
#include <cstdlib>

#include "kube/config.hpp"
#include "unit/kube/api_suite.hpp"
#include "unit/kube/api_suite_connection.hpp"

namespace mc::kube {

namespace {

/// Never skipped: who runs these tests wants a cluster to be tested.
ClientConfig clusterConfig() {
  if (!std::getenv("KUBECONFIG")) {
    std::fprintf(stderr, "KUBECONFIG must name the kubeconfig of a cluster for tests\n");
    std::exit(EXIT_FAILURE);
  }
  auto config = loadConfig({}, processEnvironment());
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().message.c_str());
    std::exit(EXIT_FAILURE);
  }
  return std::move(*config);
}

class ClusterBackend final : public ApiBackend {
 public:
  Client& client() override { return connection_.client(); }
  Timer& timer() override { return connection_.timer(); }
  void forgetHistory() override {}
  void disturbWatches() override {}

 private:
  SuiteConnection connection_{clusterConfig()};
};

}  // namespace

std::unique_ptr<ApiBackend> openBackend() {
  return std::make_unique<ClusterBackend>();
}

}  // namespace mc::kube
