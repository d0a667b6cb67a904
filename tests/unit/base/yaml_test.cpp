#include "base/yaml.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

namespace mc::base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::string json(std::string_view text) {
  const auto stream = parseYaml(text);
  for (const auto& error : stream.errors) ADD_FAILURE() << error.path << ": " << error.message;
  std::string all;
  for (const auto& document : stream.documents)
    all += (all.empty() ? "" : " ") + boost::json::serialize(toJson(*document));
  return all;
}

/// "LINE:COLUMN PATH: MESSAGE (CURE)" of each error.
std::vector<std::string> errors(std::string_view text, const YamlLimits& limits = {}) {
  std::vector<std::string> all;
  for (const auto& error : parseYaml(text, limits).errors) {
    std::string line = std::to_string(error.place.line) + ":" + std::to_string(error.place.column);
    line += (error.path.empty() ? "" : " " + error.path) + ": " + error.message;
    all.push_back(line + (error.cure.empty() ? "" : " (" + error.cure + ")"));
  }
  return all;
}

TEST(Yaml, ReadsScalarsAsKubectlDoes) {
  EXPECT_EQ(json("[true, yes, On, y, False, NO, off, n]"),
            "[true,true,true,true,false,false,false,false]");
  EXPECT_EQ(json("[1, -2, +3, 0x1F, 0b11, 017, 0o17, 1_000]"), "[1,-2,3,31,3,15,15,1000]");
  EXPECT_EQ(json("[~, null, NULL, Null]"), "[null,null,null,null]");
  EXPECT_EQ(json("[1.5, .5, -2.25, 1e2]"), "[1.5E0,5E-1,-2.25E0,1E2]");
  EXPECT_EQ(json("[2001-01-01, 12:30, .inf, 1.2.3, 0x, '1', \"true\", yess]"),
            R"(["2001-01-01","12:30",".inf","1.2.3","0x","1","true","yess"])");
}

TEST(Yaml, KeepsTheEndsOf64Bits) {
  EXPECT_EQ(json("[9223372036854775807, -9223372036854775808]"),
            "[9223372036854775807,-9223372036854775808]");
  const auto stream = parseYaml("9223372036854775808");
  EXPECT_TRUE(stream.documents[0]->is(YamlType::Float));
}

TEST(Yaml, ReadsCollectionsAndBlocks) {
  EXPECT_EQ(json("a:\n- 1\n- b: c\n  d: []\ne: |\n  x\n  y\nf: >\n  x\n  y\n"),
            R"({"a":[1,{"b":"c","d":[]}],"e":"x\ny\n","f":"x y\n"})");
}

TEST(Yaml, ReadsJson) {
  EXPECT_EQ(json("{\n\t\"a\": [1, true, null, \"x\\/\\u00e9\"],\n\t\"b\": {}\n}"),
            "{\"a\":[1,true,null,\"x/\xC3\xA9\"],\"b\":{}}");
}

TEST(Yaml, ReadsSeveralDocuments) {
  EXPECT_EQ(json("a: 1\n---\n---\n# nothing\n---\nb: 2\n...\n"), R"({"a":1} null null {"b":2})");
  EXPECT_EQ(json(""), "");
}

TEST(Yaml, SkipsAByteOrderMark) {
  EXPECT_EQ(json("\xEF\xBB\xBF"
                 "a: 1"),
            R"({"a":1})");
}

TEST(Yaml, KnowsThePlaceOfEverything) {
  const auto stream = parseYaml("a: x\nb:\n  - \xC3\xA9: 7\n");
  const auto& root = *stream.documents.at(0);
  EXPECT_EQ(root.entries[0].value->place, (YamlPlace{1, 4}));
  const auto& item = *root.find("b")->value->items[0];
  EXPECT_EQ(item.place, (YamlPlace{3, 5}));
  EXPECT_EQ(item.entries[0].value->place, (YamlPlace{3, 8}));  // characters, not bytes
}

TEST(Yaml, ExplicitTags) {
  EXPECT_EQ(json("[!!str 1, !!int 2, !!float 3, !!bool yes, !!null '', ! 5]"),
            R"(["1",2,3E0,true,null,"5"])");
  EXPECT_THAT(
      errors("a: !!int x"),
      ElementsAre("1:4 a: the tag `!!int` does not fit this value (remove it, or put a text "
                  "that begins with ! in quotes)"));
}

