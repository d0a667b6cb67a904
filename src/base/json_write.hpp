#pragma once
// Writes JSON for people and for golden files: indented, keys sorted, numbers as they were written.
//
// Thread-safety: a pure function.

#include <boost/json/value.hpp>
#include <string>

namespace mc::base {

/// One document that ends with a newline. kubectl indents by 4. Integral doubles are written like
/// integers; keys are sorted by bytes.
std::string toIndentedJson(const boost::json::value& value, int indent = 4);

}  // namespace mc::base
