#pragma once
// Slices of Python, "[START:STOP:STEP]", as job-manager.history.get takes them.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace mc::flux::formats {

/// The indices that a slice selects of `size` elements, in its order; nothing for what is no slice.
/// "[N]" is the one element.
std::optional<std::vector<size_t>> sliceIndices(std::string_view text, size_t size);

}  // namespace mc::flux::formats
