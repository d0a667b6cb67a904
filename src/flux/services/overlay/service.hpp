#pragma once
// The service "overlay": the state and shape of the broker tree (health, topology), as
// `flux overlay` shows them.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "flux/broker/service.hpp"
#include "flux/overlay/overlay.hpp"
#include "flux/services/methods.hpp"
#include "flux/services/streams.hpp"

namespace mc::flux::services {

class OverlayService final : public broker::Service {
 public:
  OverlayService(overlay::Overlay& overlay, const base::Clock& clock);
  [[nodiscard]] std::string name() const override { return "overlay"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override { waiting_.disconnect(sender); }

  /// The state of this broker's subtree has changed: answers those that wait for it or follow it.
  void onStatusChanged();

 private:
  base::Status health(const broker::Request& request, const boost::json::object& payload);
  base::Status topology(const broker::Request& request, const boost::json::object& payload);
  base::Status disconnectSubtree(const broker::Request& request,
                                 const boost::json::object& payload);
  base::Status stats(const broker::Request& request);
  [[nodiscard]] boost::json::object healthPayload() const;
  [[nodiscard]] boost::json::object subtree(uint32_t rank) const;
  [[nodiscard]] double secondsSince(std::chrono::steady_clock::time_point since) const;

  overlay::Overlay& overlay_;
  const base::Clock& clock_;
  Methods methods_;
  /// With the state that is waited for; without one they are streams, told of each change.
  Streams<std::optional<overlay::SubtreeStatus>> waiting_;
};

}  // namespace mc::flux::services
