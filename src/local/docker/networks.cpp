#include "local/docker/networks.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include "local/docker/json.hpp"

namespace mc::local::docker {

namespace json = boost::json;

base::Result<std::string> createNetwork(Client& client, const std::string& name,
                                        const std::map<std::string, std::string>& labels,
                                        const std::stop_token& stop) {
  const json::object spec{{"Name", name},
                          {"Driver", "bridge"},
                          {"CheckDuplicate", true},
                          {"Labels", json::value_from(labels)}};
  MC_TRY_ASSIGN(const json::object answer,
                asObject(client.call("POST", "/networks/create", {}, spec, stop)));
  return textOf(answer, "Id");
}

base::Status removeNetwork(Client& client, const std::string& id, const std::stop_token& stop) {
  const auto answer = client.call("DELETE", "/networks/" + escaped(id), {}, nullptr, stop);
  if (!answer && answer.error().errnum == ENOENT) return {};
  return done(answer);
}

base::Result<json::array> listNetworks(Client& client, const std::vector<std::string>& labels,
                                       const std::stop_token& stop) {
  return asArray(
      client.call("GET", "/networks", {{"filters", filters({{"label", labels}})}}, nullptr, stop));
}

}  // namespace mc::local::docker
