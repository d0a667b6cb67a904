#include "local/docker/containers.hpp"

#include <boost/json/serialize.hpp>

#include "base/base64.hpp"
#include "local/docker/json.hpp"

namespace mc::local::docker {

namespace json = boost::json;

namespace {

std::string pathOf(const std::string& id, std::string_view rest = {}) {
  return "/containers/" + escaped(id) + std::string(rest);
}

std::string yes(bool flag) {
  return flag ? "1" : "0";
}

}  // namespace

base::Result<std::string> createContainer(Client& client, const std::string& name,
                                          const json::object& spec, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const json::object answer,
                asObject(client.call("POST", "/containers/create", {{"name", name}}, spec, stop)));
  return textOf(answer, "Id");
}

base::Status startContainer(Client& client, const std::string& id, const std::stop_token& stop) {
  return done(client.call("POST", pathOf(id, "/start"), {}, nullptr, stop));
}

base::Status stopContainer(Client& client, const std::string& id,
                           std::optional<std::chrono::seconds> grace, const std::stop_token& stop) {
  Query query;
  if (grace) query.emplace_back("t", std::to_string(grace->count()));
  return done(client.call("POST", pathOf(id, "/stop"), query, nullptr, stop));
}

base::Status killContainer(Client& client, const std::string& id, const std::string& signal,
                           const std::stop_token& stop) {
  return done(client.call("POST", pathOf(id, "/kill"), {{"signal", signal}}, nullptr, stop));
}

base::Status removeContainer(Client& client, const std::string& id, const std::stop_token& stop) {
  const auto result =
      client.call("DELETE", pathOf(id), {{"force", "1"}, {"v", "1"}}, nullptr, stop);
  if (result || result.error().errnum == ENOENT) return {};
  if (result.error().errnum != EEXIST) return done(result);
  // Someone else's removal is in progress.
  const auto removed =
      client.call("POST", pathOf(id, "/wait"), {{"condition", "removed"}}, nullptr, stop);
  if (!removed && removed.error().errnum == ENOENT) return {};
  return done(removed);
}

base::Result<json::object> inspectContainer(Client& client, const std::string& id,
                                            const std::stop_token& stop) {
  return asObject(client.call("GET", pathOf(id, "/json"), {}, nullptr, stop));
}

base::Result<json::array> listContainers(Client& client, const std::vector<std::string>& labels,
                                         const std::stop_token& stop) {
  return asArray(client.call("GET", "/containers/json",
                             {{"all", "1"}, {"filters", filters({{"label", labels}})}}, nullptr,
                             stop));
}

base::Result<int> waitContainer(Client& client, const std::string& id,
                                const std::stop_token& stop) {
  MC_TRY_ASSIGN(const json::object answer,
                asObject(client.call("POST", pathOf(id, "/wait"), {}, nullptr, stop)));
  return static_cast<int>(numberOf(answer, "StatusCode"));
}

base::Status containerLogs(Client& client, const std::string& id, const LogQuery& query,
                           const FrameSink& sink, const std::stop_token& stop,
                           const FrameReader::Begin& begin) {
  Query parameters{{"stdout", "1"},
                   {"stderr", "1"},
                   {"follow", yes(query.follow)},
                   {"timestamps", yes(query.timestamps)}};
  if (query.tail) parameters.emplace_back("tail", std::to_string(*query.tail));
  if (!query.since.empty()) parameters.emplace_back("since", query.since);
  if (!query.until.empty()) parameters.emplace_back("until", query.until);
  MC_TRY_ASSIGN(Response response, client.open({}, pathOf(id, "/logs"), parameters, stop));
  FrameReader reader(false, sink, begin);
  while (true) {
    MC_TRY_ASSIGN(const std::string piece, response.read());
    if (piece.empty()) return {};
    MC_TRY(reader.feed(piece));
  }
}

base::Status resizeContainer(Client& client, const std::string& id, int rows, int columns,
                             const std::stop_token& stop) {
  return done(client.call("POST", pathOf(id, "/resize"),
                          {{"h", std::to_string(rows)}, {"w", std::to_string(columns)}}, nullptr,
                          stop));
}

base::Result<Upgraded> attachContainer(Client& client, const std::string& id, bool withStdin,
                                       const std::stop_token& stop) {
  return client.upgrade(
      pathOf(id, "/attach"),
      {{"stream", "1"}, {"stdout", "1"}, {"stderr", "1"}, {"stdin", yes(withStdin)}}, nullptr,
      stop);
}

base::Status putArchive(Client& client, const std::string& id, const std::string& path,
                        BodySource tar, const std::stop_token& stop) {
  Request request;
  request.method = "PUT";
  request.contentType = "application/x-tar";
  request.source = std::move(tar);
  MC_TRY_ASSIGN(Response response,
                client.open(std::move(request), pathOf(id, "/archive"), {{"path", path}}, stop));
  MC_TRY(response.readAll());
  return {};
}

base::Result<std::string> getArchive(Client& client, const std::string& id, const std::string& path,
                                     const std::stop_token& stop) {
  MC_TRY_ASSIGN(Response response, client.open({}, pathOf(id, "/archive"), {{"path", path}}, stop));
  return response.readAll();
}

base::Result<std::optional<int64_t>> statArchive(Client& client, const std::string& id,
                                                 const std::string& path,
                                                 const std::stop_token& stop) {
  Request request;
  request.method = "HEAD";
  auto response = client.open(std::move(request), pathOf(id, "/archive"), {{"path", path}}, stop);
  if (!response) {
    // A refused HEAD has no body, so there is no message that tells a missing file from a missing
    // container; only the caller's next call on the container does.
    if (response.error().errnum == ENOENT) return std::optional<int64_t>();
    return base::pass(std::move(response.error()));
  }
  MC_TRY_ASSIGN(const std::string text,
                base::base64Decode(response->header("X-Docker-Container-Path-Stat")));
  MC_TRY_ASSIGN(const json::value stat, parseJson(text));
  if (!stat.is_object()) return base::fail(EPROTO, "the Docker daemon's file status is no object");
  return std::optional(numberOf(stat.get_object(), "size"));
}

}  // namespace mc::local::docker
