#include "flux/broker/broker.hpp"

#include <unistd.h>

#include <csignal>

#include "base/memory.hpp"
#include "flux/services/attr/service.hpp"
#include "flux/services/broker/service.hpp"
#include "flux/services/config/service.hpp"
#include "flux/services/event/service.hpp"
#include "flux/services/job_services.hpp"
#include "flux/services/log/service.hpp"
#include "flux/services/module/service.hpp"
#include "flux/services/shutdown/service.hpp"
#include "flux/services/state-machine/service.hpp"

namespace mc::flux::broker {
namespace {

constexpr std::chrono::seconds kProcessGrace{5};

void printError(const std::string& line) {
  // There is nowhere to complain if standard error is closed.
  (void)base::writeAll(STDERR_FILENO, line).has_value();
}

}  // namespace

Broker::Broker(base::Loop& loop, base::ProcessRunner& runner, BrokerOptions options, Setup setup)
    : loop_(loop),
      options_(std::move(options)),
      setup_(std::move(setup)),
      log_(loop.clock(), setup_.rank(),
           {[this](const std::string& encoded) {
              router_.notify("log.append", encoded, wire::kNodeidUpstream);
            },
            printError}),
      overlay_(loop, setup_.boot.topology, setup_.overlay, overlayHandlers()),
      router_(loop, {setup_.rank(), ::geteuid(), setup_.uuid}, *this),
      host_(loop, router_, setup_.attributes, log_, setup_.size(), setup_.config),
      machine_(loop, [this](const std::string& text) { log(Severity::Info, text); }),
      life_(host_, machine_, *this, setup_.life),
      server_(loop, router_, setup_.access),
      program_(loop, runner, InitialCommand::make(options_.command)),
      groups_(host_),
      heartbeat_(host_, [this] { return server_.isSubscribed(services::Heartbeat::kTopic); }),
      overlayService_(overlay_, loop.clock()),
      rexec_(host_, runner),
      quiet_(loop, base::releaseCode) {
  makeOwnServices();
  server_.onSubscriptions([this] { heartbeat_.onSubscriptions(); });
  router_.onReceive([this] { quiet_.stir(); });
  smallness_ = machine_.observe([](State state) {
    if (state <= State::Run) base::releaseCode();
  });
}

Broker::~Broker() = default;

void Broker::makeOwnServices() {
  router_.addService(groups_);
  router_.addService(heartbeat_);
  router_.addService(overlayService_);
  router_.addService(rexec_);
  add(services::makeBroker());
  add(services::makeAttr(setup_.attributes));
  add(services::makeLog(log_));
  add(services::makeModule(router_, loop_.clock()));
  add(services::makeStateMachine(machine_));
  add(services::makeShutdown(machine_, log_, setup_.rank(), [this] { return life_.shutDown(); }));
  add(services::makeConfig(
      {[this]() -> const boost::json::object& { return host_.config(); },
       [this] { return readConfig(options_); },
       [this](boost::json::object config) { return replaceConfig(std::move(config)); }}));
  if (setup_.rank() == 0) add(services::makeEvent(router_));
}

void Broker::add(std::unique_ptr<Service> service) {
  router_.addService(*service);
  ownServices_.push_back(std::move(service));
}

base::Status Broker::replaceConfig(boost::json::object config) {
  MC_TRY_ASSIGN(const AccessPolicy access, readAccess(config));
  server_.setPolicy(access);
  host_.setConfig(std::move(config));
  return {};
}

base::Status Broker::start() {
  MC_TRY(log_.bindAttributes(setup_.attributes));
  base::releaseCode();  // that of reading the configuration and the key
  MC_TRY(overlay_.start());
  base::releaseCode();  // that of setting up TLS
  if (const std::string uri = overlay_.bindUri(); !uri.empty())
    setup_.attributes.settle("tbon.endpoint", uri);
  MC_TRY(server_.listen(setup_.socketPath).prefixed("local-uri"));
  if (options_.verbose > 0)
    printError("flux-broker: boot: rank=" + std::to_string(setup_.rank()) +
               " size=" + std::to_string(setup_.size()) + " method=" + setup_.boot.method +
               " uri=local://" + setup_.socketPath + "\n");
  if (setup_.rank() == 0 && setup_.boot.enclosing) announce();
  // SIGALRM is how a job hears that its time is over.
  for (const int signum : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM})
    signals_.push_back(loop_.signal(signum, [this, signum] { onSignal(signum); }));
  life_.start();
  return {};
}

/// Tells the enclosing instance where this one is.
void Broker::announce() {
  const auto uri = setup_.attributes.get("parent-uri");
  if (!uri) return;
  const auto hostname = setup_.attributes.get("hostname");
  const std::string own = "ssh://" + (hostname ? *hostname : "localhost") + setup_.socketPath;
  announcement_ = Announcement::send(
      loop_, *uri, setup_.boot.enclosing->jobId, own, [this](const base::Error& error) {
        log(Severity::Error, "telling the enclosing instance our URI: " + error.message);
      });
}

Broker::Outcome Broker::run() {
  loop_.run();
  if (outcome_.code == 0) outcome_.code = life_.exitCode();
  return outcome_;
}

