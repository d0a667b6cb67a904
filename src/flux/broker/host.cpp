#include "flux/broker/host.hpp"

#include "flux/formats/json.hpp"

namespace mc::flux::broker {
namespace {

std::string textOf(const boost::json::value& payload) {
  return payload.is_null() ? std::string() : formats::toJson(payload);
}

}  // namespace

BrokerHost::BrokerHost(base::Loop& loop, Router& router, Attributes& attributes, LogBuffer& log,
                       uint32_t size, boost::json::object config)
    : loop_(loop),
      router_(router),
      attributes_(attributes),
      log_(log),
      size_(size),
      config_(std::move(config)) {}

Rpc BrokerHost::rpc(std::string_view topic, const boost::json::value& payload, uint32_t nodeid,
                    bool streaming, AnswerCallback callback) {
  return router_.rpc(topic, textOf(payload), nodeid, streaming, std::move(callback));
}

void BrokerHost::notify(std::string_view topic, const boost::json::value& payload,
                        uint32_t nodeid) {
  router_.notify(topic, textOf(payload), nodeid);
}

void BrokerHost::publish(std::string_view topic, const boost::json::value& payload) {
  router_.publish(topic, textOf(payload));
}

}  // namespace mc::flux::broker
