#pragma once
// How far two words are apart, for "did you mean".
//
// Thread-safety: a pure function.

#include <cstddef>
#include <string_view>

namespace mc::base {

/// Fewest letters added, left out, changed or swapped with their neighbour that make `b` of `a`;
/// ASCII letters without regard to case (optimal string alignment).
size_t editDistance(std::string_view a, std::string_view b);

}  // namespace mc::base
