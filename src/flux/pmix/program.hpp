#pragma once
// The program flux-pmix, which this one carries along.
//
// Thread-safety: constant.

#include <string_view>

namespace mc::flux::pmix {

/// The bytes of the program; empty where flux was built without PMIx's headers.
std::string_view program();

}  // namespace mc::flux::pmix
