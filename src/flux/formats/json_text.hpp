#pragma once
// Pieces of JSON text, for documents of a fixed form that are written very often: what
// formats/json.hpp does without a value in between.
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

namespace mc::flux::formats {

/// Appends `text` as a JSON string, in quotes.
void appendJsonString(std::string_view text, std::string& out);

}  // namespace mc::flux::formats
