#include "cli/print/columns.hpp"

#include <gtest/gtest.h>

namespace mc::cli {
namespace {

TEST(Columns, PadsAllButTheLastCell) {
  Columns table = Columns::table();
  table.line({"NAME", "READY", "AGE"});
  table.line({"flux-sample-0-p5xls", "1/1", "7s"});
  EXPECT_EQ(table.take(),
            "NAME                  READY   AGE\n"
            "flux-sample-0-p5xls   1/1     7s\n");
}

TEST(Columns, NarrowOnesHaveAMinimalWidth) {
  Columns table = Columns::table();
  table.line({"A", "B"});
  EXPECT_EQ(table.take(), "A     B\n");
}

TEST(Columns, ALineWithoutTheColumnEndsIt) {
  Columns text = Columns::description();
  text.line({"a:", "1"});
  text.line({"Longer heading without cells:"});
  text.line({"  long label:", "2"});
  EXPECT_EQ(text.take(),
            "a:  1\n"
            "Longer heading without cells:\n"
            "  long label:  2\n");
}

TEST(Columns, BreakAlignsAnew) {
  Columns text = Columns::description();
  text.line({"a long one:", "1"});
  text.breakColumns();
  text.line({"b:", "2"});
  EXPECT_EQ(text.take(), "a long one:  1\nb:  2\n");
}

TEST(Columns, KeepsWidthsForRowsThatComeLater) {
  Columns table = Columns::table();
  table.line({"long-name-of-a-pod", "x"});
  EXPECT_EQ(table.take(true), "long-name-of-a-pod   x\n");
  table.line({"short", "y"});
  EXPECT_EQ(table.take(true), "short                y\n");
}

TEST(Columns, CountsCharactersNotBytes) {
  Columns table = Columns::table();
  table.line({"größenwahn", "x"});
  table.line({"groessenw.", "y"});
  EXPECT_EQ(table.take(), "größenwahn   x\ngroessenw.   y\n");
  EXPECT_EQ(displayWidth("ß→x"), 3u);
}

}  // namespace
}  // namespace mc::cli
