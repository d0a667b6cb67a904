#include "flux/services/log/service.hpp"

#include "flux/formats/json.hpp"
#include "flux/services/methods.hpp"
#include "flux/services/streams.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;

bool optionalBool(const json::object& payload, std::string_view key) {
  const auto value = formats::getBool(payload, key);
  return value && *value;
}

class Log final : public broker::Service {
 public:
  explicit Log(broker::LogBuffer& buffer) : buffer_(buffer) {
    methods_.add("dmesg", Access::Owner,
                 [this](const auto& r, const auto& p) { return dmesg(r, p); });
    methods_.add("clear", Access::Owner, [this](const auto& r, const auto&) { return clear(r); });
    methods_.add("cancel", Access::Owner,
                 [this](const auto& r, const auto& p) { return cancel(r, p); });
    methods_.add("stats-get", Access::Owner,
                 [this](const auto& r, const auto&) { return stats(r); });
  }
  [[nodiscard]] std::string name() const override { return "log"; }
  void disconnect(const std::string& sender) override { followers_.disconnect(sender); }

  void handle(const Request& request) override {
    if (request.method() == "append") return append(request);  // its payload is not JSON
    methods_.dispatch(request);
  }

 private:
  void append(const Request& request) {
    if (!request.isOwner()) return request.fail(EPERM, "Request requires owner credentials");
    buffer_.append(request.message().text());
    if (request.message().matchtag() != wire::kMatchtagNone) request.respond();
  }

  base::Status dmesg(const Request& request, const json::object& payload) {
    if (!request.streaming()) return base::fail(EPROTO, "log.dmesg is a stream");
    if (!optionalBool(payload, "nobacklog"))
      for (const auto& line : buffer_.lines()) request.respondText(line);
    if (!optionalBool(payload, "follow")) return base::fail(ENODATA, {});
    followers_.add(
        request, buffer_.follow([request](const std::string& line) { request.respondText(line); }));
    return {};
  }

  base::Status clear(const Request& request) {
    buffer_.clear();
    request.respond();
    return {};
  }

  base::Status cancel(const Request& request, const json::object& payload) {
    return followers_.cancel(request, payload);
  }

  base::Status stats(const Request& request) {
    request.respond(
        json::object{{"ring-used", buffer_.lines().size()}, {"count", buffer_.count()}});
    return {};
  }

  broker::LogBuffer& buffer_;
  Methods methods_;
  Streams<base::Watch> followers_;
};

}  // namespace

std::unique_ptr<broker::Service> makeLog(broker::LogBuffer& buffer) {
  return std::make_unique<Log>(buffer);
}

}  // namespace mc::flux::services
