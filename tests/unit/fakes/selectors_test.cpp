#include "fakes/fake_apiserver/selectors.hpp"

#include <gtest/gtest.h>

namespace mc::fakes {
namespace {

boost::json::object labelled(const boost::json::object& labels) {
  return {{"metadata", boost::json::object{{"name", "a"}, {"labels", labels}}},
          {"status", boost::json::object{{"phase", "Running"}}},
          {"spec", boost::json::object{{"hostNetwork", true}}}};
}

bool selects(const char* selector, const boost::json::object& labels) {
  return LabelSelector::parse(selector).value().matches(labelled(labels));
}

TEST(LabelSelectorTest, Equality) {
  EXPECT_TRUE(selects("a=b", {{"a", "b"}}));
  EXPECT_FALSE(selects("a=b", {{"a", "c"}}));
  EXPECT_FALSE(selects("a=b", {}));
  EXPECT_TRUE(selects("a!=b", {}));
  EXPECT_TRUE(selects("a=", {{"a", ""}}));
}

TEST(LabelSelectorTest, Sets) {
  EXPECT_TRUE(selects("a in (b,c),d notin (e)", {{"a", "c"}}));
  EXPECT_FALSE(selects("a in (b,c)", {{"a", "d"}}));
  EXPECT_TRUE(selects("x.test/a,!b", {{"x.test/a", "1"}}));
  EXPECT_TRUE(selects("n > 3", {{"n", "4"}}));
  EXPECT_FALSE(selects("n<3", {{"n", "4"}}));
}

TEST(LabelSelectorTest, Errors) {
  for (const auto* bad : {"a in b", "a in (b", "a b", "=a", "a,,b", "!", "a=b c"})
    EXPECT_FALSE(LabelSelector::parse(bad)) << bad;
}

TEST(FieldSelectorTest, Terms) {
  const auto matches = [](const char* text) {
    return FieldSelector::parse(text, {"status.phase", "spec.hostNetwork", "spec.x"})
        .value()
        .matches(labelled({}));
  };
  EXPECT_TRUE(matches("metadata.name=a,status.phase==Running"));
  EXPECT_FALSE(matches("status.phase!=Running"));
  EXPECT_TRUE(matches("spec.hostNetwork=true"));
  EXPECT_TRUE(matches("spec.x="));
}

TEST(FieldSelectorTest, Errors) {
  EXPECT_FALSE(FieldSelector::parse("data.a=1", {}));
  EXPECT_FALSE(FieldSelector::parse("metadata.name", {}));
}

}  // namespace
}  // namespace mc::fakes
