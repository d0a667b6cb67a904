#pragma once
// Texts of others (names of pods, containers and jobs) made fit for what they are drawn on.
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

namespace mc::timeline {

/// Valid UTF-8 without control characters; U+FFFD stands for each byte or character taken out. A
/// terminal obeys nothing of it.
std::string cleaned(std::string_view text);

/// Cleaned, and safe as text or as a quoted attribute of XML and HTML.
std::string escaped(std::string_view text);

/// Characters (code points) of a cleaned text.
size_t lengthOf(std::string_view text);

/// A cleaned text of at most `length` characters, the last one "…" if it was longer.
std::string shortened(std::string_view text, size_t length);

/// "12", "12.5", "12.34": a coordinate.
std::string number(double value);

}  // namespace mc::timeline
