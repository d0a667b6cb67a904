#pragma once
// JSON as Flux reads and writes it.
//
// Boost.JSON prints 1.5 as "1.5E0"; what users and other Flux programs see is written here instead,
// with numbers and separators as Jansson and Python give them.
//
// Thread-safety: pure functions.

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::flux::formats {

namespace json = boost::json;

/// Reads one JSON text; a NUL at its end is taken as part of the framing. EPROTO with the place for
/// bad input, also where it nests deeper than 32.
base::Result<json::value> parseJson(std::string_view text);
/// The same for a text that must be an object.
base::Result<json::object> parseJsonObject(std::string_view text);

enum class JsonStyle {
  Compact,  ///< {"a":1,"b":[1,2]}: eventlogs, payloads
  Spaced,   ///< {"a": 1, "b": [1, 2]}: as Python's json.dumps and Jansson's default
};

std::string toJson(const json::value& value, JsonStyle style = JsonStyle::Compact);
std::string toJson(const json::object& value, JsonStyle style = JsonStyle::Compact);

/// The shortest text that reads back as the same double, never without a point or exponent: "0.0".
std::string formatDouble(double value);

// Members of an object whose sender is not trusted. All return null or the default where the member
// is absent or of another type.
const json::value* find(const json::object& object, std::string_view key);
const json::object* findObject(const json::object& object, std::string_view key);
const json::array* findArray(const json::object& object, std::string_view key);
const json::string* findString(const json::object& object, std::string_view key);

/// Any JSON number as a double or (if it is integral and fits) as an integer.
base::Result<double> toDouble(const json::value& value);
base::Result<int64_t> toInteger(const json::value& value);

// Required members: EPROTO "payload has no integer 'id'" where they are absent or of another type.
base::Result<std::string_view> getString(const json::object& object, std::string_view key);
base::Result<int64_t> getInteger(const json::object& object, std::string_view key);
base::Result<uint64_t> getUnsigned(const json::object& object, std::string_view key);
base::Result<double> getDouble(const json::object& object, std::string_view key);
base::Result<bool> getBool(const json::object& object, std::string_view key);

}  // namespace mc::flux::formats
