#include "flux/formats/slice.hpp"

#include <gtest/gtest.h>

namespace mc::flux::formats {
namespace {

using Indices = std::vector<size_t>;

TEST(Slice, SelectsAsPythonDoes) {
  EXPECT_EQ(sliceIndices("[:1]", 4), Indices({0}));
  EXPECT_EQ(sliceIndices("[:]", 3), Indices({0, 1, 2}));
  EXPECT_EQ(sliceIndices("[1:-1]", 4), Indices({1, 2}));
  EXPECT_EQ(sliceIndices("[::2]", 5), Indices({0, 2, 4}));
  EXPECT_EQ(sliceIndices("[::-1]", 3), Indices({2, 1, 0}));
  EXPECT_EQ(sliceIndices("[-2:]", 4), Indices({2, 3}));
  EXPECT_EQ(sliceIndices("[2]", 4), Indices({2}));
  EXPECT_EQ(sliceIndices("[:99]", 2), Indices({0, 1}));
  EXPECT_EQ(sliceIndices("[:9223372036854775807:9223372036854775807]", 2), Indices({0}));
  EXPECT_EQ(sliceIndices("[:]", 0), Indices());
  EXPECT_EQ(sliceIndices("[::-1]", 0), Indices());
}

TEST(Slice, RefusesWhatIsNone) {
  for (const char* text : {"", "1", "[]", "[a]", "[1:2:3:4]", "[::0]", "[:", "[1 :2]"})
    EXPECT_FALSE(sliceIndices(text, 3)) << text;
}

}  // namespace
}  // namespace mc::flux::formats
