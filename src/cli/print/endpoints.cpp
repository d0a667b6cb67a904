#include "cli/print/endpoints.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "cli/print/columns.hpp"

namespace mc::cli {

namespace {

namespace json = boost::json;

constexpr const char* kNone = "<none>";
constexpr const char* kNoPods = "NoPods";

std::string orNone(const std::string& text) {
  return text.empty() ? kNone : text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::string portText(const std::vector<int32_t>& ports) {
  std::vector<std::string> words;
  for (const int32_t port : ports) words.push_back(std::to_string(port));
  return orNone(joined(words));
}

/// "flux-sample-0-x7k2p/nginx"
std::string placeText(const Endpoint& endpoint) {
  return endpoint.pod + (endpoint.containers.empty() ? "" : "/" + joined(endpoint.containers));
}

/// "nginx: CrashLoopBackOff"
std::string reasonText(const Endpoint& endpoint) {
  return orNone((endpoint.container.empty() ? "" : endpoint.container + ": ") + endpoint.reason);
}

std::vector<std::string> header(const EndpointStyle& style) {
  std::vector<std::string> cells;
  if (style.withNamespace) cells.emplace_back("NAMESPACE");
  cells.insert(cells.end(), {"NAME", "HOST", "PORTS", "POD", "READY", "REASON"});
  if (style.wide) cells.insert(cells.end(), {"ADDRESS", "NAMES", "MESSAGE"});
  return cells;
}

std::vector<std::string> start(const ServiceEndpoints& service, const EndpointStyle& style) {
  std::vector<std::string> cells;
  if (style.withNamespace) cells.push_back(service.service.ns);
  cells.push_back(service.service.name);
  return cells;
}

std::vector<std::string> row(const ServiceEndpoints& service, const Endpoint& endpoint,
                             const EndpointStyle& style) {
  auto cells = start(service, style);
  const bool headless = service.service.headless;
  const auto& ports = headless ? endpoint.ports : service.service.ports;
  cells.insert(cells.end(), {headless ? endpoint.host : service.names.front(), portText(ports),
                             placeText(endpoint), endpoint.ready ? "True" : "False",
                             endpoint.ready ? kNone : reasonText(endpoint)});
  if (style.wide)
    cells.insert(cells.end(),
                 {orNone(endpoint.address), joined(service.names), orNone(endpoint.message)});
  return cells;
}

std::vector<std::string> emptyRow(const ServiceEndpoints& service, const EndpointStyle& style) {
  auto cells = start(service, style);
  cells.insert(cells.end(),
               {service.names.front(), portText(service.service.ports), kNone, "False", kNoPods});
  if (style.wide) cells.insert(cells.end(), {kNone, joined(service.names), kNone});
  return cells;
}

json::object endpointObject(const Endpoint& endpoint) {
  json::object object = {{"pod", endpoint.pod},
                         {"address", endpoint.address},
                         {"host", endpoint.host},
                         {"containers", json::value_from(endpoint.containers)},
                         {"ports", json::value_from(endpoint.ports)},
                         {"ready", endpoint.ready}};
  if (endpoint.ready) return object;
  if (!endpoint.container.empty()) object["container"] = endpoint.container;
  object["reason"] = endpoint.reason;
  if (!endpoint.message.empty()) object["message"] = endpoint.message;
  return object;
}

json::object serviceObject(const ServiceEndpoints& service) {
  json::array endpoints;
  for (const auto& endpoint : service.endpoints) endpoints.push_back(endpointObject(endpoint));
  json::object object = {{"name", service.service.name}, {"namespace", service.service.ns}};
  if (!service.service.cluster.empty()) object["cluster"] = service.service.cluster;
  object["clusterIP"] = service.service.headless ? "None" : service.service.clusterIp;
  object["names"] = json::value_from(service.names);
  object["ports"] = json::value_from(service.service.ports);
  object["endpoints"] = std::move(endpoints);
  return object;
}

}  // namespace

std::string endpointTable(const std::vector<ServiceEndpoints>& services,
                          const EndpointStyle& style) {
  Columns columns = Columns::table();
  if (style.headers) columns.line(header(style));
  for (const auto& service : services) {
    if (service.endpoints.empty()) columns.line(emptyRow(service, style));
    for (const auto& endpoint : service.endpoints) columns.line(row(service, endpoint, style));
  }
  return columns.take();
}

json::object endpointList(const std::vector<ServiceEndpoints>& services) {
  json::array items;
  for (const auto& service : services) items.push_back(serviceObject(service));
  return {{"kind", "List"}, {"items", std::move(items)}};
}

}  // namespace mc::cli
