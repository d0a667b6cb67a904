#pragma once
// Writes JSON as YAML the way `kubectl get -o yaml` prints it: keys sorted (numbers in them by
// value), two spaces, lists at the level of their key, text of several lines as a block, and quotes
// only where the text would be read as something else.
//
// Thread-safety: a pure function.

#include <boost/json/value.hpp>
#include <string>

namespace mc::base {

/// One document without "---"; ends with a newline. parseYaml() and toJson() give the same value
/// back.
std::string toYaml(const boost::json::value& value);

}  // namespace mc::base
