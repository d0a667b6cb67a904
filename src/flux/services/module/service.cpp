#include "flux/services/module/service.hpp"

#include <algorithm>
#include <map>

#include "flux/formats/json.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;
using broker::Router;

/// FLUX_MODSTATE_RUNNING of flux-core's flux/module.h.
constexpr int kRunning = 1;

/// What flux-core's broker does without a module.
constexpr std::string_view kBuiltIn[] = {"attr",   "broker",   "event",        "log",
                                         "module", "shutdown", "state-machine"};

/// Services whose module has another name in flux-core.
constexpr std::pair<std::string_view, std::string_view> kModules[] = {
    {"content-backing", "content-sqlite"},
    {"feasibility", "sched-simple"},
    {"resource-probe", "resource"},
    {"sched", "sched-simple"},
};

std::string_view moduleOf(std::string_view service) {
  const auto* found = std::find_if(std::begin(kModules), std::end(kModules),
                                   [&](const auto& entry) { return entry.first == service; });
  return found == std::end(kModules) ? service : found->second;
}

class Module final : public broker::Service {
 public:
  Module(const Router& router, const base::Clock& clock) : router_(router), clock_(clock) {
    methods_.add("list", Access::Anyone, [this](const Request& request, const json::object&) {
      request.respond(json::object{{"mods", list()}});
      return base::Status();
    });
  }
  [[nodiscard]] std::string name() const override { return "module"; }
  void handle(const Request& request) override { methods_.dispatch(request); }

 private:
  struct Entry {
    std::chrono::steady_clock::time_point used;
    json::array services;
  };

  [[nodiscard]] json::array list() const {
    std::map<std::string_view, Entry> modules;
    const auto services = router_.services();
    for (const auto& service : services) {
      if (std::ranges::find(kBuiltIn, service.name) != std::end(kBuiltIn)) continue;
      Entry& entry = modules[moduleOf(service.name)];
      entry.used = std::max(entry.used, service.used);
      entry.services.emplace_back(service.name);
    }
    json::array out;
    for (auto& [name, entry] : modules) out.push_back(describe(name, std::move(entry)));
    return out;
  }

  [[nodiscard]] json::object describe(std::string_view name, Entry entry) const {
    const auto idle =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.steady() - entry.used);
    return {{"name", name},
            {"path", "builtin"},
            {"idle", idle.count()},
            {"status", kRunning},
            {"services", std::move(entry.services)},
            {"sendqueue", 0},
            {"recvqueue", 0}};
  }

  const Router& router_;
  const base::Clock& clock_;
  Methods methods_;
};

}  // namespace

std::unique_ptr<broker::Service> makeModule(const Router& router, const base::Clock& clock) {
  return std::make_unique<Module>(router, clock);
}

}  // namespace mc::flux::services
