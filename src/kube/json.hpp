#pragma once
// Parsing and writing the API's JSON. Internal to the room.
//
// Thread-safety: pure functions.

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "kube/error.hpp"
#include "kube/object.hpp"

namespace mc::kube {

/// Deep enough for the schemas of CustomResourceDefinitions.
constexpr size_t kJsonDepth = 256;

/// BadResponse if it is no JSON; the text itself, which may hold secrets, is not shown.
Result<boost::json::value> parseJson(std::string_view text);

/// BadResponse if it is JSON but no object.
Result<Object> parseObject(std::string_view text);

/// The same for an object that lives for a moment, of which at most a part is copied: its memory
/// is a pool for one thread (WatchEvent in client.hpp), in few pieces that go at once.
Result<Object> parsePassing(std::string_view text);

}  // namespace mc::kube
