#include "operator/operator.hpp"

#include <malloc.h>

#include <boost/json.hpp>
#include <condition_variable>

#include "base/memory.hpp"
#include "kube/http_client.hpp"
#include "kube/leader_election.hpp"
#include "operator/endpoints.hpp"
#include "operator/errors.hpp"
#include "operator/objects/names.hpp"
#include "operator/version.hpp"
#include "operator/webhook/server.hpp"

namespace mc::controller {

namespace {

using std::chrono::milliseconds;

/// Time for the last events at a clean end.
constexpr milliseconds kLastEvents{2000};

kube::EventOptions eventOptions(const std::string& instance) {
  kube::EventOptions options;
  options.controller = "minicluster-operator";
  options.instance = instance;
  return options;
}

base::Result<std::unique_ptr<kube::Session>> openSession(const OperatorOptions& options,
                                                         kube::Timer& timer,
                                                         base::ProcessRunner& processes,
                                                         OperatorMetrics& metrics) {
  MC_TRY_ASSIGN(auto config, kube::loadConfig(options.kubernetes, kube::processEnvironment()));
  config.userAgent = std::string("minicluster-operator/") + kVersion;
  kube::SessionOptions session;
  session.metrics = &metrics.client();
  MC_TRY_ASSIGN(auto opened, kube::Session::open(std::move(config), timer, processes, session));
  return opened;
}

/// All parts of a running operator, in the order in which they are made.
class Operator {
 public:
  Operator(const OperatorOptions& options, Log& log, std::unique_ptr<kube::Session> session,
           kube::Timer& timer, OperatorMetrics& metrics)
      : options_(options),
        log_(log),
        timer_(timer),
        metrics_(metrics),
        session_(std::move(session)),
        client_(*session_, std::string(kManager)),
        identity_(kube::makeIdentity()),
        events_(client_, timer, eventOptions(options.ownPod.empty() ? identity_ : options.ownPod),
                [this](const kube::Error& error) { eventLost(error); }),
        caches_(client_, timer, options.ns,
                [this](const kube::Resource& resource, const kube::Error& error) {
                  auto fields = text(error);
                  fields["resource"] = resource.groupResource();
                  log_.error("list or watch failed, trying again", std::move(fields));
                }),
        controller_(client_, timer, caches_, events_, metrics, log, options.controller) {}

  base::Status run(const std::stop_token& stop) {
    MC_TRY(startServers());
    caches_.start();
    if (!caches_.waitForSync(stop)) return shutDown({});
    log_.info("caches are in sync", {{"miniclusters", caches_.clusters().size()}});
    releaseMemory();
    if (options_.leaderElect) return shutDown(lead(stop));
    controller_.start();
    waitFor(stop);
    controller_.stop();
    return shutDown({});
  }

 private:
  static boost::json::object text(const kube::Error& error) {
    return {{"reason", kube::describe(error.reason)}, {"error", error.message}};
  }

  /// Nobody misses the events of a namespace that is being deleted.
  void eventLost(const kube::Error& error) {
    if (isGoing(error)) return log_.debug("event not written", text(error));
    log_.error("event not written", text(error));
  }

  static void waitFor(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
  }

  /// What start-up needed and nothing else does.
  static void releaseMemory() {
    ::malloc_trim(0);
    base::releaseCode();
  }

  base::Status startServers() {
    MC_TRY_ASSIGN(metricsServer_, serveMetrics(options_.metricsAddress, metrics_));
    MC_TRY_ASSIGN(healthServer_, serveHealth(options_.healthAddress, [this] { return ready(); }));
    if (options_.webhookPort == 0) return {};
    WebhookServer::Options webhook;
    webhook.listen = ":" + std::to_string(options_.webhookPort);
    webhook.keeper.ns = options_.ownNs;
    webhook.keeper.service = options_.webhookService;
    webhook.keeper.secret = options_.webhookService;
    webhook.keeper.configuration = options_.webhookConfiguration;
    webhook.log = [this](const std::string& message) {
      log_.info(message, {{"logger", "webhook"}});
    };
    webhooks_ = std::make_unique<WebhookServer>(client_, timer_, std::move(webhook));
    webhookThread_ = std::jthread([this](const std::stop_token& ended) {
      if (const auto served = webhooks_->run(ended); !served)
        log_.error("webhooks are not served", {{"error", served.error().message}});
    });
    return {};
  }

  [[nodiscard]] bool ready() const {
    return caches_.synced() && (webhooks_ == nullptr || webhooks_->ready());
  }

  base::Status lead(const std::stop_token& stop) {
    kube::LeaderElectionOptions election;
    election.lease = {options_.ownNs, options_.lease};
    election.identity = identity_;
    kube::LeaderCallbacks callbacks;
    callbacks.started = [this] {
      metrics_.leading(options_.lease, true);
      controller_.start();
    };
    callbacks.stopped = [this] {
      controller_.stop();
      metrics_.leading(options_.lease, false);
    };
    callbacks.newLeader = [this](const std::string& identity) {
      log_.info("new leader", {{"identity", identity}, {"self", identity == identity_}});
    };
    callbacks.failed = [this](const kube::Error& error) {
      log_.error("leader election", text(error));
    };
    metrics_.leading(options_.lease, false);
    kube::LeaderElector elector(client_, timer_, election, callbacks);
    MC_TRY(elector.run(stop));
    return {};
  }

  base::Status shutDown(base::Status result) {
    log_.info("stopping");
    controller_.stop();
    caches_.stop();
    events_.flush(kLastEvents);
    if (webhookThread_.joinable()) {
      webhookThread_.request_stop();
      webhookThread_.join();
    }
    return result;
  }

  const OperatorOptions& options_;
  Log& log_;
  kube::Timer& timer_;
  OperatorMetrics& metrics_;
  std::unique_ptr<kube::Session> session_;
  kube::HttpClient client_;
  std::string identity_;
  kube::EventRecorder events_;
  Caches caches_;
  Controller controller_;
  std::unique_ptr<WebhookServer> webhooks_;
  std::jthread webhookThread_;
  std::unique_ptr<http::Server> metricsServer_;
  std::unique_ptr<http::Server> healthServer_;
};

}  // namespace

void keepMemoryLow() {
  ::mallopt(M_ARENA_MAX, 2);
  // Gives back what a burst took.
  ::mallopt(M_TRIM_THRESHOLD, 128 << 10);
  ::mallopt(M_MMAP_THRESHOLD, 256 << 10);
}

base::Status runOperator(const OperatorOptions& options, Log& log, const std::stop_token& stop) {
  kube::SystemTimer timer;
  base::SystemProcessRunner processes;
  OperatorMetrics metrics;
  MC_TRY_ASSIGN(auto session, openSession(options, timer, processes, metrics));
  log.info("starting", {{"version", kVersion},
                        {"server", session->config().server},
                        {"namespace", options.ns},
                        {"image", options.controller.objects.image}});
  Operator running(options, log, std::move(session), timer, metrics);
  return running.run(stop);
}

}  // namespace mc::controller
