#pragma once
// A broker: its parts, wired together.
//
// Thread-safety: none; lives on its loop's thread.

#include <memory>
#include <vector>

#include "base/process.hpp"
#include "flux/broker/host.hpp"
#include "flux/broker/initial_program.hpp"
#include "flux/broker/lifecycle.hpp"
#include "flux/broker/local_server.hpp"
#include "flux/broker/parent_instance.hpp"
#include "flux/broker/quiet.hpp"
#include "flux/broker/setup.hpp"
#include "flux/overlay/overlay.hpp"
#include "flux/services/groups/service.hpp"
#include "flux/services/heartbeat/service.hpp"
#include "flux/services/overlay/service.hpp"
#include "flux/services/rexec/service.hpp"

namespace mc::flux::broker {

class Broker final : private Stage, private Neighbours {
 public:
  /// How a broker's life ended.
  struct Outcome {
    int code = 0;
    /// The parent was lost: the broker is to be started again, to find its place in the instance
    /// anew.
    bool again = false;
  };

  Broker(base::Loop& loop, base::ProcessRunner& runner, BrokerOptions options, Setup setup);
  ~Broker() override;
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  /// Opens the sockets.
  base::Status start();
  /// Runs until the end of the broker's life.
  Outcome run();

  /// What SIGTERM and the like do.
  void onSignal(int signum) { life_.onSignal(signum); }
  [[nodiscard]] State state() const { return machine_.state(); }
  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] LocalServer& localServer() { return server_; }

 private:
  // Stage
  base::Status startServices() override;
  void stopServices(std::function<void()> done) override;
  bool startProgram(std::function<void(int code)> done) override;
  bool abortProgram() override;
  [[nodiscard]] size_t childrenOnline() const override { return overlay_.childrenOnline(); }
  void refuseChildren() override { overlay_.refuseChildren(); }
  void leaveParent(std::function<void()> done) override { overlay_.leave(std::move(done)); }
  void exit() override;

  // Neighbours
  [[nodiscard]] std::string parentUuid() const override { return parentUuid_; }
  [[nodiscard]] std::optional<std::string> childTowards(uint32_t rank) const override;
  void sendToChildren(const wire::Message& message) override { overlay_.sendChildren(message); }

  overlay::Overlay::Handlers overlayHandlers();
  void onParentUp(const std::string& uuid);
  void onParentRefused(const base::Error& error);
  void onParentLost(const base::Error& error);
  void onParentFailing(const base::Error& error);
  void onChildRefused(const base::Error& error);
  void onChildUp(const overlay::Child& child);
  void onChildDown(const overlay::Child& child);
  void announce();
  void makeOwnServices();
  void add(std::unique_ptr<Service> service);
  base::Status replaceConfig(boost::json::object config);
  void log(Severity severity, const std::string& text) { log_.log(severity, "broker", text); }

  base::Loop& loop_;
  BrokerOptions options_;
  Setup setup_;
  std::string parentUuid_;
  std::string lastRefusal_;
  std::chrono::steady_clock::time_point refusedAt_;
  Outcome outcome_;
  LogBuffer log_;
  overlay::Overlay overlay_;
  Router router_;
  BrokerHost host_;
  StateMachine machine_;
  Lifecycle life_;
  LocalServer server_;
  InitialProgram program_;
  services::Groups groups_;
  services::Heartbeat heartbeat_;
  services::OverlayService overlayService_;
  services::Rexec rexec_;
  std::vector<std::unique_ptr<Service>> ownServices_;
  std::vector<std::unique_ptr<Service>> jobServices_;
  std::unique_ptr<Announcement> announcement_;
  std::vector<base::Watch> signals_;
  base::Watch smallness_;
  Quiet quiet_;
};

}  // namespace mc::flux::broker
