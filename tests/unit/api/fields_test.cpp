// The tables themselves: what the CRD's schema will be made from must be whole and without
// contradiction.

#include "api/fields.hpp"

#include <gmock/gmock.h>

#include <set>

#include "api/suggest.hpp"
#include "base/yaml_scalar.hpp"

namespace mc::api {
namespace {

template <class Check>
void forEachField(Check check) {
  for (const auto* table : allTables()) {
    for (const auto& field : table->fields)
      check(*table, field, std::string(table->where) + "." + std::string(field.name));
  }
}

TEST(Fields, EachHasAMeaning) {
  forEachField([](const Table&, const Field& field, const std::string& path) {
    EXPECT_FALSE(field.doc.empty()) << path;
    EXPECT_FALSE(field.doc.ends_with('.')) << path;
  });
}

TEST(Fields, AreUniqueInEachVersion) {
  for (const auto* table : allTables()) {
    for (const auto version : {kAlpha1, kAlpha2}) {
      std::set<std::string_view> seen;
      for (const auto& field : table->fields) {
        if ((field.versions & version) == 0) continue;
        EXPECT_TRUE(seen.insert(field.name).second) << table->where << "." << field.name;
      }
    }
  }
}

TEST(Fields, DefaultsFitTheirTypes) {
  forEachField([](const Table&, const Field& field, const std::string& path) {
    if (field.byDefault.empty()) return;
    const auto value = base::resolveScalar(field.byDefault);
    const auto& type = field.type;
    if (type.kind == Type::Kind::Boolean) {
      EXPECT_EQ(value.type, base::YamlType::Boolean) << path;
    }
    if (type.kind == Type::Kind::Integer) {
      EXPECT_EQ(value.type, base::YamlType::Integer) << path;
      EXPECT_GE(value.integer, type.minimum) << path;
      EXPECT_LE(value.integer, type.maximum) << path;
    }
    if (type.kind == Type::Kind::String) {
      EXPECT_TRUE(type.format->fits(field.byDefault)) << path;
    }
  });
}

TEST(Fields, WhatIsRefusedSaysWhatComesAndWhatToDo) {
  forEachField([](const Table&, const Field& field, const std::string& path) {
    const auto& support = field.support;
    EXPECT_EQ(support.stage == Support::Stage::Everywhere, support.what.empty()) << path;
    const bool refuses =
        support.stage == Support::Stage::Later || support.stage == Support::Stage::OnlyThere;
    EXPECT_EQ(refuses, !support.cure.empty()) << path;
  });
}

TEST(Fields, WhatIsCarriedOutIsStored) {
  forEachField([](const Table& table, const Field& field, const std::string& path) {
    if (&table == &kMetadataTable || field.support.stage != Support::Stage::Everywhere) return;
    const bool stored = field.binding.set != nullptr || field.binding.enter != nullptr;
    const bool nestedRefusals = field.type.kind == Type::Kind::Object;  // fluxRestful, profiles
    EXPECT_TRUE(stored || nestedRefusals) << path;
  });
}

TEST(Fields, FieldsOfOneVersionSayWhatTheOtherHas) {
  forEachField([](const Table& table, const Field& field, const std::string& path) {
    const Versions other = field.versions == kAlpha1 ? kAlpha2 : kAlpha1;
    const bool gone = field.versions == kAlpha1 && table.find(field.name, other) == nullptr;
    if (!gone || &table == &kClusterVolumeTable) return;
    EXPECT_FALSE(field.instead.empty()) << path;
  });
}

TEST(Suggest, Fields) {
  EXPECT_EQ(suggestField("runflux", kContainerTable, kAlpha1).cure, "did you mean `runFlux`?");
  EXPECT_EQ(suggestField("comand", kContainerTable, kAlpha1).cure, "did you mean `command`?");
  EXPECT_EQ(suggestField("iamge", kContainerTable, kAlpha1).cure, "did you mean `image`?");
  EXPECT_EQ(suggestField("log", kSpecTable, kAlpha1).cure, "did you mean `logging`?");
  EXPECT_EQ(suggestField("image", kSpecTable, kAlpha1).cure, "it belongs to spec.containers[]");
  EXPECT_EQ(suggestField("zzzzzzzz", kSpecTable, kAlpha1).cure, "");
  EXPECT_EQ(suggestField(std::string(100000, 'x'), kSpecTable, kAlpha1).cure, "");
}

TEST(Suggest, FieldsOfTheOtherVersion) {
  const auto suggestion = suggestField("preCommand", kContainerTable, kAlpha2);
  EXPECT_EQ(suggestion.cause, "a field of v1alpha1, which this version lacks");
  EXPECT_EQ(suggestion.cure, "use commands.pre");
}

}  // namespace
}  // namespace mc::api
