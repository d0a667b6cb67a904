#pragma once
// The expressions of `flux bulksubmit --define`: the arithmetic part of Python over the input `x`.
//
//   2**int(x)    int(x) % 4 + 1    float(x) / 2    x + ".out"    len(x)
//
// Numbers, strings in quotes, x, + - * / // % **, parentheses, int(), float(), str(), len(), abs(),
// min(), max(), round().
//
// Thread-safety: pure function.

#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::flux::commands {

/// The value as text, as Python's str() prints it. EINVAL with the reason for what is none of this
/// language, EDOM for a division by zero, ERANGE for a whole number that needs more than 64 bits.
base::Result<std::string> evaluate(std::string_view code, const std::string& x);

}  // namespace mc::flux::commands
