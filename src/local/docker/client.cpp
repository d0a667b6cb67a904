#include "local/docker/client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "local/docker/error.hpp"
#include "local/docker/json.hpp"

namespace mc::local::docker {

namespace json = boost::json;

namespace {

constexpr int kFirstRefusal = 400;

/// "1.41" as 1041, so that versions compare as numbers; 0 if it is none.
int comparable(std::string_view version) {
  const size_t dot = version.find('.');
  if (dot == std::string_view::npos) return 0;
  int major = 0;
  int minor = 0;
  std::from_chars(version.data(), version.data() + dot, major);
  std::from_chars(version.data() + dot + 1, version.data() + version.size(), minor);
  return major * 1000 + minor;
}

base::Result<std::string> chooseApi(const std::string& daemons, const Endpoint& endpoint) {
  if (comparable(daemons) < comparable(kOldestApi)) {
    return base::fail(ENOTSUP, "the Docker daemon at " + endpoint.text + " speaks API version " +
                                   (daemons.empty() ? "unknown" : daemons) + "; " +
                                   std::string(kOldestApi) + " (Docker 20.10) or later is needed");
  }
  return comparable(daemons) > comparable(kNewestApi) ? std::string(kNewestApi) : daemons;
}

Request jsonRequest(std::string_view method, const json::value& body) {
  Request request;
  request.method = method;
  if (!body.is_null()) {
    request.body = json::serialize(body);
    request.contentType = "application/json";
  }
  return request;
}

base::Result<Response> orRefusal(Response response) {
  if (response.status() < kFirstRefusal) return response;
  MC_TRY_ASSIGN(const std::string body, response.readAll());
  return base::pass(errorFromAnswer(response.status(), body));
}

/// No limits of time: a call like "wait" takes as long as its container.
http::ClientOptions optionsFor(const Endpoint& endpoint) {
  http::ClientOptions options;
  options.peer = "the Docker daemon";
  options.explainDial = [endpoint](const base::Error& error) {
    return connectError(endpoint, error);
  };
  return options;
}

}  // namespace

std::string escapedImage(std::string_view text) {
  return escaped(text, "-._~/:@");
}

std::string filters(const std::vector<std::pair<std::string, std::vector<std::string>>>& wanted) {
  json::object object;
  for (const auto& [name, values] : wanted) {
    json::array list;
    for (const auto& value : values) list.emplace_back(value);
    object[name] = std::move(list);
  }
  return json::serialize(object);
}

Client::Client(const Endpoint& endpoint)
    : endpoint_(endpoint), http_(endpoint, optionsFor(endpoint)) {}

base::Result<std::string> Client::apiVersion(const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (apiVersion_.empty()) {
    Request request;
    request.target = "/_ping";
    MC_TRY_ASSIGN(Response answer, http_.send(request, stop));
    MC_TRY_ASSIGN(answer, orRefusal(std::move(answer)));
    MC_TRY_ASSIGN(apiVersion_, chooseApi(answer.header("Api-Version"), endpoint()));
    MC_TRY(answer.readAll());
  }
  return apiVersion_;
}

base::Result<std::string> Client::target(std::string_view path, const Query& query,
                                         const std::stop_token& stop) {
  MC_TRY_ASSIGN(const std::string version, apiVersion(stop));
  return http::withQuery("/v" + version + std::string(path), query);
}

base::Result<json::value> Client::call(std::string_view method, std::string_view path,
                                       const Query& query, const json::value& body,
                                       const std::stop_token& stop) {
  MC_TRY_ASSIGN(Response response, open(jsonRequest(method, body), path, query, stop));
  MC_TRY_ASSIGN(const std::string text, response.readAll());
  if (text.empty() || response.header("Content-Type").find("json") == std::string::npos) {
    return json::value();
  }
  return parseJson(text).prefixed("the Docker daemon's answer");
}

base::Result<Response> Client::open(Request request, std::string_view path, const Query& query,
                                    const std::stop_token& stop) {
  MC_TRY_ASSIGN(request.target, target(path, query, stop));
  MC_TRY_ASSIGN(Response response, http_.send(request, stop));
  return orRefusal(std::move(response));
}

base::Result<Upgraded> Client::upgrade(std::string_view path, const Query& query,
                                       const json::value& body, const std::stop_token& stop) {
  Request request = jsonRequest("POST", body);
  MC_TRY_ASSIGN(request.target, target(path, query, stop));
  request.headers = {{"Connection", "Upgrade"}, {"Upgrade", "tcp"}};
  MC_TRY_ASSIGN(auto answer, http_.upgrade(request, stop));
  if (auto* refused = std::get_if<Response>(&answer)) {
    MC_TRY_ASSIGN(const std::string text, refused->readAll());
    return base::pass(errorFromAnswer(refused->status(), text));
  }
  auto& upgraded = std::get<http::Upgraded>(answer);
  return Upgraded{upgraded.stream->release(), std::move(upgraded.received)};
}

}  // namespace mc::local::docker
