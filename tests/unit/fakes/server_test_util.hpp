#pragma once
// A fake API server, and requests to it as bare HTTP.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "fakes/fake_apiserver/fake_apiserver.hpp"
#include "fakes/fake_apiserver/json_util.hpp"
#include "http/client.hpp"
#include "http/uri.hpp"

namespace mc::fakes {

inline boost::json::object parsed(const std::string& text) {
  return boost::json::parse(text).as_object();
}

class ServerTest : public testing::Test {
 protected:
  struct Reply {
    int status = 0;  ///< 0: no answer came
    boost::json::object body;
    std::string retryAfter;
  };

  explicit ServerTest(FakeApiServerOptions options = {}) : server(std::move(options)) {}

  Reply send(const std::string& method, const std::string& target,
             const boost::json::object& body = {},
             const std::string& contentType = "application/json") {
    const auto url = http::parseUrl(server.url()).value();
    http::Client client({"", url.host, url.port, nullptr});
    http::Request request;
    request.method = method;
    request.target = target;
    request.contentType = contentType;
    if (!body.empty()) request.body = boost::json::serialize(body);
    auto response = client.send(request, {});
    if (!response) return {};
    const auto text = response->readAll();
    if (!text) return {};
    boost::system::error_code error;
    const auto value = boost::json::parse(*text, error);
    return {response->status(), value.is_object() ? value.get_object() : boost::json::object{},
            response->header("Retry-After")};
  }

  /// The body of a GET, whatever it is.
  std::string fetch(const std::string& target) {
    const auto url = http::parseUrl(server.url()).value();
    http::Client client({"", url.host, url.port, nullptr});
    http::Request request;
    request.target = target;
    auto response = client.send(request, {});
    return response ? response->readAll().value_or("") : "";
  }

  static boost::json::object configMap(const std::string& name) {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", boost::json::object{{"name", name}, {"namespace", "default"}}}};
  }
  static std::string maps(const std::string& query) {
    std::string target = kMaps;
    target.append(query);
    return target;
  }
  Reply create(const std::string& name) { return send("POST", kMaps, configMap(name)); }
  bool there(const std::string& name) {
    return server.get("configmaps", "default", name).has_value();
  }

  static constexpr const char* kMaps = "/api/v1/namespaces/default/configmaps";
  FakeApiServer server;
};

}  // namespace mc::fakes
