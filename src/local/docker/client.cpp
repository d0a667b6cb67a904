#include "local/docker/client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
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

std::string withQuery(std::string target, const Query& query) {
  char separator = '?';
  for (const auto& [name, value] : query) {
    target += separator + name + "=" + escaped(value);
    separator = '&';
  }
  return target;
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

std::string escapedBut(std::string_view text, std::string_view plain) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || plain.find(c) != plain.npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

base::Result<Response> orRefusal(Response response) {
  if (response.status() < kFirstRefusal) return response;
  MC_TRY_ASSIGN(const std::string body, response.readAll());
  return base::pass(errorFromAnswer(response.status(), body));
}

}  // namespace

std::string escaped(std::string_view text) {
  return escapedBut(text, "-._~");
}

std::string escapedImage(std::string_view text) {
  return escapedBut(text, "-._~/:@");
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

base::Result<std::string> Client::apiVersion(const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (apiVersion_.empty()) {
    Request request;
    request.target = "/_ping";
    MC_TRY_ASSIGN(Response answer, transport_.send(request, stop));
    MC_TRY_ASSIGN(answer, orRefusal(std::move(answer)));
    MC_TRY_ASSIGN(apiVersion_, chooseApi(answer.header("Api-Version"), endpoint()));
    MC_TRY(answer.readAll());
  }
  return apiVersion_;
}

base::Result<std::string> Client::target(std::string_view path, const Query& query,
                                         const std::stop_token& stop) {
  MC_TRY_ASSIGN(const std::string version, apiVersion(stop));
  return withQuery("/v" + version + std::string(path), query);
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
  MC_TRY_ASSIGN(Response response, transport_.send(request, stop));
  return orRefusal(std::move(response));
}

base::Result<Upgraded> Client::upgrade(std::string_view path, const Query& query,
                                       const json::value& body, const std::stop_token& stop) {
  Request request = jsonRequest("POST", body);
  MC_TRY_ASSIGN(request.target, target(path, query, stop));
  request.headers = {{"Connection", "Upgrade"}, {"Upgrade", "tcp"}};
  return transport_.upgrade(request, stop);
}

}  // namespace mc::local::docker
