#include "local/docker/system.hpp"

#include <cstdio>

#include "local/docker/json.hpp"

namespace mc::local::docker {

namespace json = boost::json;

base::Result<json::object> engineInfo(Client& client, const std::stop_token& stop) {
  return asObject(client.call("GET", "/info", {}, nullptr, stop));
}

base::Result<json::object> engineVersion(Client& client, const std::stop_token& stop) {
  return asObject(client.call("GET", "/version", {}, nullptr, stop));
}

base::Result<bool> isPodman(Client& client, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const json::object version, engineVersion(client, stop));
  for (const json::value& component : arrayOf(version, "Components")) {
    if (component.is_object() && textOf(component.get_object(), "Name") == "Podman Engine")
      return true;
  }
  return false;
}

base::Result<EventStream> EventStream::open(Client& client, double since,
                                            const std::stop_token& stop) {
  // Labels can't be asked for: the events of volumes have none.
  MC_TRY_ASSIGN(Response response,
                client.open({}, "/events",
                            {{"filters", filters({{"type", {"container", "volume"}}})},
                             {"since", unixTime(since)}},
                            stop));
  return EventStream(std::move(response));
}

base::Result<EventStream> EventStream::past(Client& client, const std::string& container,
                                            double until, const std::stop_token& stop) {
  const std::string wanted = filters({{"type", {"container"}}, {"container", {container}}});
  MC_TRY_ASSIGN(
      Response response,
      client.open({}, "/events", {{"filters", wanted}, {"since", "1"}, {"until", unixTime(until)}},
                  stop));
  return EventStream(std::move(response));
}

base::Result<json::object> EventStream::next() {
  MC_TRY_ASSIGN(std::optional<json::object> event, lines_.next());
  if (!event) return base::fail(EIO, "the Docker daemon ended its event stream");
  return std::move(*event);
}

std::string unixTime(double time) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.6f", time);
  return text;
}

}  // namespace mc::local::docker