// The states of life.

base::Status Broker::startServices() {
  MC_TRY_ASSIGN(jobServices_, services::makeJobServices(host_, setup_.enclosingResources));
  for (const auto& service : jobServices_) router_.addService(*service);
  return {};
}

void Broker::stopServices(std::function<void()> done) {
  rexec_.shutDown(kProcessGrace, [this, done = std::move(done)] {
    for (const auto& service : jobServices_) router_.removeService(*service);
    while (!jobServices_.empty()) jobServices_.pop_back();
    done();
  });
}

bool Broker::startProgram(std::function<void(int code)> done) {
  if (!setup_.runsProgram) return false;
  const auto jobId = setup_.attributes.get("jobid");
  program_.start(programEnvironment("local://" + setup_.socketPath,
                                    jobId ? std::optional(*jobId) : std::nullopt),
                 setup_.attributes.get("broker.rc2_pgrp").has_value(),
                 [this, done = std::move(done)](const InitialProgram::Outcome& outcome) {
                   log(outcome.code == 0 ? Severity::Info : Severity::Error,
                       "rc2.0: " + outcome.text);
                   done(outcome.code);
                 });
  return true;
}

bool Broker::abortProgram() {
  if (!program_.running()) return false;
  program_.abort();
  return true;
}

void Broker::exit() {
  server_.close();
  loop_.stop();
}

// The neighbours.

std::optional<std::string> Broker::childTowards(uint32_t rank) const {
  const auto next = setup_.boot.topology.childTowards(setup_.rank(), rank);
  if (!next) return std::nullopt;
  const overlay::Child* child = overlay_.child(*next);
  return child != nullptr && overlay::isOnline(child->status) ? child->uuid : std::string();
}

overlay::Overlay::Handlers Broker::overlayHandlers() {
  overlay::Overlay::Handlers handlers;
  handlers.parentUp = [this](const std::string& uuid) { onParentUp(uuid); };
  handlers.parentRefused = [this](const base::Error& error) { onParentRefused(error); };
  handlers.parentLost = [this](const base::Error& error) { onParentLost(error); };
  handlers.parentFailing = [this](const base::Error& error) { onParentFailing(error); };
  handlers.childUp = [this](const overlay::Child& child) { onChildUp(child); };
  handlers.childDown = [this](const overlay::Child& child) { onChildDown(child); };
  handlers.childRefused = [this](const base::Error& error) { onChildRefused(error); };
  handlers.message = [this](const std::string& uuid, wire::Message message) {
    router_.receive(uuid, std::move(message));
  };
  handlers.statusChanged = [this] { overlayService_.onStatusChanged(); };
  return handlers;
}

void Broker::onParentUp(const std::string& uuid) {
  parentUuid_ = uuid;
  router_.addLink(uuid, true, [this](const wire::Message& m) { overlay_.sendParent(m); });
  life_.onParentUp();
}

void Broker::onParentRefused(const base::Error& error) {
  const bool ending = error.errnum == ESHUTDOWN;
  log(ending ? Severity::Info : Severity::Crit, "overlay: parent refused us: " + error.message);
  life_.onParentRefused(ending);
}

/// Without its parent a broker has no place in the instance. If others may take our place later, it
/// is we ourselves: started again we join like anybody who comes late.
void Broker::onParentLost(const base::Error& error) {
  const std::string uuid = std::exchange(parentUuid_, {});
  router_.removeLink(uuid);
  const State state = machine_.state();
  if (state >= State::Shutdown) return;
  log(Severity::Crit, "overlay: lost parent: " + error.message);
  outcome_.code = 1;
  outcome_.again = setup_.boot.method == "config" && !life_.isEnding();
  loop_.stop();
}

void Broker::onParentFailing(const base::Error& error) {
  log(error.errnum == EACCES ? Severity::Error : Severity::Info,
      "overlay: no parent yet: " + error.message);
}

/// Somebody may try many times a second; the log keeps room for the rest.
void Broker::onChildRefused(const base::Error& error) {
  constexpr std::chrono::minutes kQuiet{1};
  const auto now = loop_.clock().steady();
  const bool again = error.message == lastRefusal_ && now - refusedAt_ < kQuiet;
  if (again) return;
  lastRefusal_ = error.message;
  refusedAt_ = now;
  log(Severity::Warning, "overlay: refused a peer: " + error.message);
}

void Broker::onChildUp(const overlay::Child& child) {
  router_.addLink(child.uuid, true, [this, rank = child.rank](const wire::Message& m) {
    overlay_.sendChild(rank, m);
  });
  log(Severity::Debug, "overlay: child " + std::to_string(child.rank) + " is here");
}

void Broker::onChildDown(const overlay::Child& child) {
  const bool lost = child.status == overlay::SubtreeStatus::Lost;
  log(lost ? Severity::Error : Severity::Debug,
      "overlay: child " + std::to_string(child.rank) +
          (lost ? " is lost: " + child.error : " has left"));
  groups_.lost(setup_.boot.topology.subtree(child.rank));
  router_.removeLink(child.uuid);
  life_.onChildDown();
}

}  // namespace mc::flux::broker
