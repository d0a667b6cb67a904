#pragma once
// A real Client with all it needs, for the suite.

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/process.hpp"
#include "kube/http_client.hpp"
#include "kube/session.hpp"
#include "kube/timer.hpp"

namespace mc::kube {

class SuiteConnection {
 public:
  explicit SuiteConnection(ClientConfig config) {
    auto session = Session::open(std::move(config), timer_, processes_);
    if (!session) {
      std::fprintf(stderr, "%s\n", session.error().message.c_str());
      std::exit(EXIT_FAILURE);
    }
    session_ = std::move(*session);
    client_ = std::make_unique<HttpClient>(*session_, "api-suite");
  }
  Client& client() { return *client_; }
  Timer& timer() { return timer_; }

 private:
  SystemTimer timer_;
  base::SystemProcessRunner processes_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace mc::kube
