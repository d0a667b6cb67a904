#include "flux/broker/service.hpp"

#include "flux/broker/link.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::broker {

namespace json = boost::json;

Request::Request(wire::Message message, Send send)
    : message_(std::make_shared<wire::Message>(std::move(message))),
      answered_(std::make_shared<bool>(false)),
      send_(std::make_shared<Send>(std::move(send))) {}

std::string_view Request::method() const {
  return methodOf(message_->topic);
}

std::string Request::sender() const {
  std::string joined;
  for (const auto& route : message_->routes) {
    if (!joined.empty()) joined += '!';
    joined += route;
  }
  return joined;
}

base::Result<json::object> Request::object() const {
  if (!message_->has(wire::kPayload)) return json::object{};
  return formats::parseJsonObject(message_->text());
}

void Request::respond(const json::value& payload) const {
  respondText(formats::toJson(payload));
}

void Request::respondText(std::string_view payload) const {
  wire::Message response = wire::makeResponse(*message_);
  response.setText(payload);
  send(std::move(response), !streaming());
}

void Request::respondBytes(std::string_view payload) const {
  wire::Message response = wire::makeResponse(*message_);
  if (!payload.empty()) {
    response.set(wire::kPayload);
    response.payload = payload;
  }
  send(std::move(response), !streaming());
}

void Request::respond() const {
  send(wire::makeResponse(*message_), !streaming());
}

void Request::fail(int errnum, std::string_view text) const {
  // errnum 0 would read as success at the other end.
  wire::Message response =
      wire::makeResponse(*message_, errnum > 0 ? static_cast<uint32_t>(errnum) : EINVAL);
  if (!text.empty()) response.setText(text);
  send(std::move(response), true);
}

void Request::failUnknown() const {
  fail(ENOSYS, "Unknown service method '" + message_->topic + "'");
}

Request Request::through(Send send) const {
  Request out = *this;
  out.send_ = std::make_shared<Send>(std::move(send));
  return out;
}

void Request::send(wire::Message response, bool last) const {
  if (*answered_ || message_->has(wire::kNoResponse)) return;
  *answered_ = last;
  (*send_)(std::move(response));
}

}  // namespace mc::flux::broker
