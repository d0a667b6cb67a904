// Small pure parts: resources, suggestions, line prefixes, problems, errors.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/errors.hpp"
#include "cli/line_prefixer.hpp"
#include "cli/problems.hpp"
#include "cli/resources.hpp"
#include "cli/suggest.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Resources, HaveAllTheirNames) {
  for (const auto* word : {"pod", "pods", "po", "POD"}) {
    const auto selections = parseSelections("get", {word});
    ASSERT_TRUE(selections) << word;
    EXPECT_EQ(selections->front().kind, Kind::Pod);
  }
  for (const auto* word :
       {"mc", "minicluster", "MiniClusters", "miniclusters.flux-framework.org"}) {
    const auto selections = parseSelections("get", {word});
    ASSERT_TRUE(selections) << word;
    EXPECT_EQ(selections->front().kind, Kind::MiniCluster);
  }
}

TEST(Resources, NamesGoWithTheirKind) {
  const auto several = parseSelections("get", {"po,svc", "a", "b"});
  ASSERT_TRUE(several);
  ASSERT_EQ(several->size(), 2u);
  EXPECT_THAT((*several)[1].names, ElementsAre("a", "b"));
  const auto slashed = parseSelections("get", {"pod/a", "svc/b", "po/c"});
  ASSERT_TRUE(slashed);
  ASSERT_EQ(slashed->size(), 2u);
  EXPECT_THAT((*slashed)[0].names, ElementsAre("a", "c"));
  EXPECT_EQ(parseSelections("get", {"all", "po"})->size(), 4u);
}

TEST(Resources, AreNamedAsKubectlNamesThem) {
  EXPECT_EQ(objectName(Kind::MiniCluster, "x"), "minicluster.flux-framework.org/x");
  EXPECT_EQ(objectName(Kind::Pod, "x"), "pod/x");
  EXPECT_EQ(notFound(Kind::Service, "x").message, "services \"x\" not found");
}

TEST(Suggest, FindsWhatIsNear) {
  const std::vector<std::string> verbs = {"get", "delete", "describe", "logs"};
  EXPECT_THAT(suggestions("gte", verbs), ElementsAre("get"));
  EXPECT_THAT(suggestions("de", verbs), ElementsAre("delete", "describe"));
  EXPECT_THAT(suggestions("x", {"logs"}), IsEmpty());
  EXPECT_THAT(suggestions("", verbs), IsEmpty());
  EXPECT_EQ(didYouMean("log", verbs), "\nDid you mean this?\n\tlogs\n");
  EXPECT_EQ(didYouMean("zzzzz", verbs), "");
}

TEST(LinePrefixer, PutsLinesTogether) {
  LinePrefixer lines("> ");
  EXPECT_EQ(lines.take("one\ntw"), "> one\n");
  EXPECT_EQ(lines.take("o"), "");
  EXPECT_EQ(lines.take("\n\nthree"), "> two\n> \n");
  EXPECT_EQ(lines.rest(), "> three");
  EXPECT_EQ(lines.rest(), "");
}

TEST(LinePrefixer, PassesOnWithoutPrefix) {
  LinePrefixer lines("");
  EXPECT_EQ(lines.take("a\nb"), "a\nb");
  EXPECT_EQ(lines.rest(), "");
}

TEST(Errors, SpeakLikeAServer) {
  EXPECT_EQ(errorText(fromServer({ENOENT, "pods \"x\" not found"})),
            "Error from server (NotFound): pods \"x\" not found\n");
  EXPECT_EQ(errorText(fromServer({EIO, "broken"})), "error: broken\n");
  EXPECT_EQ(fromServer(fromServer({EEXIST, "x"})).message, "Error from server (AlreadyExists): x");
  EXPECT_EQ(errorText(alreadyPrinted()), "");
}

api::Problem problem(int line, int column) {
  return {line, column, "spec.size", "must be at least 1", ""};
}

TEST(Problems, AreOneLineEach) {
  const std::string text = formatProblems({problem(2, 3), problem(0, 0)}, "f.yaml", "a\n  b\n", {});
  EXPECT_EQ(text, problem(2, 3).text("f.yaml") + "\n" + problem(0, 0).text("f.yaml") + "\n");
}

TEST(Problems, ShowThePlaceOnATerminal) {
  const ProblemStyle style = {.terminal = true, .colour = false, .columns = 60};
  EXPECT_EQ(formatProblems({problem(2, 4)}, "f", "a\n\tßb: c\r\nd", style),
            problem(2, 4).text("f") + "\n     ßb: c\n       ^\n");
}

TEST(Problems, ClipLongLinesAroundThePlace) {
  const ProblemStyle style = {.terminal = true, .colour = false, .columns = 40};
  const std::string line = std::string(500, 'a') + "X" + std::string(500, 'b');
  const std::string text = formatProblems({problem(1, 501)}, "f", line, style);
  const size_t excerpt = text.find('\n') + 1;
  const size_t caret = text.find('\n', excerpt) + 1;
  EXPECT_LE(caret - excerpt, 40u);
  EXPECT_EQ(text[excerpt + (text.find('^') - caret)], 'X');
}

TEST(Problems, AreColouredIfAsked) {
  const std::string text =
      formatProblems({problem(1, 1)}, "f", "x", {.terminal = true, .colour = true, .columns = 80});
  EXPECT_TRUE(text.starts_with("\x1b[1;31merror:\x1b[0m "));
}

}  // namespace
}  // namespace mc::cli
