#pragma once
// Hashes by which a change is noticed. They are no protection against anybody.
//
// Source: FNV-1a, 64 bits. Thread-safety: pure functions.

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace mc::controller {

/// 16 hexadecimal digits.
std::string hashOf(std::string_view text);

/// The same whatever the order of an object's keys.
std::string hashOf(const boost::json::value& value);

}  // namespace mc::controller