TEST(Yaml, UnknownTagsAreNotShownForTheyMayBeSecrets) {
  EXPECT_THAT(
      errors("password: !hunter2 x"),
      ElementsAre("1:11 password: this tag does not fit this value (remove it, or put a text "
                  "that begins with ! in quotes)"));
}

TEST(Yaml, AliasesAndMergeKeys) {
  EXPECT_EQ(json("a: &x [1, 2]\nb: *x\n"), R"({"a":[1,2],"b":[1,2]})");
  EXPECT_EQ(json("- &a {p: 1, q: 2}\n- &b {q: 3, r: 4}\n- {<<: [*a, *b], p: 0}\n"),
            R"([{"p":1,"q":2},{"q":3,"r":4},{"p":0,"q":2,"r":4}])");
  EXPECT_EQ(json("'<<': 1"), R"({"<<":1})");
}

TEST(Yaml, WrongAliases) {
  EXPECT_THAT(errors("a: *s3cret\n"),
              ElementsAre("1:4 a: no anchor of this name comes before this alias (put a text that "
                          "begins with * in quotes)"));
  EXPECT_THAT(errors("a: &a\n  b: *a\n"),
              ElementsAre("2:6 a.b: this alias stands inside what it stands for"));
  EXPECT_THAT(errors("<<: 5\n"), ElementsAre(HasSubstr("1:1: the merge key `<<` takes a mapping")));
}

TEST(Yaml, AnchorsEndWithTheirDocument) {
  EXPECT_THAT(errors("a: &x 1\n---\nb: *x\n"), ElementsAre(HasSubstr("3:4 b: no anchor")));
}

TEST(Yaml, DuplicateKeysNameBothPlaces) {
  EXPECT_THAT(errors("a:\n  b: 1\n  c: 2\n  b: 3\n"),
              ElementsAre("4:3 a.b: given twice, first on line 2 (remove one of the two)"));
  const auto stream = parseYaml("x: 1\nx: 2\ny: 3\n");
  EXPECT_EQ(boost::json::serialize(toJson(*stream.documents.at(0))), R"({"x":1,"y":3})");
}

TEST(Yaml, KeysThatAreNoStrings) {
  EXPECT_EQ(json("{80: a, '1.0': b, -1: c}"), R"({"80":"a","1.0":"b","-1":"c"})");
  EXPECT_THAT(errors("env:\n  N: 4\n"),
              ElementsAre("2:3 env.N: the key `N` reads as a boolean (write it in quotes: \"N\")"));
  EXPECT_THAT(errors("010: x\n"), ElementsAre(HasSubstr("the key `010` reads as a whole number")));
  EXPECT_THAT(errors("~: x\n"), ElementsAre(HasSubstr("the key `~` reads as null")));
  EXPECT_THAT(errors("? [a]\n: x\n"), ElementsAre("1:3: a list or mapping can't be a key"));
  EXPECT_THAT(errors("a: &x [1]\n*x : 2\n"), ElementsAre(HasSubstr("can't be a key")));
}

struct SyntaxCase {
  const char* text;
  const char* error;
};

class YamlSyntax : public testing::TestWithParam<SyntaxCase> {};

