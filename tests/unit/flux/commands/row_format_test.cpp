#include "flux/commands/row_format.hpp"

#include <gtest/gtest.h>

#include <map>

namespace mc::flux::commands {
namespace {

using Values = std::map<std::string, FieldValue>;

std::string format(std::string_view text, const std::vector<Values>& values, bool header = false) {
  const auto parsed = RowFormat::parse(text);
  if (!parsed) return "error: " + parsed.error().message;
  std::vector<RowFormat::Row> rows;
  for (const Values& row : values)
    rows.emplace_back([&row](const std::string& field) { return row.at(field); });
  const auto title = [](const std::string& field) {
    std::string upper = field;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    return upper;
  };
  std::string out = header ? parsed->header(rows, title) + "\n" : "";
  for (const std::string& line : parsed->lines(rows, title)) out += line + "\n";
  return out;
}

TEST(RowFormat, LooksLikeFluxJobs) {
  EXPECT_EQ(format("{id:>12} ?:{queue:<8.8} {user:<8.8} {name:<10.10+} {st:>2.2} {ntasks:>6} "
                   "{nnodes:>6h} {time!F:>8h} {info}",
                   {{{"id", "ƒ4Ry8cb9"},
                     {"queue", {}},
                     {"user", "root"},
                     {"name", "big"},
                     {"st", "S"},
                     {"ntasks", 4},
                     {"nnodes", {}},
                     {"time", 0.0},
                     {"info", ""}},
                    {{"id", "ƒ4MbcjQB"},
                     {"queue", {}},
                     {"user", "root"},
                     {"name", "averylongname"},
                     {"st", "R"},
                     {"ntasks", 1},
                     {"nnodes", 1},
                     {"time", 1.4651},
                     {"info", "vm"}}},
                   true),
            "          ID USER     NAME       ST NTASKS NNODES     TIME INFO\n"
            "    ƒ4Ry8cb9 root     big         S      4      -        - \n"
            "    ƒ4MbcjQB root     averylong+  R      1      1   1.465s vm\n");
}

TEST(RowFormat, HasPythonsSpecs) {
  const std::vector<Values> row = {{{"s", "abc"}, {"i", 42}, {"d", 2.5}, {"b", true}, {"n", {}}}};
  EXPECT_EQ(format("{s:>5}|{s:<5}|{s:^5}|{s:*^7}|{s:.2}", row), "  abc|abc  | abc |**abc**|ab\n");
  EXPECT_EQ(format("{i:5}|{i:<5}|{i:05d}|{i:x}|{i:+d}", row), "   42|42   |00042|2a|+42\n");
  EXPECT_EQ(format("{d:.1f}|{d}|{d:8.2f}|{b}|{n}|{n:h}", row), "2.5|2.5|    2.50|True||-\n");
  EXPECT_EQ(format("{{{s}}}", row), "{abc}\n");
  EXPECT_EQ(format("{s:<5.2+}|", row), "a+   |\n");
}

TEST(RowFormat, Converts) {
  const std::vector<Values> row = {{{"r", 1.724}, {"z", 0.0}, {"p", 0.015}, {"h", 90061.0}}};
  EXPECT_EQ(format("{r!H} {z!H} {h!H}", row), "0:00:02 0:00:00 1 day, 1:01:01\n");
  EXPECT_EQ(format("{r!F} {z!F:h} {p!P} {z!P}", row), "1.724s - 1.5% 0%\n");
  EXPECT_EQ(format("[{z!D}] [{z!d:%H:%M::>6}] [{z!d:%b::>4h}]", row), "[] [      ] [   -]\n");
}

TEST(RowFormat, DropsAndWidensColumns) {
  EXPECT_EQ(format("{a} ?:{b:>4} {c}", {{{"a", 1}, {"b", 0}, {"c", 2}}}), "1 2\n");
  EXPECT_EQ(
      format("{a} ?:{b:>4} {c}", {{{"a", 1}, {"b", 0}, {"c", 2}}, {{"a", 1}, {"b", 3}, {"c", 2}}}),
      "1    0 2\n1    3 2\n");
  EXPECT_EQ(format("+:{a:<2.2}|", {{{"a", "abcd"}}, {{"a", "x"}}}), "abcd|\nx   |\n");
}

TEST(RowFormat, RefusesBadText) {
  for (const char* text :
       {"{", "}", "{}", "{a", "{a!}", "{a!x}", "{a!F>3}", "{a:>y}", "{a:.}", "{a:>99999999}"})
    EXPECT_TRUE(format(text, {}).starts_with("error: ")) << text;
}

}  // namespace
}  // namespace mc::flux::commands
