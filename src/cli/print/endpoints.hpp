#pragma once
// Prints what stands behind Services.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "cli/endpoints.hpp"

namespace mc::cli {

struct EndpointStyle {
  bool headers = true;
  bool wide = false;
  bool withNamespace = false;
};

/// One line for each pod; a Service without one has a line that says so.
std::string endpointTable(const std::vector<ServiceEndpoints>& services,
                          const EndpointStyle& style);

/// {"kind": "List", "items": [...]} with the same facts and all names in DNS.
boost::json::object endpointList(const std::vector<ServiceEndpoints>& services);

}  // namespace mc::cli
