#include "flux/services/attr/service.hpp"

#include "flux/formats/json.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;

class Attr final : public broker::Service {
 public:
  explicit Attr(broker::Attributes& attributes) : attributes_(attributes) {
    methods_.add("get", Access::Anyone, [this](const auto& r, const auto& p) { return get(r, p); });
    methods_.add("list", Access::Anyone, [this](const auto& r, const auto&) { return list(r); });
    methods_.add("set", Access::Owner, [this](const auto& r, const auto& p) { return set(r, p); });
    methods_.add("rm", Access::Owner,
                 [this](const auto& r, const auto& p) { return remove(r, p); });
  }
  [[nodiscard]] std::string name() const override { return "attr"; }
  void handle(const Request& request) override { methods_.dispatch(request); }

 private:
  base::Status get(const Request& request, const json::object& payload) {
    MC_TRY_ASSIGN(const auto name, formats::getString(payload, "name"));
    const auto value = attributes_.get(name);
    // Without text: the client names the attribute itself.
    if (!value) {
      request.fail(value.error().errnum);
      return {};
    }
    request.respond(json::object{{"value", *value}, {"flags", attributes_.flags(name)}});
    return {};
  }

  base::Status list(const Request& request) {
    json::array names;
    for (const auto& name : attributes_.names()) names.emplace_back(name);
    request.respond(json::object{{"names", std::move(names)}});
    return {};
  }

  base::Status set(const Request& request, const json::object& payload) {
    MC_TRY_ASSIGN(const auto name, formats::getString(payload, "name"));
    MC_TRY_ASSIGN(const auto value, formats::getString(payload, "value"));
    MC_TRY(attributes_.set(name, value));
    request.respond();
    return {};
  }

  base::Status remove(const Request& request, const json::object& payload) {
    MC_TRY_ASSIGN(const auto name, formats::getString(payload, "name"));
    MC_TRY(attributes_.remove(name));
    request.respond();
    return {};
  }

  broker::Attributes& attributes_;
  Methods methods_;
};

}  // namespace

std::unique_ptr<broker::Service> makeAttr(broker::Attributes& attributes) {
  return std::make_unique<Attr>(attributes);
}

}  // namespace mc::flux::services
