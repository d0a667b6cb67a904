#include "flux/commands/batch_script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::flux::commands {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::vector<std::string>> wordsOf(std::string_view script) {
  const auto directives = findDirectives(script);
  EXPECT_TRUE(directives) << directives.error().message;
  std::vector<std::vector<std::string>> out;
  if (directives)
    for (const auto& directive : *directives) out.push_back(directive.words);
  return out;
}

std::string errorOf(std::string_view script) {
  const auto directives = findDirectives(script);
  return directives ? "none" : directives.error().message;
}

TEST(BatchScript, FindsDirectivesInComments) {
  EXPECT_THAT(wordsOf("#!/bin/sh\n# a comment\n# flux: -N4 -n16\n# flux: --job-name='a b'  # why\n"
                      "#\n# flux: # -N8\nflux run hostname\n"),
              ElementsAre(ElementsAre("-N4", "-n16"), ElementsAre("--job-name=a b")));
  EXPECT_THAT(wordsOf("#!/usr/bin/env lua\n-- FLUX: -n1"), ElementsAre(ElementsAre("-n1")));
  EXPECT_THAT(wordsOf("\"\"\"\nflux: -N2\n\"\"\"\n"), ElementsAre(ElementsAre("-N2")));
  EXPECT_THAT(wordsOf("#!/bin/sh\necho flux: none\n"), ElementsAre());
}

TEST(BatchScript, TripleQuotesMayHoldSeveralLines) {
  EXPECT_THAT(wordsOf("# flux: --setattr=user.conf=\"\"\"\n# flux: [config]\n"
                      "# flux:   item = \"foo\"\n# flux: \"\"\"\n"),
              ElementsAre(ElementsAre("--setattr=user.conf=[config]\n  item = \"foo\"\n")));
  EXPECT_THAT(wordsOf("# flux: --x='''it's \"so\"'''\n"),
              ElementsAre(ElementsAre("--x=it's \"so\"")));
}

TEST(BatchScript, TellsWhatIsWrong) {
  EXPECT_EQ(errorOf("# flux: -N1\necho\n# flux: -n1\n"),
            "line 3: orphan 'flux:' detected: directives disabled after line 1");
  EXPECT_THAT(errorOf("# flux: -N1\n## flux: -n1\n"),
              HasSubstr("line 2: sentinel changed from '# flux:' to '## flux:'"));
  EXPECT_THAT(errorOf("# flux: N1\n"), HasSubstr("line 1: Unknown directive:"));
  EXPECT_THAT(errorOf("# flux: --x='a\n"), HasSubstr("No closing quotation"));
  EXPECT_THAT(errorOf("# flux: --x=\"\"\"\necho\n"),
              HasSubstr("unterminated multi-line quote at line 1"));
  EXPECT_THAT(errorOf("# flux: --x=\"\"\"a\n"), HasSubstr("unclosed triple quote"));
  EXPECT_THAT(errorOf("# flux: --x=\"\"\"\n# flux: a\n"), HasSubstr("unterminated"));
}

TEST(BatchScript, SplitsAsAShellDoes) {
  EXPECT_THAT(*splitShellWords(R"(a "b \"c\" $d" 'e\' f\ g '')"),
              ElementsAre("a", "b \"c\" $d", "e\\", "f g", ""));
  EXPECT_THAT(*splitShellWords("a#b #c"), ElementsAre("a#b"));
}

}  // namespace
}  // namespace mc::flux::commands
