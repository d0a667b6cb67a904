#include "fakes/fake_apiserver/fake_apiserver.hpp"
#include "kube/http_client.hpp"
#include "unit/kube/api_suite.hpp"
#include "unit/kube/api_suite_connection.hpp"

namespace mc::kube {

namespace {

ClientConfig configFor(const fakes::FakeApiServer& server) {
  ClientConfig config;
  config.server = server.url();
  return config;
}

class FakeBackend final : public ApiBackend {
 public:
  Client& client() override { return connection_.client(); }
  Timer& timer() override { return connection_.timer(); }
  void forgetHistory() override { server_.compact(); }
  void disturbWatches() override { server_.dropWatches(); }

 private:
  fakes::FakeApiServer server_;
  SuiteConnection connection_{configFor(server_)};
};

}  // namespace

std::unique_ptr<ApiBackend> openBackend() {
  return std::make_unique<FakeBackend>();
}

}  // namespace mc::kube
