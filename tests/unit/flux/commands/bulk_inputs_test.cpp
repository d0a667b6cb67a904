#include "flux/commands/bulk_inputs.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/fd.hpp"

namespace mc::flux::commands {
namespace {

using Combinations = std::vector<BulkInputs::Combination>;

Combinations combinations(const Args& words, std::optional<std::string> separator = {}) {
  const auto inputs = BulkInputs::parse(words, separator);
  return inputs ? inputs->combinations() : Combinations{{"error: " + inputs.error().message}};
}

std::string fill(std::string_view text, const BulkInputs::Combination& inputs, size_t sequence = 0,
                 const std::vector<BulkMethod>& methods = {}) {
  const auto out = fillTemplate(text, inputs, sequence, methods);
  return out ? *out : "error: " + out.error().message;
}

TEST(BulkInputs, CombinesLists) {
  EXPECT_EQ(combinations({"echo", "{}", ":::", "a", "b"}), (Combinations{{"a"}, {"b"}}));
  EXPECT_EQ(combinations({"x", ":::", "1", "2", ":::", "3", "4"}),
            (Combinations{{"1", "3"}, {"1", "4"}, {"2", "3"}, {"2", "4"}}));
}

TEST(BulkInputs, LinksLists) {
  EXPECT_EQ(combinations({"x", ":::", "1", "2", ":::+", "a", "b"}),
            (Combinations{{"1", "a"}, {"2", "b"}}));
  EXPECT_EQ(combinations({"x", ":::", "1", "2", "3", ":::+", "a", "b"}),
            (Combinations{{"1", "a"}, {"2", "b"}, {"3", "a"}}));
  EXPECT_EQ(combinations({"x", ":::+", "a"})[0][0].substr(0, 6), "error:");
}

TEST(BulkInputs, KeepsTheCommand) {
  EXPECT_EQ(BulkInputs::parse({"echo", "-n", "{}", ":::", "a"}, {})->command(),
            (Args{"echo", "-n", "{}"}));
  EXPECT_EQ(BulkInputs::parse({":::", "a"}, {})->command(), Args{"{}"});
}

TEST(BulkInputs, ReadsFiles) {
  char directory[] = "/tmp/bulk-XXXXXX";
  ASSERT_NE(::mkdtemp(directory), nullptr);
  const std::string path = std::string(directory) + "/inputs";
  ASSERT_TRUE(base::writeFileAtomic(path, "a b\nc\n", 0600));
  EXPECT_EQ(combinations({"x", "::::", path}), (Combinations{{"a b"}, {"c"}}));
  EXPECT_EQ(combinations({"x", "::::", path}, "none"), (Combinations{{"a"}, {"b"}, {"c"}}));
  EXPECT_EQ(combinations({"x", "::::", path}, " "), (Combinations{{"a"}, {"b\nc"}}));
  EXPECT_EQ(combinations({"x", ":::", "1", "2", "::::+", path}),
            (Combinations{{"1", "a b"}, {"2", "c"}}));
  EXPECT_NE(combinations({"x", "::::", path + ".no"})[0][0].find(path + ".no"), std::string::npos);
  ASSERT_EQ(std::remove(path.c_str()), 0);
  ASSERT_EQ(std::remove(directory), 0);
}

TEST(BulkTemplate, FillsFields) {
  EXPECT_EQ(fill("{}", {"a"}), "a");
  EXPECT_EQ(fill("x{1}-{0}", {"a", "b"}), "xb-a");
  EXPECT_EQ(fill("{} {}", {"a", "b"}), "a b");
  EXPECT_EQ(fill("{seq} {seq1}", {"a"}, 4), "4 5");
  EXPECT_EQ(fill("{cc} {{id}} {{ x }}", {"a"}), "{cc} {{id}} {{ x }}");
}

TEST(BulkTemplate, TakesPathsApart) {
  EXPECT_EQ(fill("{.%} {0./} {0./%} {0.//}", {"/a/b.c/d.tar"}), "/a/b.c/d d.tar d /a/b.c");
  EXPECT_EQ(fill("{.%}|{0./}|{0.//}", {"plain"}), "plain|plain|");
  EXPECT_EQ(fill("{.%}", {"/a/.hidden"}), "/a/.hidden");
  EXPECT_EQ(fill("{.%}", {"a.b/c"}), "a.b/c");
}

TEST(BulkTemplate, CallsDefinedMethods) {
  EXPECT_EQ(fill("{.p2}", {"3"}, 0, {{"p2", "2**int(x)"}}), "8");
  EXPECT_EQ(fill("{1.up}", {"3", "4"}, 0, {{"up", "int(x)+1"}}), "5");
}

TEST(BulkTemplate, RefusesBadFields) {
  EXPECT_EQ(fill("{1}", {"a"}), "error: replacement string '{1}': there are only 1 inputs");
  EXPECT_EQ(fill("{nosuch}", {"a"}), "error: invalid replacement string '{nosuch}'");
  EXPECT_EQ(fill("{.nosuch}", {"a"}), "error: unknown replacement method '.nosuch'");
  EXPECT_EQ(fill("{99999999999}", {"a"}), "error: invalid replacement string '{99999999999}'");
  EXPECT_EQ(fill("{", {"a"}), "error: expected '}' before end of string");
}

}  // namespace
}  // namespace mc::flux::commands
