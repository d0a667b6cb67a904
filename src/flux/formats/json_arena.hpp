#pragma once
// JSON for a moment: a document whose values lie in one piece of memory, which is given back with
// the last of them. For large documents that are looked at once: several times faster than a value
// on the heap for each.
//
// A copy or a part of the document keeps all of it alive, unless it is copied into other storage:
// json::object(part, json::storage_ptr()).
//
// Thread-safety: pure functions.

#include <string_view>

#include "flux/formats/json.hpp"

namespace mc::flux::formats {

/// parseJsonObject() into storage of the document's own.
base::Result<json::object> parseJsonObjectAtOnce(std::string_view text);

}  // namespace mc::flux::formats
