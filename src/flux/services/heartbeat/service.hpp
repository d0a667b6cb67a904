#pragma once
// The service "heartbeat": the event heartbeat.pulse (no payload) every two seconds, as flux-core's
// module of that name publishes it. flux-core's `flux top` draws with each, and futures of
// flux_sync_create(3) wait for one.
//
// Nobody is woken for nothing: brokers whose clients listen are members of a group (groups.join),
// and rank 0 publishes only while that has members.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <chrono>
#include <functional>
#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services {

class Heartbeat final : public broker::Service {
 public:
  static constexpr std::string_view kTopic = "heartbeat.pulse";
  static constexpr std::string_view kGroup = "heartbeat.listeners";
  static constexpr std::chrono::seconds kPeriod{2};

  /// `listened` says whether a client of this broker wants the event. `host` outlives the service.
  Heartbeat(broker::Host& host, std::function<bool()> listened);
  [[nodiscard]] std::string name() const override { return "heartbeat"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }

  /// Clients of this broker want other events than before.
  void onSubscriptions();

 private:
  void onMembers(const broker::Answer& answer);
  void wait();

  broker::Host& host_;
  std::function<bool()> listened_;
  Methods methods_;
  bool joined_ = false;
  broker::Rpc members_;  ///< on rank 0
  base::Watch timer_;
};

}  // namespace mc::flux::services
