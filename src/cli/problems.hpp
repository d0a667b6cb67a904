#pragma once
// Shows what is wrong with a manifest, with the place in it.
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "api/read.hpp"

namespace mc::cli {

/// How to show problems.
struct ProblemStyle {
  bool terminal = false;  ///< source line and caret below each problem
  bool colour = false;
  int columns = 80;
};

/// One line per problem, "FILE:LINE:COLUMN: ...", on a terminal with the place below it.
std::string formatProblems(const std::vector<api::Problem>& problems, std::string_view file,
                           std::string_view source, const ProblemStyle& style);

}  // namespace mc::cli
