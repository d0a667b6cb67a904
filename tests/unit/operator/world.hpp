#pragma once
// A fake API server with MiniClusters, and operators that work on it as they do in a pod.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>

#include "api/schema.hpp"
#include "base/process.hpp"
#include "fakes/fake_apiserver/fake_apiserver.hpp"
#include "fakes/fake_apiserver/job_controller.hpp"
#include "kube/http_client.hpp"
#include "operator/controller.hpp"

namespace mc::controller {

namespace json = boost::json;

inline constexpr const char* kType = "miniclusters.flux-framework.org";

/// One operator process.
class RunningOperator {
 public:
  explicit RunningOperator(const fakes::FakeApiServer& server, size_t workers = 2) {
    kube::ClientConfig config;
    config.server = server.url();
    kube::SessionOptions options;
    options.retry.tries = 1;
    auto session = kube::Session::open(std::move(config), timer_, processes_, options);
    EXPECT_TRUE(session);
    session_ = std::move(*session);
    client_ = std::make_unique<kube::HttpClient>(*session_, "minicluster");
    kube::EventOptions events;
    events.controller = "operator";
    events_ = std::make_unique<kube::EventRecorder>(*client_, timer_, events);
    caches_ = std::make_unique<Caches>(*client_, timer_, "");
    ControllerOptions controller;
    controller.objects.image = "minicluster:test";
    controller.workers = workers;
    controller_ = std::make_unique<Controller>(*client_, timer_, *caches_, *events_, metrics_, log_,
                                               controller);
    caches_->start();
    if (caches_->waitForSync(stop_.get_token())) controller_->start();
  }
  ~RunningOperator() {
    controller_->stop();
    caches_->stop();
  }

  OperatorMetrics& metrics() { return metrics_; }
  Controller& controller() { return *controller_; }
  void flushEvents() { events_->flush(std::chrono::seconds(5)); }

 private:
  std::stop_source stop_;
  kube::SystemTimer timer_;
  base::SystemProcessRunner processes_;
  OperatorMetrics metrics_;
  base::SystemClock clock_;
  Log log_{clock_, [](std::string_view) {}};
  std::unique_ptr<kube::Session> session_;
  std::unique_ptr<kube::HttpClient> client_;
  std::unique_ptr<kube::EventRecorder> events_;
  std::unique_ptr<Caches> caches_;
  std::unique_ptr<Controller> controller_;
};

class World {
 public:
  World() {
    server.define(api::customResourceDefinition({}));
    server.create({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "lab"}}}});
  }

  /// {apiVersion, kind, metadata, spec} of a MiniCluster of `size` with a command.
  static json::object manifest(const std::string& name, int size, json::object spec = {}) {
    spec["size"] = size;
    if (!spec.contains("containers"))
      spec["containers"] = json::array{json::object{{"image", "debian"}, {"command", "hostname"}}};
    return {{"apiVersion", "flux-framework.org/v1alpha2"},
            {"kind", "MiniCluster"},
            {"metadata", {{"name", name}, {"namespace", "lab"}}},
            {"spec", std::move(spec)}};
  }

  json::object cluster(const std::string& name) const {
    return server.get(kType, "lab", name).value_or(json::object());
  }
  bool isTrue(const std::string& name, std::string_view condition) const {
    return trueCondition(cluster(name), condition) != nullptr;
  }
  std::string phase(const std::string& name) const {
    return std::string(kube::findText(cluster(name), {"status", "phase"}));
  }

  /// Lets Jobs and nodes do their part until `done`.
  bool await(const std::function<bool()>& done) {
    return server.await([&] {
      jobs.step();
      return done();
    });
  }
  /// The same, and every pod runs that can.
  bool awaitRunning(const std::function<bool()>& done) {
    return server.await([&] {
      jobs.step();
      jobs.nodes().runPending();
      return done();
    });
  }
  bool awaitReady(const std::string& name) {
    return awaitRunning([&] { return isTrue(name, "Ready"); });
  }
  std::string pod(const std::string& job, int index) { return jobs.podOf("lab", job, index); }

  /// "create secrets lab/a-secret" and so on: writes of the operator.
  std::vector<std::string> writes() { return server.log().lines({.writesOnly = true}); }

  fakes::FakeApiServer server;
  fakes::JobController jobs{server};
};

}  // namespace mc::controller
