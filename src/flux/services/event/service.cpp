#include "flux/services/event/service.hpp"

#include <sodium.h>

#include "flux/formats/json.hpp"
#include "flux/services/methods.hpp"
#include "flux/wire/framing.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;

base::Result<std::string> decodeBase64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return base::fail(EPROTO, "payload is not base64");
  bytes.resize(size);
  return bytes;
}

class Event final : public broker::Service {
 public:
  explicit Event(broker::Router& router) : router_(router) {
    const auto handler = [this](const auto& r, const auto& p) { return publish(r, p); };
    methods_.add("pub", Access::Anyone, handler);
    methods_.add("publish", Access::Anyone, handler);
  }
  [[nodiscard]] std::string name() const override { return "event"; }
  void handle(const Request& request) override { methods_.dispatch(request); }

 private:
  base::Status publish(const Request& request, const json::object& payload) {
    wire::Message event;
    event.type = wire::Type::Event;
    event.userid = request.message().userid;
    event.rolemask = request.message().rolemask & ~static_cast<uint32_t>(wire::kRoleLocal);
    MC_TRY_ASSIGN(event.topic, formats::getString(payload, "topic"));
    MC_TRY_ASSIGN(const int64_t flags, formats::getInteger(payload, "flags"));
    if ((flags & ~static_cast<int64_t>(wire::kPrivate)) != 0)
      return base::fail(EPROTO, "event with unknown flags");
    event.flags = static_cast<uint8_t>(wire::kTopic | flags);
    if (const auto* data = formats::findString(payload, "payload")) {
      MC_TRY_ASSIGN(event.payload, decodeBase64(*data));
      event.set(wire::kPayload);
    }
    if (!wire::isReadable(event)) return base::fail(EPROTO, "event without a topic, or too large");
    request.respond(json::object{{"seq", router_.publish(std::move(event))}});
    return {};
  }

  broker::Router& router_;
  Methods methods_;
};

}  // namespace

std::unique_ptr<broker::Service> makeEvent(broker::Router& router) {
  return std::make_unique<Event>(router);
}

}  // namespace mc::flux::services
