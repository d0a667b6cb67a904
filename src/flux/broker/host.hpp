#pragma once
// The broker as its services see it (Host), made of its parts.
//
// Thread-safety: none; belongs to the broker's thread.

#include "flux/broker/attributes.hpp"
#include "flux/broker/log_buffer.hpp"
#include "flux/broker/router.hpp"
#include "flux/broker/service.hpp"

namespace mc::flux::broker {

class BrokerHost final : public Host {
 public:
  BrokerHost(base::Loop& loop, Router& router, Attributes& attributes, LogBuffer& log,
             uint32_t size, boost::json::object config);

  [[nodiscard]] uint32_t rank() const override { return router_.identity().rank; }
  [[nodiscard]] uint32_t size() const override { return size_; }
  [[nodiscard]] uint32_t owner() const override { return router_.identity().owner; }
  [[nodiscard]] base::Loop& loop() override { return loop_; }
  [[nodiscard]] base::Result<std::string> attribute(std::string_view name) const override {
    return attributes_.get(name);
  }
  void setAttribute(std::string_view name, std::string_view value) override {
    attributes_.update(name, value);
  }
  [[nodiscard]] const boost::json::object& config() const override { return config_; }
  void setConfig(boost::json::object config) { config_ = std::move(config); }

  [[nodiscard]] Rpc rpc(std::string_view topic, const boost::json::value& payload, uint32_t nodeid,
                        bool streaming, AnswerCallback callback) override;
  void notify(std::string_view topic, const boost::json::value& payload, uint32_t nodeid) override;
  void publish(std::string_view topic, const boost::json::value& payload) override;
  [[nodiscard]] base::Watch subscribe(
      std::string_view prefix,
      std::function<void(std::string_view, const boost::json::value&)> callback) override {
    return router_.subscribe(prefix, std::move(callback));
  }
  void log(Severity severity, std::string_view component, std::string_view text) override {
    log_.log(severity, component, text);
  }

 private:
  base::Loop& loop_;
  Router& router_;
  Attributes& attributes_;
  LogBuffer& log_;
  uint32_t size_;
  boost::json::object config_;
};

}  // namespace mc::flux::broker
