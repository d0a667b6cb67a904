#include "flux/commands/tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flux/commands/terminal_screen.hpp"

namespace mc::flux::commands {
namespace {

using testing::ElementsAre;

Tree sample() {
  const Tree inner{"flux", "1", {{"sleep", "2", {}}, {"sleep", "3", {}}}};
  return {".", "0", {{"echo", "4", {}}, inner, {"echo", "5", {}}}};
}

TEST(Tree, IsDrawnWithLines) {
  Tree tree = sample();
  for (Tree* node : {&tree, &tree.children[0], &tree.children[1], &tree.children[2],
                     &tree.children[1].children[0], &tree.children[1].children[1]})
    node->prefix.clear();
  EXPECT_THAT(drawTree(tree, {}), ElementsAre(".", "├── echo", "├── flux", "│   ├── sleep",
                                              "│   └── sleep", "└── echo"));
  TreeLayout ascii;
  ascii.style = TreeStyle::Ascii;
  EXPECT_EQ(drawTree(tree, ascii)[3], "|   |-- sleep");
  TreeLayout compact;
  compact.style = TreeStyle::Compact;
  compact.width = 5;
  EXPECT_THAT(drawTree(tree, compact),
              ElementsAre(".", "├echo", "├flux", "│├sle", "│└sle", "└echo"));
}

TEST(Tree, MayLeaveItsRootOutAndHaveColumnsInFront) {
  TreeLayout layout;
  layout.skipRoot = true;
  EXPECT_THAT(drawTree(sample(), layout),
              ElementsAre("4 echo", "1 flux", "2 ├── sleep", "3 └── sleep", "5 echo"));
}

TEST(Tree, EqualLeavesAreJoined) {
  Tree tree = sample();
  combineLeaves(tree);
  ASSERT_EQ(tree.children.size(), 2U);
  EXPECT_EQ(tree.children[0].label, "2*[echo]");
  EXPECT_EQ(tree.children[1].label, "flux");
}

TEST(TerminalScreen, KnowsItsKeys) {
  const auto keys = parseKeys("j\033[A\033OB\r\fq\033[Z");
  ASSERT_EQ(keys.size(), 6U);
  EXPECT_EQ(keys[0].character, 'j');
  EXPECT_EQ(keys[1].key, Key::Up);
  EXPECT_EQ(keys[2].key, Key::Down);
  EXPECT_EQ(keys[3].key, Key::Enter);
  EXPECT_EQ(keys[4].key, Key::Redraw);
  EXPECT_EQ(keys[5].character, 'q');
}

}  // namespace
}  // namespace mc::flux::commands
