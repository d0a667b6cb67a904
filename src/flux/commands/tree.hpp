#pragma once
// Trees as text, as `flux pstree` draws them.
//
// Thread-safety: values.

#include <optional>
#include <string>
#include <vector>

namespace mc::flux::commands {

enum class TreeStyle { Box, Compact, Ascii };

struct Tree {
  std::string label;
  std::string prefix;  ///< in front of the whole line
  std::vector<Tree> children;
};

/// Joins children without children of their own that have equal labels, as "2*[LABEL]" in the place
/// of the first.
void combineLeaves(Tree& tree);

struct TreeLayout {
  TreeStyle style = TreeStyle::Box;
  bool skipRoot = false;        ///< only what is below
  std::optional<size_t> width;  ///< longer lines are cut
};

/// The lines of a tree, without newlines.
std::vector<std::string> drawTree(const Tree& tree, const TreeLayout& layout);

}  // namespace mc::flux::commands
