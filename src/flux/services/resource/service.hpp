#pragma once
// The resource service of rank 0, and the probe that tells it what the other ranks have.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <functional>
#include <map>
#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/methods.hpp"
#include "flux/services/resource/inventory.hpp"
#include "flux/services/resource/journal.hpp"

namespace mc::flux::services::resource {

/// The answer to `resource.sched-status`: {"all","down","allocated"}, each an R.
boost::json::object schedStatus(const Inventory& inventory, const formats::ResourceSet& allocated);

/// On every rank: `resource-probe.get` answers {"hostname","cores","gpus"} (idsets).
class ProbeService final : public broker::Service {
 public:
  ProbeService();
  [[nodiscard]] std::string name() const override { return "resource-probe"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }

 private:
  Methods methods_;
};

/// On rank 0: status, drain and undrain; follows who is online and asks newcomers what they have.
class ResourceService final : public broker::Service {
 public:
  /// `allocated` tells what jobs hold. `host` and `inventory` outlive the service.
  ResourceService(broker::Host& host, Inventory& inventory,
                  std::function<formats::ResourceSet()> allocated);

  [[nodiscard]] std::string name() const override { return "resource"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override { journal_.disconnect(sender); }

 private:
  using Payload = boost::json::object;
  void onMembers(const broker::Answer& answer);
  void probe(uint32_t rank);
  base::Status status(const broker::Request& request);
  base::Status drain(const broker::Request& request, const Payload& payload);
  base::Status undrain(const broker::Request& request, const Payload& payload);

  broker::Host& host_;
  Inventory& inventory_;
  std::function<formats::ResourceSet()> allocated_;
  Journal journal_;
  Methods methods_;
  broker::Rpc members_;
  std::map<uint32_t, broker::Rpc> probes_;
};

}  // namespace mc::flux::services::resource
