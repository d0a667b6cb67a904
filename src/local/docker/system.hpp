#pragma once
// The Docker Engine itself: what it is, and what happens in it. Errors and thread-safety: as
// Client.

#include <boost/json/object.hpp>
#include <optional>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/docker/lines.hpp"

namespace mc::local::docker {

base::Result<boost::json::object> engineInfo(Client& client, const std::stop_token& stop);
base::Result<boost::json::object> engineVersion(Client& client, const std::stop_token& stop);

/// Whether it is Podman, which offers the same API but for some corners.
base::Result<bool> isPodman(Client& client, const std::stop_token& stop);

/// A time in the API's spelling, "1700000000.250000".
std::string unixTime(double time);

/// Subscription to what happens to containers and volumes.
class EventStream {
 public:
  /// Delivers events from `since` (Unix time) on; give a moment before the question that the events
  /// are to complete, because the daemon answers before it listens.
  static base::Result<EventStream> open(Client& client, double since, const std::stop_token& stop);

  /// Events of one container up to `until`, as far as the daemon remembers them.
  static base::Result<EventStream> past(Client& client, const std::string& container, double until,
                                        const std::stop_token& stop);

  /// Waits for the next event; EIO if the daemon ends the stream.
  base::Result<boost::json::object> next();

  /// The same; nothing at the end.
  base::Result<std::optional<boost::json::object>> nextOrEnd() { return lines_.next(); }

  /// Whether next() has one without waiting.
  [[nodiscard]] bool pending() const { return lines_.pending(); }

 private:
  explicit EventStream(Response response) : lines_(std::move(response)) {}

  JsonLines lines_;
};

}  // namespace mc::local::docker