TEST_P(YamlSyntax, SaysWhereAndWhatToDo) {
  EXPECT_THAT(errors(GetParam().text), ElementsAre(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All, YamlSyntax,
    testing::Values(
        SyntaxCase{"a: b: c\n",
                   "1:5: YAML syntax: mapping values are not allowed in this context (put a value "
                   "that holds `: ` in quotes, and see that the line is not indented too far)"},
        SyntaxCase{"a:\n\tb: 1\n", "2:1 a: a tab in the indentation (indent with spaces)"},
        SyntaxCase{"a: 1\n  b: 2\n",
                   "2:4: YAML syntax: mapping values are not allowed in this "
                   "context (put a value that holds `: ` in quotes, and see that "
                   "the line is not indented too far)"},
        SyntaxCase{
            "a:\n   b: 1\n  c: 2\n",
            "3:3: YAML syntax: did not find expected key, while parsing a block mapping that "
            "began on line 1 (all keys of a mapping begin in the same column)"},
        SyntaxCase{"a: 'x\n",
                   "2:1 a: YAML syntax: found unexpected end of stream, while scanning a "
                   "quoted scalar that began on line 1 (close the quotes or brackets "
                   "opened before)"},
        SyntaxCase{"a: @x\n",
                   "1:4 a: YAML syntax: found character that cannot start any token (put "
                   "a value that begins with this character in quotes)"},
        SyntaxCase{"a: \"\\d\"\n",
                   "1:5 a: YAML syntax: found unknown escape character (in double "
                   "quotes a backslash is written \\\\; single quotes take it as it "
                   "is)"}));

TEST(Yaml, NoTextAtAll) {
  EXPECT_THAT(errors(std::string_view("a: 1\nb: x\0y\n", 12)),
              ElementsAre("2:5: a NUL byte: this is no text file (save it as UTF-8 text)"));
  EXPECT_THAT(errors("a: \xC3\xA9\xFF\n"),
              ElementsAre("1:5: not UTF-8 text (save the file as UTF-8)"));
  EXPECT_THAT(errors("a: \x01\n"), ElementsAre("1:4: a control character (remove it)"));
  EXPECT_THAT(errors("\xFF\xFE"
                     "a"),
              ElementsAre("1:1: not UTF-8 text (save the file as UTF-8)"));
}

TEST(Yaml, ReportsWhatItReadBeforeAnError) {
  const auto stream = parseYaml("a: 1\n---\nb: [\n");
  EXPECT_THAT(stream.documents, SizeIs(1));
  EXPECT_THAT(stream.errors, SizeIs(1));
}

TEST(YamlLimits, ABigTextIsNotEvenLookedAt) {
  const std::string text(100, '\xFF');  // would be another error if it were read
  EXPECT_THAT(errors(text, {.bytes = 99}), ElementsAre("0:0: larger than 99 bytes"));
}

TEST(YamlLimits, Depth) {
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "[";
  EXPECT_THAT(errors(deep), ElementsAre(HasSubstr("nested deeper than 64 levels")));
  EXPECT_THAT(errors("[[[1]]]", {.depth = 3}), SizeIs(0));
  EXPECT_THAT(errors("[[[[1]]]]", {.depth = 3}), SizeIs(1));
  EXPECT_THAT(errors("{a: &x [[1]], b: [*x]}", {.depth = 3}),
              ElementsAre("1:19 b[0]: nested deeper than 3 levels"));
}

TEST(YamlLimits, Nodes) {
  std::string many = "[";
  for (int i = 0; i < 20; ++i) many += "1, ";
  EXPECT_THAT(errors(many + "1]", {.nodes = 10}),
              ElementsAre(HasSubstr("more than 10 values, aliases counted")));
}

TEST(YamlLimits, AliasesCountAsWhatTheyStandFor) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'm'; ++c) {
    const std::string one = std::string("*") + static_cast<char>(c - 1);
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) bomb += one + (i < 9 ? ", " : "]\n");
  }
  EXPECT_THAT(errors(bomb), ElementsAre(HasSubstr("more than 200000 values, aliases counted")));
}

TEST(YamlLimits, AliasesOfLongTexts) {
  std::string bomb = "a: &a " + std::string(1000, 'x') + "\nb: [";
  for (int i = 0; i < 9; ++i) bomb += "*a, ";
  EXPECT_THAT(errors(bomb + "*a]\n", {.bytes = 2000}),
              ElementsAre(HasSubstr("aliases stand for more than 8000 bytes of text")));
}

TEST(YamlLimits, ErrorsEndAtAHundred) {
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "x: 1\n";
  EXPECT_THAT(errors(many), SizeIs(100));
}

TEST(Yaml, PathSteps) {
  EXPECT_EQ(pathStep("image"), ".image");
  EXPECT_EQ(pathStep("app.kubernetes.io/name"), "[app.kubernetes.io/name]");
  EXPECT_EQ(pathStep("a\nb"), "[a?b]");
  EXPECT_EQ(pathStep(std::string(100, 'x')), "[" + std::string(80, 'x') + "...]");
}

}  // namespace
}  // namespace mc::base
