#include "local/docker/volumes.hpp"

#include <boost/json/value_from.hpp>

#include "local/docker/json.hpp"

namespace mc::local::docker {

namespace json = boost::json;

base::Result<json::object> createVolume(Client& client, const std::string& name,
                                        const std::map<std::string, std::string>& labels,
                                        const std::map<std::string, std::string>& options,
                                        const std::stop_token& stop) {
  const json::object spec{{"Name", name},
                          {"Driver", "local"},
                          {"DriverOpts", json::value_from(options)},
                          {"Labels", json::value_from(labels)}};
  return asObject(client.call("POST", "/volumes/create", {}, spec, stop));
}

base::Status removeVolume(Client& client, const std::string& name, const std::stop_token& stop) {
  const auto answer = client.call("DELETE", "/volumes/" + escaped(name), {}, nullptr, stop);
  if (!answer && answer.error().errnum == ENOENT) return {};
  return done(answer);
}

base::Result<std::optional<json::object>> inspectVolume(Client& client, const std::string& name,
                                                        const std::stop_token& stop) {
  auto answer = asObject(client.call("GET", "/volumes/" + escaped(name), {}, nullptr, stop));
  if (answer) return std::optional(std::move(*answer));
  if (answer.error().errnum == ENOENT) return std::optional<json::object>();
  return base::pass(std::move(answer.error()));
}

base::Result<json::array> listVolumes(Client& client, const std::vector<std::string>& labels,
                                      const std::stop_token& stop) {
  MC_TRY_ASSIGN(const json::object answer,
                asObject(client.call("GET", "/volumes", {{"filters", filters({{"label", labels}})}},
                                     nullptr, stop)));
  return arrayOf(answer, "Volumes");
}

}  // namespace mc::local::docker
