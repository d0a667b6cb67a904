#pragma once
// What a request asks for: the path, verb and parameters of the Kubernetes API, apart from HTTP.
//
// Source: "Resource URIs" and "API verbs" of the Kubernetes API concepts.
// Thread-safety: values and pure functions.

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fakes/fake_apiserver/api_error.hpp"

namespace mc::fakes {

/// A request as it came.
struct RestRequest {
  std::string method;
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
  std::string accept;
  std::string contentType;
  std::string userAgent;
  std::string authorization;
  std::string body;

  /// The first value of a parameter; empty if there is none.
  [[nodiscard]] std::string parameter(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
};

/// What it means. `verb` is get, list, watch, create, update, patch, apply, delete,
/// deletecollection, or "raw" for paths that are no resource.
struct RequestInfo {
  std::string verb;
  std::string group;
  std::string version;
  std::string ns;
  std::string resource;  ///< plural
  std::string name;
  std::string subresource;

  [[nodiscard]] bool writes() const;
};

RequestInfo readRequest(const RestRequest& request);

/// Which requests something is about; empty fields are about all.
struct RequestMatch {
  std::string verb = {};
  std::string resource = {};
  std::string name = {};
  std::string ns = {};
  std::string subresource = {};
  bool writesOnly = false;
  [[nodiscard]] bool matches(const RequestInfo& info) const;
};

}  // namespace mc::fakes
