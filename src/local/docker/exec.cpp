#include "local/docker/exec.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include "local/docker/json.hpp"

namespace mc::local::docker {

namespace json = boost::json;

base::Result<std::string> createExec(Client& client, const std::string& container,
                                     const ExecSpec& spec, const std::stop_token& stop) {
  const json::object body{{"Cmd", json::value_from(spec.argv)},
                          {"Tty", spec.tty},
                          {"AttachStdin", spec.withStdin},
                          {"AttachStdout", true},
                          {"AttachStderr", true}};
  MC_TRY_ASSIGN(
      const json::object answer,
      asObject(client.call("POST", "/containers/" + escaped(container) + "/exec", {}, body, stop)));
  return textOf(answer, "Id");
}

base::Result<Upgraded> startExec(Client& client, const std::string& exec, bool tty,
                                 const std::stop_token& stop) {
  const json::object body{{"Detach", false}, {"Tty", tty}};
  return client.upgrade("/exec/" + escaped(exec) + "/start", {}, body, stop);
}

base::Result<std::optional<int>> execStatus(Client& client, const std::string& exec,
                                            const std::stop_token& stop) {
  MC_TRY_ASSIGN(
      const json::object answer,
      asObject(client.call("GET", "/exec/" + escaped(exec) + "/json", {}, nullptr, stop)));
  if (flagOf(answer, "Running")) return std::optional<int>();
  return std::optional(static_cast<int>(numberOf(answer, "ExitCode")));
}

base::Status resizeExec(Client& client, const std::string& exec, int rows, int columns,
                        const std::stop_token& stop) {
  return done(client.call("POST", "/exec/" + escaped(exec) + "/resize",
                          {{"h", std::to_string(rows)}, {"w", std::to_string(columns)}}, nullptr,
                          stop));
}

}  // namespace mc::local::docker
