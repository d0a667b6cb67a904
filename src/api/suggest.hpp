#pragma once
// "did you mean `runFlux`?": what an unknown field or value may have been meant to be.
//
// Thread-safety: pure functions.

#include <span>
#include <string>
#include <string_view>

#include "api/fields.hpp"

namespace mc::api {

struct Suggestion {
  std::string cause;            ///< "unknown field", or that another version has it
  std::string cure;             ///< may be empty
  std::string_view meant = {};  ///< the table's own field that it likely stands for
};

/// For a field that `table` doesn't have in this version.
Suggestion suggestField(std::string_view name, const Table& table, Versions version);

/// "did you mean `X`?", or empty.
std::string didYouMean(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace mc::api
