// Every rule of the API with its exact message: errors/NAME.yaml to errors/NAME.txt.

#include <gmock/gmock.h>

#include <algorithm>

#include "api/fields.hpp"
#include "api/read.hpp"
#include "golden.hpp"

namespace mc::api {
namespace {

std::vector<std::string> errorFiles() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFiles / "errors")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string messages(const std::string& name) {
  const auto result = read(contentOf(kFiles / "errors" / (name + ".yaml")), "default");
  std::string text;
  for (const auto& problem : result.problems) text += problem.text(name + ".yaml") + "\n";
  return text;
}

TEST(Errors, AreJustTheExpectedOnes) {
  const auto names = errorFiles();
  ASSERT_GE(names.size(), 13u);
  for (const auto& name : names) {
    const std::string actual = messages(name);
    EXPECT_EQ(actual, expectedFor(kFiles / "errors" / (name + ".txt"), actual)) << name;
  }
}

TEST(Errors, NeverShowASecret) {
  for (const auto& name : errorFiles())
    EXPECT_THAT(messages(name), testing::Not(testing::HasSubstr("s3cret"))) << name;
}

/// How the messages of fields that are refused begin, as ".NAME: CAUSE" without the path before it.
std::vector<std::string> refusals(const Table& table, Versions version) {
  std::vector<std::string> texts;
  for (const auto& field : table.fields) {
    if ((field.versions & version) == 0) continue;
    const std::string name = "." + std::string(field.name);
    if (field.support.stage == Support::Stage::Later)
      texts.push_back(name + ": comes with a later version");
    if (field.support.stage == Support::Stage::OnlyThere)
      texts.push_back(name + ": needs Kubernetes");
  }
  return texts;
}

TEST(Errors, EveryRefusedFieldIsInTheTests) {
  const std::string seen = messages("later1") + messages("later2");
  for (const auto* table : allTables()) {
    for (const auto version : {kAlpha1, kAlpha2}) {
      for (const auto& text : refusals(*table, version))
        EXPECT_THAT(seen, testing::HasSubstr(text)) << table->where;
    }
  }
}

TEST(Errors, OnKubernetesOnlyWhatIsToComeIsRefused) {
  for (const char* name : {"later1", "later2"}) {
    const auto result = read(contentOf(kFiles / "errors" / (std::string(name) + ".yaml")),
                             "default", Runs::OnKubernetes);
    EXPECT_THAT(result.problems, testing::Not(testing::IsEmpty()));
    for (const auto& problem : result.problems)
      EXPECT_THAT(problem.message, testing::StartsWith("comes with a later version: "))
          << problem.field;
  }
}

TEST(Errors, TheTextOfAProblem) {
  EXPECT_EQ((Problem{3, 7, "spec.size", "cause", "cure"}.text("f.yaml")),
            "f.yaml:3:7: spec.size: cause (cure)");
  EXPECT_EQ((Problem{0, 0, "", "cause", ""}.text("f.yaml")), "f.yaml: cause");
}

}  // namespace
}  // namespace mc::api
