#include "local/resources.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "api/quantity.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

constexpr int64_t kNanosPerMilli = 1000000;
constexpr int64_t kMillisPerCpu = 1000;
constexpr int64_t kSharesPerCpu = 1024;
constexpr int64_t kLeastShares = 2;
constexpr int64_t kLeastMemory = 6 << 20;  // below it Docker refuses

base::Result<api::Quantity> quantityOf(const std::string& name, const std::string& text) {
  return api::Quantity::parse(text).prefixed("resources: " + name);
}

bool isGpu(const std::string& name) {
  return name.ends_with("/gpu");
}

/// "nvidia.com/gpu" is asked of Docker as driver "nvidia".
json::object gpuRequest(const std::string& name, int64_t count) {
  return {{"Driver", name.substr(0, name.find('.'))},
          {"Count", count},
          {"Capabilities", json::array(1, json::array{"gpu"})}};
}

base::Status addLimit(const std::string& name, const std::string& text, int64_t machineCpus,
                      json::object& hostConfig) {
  MC_TRY_ASSIGN(const api::Quantity quantity, quantityOf(name, text));
  if (name == "cpu") {
    const int64_t millis = machineCpus > 0 ? std::min(quantity.milli(), machineCpus * kMillisPerCpu)
                                           : quantity.milli();
    hostConfig["NanoCpus"] = std::max<int64_t>(millis, 10) * kNanosPerMilli;
  } else if (name == "memory") {
    const int64_t bytes = std::max(quantity.value(), kLeastMemory);
    hostConfig["Memory"] = bytes;
    hostConfig["MemorySwap"] = bytes;
  } else if (isGpu(name)) {
    hostConfig["DeviceRequests"] = json::array{gpuRequest(name, quantity.value())};
  } else if (name != "ephemeral-storage") {
    return base::fail(EINVAL, "resources: this machine has no '" + name + "'");
  }
  return {};
}

base::Status addRequest(const std::string& name, const std::string& text,
                        json::object& hostConfig) {
  MC_TRY_ASSIGN(const api::Quantity quantity, quantityOf(name, text));
  if (name == "cpu") {
    const int64_t shares =
        std::min<int64_t>(quantity.milli(), 256 * kMillisPerCpu) * kSharesPerCpu / kMillisPerCpu;
    hostConfig["CpuShares"] = std::max(shares, kLeastShares);
  } else if (name == "memory") {
    hostConfig["MemoryReservation"] = std::max(quantity.value(), kLeastMemory);
  }
  return {};
}

}  // namespace

base::Status addResources(const api::Resources& resources, int64_t machineCpus,
                          json::object& hostConfig) {
  api::StringMap requests = resources.limits;
  for (const auto& [name, text] : resources.requests) requests[name] = text;
  for (const auto& [name, text] : requests) MC_TRY(addRequest(name, text, hostConfig));
  for (const auto& [name, text] : resources.limits) {
    MC_TRY(addLimit(name, text, machineCpus, hostConfig));
  }
  return {};
}

bool needsMachineCpus(const api::Resources& resources) {
  return resources.limits.contains("cpu");
}

}  // namespace mc::local
