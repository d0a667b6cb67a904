#include "flux/commands/tree.hpp"

#include <algorithm>

#include "flux/commands/row_format.hpp"

namespace mc::flux::commands {

namespace {

struct Connectors {
  const char* branch;
  const char* last;
  const char* line;
  const char* space;
};

const Connectors& connectorsOf(TreeStyle style) {
  static constexpr Connectors kBox{"├── ", "└── ", "│   ", "    "};
  static constexpr Connectors kCompact{"├", "└", "│", " "};
  static constexpr Connectors kAscii{"|-- ", "`-- ", "|   ", "    "};
  return style == TreeStyle::Box ? kBox : style == TreeStyle::Compact ? kCompact : kAscii;
}

class Drawing {
 public:
  explicit Drawing(const TreeLayout& layout)
      : layout_(layout), connectors_(connectorsOf(layout.style)) {}

  void add(const Tree& tree, const std::string& connector, const std::string& below) {
    addLine(tree.prefix, connector + tree.label);
    addChildren(tree, below);
  }

  void addChildren(const Tree& tree, const std::string& indent) {
    for (size_t i = 0; i < tree.children.size(); ++i) {
      const bool last = i + 1 == tree.children.size();
      add(tree.children[i], indent + (last ? connectors_.last : connectors_.branch),
          indent + (last ? connectors_.space : connectors_.line));
    }
  }

  std::vector<std::string> lines;

 private:
  void addLine(const std::string& prefix, const std::string& text) {
    const std::string line = prefix.empty() ? text : prefix + " " + text;
    lines.emplace_back(layout_.width ? firstCharacters(line, *layout_.width) : line);
  }

  const TreeLayout& layout_;
  const Connectors& connectors_;
};

}  // namespace

void combineLeaves(Tree& tree) {
  std::vector<std::pair<Tree, size_t>> kept;
  for (Tree& child : tree.children) {
    const auto same = std::find_if(kept.begin(), kept.end(), [&](const auto& other) {
      return child.children.empty() && other.first.children.empty() &&
             other.first.label == child.label;
    });
    if (same == kept.end())
      kept.emplace_back(std::move(child), 1);
    else
      ++same->second;
  }
  tree.children.clear();
  for (auto& [child, count] : kept) {
    if (count > 1) child.label = std::to_string(count) + "*[" + child.label + "]";
    tree.children.push_back(std::move(child));
  }
}

std::vector<std::string> drawTree(const Tree& tree, const TreeLayout& layout) {
  Drawing drawing(layout);
  if (!layout.skipRoot)
    drawing.add(tree, "", "");
  else
    for (const Tree& child : tree.children) drawing.add(child, "", "");
  return std::move(drawing.lines);
}

}  // namespace mc::flux::commands
