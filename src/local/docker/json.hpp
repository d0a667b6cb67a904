#pragma once
// Reading the daemon's JSON without trusting it: whatever is absent or of another type reads as
// empty.
//
// Thread-safety: pure functions.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::local::docker {

/// EINVAL if `text` is not JSON, or deeper than 64 levels.
base::Result<boost::json::value> parseJson(std::string_view text);

/// What a call has answered, as the type that it must be; EPROTO if it is another.
base::Result<boost::json::object> asObject(base::Result<boost::json::value> answer);
base::Result<boost::json::array> asArray(base::Result<boost::json::value> answer);
/// Whether a call has succeeded.
base::Status done(const base::Result<boost::json::value>& answer);

/// The member of that name: a string, else "".
std::string textOf(const boost::json::object& object, std::string_view name);
/// A number without fraction, else 0.
int64_t numberOf(const boost::json::object& object, std::string_view name);
bool flagOf(const boost::json::object& object, std::string_view name);
/// The member object (or array) of that name, else an empty one that lives for ever.
const boost::json::object& objectOf(const boost::json::object& object, std::string_view name);
const boost::json::array& arrayOf(const boost::json::object& object, std::string_view name);

}  // namespace mc::local::docker
