#pragma once
// A structural OpenAPI v3 schema of a CustomResourceDefinition at work: defaults, pruning, checks.
//
// Source: "Extend the Kubernetes API with CustomResourceDefinitions". Not here: CEL rules
// (x-kubernetes-validations), formats, allOf/anyOf/oneOf/not.
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "fakes/fake_apiserver/api_error.hpp"

namespace mc::fakes {

void fillDefaults(const boost::json::object& schema, boost::json::value& value);

/// Removes what the schema doesn't know, and names it: "spec.sise".
std::vector<std::string> pruneUnknown(const boost::json::object& schema,
                                      boost::json::object& object);

std::vector<ApiCause> checkSchema(const boost::json::object& schema,
                                  const boost::json::object& object);

}  // namespace mc::fakes
