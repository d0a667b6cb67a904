#include "fakes/fake_apiserver/request.hpp"

namespace mc::fakes {

namespace {

std::vector<std::string> segmentsOf(const std::string& path) {
  std::vector<std::string> segments;
  for (const char c : path) {
    if (c == '/')
      segments.emplace_back();
    else if (!segments.empty())
      segments.back() += c;
  }
  std::erase(segments, "");
  return segments;
}

/// The verb of a method, on one object or on a collection.
std::string verbOf(const RestRequest& request, const RequestInfo& info) {
  const bool collection = info.name.empty();
  if (request.method == "GET" && request.flag("watch")) return "watch";
  if (request.method == "GET") return collection ? "list" : "get";
  if (request.method == "POST") return "create";
  if (request.method == "PUT") return "update";
  if (request.method == "DELETE") return collection ? "deletecollection" : "delete";
  if (request.method != "PATCH") return "raw";
  return request.contentType.starts_with("application/apply-patch") ? "apply" : "patch";
}

/// Reads what comes behind the version.
void readResource(const std::vector<std::string>& segments, size_t at, RequestInfo& info) {
  const auto left = [&] { return segments.size() - at; };
  const bool inside = left() >= 3 && segments[at] == "namespaces" && segments[at + 2] != "status" &&
                      segments[at + 2] != "finalize";
  if (inside) {
    info.ns = segments[at + 1];
    at += 2;
  }
  if (left() > 0) info.resource = segments[at++];
  if (left() > 0) info.name = segments[at++];
  while (left() > 0) info.subresource += (info.subresource.empty() ? "" : "/") + segments[at++];
}

bool fits(const std::string& wanted, const std::string& given) {
  return wanted.empty() || wanted == given;
}

}  // namespace

std::string RestRequest::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

bool RestRequest::flag(std::string_view name) const {
  const auto value = parameter(name);
  return value == "true" || value == "1";
}

bool RequestInfo::writes() const {
  return verb != "get" && verb != "list" && verb != "watch" && verb != "raw";
}

RequestInfo readRequest(const RestRequest& request) {
  RequestInfo info;
  info.verb = "raw";
  const auto segments = segmentsOf(request.path);
  const bool core = segments.size() >= 3 && segments[0] == "api";
  const bool grouped = segments.size() >= 4 && segments[0] == "apis";
  if (!core && !grouped) return info;
  if (grouped) info.group = segments[1];
  info.version = segments[core ? 1 : 2];
  readResource(segments, core ? 2 : 3, info);
  info.verb = verbOf(request, info);
  return info;
}

bool RequestMatch::matches(const RequestInfo& info) const {
  return fits(verb, info.verb) && fits(resource, info.resource) && fits(name, info.name) &&
         fits(ns, info.ns) && fits(subresource, info.subresource) && (!writesOnly || info.writes());
}

}  // namespace mc::fakes
