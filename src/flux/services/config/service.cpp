#include "flux/services/config/service.hpp"

#include "flux/services/methods.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;

class Config final : public broker::Service {
 public:
  explicit Config(ConfigAccess access) : access_(std::move(access)) {
    methods_.add("get", Access::Anyone, [this](const auto& r, const auto&) {
      r.respond(access_.get());
      return base::Status();
    });
    methods_.add("reload", Access::Owner, [this](const auto& r, const auto&) { return reload(r); });
    methods_.add("load", Access::Owner,
                 [this](const auto& r, const auto& p) { return replace(r, p); });
  }
  [[nodiscard]] std::string name() const override { return "config"; }
  void handle(const Request& request) override { methods_.dispatch(request); }

 private:
  base::Status reload(const Request& request) {
    MC_TRY_ASSIGN(json::object config, access_.read());
    return replace(request, std::move(config));
  }

  base::Status replace(const Request& request, json::object config) {
    MC_TRY(access_.replace(std::move(config)));
    request.respond();
    return {};
  }

  ConfigAccess access_;
  Methods methods_;
};

}  // namespace

std::unique_ptr<broker::Service> makeConfig(ConfigAccess access) {
  return std::make_unique<Config>(std::move(access));
}

}  // namespace mc::flux::services
