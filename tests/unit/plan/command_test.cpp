#include "plan/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::plan {
namespace {

using Words = std::vector<std::string>;

struct Split {
  const char* text;
  Words words;
};

class CommandWords : public testing::TestWithParam<Split> {};

TEST_P(CommandWords, AreThoseOfAShell) {
  const auto words = commandLine(GetParam().text);
  ASSERT_TRUE(words) << words.error().message;
  EXPECT_EQ(*words, GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CommandWords,
    testing::Values(
        Split{"", {}}, Split{" \t\n", {}}, Split{"curl -s localhost", {"curl", "-s", "localhost"}},
        Split{"  a \t b  ", {"a", "b"}}, Split{"a b\n\n", {"a", "b"}},
        Split{R"(echo "a b")", {"echo", "a b"}}, Split{"echo 'a b'", {"echo", "a b"}},
        Split{R"(echo a\ b)", {"echo", "a b"}},
        Split{R"(echo a"b c"d'e f'g)", {"echo", "ab cde fg"}},
        Split{R"(echo '' "")", {"echo", "", ""}}, Split{R"(echo '"' "'")", {"echo", "\"", "'"}},
        Split{R"(echo "a\"b\\c\d")", {"echo", R"(a"b\c\d)"}},
        Split{R"(echo "\$HOME" '$HOME' \$HOME)", {"echo", "$HOME", "$HOME", "$HOME"}},
        Split{"echo 'a | b; c && d > e * ? [f] ~'", {"echo", "a | b; c && d > e * ? [f] ~"}},
        Split{R"(echo "a | b; c && d > e * ? ~")", {"echo", "a | b; c && d > e * ? ~"}},
        Split{"a \\\n  b", {"a", "b"}}, Split{"echo \"a\\\nb\"", {"echo", "ab"}},
        Split{"echo 'two\nlines'", {"echo", "two\nlines"}}, Split{"cost 5 $", {"cost", "5", "$"}},
        Split{R"(echo "5 $")", {"echo", "5 $"}},
        Split{"run --x=y -Dk=v", {"run", "--x=y", "-Dk=v"}},
        Split{"echo a~b c=d", {"echo", "a~b", "c=d"}},
        Split{"echo #not a comment", {"echo", "#not", "a", "comment"}},
        Split{"'a=b' c", {"a=b", "c"}}, Split{"echo exit", {"echo", "exit"}},
        Split{"'exit' 3", {"exit", "3"}}, Split{"echo {1,2} ü", {"echo", "{1,2}", "ü"}}));

class ShellCommand : public testing::TestWithParam<const char*> {};

TEST_P(ShellCommand, GoesToTheShellUnchanged) {
  const auto words = commandLine(GetParam());
  ASSERT_TRUE(words) << words.error().message;
  EXPECT_EQ(*words, (Words{"sh", "-c", GetParam()}));
  const auto refused = splitWords(GetParam());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().errnum, EINVAL);
}

INSTANTIATE_TEST_SUITE_P(Table, ShellCommand,
                         testing::Values("a && b", "a || b", "a; b", "a | b", "a & ", "a > b",
                                         "a < b", "(a)", "a\nb", "echo $HOME", "echo ${HOME}",
                                         "echo $?", "echo $(date)", "echo `date`",
                                         R"(echo "$HOME")", R"(echo "`date`")", "ls *.txt", "ls ?",
                                         "ls [ab]", "ls ~/x", "echo x ~", "A=b c", "A=b", "exit 3",
                                         "cd /tmp", "! true", "if true", "a 2>&1", "\\\nexit 3"));

TEST(CommandLine, StripsWhatABlockTextAddsAround) {
  EXPECT_EQ(*commandLine("\n  a && b\n\n"), (Words{"sh", "-c", "a && b"}));
}

struct Unbalanced {
  const char* text;
  const char* cause;
  const char* place;
};

class UnbalancedCommand : public testing::TestWithParam<Unbalanced> {};

TEST_P(UnbalancedCommand, IsRefusedWithItsPlace) {
  const auto words = commandLine(GetParam().text);
  ASSERT_FALSE(words);
  EXPECT_EQ(words.error().errnum, EINVAL);
  EXPECT_THAT(words.error().message, testing::HasSubstr(GetParam().cause));
  EXPECT_THAT(words.error().message, testing::HasSubstr(GetParam().place));
}

INSTANTIATE_TEST_SUITE_P(
    Table, UnbalancedCommand,
    testing::Values(Unbalanced{"echo 'a", "single quote", "(character 6 of"},
                    Unbalanced{"echo \"a'", "double quote", "(character 6 of"},
                    Unbalanced{"echo a\"\\\"", "double quote", "(character 7 of"},
                    Unbalanced{"echo \"a\\", "double quote", "(character 6 of"},
                    Unbalanced{"echo \\", "backslash", "(character 6 of"},
                    Unbalanced{"a && 'b", "single quote", "(character 6 of"}));

TEST(SplitWords, NamesTheShellSyntax) {
  EXPECT_THAT(splitWords("-n1 $X").error().message,
              testing::HasSubstr("(character 5 of `-n1 $X`)"));
}

}  // namespace
}  // namespace mc::plan
