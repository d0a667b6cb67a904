#pragma once
// Output formats by name: what `-o NAME` and `-o help` mean.
//
// Thread-safety: pure functions.

#include <span>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::flux::commands {

struct NamedFormat {
  const char* name;
  const char* description;
  const char* format;
};

/// The format of that name, or `text` itself if it has fields. EINVAL: "--format: No such format
/// NAME (Did you mean '{NAME}'?)".
base::Result<std::string> findFormat(std::span<const NamedFormat> known, const std::string& text);

/// The list that `-o help` prints.
std::string formatHelp(std::string_view program, std::span<const NamedFormat> known);

}  // namespace mc::flux::commands
